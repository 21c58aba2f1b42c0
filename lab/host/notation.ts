import { asciiString } from "./json";

export class BadNotation extends Error {}

const NUMBER = /^(0|[1-9][0-9]*)$/;
const HEX = /^([0-9a-f]{2})*$/;
const OR_NONZERO = / or nonzero$/;

/** The registry type behind each prefix of a notation. */
export const TYPES: Record<string, string> = {
    dword: "REG_DWORD",
    qword: "REG_QWORD",
    string: "REG_SZ",
    expand: "REG_EXPAND_SZ",
    multi: "REG_MULTI_SZ",
    binary: "REG_BINARY",
    none: "REG_NONE",
    "hex(4)": "REG_DWORD",
    "hex(b)": "REG_QWORD",
};

/** The prefix and the rest of a notation; the prefix of `absent` is `absent`. */
export function splitNotation(notation: string): { prefix: string; rest: string } {
    const colon = notation.indexOf(":");
    return colon < 0 ? { prefix: notation, rest: "" } : { prefix: notation.slice(0, colon), rest: notation.slice(colon + 1) };
}

/** The one spelling of a value's notation (`absent` included). Throws BadNotation, which never repeats the value. */
export function normalNotation(notation: string): string {
    if (notation === "absent") {
        return notation;
    }
    const { prefix, rest } = splitNotation(notation);
    switch (prefix) {
        case "dword":
            return number(notation, rest, 0xffffffffn);
        case "qword":
            return number(notation, rest, 0xffffffffffffffffn);
        case "string":
        case "expand":
            return notation;
        case "binary":
        case "none":
        case "hex(4)":
        case "hex(b)":
            if (!HEX.test(rest)) {
                throw new BadNotation(`${prefix}: needs pairs of lower-case hexadecimal digits`);
            }
            return notation;
        case "multi":
            return `multi:${multiJson(multiStrings(rest))}`;
        default:
            throw new BadNotation("a value is dword:, qword:, string:, expand:, multi:, binary: or none: and its data, or absent");
    }
}

/** A desired notation, which must be in its one spelling. Throws BadNotation; some are found and restored, never desired. */
export function normalDesired(notation: string): string {
    const { prefix } = splitNotation(notation);
    if (["none", "hex(4)", "hex(b)"].includes(prefix)) {
        throw new BadNotation(`${prefix}: is never desired`);
    }
    if (normalNotation(toWrite(notation)) !== toWrite(notation)) {
        throw new BadNotation("multi: needs the one spelling that reading gives");
    }
    return notation;
}

/** Whether a record may hold this text as what was found, written or desired. */
export function isNotation(text: string): boolean {
    try {
        return normalNotation(toWrite(text)) === toWrite(text);
    } catch {
        return false;
    }
}

/** What is written where the value is not as desired; nothing else for a notation without "or nonzero". */
export function toWrite(desired: string): string {
    return orNonzero(desired) ? desired.replace(OR_NONZERO, "") : desired;
}

/** By what they mean: an empty list has two forms. */
export function asDesired(found: string, desired: string): boolean {
    const meaning = (notation: string): string => (notation === 'multi:[""]' ? "multi:[]" : notation);
    return orNonzero(desired) ? found.startsWith("dword:") && found !== "dword:0" : meaning(found) === meaning(desired);
}

export function multiJson(strings: string[]): string {
    return `[${strings.map(asciiString).join(",")}]`;
}

/** Throws BadNotation when the text is not a JSON array of strings. */
export function multiStrings(json: string): string[] {
    let parsed: unknown;
    try {
        parsed = JSON.parse(json);
    } catch {
        parsed = undefined;
    }
    if (!Array.isArray(parsed) || !parsed.every((item): item is string => typeof item === "string")) {
        throw new BadNotation("multi: needs a JSON array of strings");
    }
    return parsed;
}

function orNonzero(desired: string): boolean {
    return /^dword:[1-9]/.test(desired) && OR_NONZERO.test(desired);
}

function number(notation: string, digits: string, max: bigint): string {
    if (!NUMBER.test(digits) || BigInt(digits) > max) {
        throw new BadNotation(`${splitNotation(notation).prefix}: needs an unsigned decimal number up to ${max}`);
    }
    return notation;
}
