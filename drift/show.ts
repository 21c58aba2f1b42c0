import { asciiString } from "./json";

/** Something received, as it may stand in a message: quoted as in JSON, ASCII, never a private key, at most `limit` characters and the count of all. */
export function show(value: unknown, limit = 80): string {
    if (typeof value !== "string") {
        return value === null || typeof value !== "object" ? String(value) : Array.isArray(value) ? "an array" : "an object";
    }
    // Whoever mixes up two arguments has not made it public by that.
    if (/PRIVATE KEY|^PuTTY-User-Key-File/.test(value)) {
        return "a private key, which is not shown";
    }
    const escaped = asciiString(value.slice(0, limit)).slice(1, -1);
    const cut = value.length > limit || escaped.length > limit;
    return `"${escaped.slice(0, limit)}"${cut ? ` (${value.length} characters)` : ""}`;
}

/** A sentence that somebody else wrote, in one line: control and invisible characters shown, at most `limit` characters. */
export function printable(text: string, limit: number): string {
    const head = text.slice(0, limit).replace(/[\p{C}\u2028\u2029]/gu, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
    return text.length > limit ? `${head}... (${text.length} characters)` : head;
}

/**
 * Takes secrets out of a text before any of it is shown: the given ones (also as JSON writes them, and line by line where they have
 * several), private keys, and what stands behind words such as "password=".
 */
export function mask(text: string, secrets: readonly string[] = []): string {
    const lines = secrets.flatMap((secret) => secret.split(/\r?\n/).filter((line) => line.length >= 8));
    const forms = [...secrets, ...lines].flatMap((form) => [form, asciiString(form).slice(1, -1)]);
    let masked = text;
    for (const form of [...new Set(forms)].filter((form) => form !== "").sort((a, b) => b.length - a.length)) {
        masked = masked.replaceAll(form, "[hidden]");
    }
    return masked
        .replace(/-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----[^]*?(-----END [A-Z0-9 ]*PRIVATE KEY-----|$)/g, "[hidden]")
        .replace(
            /\b(pass(?:word|phrase|wd)?|pwd|secret|token|api[-_]?key)\b("?\s*[:=]\s*)("[^"]*"?|'[^']*'?|[^\s"',;]+)/gi,
            "$1$2[hidden]",
        );
}
