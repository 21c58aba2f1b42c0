import { createHash, createHmac, randomBytes } from "crypto";
import { show } from "../drift/show";
import { utils } from "ssh2";
import type { ParsedKey, ServerHostKeyAlgorithm } from "ssh2";

/** A pinned host key: its bytes, and its type, the only one to offer so that the server cannot answer with another key. */
export interface HostKey {
    type: ServerHostKeyAlgorithm;
    blob: Buffer;
}

/** Reads an OpenSSH public key line. Throws TypeError with the rule, what was received and what to do; a host key is no secret. */
export function parseHostKey(line: string): HostKey {
    const [first, base64] = line.trim().split(/\s+/);
    if (first === "ssh-rsa") {
        throw new TypeError(
            `is an RSA key, which the command plugin asks for with SHA-1 only and no present server signs with: looking would work, ` +
                `"pulumi up" would not. Give the line of a key of another type; ${received(line)}. ${howToGetHostKey}`,
        );
    }
    const type = hostKeyTypes.find((one) => one === first);
    if (type === undefined) {
        throw new TypeError(`must begin with a key type (${hostKeyTypes.join(", ")}); ${received(line)}. ${howToGetHostKey}`);
    }
    if (base64 === undefined || !/^[A-Za-z0-9+/]+={0,2}$/.test(base64)) {
        throw new TypeError(`has no Base64 after the key type; ${received(line)}. ${howToGetHostKey}`);
    }
    const blob = Buffer.from(base64, "base64");
    const length = blob.length < 4 ? 0 : blob.readUInt32BE(0);
    const inner = blob.subarray(4, 4 + length).toString("latin1");
    if (inner !== type) {
        throw new TypeError(
            `says ${type}, but the key inside is not of that type (cut, or put together by hand?); ${received(line)}. ${howToGetHostKey}`,
        );
    }
    const parsed = utils.parseKey(`${type} ${base64}`);
    if (isFailure(parsed) || parsed.isPrivateKey()) {
        throw new TypeError(`holds a damaged ${type} key; ${received(line)}. ${howToGetHostKey}`);
    }
    return { type, blob };
}

/** As OpenSSH prints it: `SHA256:` and unpadded Base64. */
export function fingerprint(blob: Buffer): string {
    return `SHA256:${createHash("sha256").update(blob).digest("base64").replace(/=+$/, "")}`;
}

const parsedKeys = new Map<string, ParsedKey | Error>();
const processKey = randomBytes(32);

/** A name for secret data that tells equal from different and gives nothing away, not even to someone who guesses. */
export function secretDigest(...parts: string[]): string {
    return createHmac("sha256", processKey).update(JSON.stringify(parts)).digest("hex");
}

/**
 * Reads a private key, once a process for each text: deriving the key from a passphrase takes a tenth of a second or more.
 * Gives an Error, whose text comes from the parser and holds nothing of the key, when that fails.
 */
export function parsePrivateKey(text: string, passphrase?: string): ParsedKey | Error {
    const id = secretDigest(text, passphrase ?? "");
    let key = parsedKeys.get(id);
    if (key === undefined) {
        const parsed: unknown = utils.parseKey(text, passphrase);
        // OpenSSH's own format gives a list, of one key so far.
        key = (Array.isArray(parsed) ? parsed[0] : parsed) as ParsedKey | Error;
        parsedKeys.set(id, key);
    }
    return key;
}

/** The cipher of a private key that could be read: `none`, its name in OpenSSH's format, or `pem` for any in a PEM file. */
export function keyEncryption(text: string): string {
    const [, base64] = /-----BEGIN OPENSSH PRIVATE KEY-----([^-]*)/.exec(text) ?? [];
    if (base64 === undefined) {
        return /^(DEK-Info|Encryption): /m.test(text) ? "pem" : "none";
    }
    // "openssh-key-v1" and a NUL, then the cipher's name behind its length.
    const data = Buffer.from(base64, "base64").subarray(15);
    return data.subarray(4, 4 + data.readUInt32BE(0)).toString("latin1");
}

export function isFailure(key: ParsedKey | Error): key is Error {
    return key instanceof Error;
}

function received(line: string): string {
    return `received ${show(line, 120)}`;
}

const howToGetHostKey =
    'Take the line from C:\\ProgramData\\ssh\\ssh_host_ed25519_key.pub on the host, or run "ssh-keyscan -t ed25519 HOST", compare the ' +
    "fingerprint, and leave out the host name in front";

/** Those that looking and the command plugin both check. */
export const hostKeyTypes: ServerHostKeyAlgorithm[] = ["ssh-ed25519", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521"];
