import { createInterface } from "node:readline";
import type { Client, ClientChannel } from "ssh2";
import { remoteError } from "../../remote/errors";
import { silentReason, timeoutReason } from "../../remote/failures";
import { keepAlive } from "../../remote/keepAlive";
import { Line } from "../../remote/line";
import type { Dialogue } from "./asker";
import { ConnectionLost, type Exec } from "./host";
import { commandLimit, type Output } from "./reply";

export interface SshTarget {
    host: string;
    port: number;
    user: string;
    privateKey?: string;
    password?: string;
    /** `ssh-ed25519 AAAA...`. */
    hostKey: string;
}

/** What a connection may take to be there, and how often it is asked whether it lives, in milliseconds. */
const openLimit = 30_000;
const askEvery = 15_000;

/** One connection for all commands. Throws where the host cannot be reached, shows another key or refuses the logon. */
export async function connect(target: SshTarget): Promise<{ exec: Exec; start: (command: string) => Promise<Dialogue>; close: () => void }> {
    let fail: (error: Error) => void = () => undefined;
    // Rejects when the connection ends, for whatever waits then and for all that comes after it.
    const end = new Promise<never>((_, reject) => (fail = reject));
    end.catch(() => undefined);
    const line = await open(target, fail);
    const { client } = line;
    client.setMaxListeners(0);
    // It holds the process alive, too, which the library's connection does not.
    const stopAsking = keepAlive(client, askEvery, () => {
        fail(lost(target, silentReason(askEvery)));
        void line.hangUp();
    });
    const run = <T>(work: () => Promise<T>): Promise<T> => Promise.race([end, work().catch((error: Error) => (/^Not connected$|^No response from server$/.test(error.message) ? end : Promise.reject(error)))]);
    const exec: Exec = async (command, stdin = "") => {
        let output = await run(() => execute(client, command, stdin));
        for (let again = 0; again < 2 && notStarted(output); again++) output = await run(() => execute(client, command, stdin));
        return output;
    };
    const close = () => {
        stopAsking();
        void line.hangUp();
    };
    return { exec, start: command => run(() => start(client, command)), close };
}

/** The library's way to a host: one key of the host, one logon, and its words for what went wrong. */
function open(target: SshTarget, onEnd: (error: Error) => void): Promise<Line> {
    return new Promise((resolve, reject) => {
        const line = new Line(target, {
            ready: () => {
                clearTimeout(limit);
                resolve(line);
            },
            failed: (kind, reason) => {
                clearTimeout(limit);
                reject(remoteError(target, kind, `${reason}.`));
                onEnd(lost(target, reason));
                void line.hangUp();
            },
        });
        const limit = setTimeout(() => {
            reject(remoteError(target, "timeout", `${timeoutReason("connect", openLimit, line.stage)}.`));
            void line.hangUp();
        }, openLimit);
        line.dial();
    });
}

function lost(target: SshTarget, reason: string): ConnectionLost {
    return new ConnectionLost(remoteError(target, "dropped", `${reason}.`).message);
}

/** Wine under load that could start no process says one of these and nothing else; nothing ran, so it may be asked again. */
function notStarted({ stdout, stderr, exitCode }: Output): boolean {
    if (stdout !== "") return false;
    if (/^wine client error/.test(stderr)) return true;
    return [1, 125, 126].includes(exitCode) ? stderr === "" : /^Can't recognize '(powershell|reg)\.exe /.test(stderr);
}

/** Starts a command that goes on until it is closed. */
function start(client: Client, command: string): Promise<Dialogue> {
    return inSession(client, command, (channel, resolve) => {
        const lines = createInterface({ input: channel })[Symbol.asyncIterator]();
        resolve({
            say: line => channel.write(`${line}\n`),
            hear: async () => {
                const { value, done } = await lines.next();
                if (done) throw new Error(`it ended: ${command.slice(0, 80)}`);
                return value;
            },
            close: () => channel.close(),
        });
    });
}

function execute(client: Client, command: string, stdin: string): Promise<Output> {
    return inSession(client, command, (channel, resolve, reject) => {
        const limit = setTimeout(() => {
            reject(new Error(`no end within ${commandLimit / 1000} s: ${command.slice(0, 200)}`));
            channel.close();
        }, commandLimit);
        const out: Buffer[] = [];
        const err: Buffer[] = [];
        let exitCode = -1;
        channel.on("data", (data: Buffer) => out.push(data));
        channel.stderr.on("data", (data: Buffer) => err.push(data));
        channel.on("exit", (code: number | null) => (exitCode = code ?? -1));
        channel.on("close", () => {
            clearTimeout(limit);
            resolve({ stdout: Buffer.concat(out).toString("utf8"), stderr: Buffer.concat(err).toString("utf8"), exitCode });
        });
        channel.end(stdin);
    });
}

/** `use` listens at once: what a short command says may come with the word that it runs. */
function inSession<T>(client: Client, command: string, use: (channel: ClientChannel, resolve: (result: T) => void, reject: (error: Error) => void) => void): Promise<T> {
    return new Promise((resolve, reject) => {
        client.exec(command, (error, channel) => (error ? reject(named(error)) : use(channel, resolve, reject)));
    });
}

/** An SSH server that has enough sessions refuses one more in words that say nothing of that. */
function named(error: Error): Error {
    if (!/open failure/i.test(error.message)) return error;
    return new Error(
        `the SSH server opens no further session on the connection (${error.message}), which is no fault of the module. It must allow one more than --jobs: ` +
            "run with fewer --jobs, or set MaxSessions in sshd_config on the host",
    );
}
