import { asciiString } from "./json";
import { show } from "./show";
import type { Notation } from "./types";

/** A notation taken apart. */
export type ParsedNotation =
    | { kind: "dword"; data: number; /** Any REG_DWORD other than 0 will do. */ orNonzero: boolean }
    | { kind: "qword"; data: bigint }
    | { kind: "string" | "expand"; data: string }
    | { kind: "multi"; data: string[] }
    | { kind: "binary" | "none"; /** Lower-case hex. */ data: string }
    | { /** REG_DWORD or REG_QWORD of a wrong size, as .reg files write it. */ kind: "hex(4)" | "hex(b)"; data: string }
    | { kind: "absent" }
    | { kind: "unknown"; /** Why it could not be read. */ data: string };

const greatest = { dword: 0xffffffffn, qword: 0xffffffffffffffffn };

/**
 * Takes a notation apart, in any of the forms people write (`dword:0x1F`, `BINARY:0A FF`).
 * @throws TypeError for what is no notation, RangeError for a number out of range.
 */
export function parseNotation(text: string): ParsedNotation {
    const [, word = "", rest] = /^([^:]*)(?::([^]*))?$/.exec(ofType("a notation", text)) ?? [];
    const kind = word.trim().toLowerCase();
    if (kind === "absent" && rest === undefined) {
        return { kind };
    }
    if (rest !== undefined) {
        switch (kind) {
            case "dword": {
                const number = rest.replace(/\s+or\s+nonzero\s*$/i, "");
                const data = Number(integer(kind, number));
                if (data === 0 && number !== rest) {
                    throw new RangeError(
                        `"dword:0 or nonzero" contradicts itself: write the number that counts as on, such as "dword:1 or nonzero".`,
                    );
                }
                return { kind, data, orNonzero: number !== rest };
            }
            case "qword":
                return { kind, data: BigInt(integer(kind, rest)) };
            case "string":
            case "expand":
            case "unknown":
                return { kind, data: rest };
            case "multi":
                return { kind, data: texts(rest) };
            case "binary":
            case "none":
            case "hex(4)":
            case "hex(b)":
                return { kind, data: hex(kind, rest) };
        }
    }
    throw new TypeError(
        `Not a value notation: ${show(text)}. Write dword:1, qword:1, string:text, expand:text, multi:["a","b"], binary:0aff or absent.`,
    );
}

/** The one canonical text of a parsed notation. */
export function formatNotation(parsed: ParsedNotation): Notation {
    switch (parsed.kind) {
        case "absent":
            return "absent";
        case "multi":
            return `multi:[${parsed.data.map(asciiString).join(",")}]`;
        case "dword":
            return `dword:${parsed.data}${parsed.orNonzero ? " or nonzero" : ""}`;
        default:
            return `${parsed.kind}:${parsed.data}`;
    }
}

/** The canonical text of any form that `parseNotation` takes; throws as it does. */
export function normaliseNotation(text: string): Notation {
    return formatNotation(parseNotation(text));
}

/**
 * Whether what a host reports is, by its meaning, what a document desires: an empty list has two forms in the registry. What could not be
 * read never is.
 */
export function isAsDesired(found: Notation, wanted: Notation): boolean {
    const is = parseNotation(found);
    const should = parseNotation(wanted);
    if (is.kind === "unknown") {
        return false;
    }
    if (should.kind === "dword" && should.orNonzero) {
        return is.kind === "dword" && is.data !== 0;
    }
    return meaning(is) === meaning(should);
}

function meaning(parsed: ParsedNotation): string {
    const empty = parsed.kind === "multi" && parsed.data.every((text) => text === "") && parsed.data.length < 2;
    return empty ? "multi:[]" : formatNotation(parsed);
}

/** What must be a text: users without types give anything. */
export function ofType(what: string, text: unknown): string {
    if (typeof text !== "string") {
        const hint = outputHint(text, what);
        throw new TypeError(`${what} needs text; received ${show(text)}.${hint}`);
    }
    return text;
}

/** A whole number as a notation has it, from any form that people write. */
export function integer(kind: keyof typeof greatest, n: bigint | number | string): bigint {
    const max = greatest[kind];
    const text = typeof n === "string" ? n.trim() : String(n);
    if (typeof n === "number" && Number.isInteger(n) && !Number.isSafeInteger(n)) {
        throw new RangeError(`${kind} cannot take the number ${text}, which is no longer exact: pass a bigint or a string.`);
    }
    if (typeof n === "string" && /^0\d/.test(text)) {
        throw new TypeError(
            `${kind} with leading zeros is ambiguous, since .reg files write hex: ${show(n)}. Write 0x${text} for hex, or drop the zeros.`,
        );
    }
    if (!/^(-?\d+|0x[0-9a-f]+)$/i.test(text)) {
        throw new TypeError(`${kind} needs a whole number (decimal, or hex with 0x); received ${show(n)}.${outputHint(n, kind)}`);
    }
    const value = BigInt(text);
    if (value < 0n || value > max) {
        const hint = value < 0n && value >= -(max + 1n) / 2n ? ` Unsigned, this is ${value + max + 1n}.` : "";
        throw new RangeError(`${kind} must be 0 to ${max}; received ${text}.${hint}`);
    }
    return value;
}

/** Lower-case hex without blanks, from any form that people write. */
export function hex(kind: string, text: string): string {
    const bytes = text.trim();
    if (!/^([0-9a-f]{2}([ ,-](?=[0-9a-f]))?)*$/i.test(bytes)) {
        throw new TypeError(`${kind} needs pairs of hex digits; received ${show(text)}.`);
    }
    return bytes.replace(/[ ,-]/g, "").toLowerCase();
}

function texts(json: string): string[] {
    let list: unknown;
    try {
        list = JSON.parse(json);
    } catch {
        list = undefined;
    }
    if (!Array.isArray(list) || !list.every((item) => typeof item === "string")) {
        throw new TypeError(`multi needs a JSON array of strings, such as multi:["a","b"]; received ${show(json)}.`);
    }
    return list;
}

function outputHint(received: unknown, helper: string): string {
    return typeof received === "object" && received !== null ? ` An output goes in like this: output.apply(${helper}).` : "";
}
