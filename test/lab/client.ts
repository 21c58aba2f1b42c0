import { Client, utils, type ConnectConfig } from "ssh2";
import type { LabHost } from "../../lab/lab";
import { moduleText } from "../../powershell/moduleText";

export const PROBE = 'powershell.exe -NoLogo -NoProfile -NonInteractive -Command "& ([scriptblock]::Create([Console]::In.ReadToEnd()))"';

export interface Result {
    stdout: string;
    stderr: string;
    exitCode: number | undefined;
}

export function call(verb: string): string {
    const load = "Import-Module HybridIdentity -MinimumVersion 1.0 -MaximumVersion 1.999 -ErrorAction Stop";
    return `powershell.exe -NoLogo -NoProfile -NonInteractive -Command "${load}; HybridIdentity\\${verb}"`;
}

export function installCommand(marker: string): string {
    return `${PROBE.slice(0, -1)} # ${marker}"`;
}

/** The block of the protocol, around the module as it stands in the repository unless another text is given. */
export function block(request: object, module = moduleText().psm1): string {
    return `& {\n${module}if (Invoke-HybridIdentityRequest -Json @'\n${JSON.stringify(request, null, 2)}\n'@) { exit 0 } else { exit 1 }\n}\n`;
}

/** Logs on as the administrator with the key, unless told otherwise. Rejects where that fails; checks the host key. */
export function connect(host: LabHost, config: ConnectConfig = {}): Promise<Client> {
    return new Promise((resolve, reject) => {
        const client = new Client();
        client.once("ready", () => resolve(client));
        client.on("error", reject);
        client.once("close", () => reject(new Error("closed")));
        client.connect({
            host: host.address,
            port: host.port,
            username: host.user,
            ...("password" in config ? {} : { privateKey: host.privateKey }),
            hostVerifier: (key: Buffer) => host.hostKey === `ssh-ed25519 ${key.toString("base64")}`,
            ...config,
        });
        // Without it every small message waits 40 ms for the acknowledgement of the one before.
        client.setNoDelay(true);
    });
}

/** One command on an open connection; the exit code is undefined where the connection ended first. */
export function exec(client: Client, command: string, stdin = ""): Promise<Result> {
    return new Promise((resolve, reject) => {
        client.exec(command, (error, channel) => {
            if (error) {
                reject(error);
                return;
            }
            const result: Result = { stdout: "", stderr: "", exitCode: undefined };
            channel.on("data", (data: Buffer) => (result.stdout += data));
            channel.stderr.on("data", (data: Buffer) => (result.stderr += data));
            channel.on("exit", (code: number) => (result.exitCode = code));
            channel.on("close", () => resolve(result));
            channel.end(stdin);
        });
    });
}

/** One command on a connection of its own. */
export async function once(host: LabHost, command: string, stdin = "", config: ConnectConfig = {}): Promise<Result> {
    const client = await connect(host, config);
    try {
        return await exec(client, command, stdin);
    } finally {
        client.end();
    }
}

/** The reply in a frame, taken apart by hand. */
export function reply(stdout: string): Record<string, unknown> {
    const [, bytes, json = ""] = /\nHYBRID-IDENTITY-REPLY 1 (\d+) [0-9a-f]{64}\n([^]*)\nHYBRID-IDENTITY-END\n/.exec(stdout) ?? [];
    const joined = json.replaceAll("\n", "");
    if (joined.length !== Number(bytes)) {
        throw new Error(`no frame: ${stdout.slice(0, 200)}`);
    }
    return JSON.parse(joined) as Record<string, unknown>;
}

export function publicLine(privateKey: string): string {
    const key = utils.parseKey(privateKey);
    if (key instanceof Error) {
        throw key;
    }
    return `${key.type} ${key.getPublicSSH().toString("base64")}`;
}
