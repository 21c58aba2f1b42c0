import { createInterface } from "node:readline";
import { Client, type ConnectConfig } from "ssh2";
import type { Dialogue } from "./asker";
import type { Exec } from "./host";
import type { Output } from "./reply";

export interface SshTarget {
    host: string;
    port: number;
    user: string;
    privateKey?: string;
    password?: string;
    /** `ssh-ed25519 AAAA...`. */
    hostKey: string;
}

/** One connection for all commands. Throws where the host cannot be reached, shows another key or refuses the logon. */
export async function connect(target: SshTarget): Promise<{ exec: Exec; start: (command: string) => Promise<Dialogue>; close: () => void }> {
    const expected = Buffer.from(target.hostKey.trim().split(/\s+/)[1] ?? "", "base64");
    let known = true;
    const config: ConnectConfig = {
        host: target.host,
        port: target.port,
        username: target.user,
        privateKey: target.privateKey,
        password: target.password,
        readyTimeout: 30_000,
        keepaliveInterval: 15_000,
        hostVerifier: (key: Buffer) => (known = key.equals(expected)),
    };
    const client = new Client();
    // Also after the first one: a host that never speaks gives a second, when its connection ends.
    client.on("error", () => undefined);
    await new Promise<void>((resolve, reject) => {
        const failed = (error: Error) => reject(known ? error : new Error(`${target.host} does not show the host key that was given`));
        client.once("ready", resolve).once("error", failed).connect(config);
    });
    // Many short commands: waiting for full packets would cost each of them 40 ms.
    client.setNoDelay(true);
    // Each command that runs waits for the end of the connection, too.
    client.setMaxListeners(0);
    const exec: Exec = async (command, stdin = "") => {
        let output = await execute(client, command, stdin);
        for (let again = 0; again < 2 && notStarted(output); again++) output = await execute(client, command, stdin);
        return output;
    };
    return { exec, start: command => start(client, command), close: () => client.end() };
}

/** Wine under load that could start no process says one of these and nothing else; nothing ran, so it may be asked again. */
function notStarted({ stdout, stderr, exitCode }: Output): boolean {
    if (stdout !== "") return false;
    if (/^wine client error/.test(stderr)) return true;
    return [1, 125, 126].includes(exitCode) ? stderr === "" : /^Can't recognize '(powershell|reg)\.exe /.test(stderr);
}

/** Starts a command that goes on until the connection ends. */
function start(client: Client, command: string): Promise<Dialogue> {
    return new Promise((resolve, reject) => {
        client.exec(command, (error, channel) => {
            if (error) {
                reject(error);
                return;
            }
            const lines = createInterface({ input: channel })[Symbol.asyncIterator]();
            resolve({
                say: line => channel.write(`${line}\n`),
                hear: async () => {
                    const { value, done } = await lines.next();
                    if (done) throw new Error(`it ended: ${command.slice(0, 80)}`);
                    return value;
                },
            });
        });
    });
}

const commandLimit = 300_000;

function execute(client: Client, command: string, stdin: string): ReturnType<Exec> {
    return new Promise((resolve, reject) => {
        const lost = () => reject(new Error("the connection ended while a command ran"));
        client.once("close", lost);
        client.exec(command, (error, channel) => {
            if (error) {
                reject(error);
                return;
            }
            // No command of the suite takes that long: a host where one never ends must not hold the suite for ever.
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
                client.off("close", lost);
                resolve({ stdout: Buffer.concat(out).toString("utf8"), stderr: Buffer.concat(err).toString("utf8"), exitCode });
            });
            channel.end(stdin);
        });
    });
}
