import { asciiString, lineLimit } from "./json";

/** What a document needs that may stand nowhere: it goes before the document, on a line of its own, which the host takes off at once. */
export interface Secrets {
    clientSecret?: string;
    accountPassword?: string;
    /** Of setup, by name; never beside the others. */
    properties?: Record<string, string>;
}

const word = "HYBRID-IDENTITY-SECRETS";

/** The line, with its line feed; see docs/protocol.md. */
export function secretLine({ clientSecret = "", accountPassword, properties }: Secrets): string {
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

/** The stdin of a command without the line. */
export function withoutSecrets(stdin: string): string {
    return stdin.startsWith(`${word} `) ? stdin.slice(stdin.indexOf("\n") + 1) : stdin;
}
