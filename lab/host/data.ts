import { multiJson, multiStrings, splitNotation, TYPES } from "./notation";
import { textData } from "./regFile";

// What a notation is as bytes, and back. A type that no notation names is `unknown:type (NUMBER) HEX`, of which programs see `unknown:type`.

const NUMBERS: Record<string, number> = { none: 0, string: 1, expand: 2, binary: 3, dword: 4, multi: 7, qword: 11 };
const UNLISTED = /^unknown:type \((\d+)\) ([0-9a-f]*)$/;

export function dataOf(notation: string): [type: number, data: string] {
    const [, unlisted, bytes = ""] = UNLISTED.exec(notation) ?? [];
    if (unlisted !== undefined) {
        return [Number(unlisted), bytes];
    }
    const { prefix, rest } = splitNotation(notation);
    return [NUMBERS[prefix] ?? 0, bytesOf(prefix, rest)];
}

/** Data must be as Windows writes it: a whole number, a text with the NUL that ends it. */
export function notationOf(type: number, data: string): string {
    const prefix = Object.keys(TYPES).find(each => NUMBERS[each] === type);
    const bytes = Buffer.from(data, "hex");
    switch (prefix) {
        case undefined:
            return `unknown:type (${type}) ${data}`;
        case "dword":
            return `dword:${bytes.readUInt32LE()}`;
        case "qword":
            return `qword:${bytes.readBigUInt64LE()}`;
        case "string":
        case "expand":
            return `${prefix}:${bytes.toString("utf16le").replace(/\0$/, "")}`;
        case "multi":
            return `multi:${multiJson(bytes.toString("utf16le").replace(/\0$/, "").split("\0").slice(0, -1))}`;
        default:
            return `${prefix}:${data}`;
    }
}

/** What a program sees of a value. */
export function seen(notation: string): string {
    return UNLISTED.test(notation) ? "unknown:type" : notation;
}

function bytesOf(prefix: string, rest: string): string {
    const bytes = Buffer.alloc(prefix === "dword" ? 4 : 8);
    switch (prefix) {
        case "dword":
            bytes.writeUInt32LE(Number(rest));
            return bytes.toString("hex");
        case "qword":
            bytes.writeBigUInt64LE(BigInt(rest));
            return bytes.toString("hex");
        case "string":
        case "expand":
            return textData(rest);
        case "multi":
            return textData(multiStrings(rest).map(item => `${item}\0`).join(""));
        default:
            return rest;
    }
}
