// The files of a pretend host: what lies in the home folders of its accounts. Names are without regard to case, as on Windows.
import { posix } from "node:path";
import type { PretendHost } from "./host";
import { upper } from "./paths";

/** By whole path, `C:/Users/administrator/a.txt`. The home folders themselves are not listed. */
export type Files = PretendHost["files"];

/** The content of a file in the home folder of the session's account, with one character a byte; undefined where there is none. */
export function homeFile(host: PretendHost, name: string): string | undefined {
    return host.files[homePath(host, name)] ?? undefined;
}

/** The names of what lies in the home folder of the session's account. */
export function homeFiles({ files, user }: PretendHost): string[] {
    const home = `${homeOf(user)}/`;
    return Object.keys(files).filter(path => upper(path).startsWith(upper(home))).map(path => path.slice(home.length));
}

/** Deletes a file in the home folder of the session's account; whether there was one. */
export function deleteHomeFile(host: PretendHost, name: string): boolean {
    return homeFile(host, name) !== undefined && delete host.files[homePath(host, name)];
}

function homePath({ files, user }: PretendHost, name: string): string {
    return spelled(files, `${homeOf(user)}/${name}`);
}

/** The home folder of an account, `COMPUTER\name` or `name`. */
export function homeOf(user: string): string {
    return `C:/Users/${user.slice(user.lastIndexOf("\\") + 1)}`;
}

/** A path that a client gives, whole: `a.txt`, `C:\Users\x\a.txt` and `/C:/Users/x/a.txt` are taken as OpenSSH for Windows takes them. */
export function wholePath(home: string, given: string): string {
    const path = given.replaceAll("\\", "/").replace(/^\/(?=[a-z]:)/i, "");
    return posix.normalize(/^([a-z]:|\/)/i.test(path) ? path : `${home}/${path}`).replace(/(?<=.)\/$/, "");
}

/** The path as it was spelled when it was made, where there is something. */
export function spelled(files: Files, path: string): string {
    return Object.keys(files).find(known => upper(known) === upper(path)) ?? path;
}
