import { asciiString, lineLimit } from "./json";

/** What a document needs that may stand nowhere: it goes before the document, on lines of its own, which the host takes off at once. */
export interface Secrets {
    clientSecret?: string;
    accountPassword?: string;
    /** Of setup, by name; never beside the others. */
    properties?: Record<string, string>;
    /** A certificate with its key, in Base64, and its password; never beside the others. */
    pfx?: string;
    pfxPassword?: string;
}

const word = "HYBRID-IDENTITY-SECRETS";

/** The line, with its line feed, or lines where one is too short; see docs/protocol.md. */
export function secretLine({ clientSecret = "", accountPassword, properties, pfx, pfxPassword = "" }: Secrets): string {
    if (pfx !== undefined) {
        // Base64 in the hands of PowerShell is what malware scanners look for.
        const parts = Buffer.from(pfx, "base64").toString("hex").match(/.{1,3000}/g) ?? [];
        return [...parts.map((part) => `{"pfx":"${part}"}`), `{"pfxPassword":${asciiString(pfxPassword)}}`].map((json) => `${word} ${json}\n`).join("");
    }
    if (properties !== undefined) {
        return `${word} {"properties":{${Object.entries(properties).map(([name, value]) => `${asciiString(name)}:${asciiString(value)}`).join(",")}}}\n`;
    }
    const password = accountPassword === undefined ? "" : `,"accountPassword":${asciiString(accountPassword)}`;
    return `${word} {"clientSecret":${asciiString(clientSecret)}${password}}\n`;
}

/** Whether a host takes the line. */
export function fitsOnLine(secrets: Secrets): boolean {
    return secretLine(secrets).length - 1 <= lineLimit;
}

/** The stdin of a command without these lines. */
export function withoutSecrets(stdin: string): string {
    return stdin.replace(new RegExp(`^(${word} [^\n]*\n)+`), "");
}
