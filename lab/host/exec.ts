import { setTimeout as delay } from "node:timers/promises";
import type { ServerChannel } from "ssh2";
import type { Counters } from "./counters";
import { faultFor, type Fault } from "./faults";
import type { PretendHost } from "./host";
import type { Account } from "./logon";
import type { Output } from "./reg";
import { ROOT } from "./records";
import { Killed } from "./reply";
import { parseCommand, refuse, run, type Command } from "./shell";

export interface ExecOptions {
    state: PretendHost;
    /** How long a PowerShell takes to start, in milliseconds. */
    processStartMs: number;
    fault: () => Fault | undefined;
    /** The module's psm1, which a block must carry. */
    moduleText: () => string;
    /** Called before a command does its work. */
    beforeExec: (operation: string) => void;
    /** Called after a command did its work. */
    changed: () => void;
}

/** Runs one command with whatever fault is set. `drop` ends the connection. */
export async function execute(
    options: ExecOptions,
    { channel, text, account }: { channel: ServerChannel; text: string; account: Account },
    count: (what: keyof Counters) => void,
    drop: () => void,
): Promise<void> {
    const command = parseCommand(text);
    const stdin = command?.operation === "reg" ? Promise.resolve("") : readAll(channel);
    const fault = faultFor(options.fault(), command?.operation);
    if (fault?.name === "dropped") {
        return drop();
    }
    if (!command) {
        return answer(channel, refuse(text));
    }
    await pause(command.exe === "" ? 0 : options.processStartMs);
    if (fault?.name === "stalledStdin" && command.exe === "powershell.exe") {
        // No module was read yet, so no watchdog ends it.
        return;
    }
    const input = await stdin;
    await pause(fault?.name === "slow" ? Number(fault.argument || 3_000) : 0);
    if (fault?.name === "hang" && !channel.destroyed) {
        return endHung(channel, input);
    }
    if (channel.destroyed) {
        return;
    }
    if (fault?.name === "noReply") {
        return answer(channel, { stdout: "", stderr: "", exitCode: 0 });
    }
    options.beforeExec(command.operation);
    const killAfter = fault?.name === "killAfter" && ["set", "remove"].includes(command.operation) ? Number(fault.argument) : Infinity;
    const output = work(options, command, input, account, { count, killAfter });
    options.changed();
    if (!output || fault?.name === "lostReply") {
        return drop();
    }
    return answer(channel, altered(output, fault));
}

/** The module's watchdog: the limit that the request or document names, else 10 minutes. */
async function endHung(channel: ServerChannel, input: string): Promise<void> {
    const seconds = Number(/"limitSeconds": *(\d+)/.exec(input)?.[1] ?? 600);
    await pause(seconds * 1000);
    if (!channel.destroyed) {
        answer(channel, { stdout: "", stderr: `HybridIdentity: limit: this was not done within ${seconds} seconds, so its process ends itself.\r\n`, exitCode: 255 });
    }
}

function altered(output: Output, fault: Fault | undefined): Output {
    switch (fault?.name) {
        case "cutReply":
            return { stdout: output.stdout.slice(0, output.stdout.length / 2), stderr: "", exitCode: 0 };
        case "noise":
            return { ...output, stdout: `Loading personal and system profiles took 812ms.\r\n${output.stdout}Good bye.\r\n` };
        default:
            return output;
    }
}

/** Undefined when the process was killed at its work. */
function work(
    { state, moduleText }: ExecOptions,
    command: Command,
    stdin: string,
    { user, elevated, groups }: Account,
    { count, killAfter }: { count: (what: keyof Counters) => void; killAfter: number },
): Output | undefined {
    const { registry } = state;
    const observer = registry.afterWrite;
    let writes = 0;
    registry.afterWrite = write => {
        observer?.(write);
        if (!write.key.startsWith(ROOT)) {
            count("writtenValues");
        }
        if (++writes >= killAfter) {
            throw new Killed();
        }
    };
    try {
        return run({ ...state, user: `${state.facts.computerName}\\${user}`, elevated, groups }, command, stdin, moduleText);
    } catch (error) {
        if (error instanceof Killed) {
            return undefined;
        }
        throw error;
    } finally {
        registry.afterWrite = observer;
    }
}

function answer(channel: ServerChannel, { stdout, stderr, exitCode }: Output): void {
    channel.stderr.write(stderr);
    channel.write(stdout);
    channel.exit(exitCode);
    channel.end();
}

async function readAll(channel: ServerChannel): Promise<string> {
    const chunks: Buffer[] = [];
    channel.on("data", (chunk: Buffer) => chunks.push(chunk));
    await new Promise<void>(resolve => channel.once("end", resolve).once("close", resolve));
    return Buffer.concat(chunks).toString("latin1");
}

async function pause(milliseconds: number): Promise<void> {
    if (milliseconds > 0) {
        await delay(milliseconds, undefined, { ref: false });
    }
}
