// The other side's files, with errors in the plugin's words.
import { posix } from "node:path";
import { setImmediate as turn } from "node:timers/promises";
import { promisify } from "node:util";
import { utils, type Client, type SFTPWrapper, type Stats } from "ssh2";

const { NO_SUCH_FILE, PERMISSION_DENIED } = utils.sftp.STATUS_CODE;
const said: { [code: number]: string } = { [NO_SUCH_FILE]: "file does not exist", [PERMISSION_DENIED]: "permission denied" };

/** An SFTP session. */
export class RemoteFiles {
    private constructor(private readonly sftp: SFTPWrapper) {}

    static async open(client: Client): Promise<RemoteFiles> {
        let lost = false;
        client.once("close", () => (lost = true));
        try {
            return new RemoteFiles(await promisify(client.sftp.bind(client) as (done: (error: Error | undefined, sftp: SFTPWrapper) => void) => void)());
        } catch {
            // A connection that breaks off is told first as a request that failed.
            await turn();
            throw new Error(lost ? "EOF" : "ssh: subsystem request failed");
        }
    }

    /** Undefined where there is nothing. */
    async kind(path: string): Promise<"file" | "folder" | undefined> {
        try {
            const stats = await asked<Stats>(done => this.sftp.stat(path, done));
            return stats.isDirectory() ? "folder" : "file";
        } catch (error) {
            if ((error as Refused).code === NO_SUCH_FILE) return undefined;
            throw new Error(`failed to stat remote path ${path}: ${(error as Error).message}`);
        }
    }

    async makeFolders(path: string): Promise<void> {
        const found = await this.kind(path);
        if (found === "folder") return;
        if (found === "file") throw new Error(`mkdir ${path}: not a directory`);
        const above = posix.dirname(path);
        if (above !== path) await this.makeFolders(above);
        await asked<void>(done => this.sftp.mkdir(path, done));
    }

    /** Overwrites what is there; `what` is sent, for the error. Nobody asks whether the end of the file arrived: the plugin does not either. */
    async write(path: string, content: Buffer, what: string): Promise<void> {
        const handle = await asked<Buffer>(done => this.sftp.open(path, "w+", done)).catch((error: Error) => {
            throw new Error(`failed to create remote file ${path}: ${error.message}`);
        });
        if (content.length > 0) {
            await asked<void>(done => this.sftp.write(handle, content, 0, content.length, 0, done)).catch((error: Error) => {
                throw new Error(`failed to ${what} to remote path ${path}: ${error.message}`);
            });
        }
        await asked<void>(done => this.sftp.close(handle, done)).catch(() => {});
    }
}

type Refused = Error & { code?: number };

async function asked<T>(start: (done: (error: Error | null | undefined, result?: T) => void) => unknown): Promise<T> {
    try {
        return (await promisify(start)()) as T;
    } catch (error) {
        const { code, message } = error as Refused;
        const name = Object.entries(utils.sftp.STATUS_CODE).find(([, value]) => value === code)?.[0];
        // Without a code nobody answered.
        const told = name === undefined ? "connection lost" : `sftp: ${JSON.stringify(message)} (SSH_FX_${name})`;
        throw Object.assign(new Error(said[code ?? 0] ?? told), { code });
    }
}
