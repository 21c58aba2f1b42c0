import { createCipheriv, createDecipheriv, createHash, randomBytes } from "node:crypto";
import type { PretendHost } from "./host";

// Stands in for DPAPI with the scope CurrentUser: what one account of one host encrypts, no other one decrypts.

/** What every text of DPAPI begins with: its version and its provider. */
const HEADER = Buffer.from("01000000d08c9ddf0115d1118c7a00c04fc297eb", "hex");
const NONCE = 12;
const TAG = 16;

/** The text in UTF-16, encrypted, in Base64. */
export function protect(host: PretendHost, sid: string, text: string): string {
    const nonce = randomBytes(NONCE);
    const cipher = createCipheriv("aes-256-gcm", keyOf(host, sid), nonce);
    const data = Buffer.concat([cipher.update(Buffer.from(text, "utf16le")), cipher.final()]);
    return Buffer.concat([HEADER, nonce, cipher.getAuthTag(), data]).toString("base64");
}

/** Undefined for a text that this account did not encrypt. */
export function unprotect(host: PretendHost, sid: string, text: string): string | undefined {
    const bytes = Buffer.from(text, "base64").subarray(HEADER.length);
    if (bytes.length < NONCE + TAG) {
        return undefined;
    }
    try {
        const decipher = createDecipheriv("aes-256-gcm", keyOf(host, sid), bytes.subarray(0, NONCE));
        decipher.setAuthTag(bytes.subarray(NONCE, NONCE + TAG));
        return Buffer.concat([decipher.update(bytes.subarray(NONCE + TAG)), decipher.final()]).toString("utf16le");
    } catch {
        return undefined;
    }
}

function keyOf({ facts }: PretendHost, sid: string): Buffer {
    return createHash("sha256").update(`${facts.computerName}\0${sid}`).digest();
}
