import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { utils } from "ssh2";
import { readWhole, writeWhole } from "./store";

/** What people and programs log on with, the same for all hosts of a lab. */
export interface Logons {
    password: string;
    /** OpenSSH key pairs. */
    administrator: { private: string; public: string };
    observer: { private: string; public: string };
}

/** Made once; kept in `dir`/keys where a folder is given. */
export function logons(dir: string | undefined): Logons {
    return {
        password: kept(dir, "administrator.password", () => randomBytes(18).toString("base64url")),
        administrator: keyPair(kept(dir, "administrator", () => newKey("administrator"))),
        observer: keyPair(kept(dir, "observer", () => newKey("observer"))),
    };
}

function kept(dir: string | undefined, name: string, make: () => string): string {
    const file = dir && join(dir, "keys", name);
    const found = file && readWhole(file);
    if (found) {
        return found;
    }
    const made = make();
    if (file) {
        writeWhole(file, made);
    }
    return made;
}

/** ssh2 once in a great while makes a key that it cannot read itself. */
function newKey(comment: string): string {
    for (;;) {
        const made = utils.generateKeyPairSync("ed25519", { comment }).private;
        if (!(utils.parseKey(made) instanceof Error)) {
            return made;
        }
    }
}

function keyPair(text: string): { private: string; public: string } {
    const key = utils.parseKey(text);
    if (key instanceof Error) {
        throw new Error(`the lab's key is damaged (${key.message}); delete the keys folder of the lab to get a new one`);
    }
    return { private: text, public: `${key.type} ${key.getPublicSSH().toString("base64")}` };
}
