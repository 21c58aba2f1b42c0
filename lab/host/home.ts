import { posix } from "node:path";
import { utils } from "ssh2";
import { homeOf, spelled, wholePath, type Files } from "./files";
import { upper } from "./paths";

const { OPEN_MODE, STATUS_CODE } = utils.sftp;

/** An answer of the SFTP server that is a refusal. */
export class Refusal extends Error {
    constructor(readonly code: number) {
        super(`SFTP status ${code}`);
    }
}

/** The home folder of one account, as an SFTP server works on it. Every method throws Refusal. */
export class Home {
    readonly folder: string;

    /** A host that is set up anew has other files. */
    constructor(
        private readonly host: { files: Files },
        user: string,
    ) {
        this.folder = homeOf(user);
    }

    private get files(): Files {
        return this.host.files;
    }

    /** A path that a client gives, wherever it leads. */
    whole(given: string): string {
        return wholePath(this.folder, given);
    }

    /** The path of a file or folder, there or not. What is not below the home folder is not for this account. */
    path(given: string): string {
        const path = this.whole(given);
        if (upper(path) === upper(this.folder)) {
            return this.folder;
        }
        if (!upper(path).startsWith(`${upper(this.folder)}/`)) {
            throw new Refusal(STATUS_CODE.PERMISSION_DENIED);
        }
        return spelled(this.files, path);
    }

    /** Null for a folder. */
    content(path: string): string | null {
        const content = this.look(path);
        if (content === undefined) {
            throw new Refusal(STATUS_CODE.NO_SUCH_FILE);
        }
        return content;
    }

    makeFolder(path: string): void {
        this.checkNew(path);
        if (this.look(path) !== undefined) {
            throw new Refusal(STATUS_CODE.FAILURE);
        }
        this.files[path] = null;
    }

    /** Opens a file; whether for writing. */
    openFile(path: string, flags: number): boolean {
        const has = (flag: number): boolean => (flags & flag) !== 0;
        const there = this.look(path);
        if (there === undefined && !has(OPEN_MODE.CREAT)) {
            throw new Refusal(STATUS_CODE.NO_SUCH_FILE);
        }
        if (there === null || has(OPEN_MODE.APPEND) || (there !== undefined && has(OPEN_MODE.EXCL))) {
            throw new Refusal(STATUS_CODE.FAILURE);
        }
        if (there === undefined || has(OPEN_MODE.TRUNC)) {
            this.checkNew(path);
            this.files[path] = "";
        }
        return has(OPEN_MODE.WRITE);
    }

    read(path: string, offset: number, length: number): Buffer {
        const part = this.text(path).slice(offset, offset + length);
        if (part === "") {
            throw new Refusal(STATUS_CODE.EOF);
        }
        return Buffer.from(part, "latin1");
    }

    /** Parts come in any order; what lies between is zeros until its part is there. */
    write(path: string, offset: number, data: Buffer): void {
        const text = this.text(path);
        this.files[path] = text.slice(0, offset).padEnd(offset, "\0") + data.toString("latin1") + text.slice(offset + data.length);
    }

    /** What stays of a file of which only the first half arrived. */
    halve(path: string): void {
        this.files[path] = this.text(path).slice(0, this.text(path).length / 2);
    }

    remove(path: string): void {
        this.text(path);
        delete this.files[path];
    }

    /** The paths of what lies in a folder. */
    list(path: string): string[] {
        if (this.content(path) !== null) {
            throw new Refusal(STATUS_CODE.FAILURE);
        }
        return Object.keys(this.files).filter(one => upper(posix.dirname(one)) === upper(path));
    }

    private look(path: string): string | null | undefined {
        return path === this.folder ? null : this.files[path];
    }

    /** The content of a file, not of a folder. */
    private text(path: string): string {
        const content = this.content(path);
        if (content === null) {
            throw new Refusal(STATUS_CODE.FAILURE);
        }
        return content;
    }

    /** In a folder that is there, by a name that Windows takes. */
    private checkNew(path: string): void {
        if (this.content(this.path(posix.dirname(path))) !== null || !/^[^<>:"|?*\x00-\x1f]*[^<>:"|?*\x00-\x1f. ]$/.test(posix.basename(path))) {
            throw new Refusal(STATUS_CODE.FAILURE);
        }
    }
}
