import { timingSafeEqual } from "node:crypto";
import { Client, type ConnectConfig } from "ssh2";
import type { Exec } from "./host";

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
export async function connect(target: SshTarget): Promise<{ exec: Exec; close: () => void }> {
    const expected = Buffer.from(target.hostKey.trim().split(/\s+/)[1] ?? "", "base64");
    const config: ConnectConfig = {
        host: target.host,
        port: target.port,
        username: target.user,
        privateKey: target.privateKey,
        password: target.password,
        readyTimeout: 30_000,
        keepaliveInterval: 15_000,
        hostVerifier: (key: Buffer) => key.length === expected.length && timingSafeEqual(key, expected),
    };
    const client = new Client();
    await new Promise<void>((resolve, reject) => client.once("ready", resolve).once("error", reject).connect(config));
    client.on("error", () => undefined);
    return { exec: (command, stdin = "") => execute(client, command, stdin), close: () => client.end() };
}

function execute(client: Client, command: string, stdin: string): ReturnType<Exec> {
    return new Promise((resolve, reject) => {
        const lost = () => reject(new Error("the connection ended while a command ran"));
        client.once("close", lost);
        client.exec(command, (error, channel) => {
            if (error) {
                reject(error);
                return;
            }
            const out: Buffer[] = [];
            const err: Buffer[] = [];
            let exitCode = -1;
            channel.on("data", (data: Buffer) => out.push(data));
            channel.stderr.on("data", (data: Buffer) => err.push(data));
            channel.on("exit", (code: number | null) => (exitCode = code ?? -1));
            channel.on("close", () => {
                client.off("close", lost);
                resolve({ stdout: Buffer.concat(out).toString("utf8"), stderr: Buffer.concat(err).toString("utf8"), exitCode });
            });
            channel.end(stdin);
        });
    });
}
