import { createHash } from "node:crypto";

/** Everything a host says is ASCII: its console code page is unknown. */
export function asciiString(text: string): string {
    return `"${text.replace(/["\\]/g, "\\$&").replace(/[^\x20-\x7f]/g, unit => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)}"`;
}

export function asciiJson(value: unknown): string {
    return JSON.stringify(value).replace(/[^\x20-\x7f]/g, unit => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

export function sha256(text: string): string {
    return createHash("sha256").update(text, "latin1").digest("hex");
}

const LINE = 3_900;

/** A reply in its frame, as it stands on the raw standard output stream. */
export function frame(reply: unknown): string {
    const json = asciiJson(reply);
    const lines: string[] = [];
    for (let at = 0; at < json.length; at += LINE) {
        lines.push(json.slice(at, at + LINE));
    }
    return `\nHYBRID-IDENTITY-REPLY 1 ${json.length} ${sha256(json)}\n${lines.join("\n")}\nHYBRID-IDENTITY-END\n`;
}

export type JsonObject = Record<string, unknown>;

export function isObject(value: unknown): value is JsonObject {
    return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A string, or one that was cut into an array of strings because its line would have been too long. */
export function joinedText(value: unknown): string | undefined {
    if (typeof value === "string") {
        return value;
    }
    return Array.isArray(value) && value.every(part => typeof part === "string") ? value.join("") : undefined;
}
