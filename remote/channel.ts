import type { Client, ClientChannel } from "ssh2";
import { firstByte } from "./failures";
import type { ExecResult } from "./types";

/** What went wrong on a channel; the caller adds the host's name. */
export type Fail = (kind: "unreachable" | "dropped" | "cancelled", reason: string) => void;

export interface ChannelEvents<T> {
    done: (result: T) => void;
    fail: Fail;
    /** What is waited for from now on. */
    waitingFor: (what: string) => void;
}

/** Longest reply that is read, stdout and stderr together, in bytes. */
export const maxOutput = 64 * 1024 * 1024;

/**
 * A process that the command left behind can keep the channel open; after the exit status it gets this long of silence, in milliseconds.
 */
const silenceAfterExit = 1000;

/** Whether the server starts a subsystem; ends it at once. Returns a function that gives up. */
export function askForSubsystem(client: Client, name: string, events: ChannelEvents<boolean>): () => void {
    events.waitingFor("a channel for the subsystem");
    try {
        client.subsys(name, (error, channel) => {
            channel?.on("error", () => undefined).close();
            events.done(error === undefined);
        });
    } catch {
        events.fail("dropped", "the connection broke off before the subsystem was asked for. Run again");
    }
    return () => undefined;
}

/** Runs one command: all of stdin, then end of file. Output is handed over byte by byte (latin1). Returns a function that gives up. */
export function runOnChannel(client: Client, command: string, stdin: string, events: ChannelEvents<ExecResult>): () => void {
    let open: ClientChannel | undefined;
    let silence: NodeJS.Timeout | undefined;
    let finished = false;
    const finish = (then: () => void) => {
        clearTimeout(silence);
        if (!finished) {
            finished = true;
            open?.close();
            then();
        }
    };

    events.waitingFor("a channel for the command");
    const onChannel = (error: Error | undefined, channel: ClientChannel) => {
        if (error !== undefined) {
            finish(() =>
                events.fail(
                    "unreachable",
                    `the server did not run the command (${error.message}). Check sshd_config for ForceCommand and MaxSessions`,
                ),
            );
            return;
        }
        open = channel;
        if (finished) {
            channel.close();
            return;
        }
        events.waitingFor(firstByte);
        collect(channel);
        channel.end(Buffer.from(stdin, "utf8"));
    };
    try {
        client.exec(command, onChannel);
    } catch {
        finish(() => events.fail("dropped", "the connection broke off before the command was sent. Run again"));
    }

    function collect(channel: ClientChannel): void {
        const out: Buffer[] = [];
        const err: Buffer[] = [];
        let size = 0;
        let exit: { code: number | null; signal?: string } | undefined;

        const end = () =>
            finish(() => {
                if (exit === undefined) {
                    events.fail("dropped", "the command ended without an exit status: it was stopped, or the connection broke. Run again");
                } else if (exit.code === null) {
                    events.fail(
                        "dropped",
                        `the command was stopped by signal ${exit.signal}. Look for who ends PowerShell on the host, then run again`,
                    );
                } else {
                    const [stdout, stderr] = [out, err].map((chunks) => Buffer.concat(chunks).toString("latin1")) as [string, string];
                    events.done({ stdout, stderr, exitCode: exit.code });
                }
            });
        const listenForSilence = () => {
            clearTimeout(silence);
            if (exit !== undefined && !finished) {
                silence = setTimeout(end, silenceAfterExit);
            }
        };
        const take = (chunks: Buffer[]) => (data: Buffer) => {
            events.waitingFor("the end of the reply");
            listenForSilence();
            size += data.length;
            if (size > maxOutput) {
                finish(() =>
                    events.fail(
                        "cancelled",
                        `the reply is longer than ${maxOutput} bytes. Look at what profiles and the default shell print on the host`,
                    ),
                );
            } else if (!finished) {
                chunks.push(data);
            }
        };

        channel.on("data", take(out));
        channel.stderr.on("data", take(err));
        channel.on("exit", (code: number | null, signal?: string) => {
            exit = { code, signal };
            listenForSilence();
        });
        // A command that ends before it has read all of stdin is judged by its exit status alone.
        channel.on("error", () => undefined);
        channel.on("close", end);
    }

    return () => finish(() => undefined);
}
