import { posix } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { utils, type Attributes, type FileEntry, type SFTPWrapper } from "ssh2";
import { faultFor, type Fault } from "./faults";
import { Home, Refusal } from "./home";
import type { PretendHost } from "./host";

const { EOF, FAILURE, OK } = utils.sftp.STATUS_CODE;

export interface SftpOptions {
    state: Pick<PretendHost, "files" | "clock">;
    fault: () => Fault | undefined;
    /** Called after a file was sent or deleted, or a folder made. */
    changed: () => void;
}

interface Opened {
    path: string;
    writes: boolean;
    /** What a listing has still to tell. */
    left?: string[];
}

/** Answers the request for the SFTP subsystem, with whatever fault is set. `arrived` counts a file, `drop` ends the connection. */
export async function startSftp(
    { state, fault, changed }: SftpOptions,
    { user, accept, reject }: { user: string; accept: () => SFTPWrapper | undefined; reject: () => void },
    arrived: () => void,
    drop: () => void,
): Promise<void> {
    const set = faultFor(fault(), "send");
    if (set?.name === "dropped") {
        return drop();
    }
    if (set?.name === "noSftp") {
        return reject();
    }
    await delay(set?.name === "slow" ? Number(set.argument || 3_000) : 0, undefined, { ref: false });
    const home = new Home(state, user);
    const sent = (path: string): boolean => {
        arrived();
        if (set?.name === "cutFile") {
            home.halve(path);
        }
        changed();
        return set?.name !== "lostReply";
    };
    const sftp = accept();
    // Undefined where the client has gone meanwhile.
    if (sftp) {
        sftp.on("error", drop).on("end", () => sftp.end());
        serveFiles(sftp, home, { now: state.clock, changed, sent: path => sent(path) || drop() });
    }
}

/** What is not answered here, ssh2 answers as unsupported. `sent` says whether the end of a file is to be confirmed. */
function serveFiles(
    sftp: SFTPWrapper,
    home: Home,
    { now, changed, sent }: { now: () => Date; changed: () => void; sent: (path: string) => boolean | void },
): void {
    const opened = new Map<number, Opened>();
    let last = 0;
    const open = (request: number, one: Opened): void => {
        opened.set(++last, one);
        sftp.handle(request, handleOf(last));
    };
    const at = (handle: Buffer): Opened => {
        const found = handle.length === 4 && opened.get(handle.readUInt32BE());
        if (!found) {
            throw new Refusal(FAILURE);
        }
        return found;
    };
    const attributes = (path: string): Attributes => {
        const content = home.content(path);
        const time = Math.floor(now().getTime() / 1000);
        return { mode: content === null ? 0o40777 : 0o100666, size: content?.length ?? 0, uid: 0, gid: 0, atime: time, mtime: time };
    };
    const entry = (path: string): FileEntry => ({ filename: posix.basename(path), longname: posix.basename(path), attrs: attributes(path) });
    const done = (request: number): void => sftp.status(request, OK);
    const on = <A extends unknown[]>(name: string, answer: (request: number, ...rest: A) => void): void => {
        sftp.on(name, (request: number, ...rest: A) => {
            try {
                answer(request, ...rest);
            } catch (error) {
                sftp.status(request, error instanceof Refusal ? error.code : FAILURE);
            }
        });
    };

    on("REALPATH", (request, given: string) => {
        // A path of which nothing is there, or that is not for this account, has a name all the same.
        const filename = `/${home.whole(given)}`;
        sftp.name(request, [{ filename, longname: filename, attrs: attributes(home.folder) }]);
    });
    on("STAT", (request, given: string) => sftp.attrs(request, attributes(home.path(given))));
    on("LSTAT", (request, given: string) => sftp.attrs(request, attributes(home.path(given))));
    on("FSTAT", (request, handle: Buffer) => sftp.attrs(request, attributes(at(handle).path)));
    on("OPEN", (request, given: string, flags: number) => {
        const path = home.path(given);
        open(request, { path, writes: home.openFile(path, flags) });
    });
    on("READ", (request, handle: Buffer, offset: number, length: number) => sftp.data(request, home.read(at(handle).path, offset, length)));
    on("WRITE", (request, handle: Buffer, offset: number, data: Buffer) => {
        const { path, writes } = at(handle);
        if (!writes) {
            throw new Refusal(FAILURE);
        }
        home.write(path, offset, data);
        done(request);
    });
    on("CLOSE", (request, handle: Buffer) => {
        const { path, writes } = at(handle);
        opened.delete(handle.readUInt32BE());
        if (!writes || sent(path)) {
            done(request);
        }
    });
    on("MKDIR", (request, given: string) => {
        home.makeFolder(home.path(given));
        changed();
        done(request);
    });
    on("REMOVE", (request, given: string) => {
        home.remove(home.path(given));
        changed();
        done(request);
    });
    on("OPENDIR", (request, given: string) => {
        const path = home.path(given);
        open(request, { path, writes: false, left: home.list(path) });
    });
    on("READDIR", (request, handle: Buffer) => {
        const { left = [] } = at(handle);
        if (left.length === 0) {
            throw new Refusal(EOF);
        }
        sftp.name(request, left.splice(0).map(entry));
    });
}

function handleOf(id: number): Buffer {
    const handle = Buffer.alloc(4);
    handle.writeUInt32BE(id);
    return handle;
}
