// command:remote:Command: one dial, one session, one command.
import { constants } from "node:os";
import { dial } from "./dial";
import type { Connection } from "./endpoint";
import { Output } from "./output";
import { previousOutputs, runError, untilAborted, type CommonInputs, type Context, type Outputs } from "./run";
import { Session } from "./session";

/** The inputs of a remote command, checked. */
export interface RemoteInputs extends CommonInputs {
    connection: Connection;
}

const advice =
    "This only works if your SSH server is configured to accept these variables via AcceptEnv. Alternatively, if a Bash-like shell runs " +
    "the command on the remote host, you could prefix the command itself with the variables in the form 'VAR=value command'";

/** Runs a command on a host and waits for its end; an exit status other than 0 is an error with everything it printed. */
export async function runRemote(command: string, inputs: RemoteInputs, context: Context): Promise<Outputs> {
    const client = await untilAborted(context.signal, dial(inputs.connection, context));
    return untilAborted(context.signal, (async () => runIn(await Session.open(client), command, inputs, context))());
}

async function runIn(session: Session, command: string, inputs: RemoteInputs, context: Context): Promise<Outputs> {
    await setEnvironment(session, inputs, context);
    const { channel } = session;
    const output = new Output(inputs.logging, context.log);
    let ended: string | undefined = "wait: remote command exited without exit status or exit signal";
    channel.on("exit", (code: number | null, signal?: string) => (ended = describeEnd(code, signal)));
    channel.on("error", () => {}); // what was printed until then, and the missing exit status, say it
    const closed = new Promise<void>(resolve => channel.once("close", resolve));
    try {
        await session.exec(command);
    } catch (error) {
        throw runError((error as Error).message, command, "");
    }
    channel.end(inputs.stdin ?? "");
    await Promise.all([output.read("stdout", channel), output.read("stderr", channel.stderr)]);
    await closed;
    await output.end();
    if (ended) throw runError(ended, command, output.all());
    return { stdout: output.text("stdout"), stderr: output.text("stderr") };
}

async function setEnvironment(session: Session, inputs: RemoteInputs, context: Context): Promise<void> {
    for (const [name, value] of Object.entries(inputs.environment ?? {})) {
        await session.setenv(name, value).catch(async (error: Error) => {
            await context.log("error", `Unable to set '${name}'. ${advice}`);
            throw new Error(`could not set environment variable ${JSON.stringify(name)}: ${error.message}`);
        });
    }
    for (const [name, value] of previousOutputs(inputs, context.previous)) {
        await session.setenv(name, value).catch(() => context.log("warning", `Unable to set '${name}'. ${advice}`));
    }
}

function describeEnd(code: number | null, signal: string | undefined): string | undefined {
    if (code === 0) return undefined;
    if (code !== null) return `Process exited with status ${code}`;
    const numbers: Record<string, number | undefined> = constants.signals;
    return `Process exited with status ${128 + (numbers[signal ?? ""] ?? 0)} from signal ${signal?.replace(/^SIG/, "")}`;
}
