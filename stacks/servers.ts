import { readFileSync } from "node:fs";
import * as path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import type { windows } from "../index";

/** One server of a stack. */
export interface Server {
    address: string;
    port?: number;
    user: string;
    /** The account's private key, relative to the repository. */
    privateKeyFile: string;
    /** Default `powershell.exe`. */
    powershell?: string;
    /** What the server prints as `ssh_host_ed25519_key.pub`. */
    hostKey: string;
    /** What it is, where baselines have something for it. */
    roles?: string[];
    /** An account without administrator rights, used by previews where its key is there. */
    observe?: { user: string; privateKeyFile: string };
    /** Groups that may read the records on the server; that account is in one. */
    recordReaders?: string[];
}

/** Arguments of a server's Host. Its keys are plain here, and undefined where there is no such file. */
export type ServerArgs = Omit<windows.HostArgs, "privateKey" | "observe"> & { privateKey?: string; observe?: { user: string; privateKey: string } };

export function argsOf({ privateKeyFile, observe, roles: _, ...reached }: Server): ServerArgs {
    const [own, observing] = [privateKeyFile, observe?.privateKeyFile].map(keyIn);
    // A pipeline that only previews has no key that may change a server; nobody logs on with what stands in its place.
    const privateKey = own ?? (pulumi.runtime.isDryRun() ? observing : undefined);
    return { ...reached, privateKey, observe: observing === undefined ? undefined : { user: observe!.user, privateKey: observing } };
}

/** Where the settings say that a file is. */
export function fileOf(file: string): string {
    return path.resolve(__dirname, "..", file);
}

function keyIn(file: string | undefined): string | undefined {
    try {
        return typeof file === "string" ? readFileSync(fileOf(file), "utf8") : undefined;
    } catch {
        return undefined;
    }
}
