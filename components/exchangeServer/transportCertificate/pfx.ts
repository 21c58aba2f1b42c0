import { X509Certificate } from "node:crypto";
import { createSecureContext } from "node:tls";
import type { Problem } from "../../../drift/types";
import { tlsNameOf } from "./tlsName";

/** A certificate with its key, as arguments and documents have it. */
export interface Pfx {
    pfx?: string;
    pfxPassword?: string;
}

/** Messages never show what was received. */
export function checkPfx({ pfx, pfxPassword }: Pfx): Problem[] {
    return [
        ...(pfx === undefined || /^[A-Za-z0-9+/]{4,87380}={0,2}$/.test(pfx) ? [] : [{ property: "pfx", message: `must be the whole file in Base64, in one line, of at most 64 KB; received a text of ${pfx.length} characters that is none` }]),
        ...(pfxPassword === undefined || !/[\x00-\x1f\x7f]|\p{Surrogate}/u.test(pfxPassword) && pfxPassword.length <= 500 ? [] : [{ property: "pfxPassword", message: "must be a text of at most 500 characters without control characters; received another one" }]),
    ];
}

/** Why a PFX cannot be the certificate of a connector, where that is certain here; `name` is empty where that is refused. The host looks once more, in an update. */
export function lookIntoPfx(given: Pfx, name: string, now: Date): Problem[] {
    const form = checkPfx(given);
    if (given.pfx === undefined || form.length > 0) {
        return form;
    }
    const bytes = Buffer.from(given.pfx, "base64");
    if (!isWhole(bytes)) {
        return [{ property: "pfx", message: "is no PFX, or not all of one. Give the whole file in Base64" }];
    }
    const found = open(bytes, given.pfxPassword);
    return found instanceof X509Certificate ? judge(found, name, now) : found === undefined ? [] : [found];
}

/** Undefined where OpenSSL cannot tell, as of old encryption, which Windows opens, and of several keys: it looks at one, and the host may find another. */
function open(bytes: Buffer, passphrase: string | undefined): X509Certificate | Problem | undefined {
    try {
        const { context } = createSecureContext({ pfx: bytes, passphrase: passphrase ?? "" }) as { context: { getCertificate(): Buffer } };
        return keysIn(bytes) > 1 ? undefined : new X509Certificate(context.getCertificate());
    } catch (error) {
        const { message } = error as Error;
        if (/mac verify failure/i.test(message)) {
            return { property: "pfxPassword", message: passphrase === undefined ? "is needed: the PFX has a password" : "does not open the PFX. Give the one that it was exported with" };
        }
        if (/unable to load private key/i.test(message)) {
            return { property: "pfx", message: "has no private key. Export the certificate with its key" };
        }
        const alone = /unable to load certificate/i.test(message) && keysIn(bytes) < 2;
        return alone ? { property: "pfx", message: "has a private key, and not its certificate. Export the certificate with its key" } : undefined;
    }
}

function judge(certificate: X509Certificate, name: string, now: Date): Problem[] {
    const own = nameOf(certificate);
    if (own !== undefined && name !== "" && own.toUpperCase() !== name.toUpperCase()) {
        return [{ property: "pfx", message: `is for ${own}, and the connector's name is ${name}. Give the one of this name, or correct the name` }];
    }
    const [from, until] = [new Date(certificate.validFrom), new Date(certificate.validTo)];
    return now < from || now >= until ? [{ property: "pfx", message: `is out of date: it is valid from ${from.toISOString()} until ${until.toISOString()}. Give a renewed one` }] : [];
}

/** Undefined where it is not certain how Windows prints it. */
function nameOf(certificate: X509Certificate): string | undefined {
    try {
        return tlsNameOf(certificate.raw.toString("base64"));
    } catch {
        return undefined;
    }
}

/** Version 3, and as long as it says; of a length that is told at the end the host says more. */
function isWhole(bytes: Buffer): boolean {
    const [tag, first = 0] = bytes;
    const more = first > 0x80 ? first & 0x7f : 0;
    const long = first === 0x80 || (more <= 4 && bytes.length > 2 + more && bytes.length === 2 + more + (more === 0 ? first : bytes.readUIntBE(2, more)));
    return tag === 0x30 && long && bytes.subarray(2 + more, 5 + more).equals(Buffer.from([2, 1, 3]));
}

/** Their type stands outside of what is encrypted. */
function keysIn(bytes: Buffer): number {
    return bytes.toString("latin1").split(shroudedKey).length - 1;
}

const shroudedKey = Buffer.from("060b2a864886f70d010c0a0102", "hex").toString("latin1");
