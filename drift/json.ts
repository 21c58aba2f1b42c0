/** Longest line of any text that is sent to a host, in characters. */
export const lineLimit = 4000;

/** What can be written as JSON. A Map is written as an object in its own order, which plain objects do not keep for names such as "10". */
export type Json = string | number | boolean | null | readonly Json[] | ReadonlyMap<string, Json> | { readonly [name: string]: Json };

/** What a text holds, where that is a JSON object. */
export function parseObject(text: string): Record<string, unknown> | undefined {
    try {
        const value: unknown = JSON.parse(text);
        return isObject(value) ? value : undefined;
    } catch {
        return undefined;
    }
}

export function isObject(value: unknown): value is Record<string, unknown> {
    return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A JSON string literal in ASCII: control characters and all beyond ASCII as `\uXXXX` in lower-case hex. */
export function asciiString(text: string): string {
    const escaped = text
        .replace(/["\\]/g, "\\$&")
        .replace(/[^\x20-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
    return `"${escaped}"`;
}

/**
 * JSON as hosts read it: ASCII, two spaces of indent, no line over 4,000 characters. A string that would make a longer line is written as
 * an array of strings, to be joined.
 * @throws RangeError for a member name that does not fit on a line.
 */
export function toAsciiJson(value: Json): string {
    return write(value, "", 0);
}

/** `used` counts the characters that already stand on the line, the indent included. */
function write(value: Json, indent: string, used: number): string {
    if (typeof value === "string") {
        const literal = asciiString(value);
        return used + literal.length < lineLimit ? literal : write(pieces(value, lineLimit - indent.length - 3), indent, used);
    }
    if (value === null || typeof value !== "object") {
        return String(value);
    }
    const inner = `${indent}  `;
    if (Array.isArray(value)) {
        return wrap(
            "[]",
            indent,
            value.map((item) => inner + write(item, inner, inner.length)),
        );
    }
    const members = value instanceof Map ? [...value] : Object.entries(value);
    const lines = members.map(([name, member]) => {
        const head = `${inner}${asciiString(name)}: `;
        if (head.length + 2 > lineLimit) {
            throw new RangeError(`A name of ${name.length} characters does not fit on a line of ${lineLimit} characters.`);
        }
        return head + write(member, inner, head.length);
    });
    return wrap("{}", indent, lines);
}

function wrap(brackets: string, indent: string, lines: string[]): string {
    return lines.length === 0 ? brackets : `${brackets[0]}\n${lines.join(",\n")}\n${indent}${brackets[1]}`;
}

/**
 * Halves, until each fits. Not "as much as fits, then the rest": a short rest can be a bare time, which the protocol keeps off the wire.
 */
function pieces(text: string, room: number): string[] {
    if (asciiString(text).length < room) {
        return [text];
    }
    let middle = Math.floor(text.length / 2);
    if (/[\ud800-\udbff]/.test(text[middle - 1] ?? "")) {
        middle += 1;
    }
    return [...pieces(text.slice(0, middle), room), ...pieces(text.slice(middle), room)];
}
