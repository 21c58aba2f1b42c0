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

const maxDword = 0xffffffffn;
const maxQword = 0xffffffffffffffffn;
const refused = "refused:";

/** No such value, or no such key. */
export const absent: Notation = "absent";

/**
 * What a helper makes of what it was given. Where it cannot, a text that says why: the component that gets it knows which value it was meant for
 * (`checkDesired`).
 */
function made(make: () => Notation): Notation {
    try {
        const notation = make();
        const problem = checkDesired(notation);
        return problem === undefined ? notation : refused + problem;
    } catch (error) {
        return refused + (error as Error).message;
    }
}

/** REG_DWORD, 0 to 4294967295. */
export function dword(n: number): Notation {
    return made(() => `dword:${integer("dword", n, maxDword)}`);
}

/** REG_DWORD: `n` (1 to 4294967295) is written where none other than 0 is there; any REG_DWORD other than 0 is as desired. */
export function dwordOrNonzero(n: number): Notation {
    return made(() => normaliseNotation(`dword:${integer("dword", n, maxDword)} or nonzero`));
}

/** REG_QWORD, 0 to 18446744073709551615. Numbers above 2^53-1 must be a bigint or a string (decimal, or hex with 0x). */
export function qword(n: bigint | number | string): Notation {
    return made(() => `qword:${integer("qword", n, maxQword)}`);
}

/** REG_SZ. */
export function string(text: string): Notation {
    return made(() => `string:${ofType("string", text)}`);
}

/** REG_EXPAND_SZ; `%NAME%` is stored as it stands. */
export function expand(text: string): Notation {
    return made(() => `expand:${ofType("expand", text)}`);
}

/** REG_MULTI_SZ; no string in it may be empty, because an empty one ends the list. */
export function multi(texts: readonly string[]): Notation {
    return made(() => {
        if (!Array.isArray(texts)) {
            throw new TypeError(`multi needs an array of strings; received ${show(texts)}.`);
        }
        return formatNotation({ kind: "multi", data: Array.from(texts, (text) => ofType("multi", text)) });
    });
}

/** REG_BINARY from bytes or from hex text. */
export function binary(bytes: Uint8Array | string): Notation {
    return made(() =>
        bytes instanceof Uint8Array
            ? `binary:${Buffer.from(bytes).toString("hex")}`
            : `binary:${hex("binary", ofType("binary", bytes))}`,
    );
}

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
                const data = Number(integer(kind, number, maxDword));
                if (data === 0 && number !== rest) {
                    throw new RangeError(
                        `"dword:0 or nonzero" contradicts itself: write the number that counts as on, such as "dword:1 or nonzero".`,
                    );
                }
                return { kind, data, orNonzero: number !== rest };
            }
            case "qword":
                return { kind, data: BigInt(integer(kind, rest, maxQword)) };
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
            return absent;
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

/** Why a notation may not be desired, or undefined where it may. */
export function checkDesired(text: string): string | undefined {
    if (text.startsWith(refused)) {
        return text.slice(refused.length);
    }
    let parsed: ParsedNotation;
    try {
        parsed = parseNotation(text);
    } catch (error) {
        return (error as Error).message;
    }
    if (["none", "unknown", "hex(4)", "hex(b)"].includes(parsed.kind)) {
        return `"${parsed.kind}:" is what a host reports and cannot be desired; received ${show(text)}. Write another type, or absent.`;
    }
    const found = parsed.kind === "multi" ? parsed.data : parsed.kind === "string" || parsed.kind === "expand" ? [parsed.data] : [];
    if (found.some((part) => part.includes("\0"))) {
        return `A text cannot hold a NUL character, which ends it for most programs; received ${show(text)}.`;
    }
    if (found.some((part) => /\p{Surrogate}/u.test(part))) {
        return `A text cannot hold half a surrogate pair, which no encoding carries; received ${show(text)}.`;
    }
    if (parsed.kind === "multi" && found.includes("")) {
        const other = "Write multi:[] for the empty list: a host that has it in this form is as desired.";
        const rest = found.length > 1 ? "Leave the empty string out." : other;
        return `A multi cannot hold an empty string, which ends the list; received ${show(text)}. ${rest}`;
    }
    return undefined;
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

function ofType(what: string, text: unknown): string {
    if (typeof text !== "string") {
        const hint = typeof text === "object" && text !== null ? ` An output goes in like this: output.apply(${what}).` : "";
        throw new TypeError(`${what} needs text; received ${show(text)}.${hint}`);
    }
    return text;
}

function integer(kind: string, n: bigint | number | string, max: bigint): bigint {
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
        throw new TypeError(`${kind} needs a whole number (decimal, or hex with 0x); received ${show(n)}.`);
    }
    const value = BigInt(text);
    if (value < 0n || value > max) {
        const hint = value < 0n && value >= -(max + 1n) / 2n ? ` Unsigned, this is ${value + max + 1n}.` : "";
        throw new RangeError(`${kind} must be 0 to ${max}; received ${text}.${hint}`);
    }
    return value;
}

function hex(kind: string, text: string): string {
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
