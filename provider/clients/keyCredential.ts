// A certificate of an application as Graph tells it.
import { X509Certificate } from "node:crypto";

/** One entry of `keyCredentials`. */
export interface KeyCredential {
    keyId: string;
    displayName?: string | null;
    startDateTime?: string | null;
    endDateTime?: string | null;
    customKeyIdentifier?: string | null;
    /** Told only where it is asked for by name. */
    key?: string | null;
}

/** SHA-1, in capitals, as Windows and the portal show it. The identifier that Graph holds is the thumbprint unless somebody chose another. */
export function thumbprint({ key, customKeyIdentifier }: Pick<KeyCredential, "key" | "customKeyIdentifier">): string | undefined {
    const certificate = certificateIn(key);
    if (certificate) return thumbprintOf(certificate);
    if (!customKeyIdentifier) return undefined;
    if (/^[\da-f]{40}$/i.test(customKeyIdentifier)) return customKeyIdentifier.toUpperCase();
    const bytes = Buffer.from(customKeyIdentifier, "base64");
    return bytes.length === 20 ? bytes.toString("hex").toUpperCase() : undefined;
}

/** The same of a certificate. */
export function thumbprintOf(certificate: X509Certificate): string {
    return certificate.fingerprint.replaceAll(":", "");
}

/** The certificate in a key: DER, or the PEM text that azuread uploads. */
export function certificateIn(key: string | null | undefined): X509Certificate | undefined {
    return key ? parsed(Buffer.from(key, "base64")) : undefined;
}

/** The certificate in a text or in bytes, if there is one. */
export function parsed(given: string | Buffer): X509Certificate | undefined {
    try {
        return new X509Certificate(given);
    } catch {
        return undefined;
    }
}
