import { multiJson, multiStrings, splitNotation, TYPES } from "./notation";
import { textData } from "./regFile";

// What a notation is as bytes, and back. A type that no notation names is `unknown:type (NUMBER) HEX`, of which programs see `unknown:type`.
// A text or list that is not as .NET writes it is `hex(1):HEX`, `hex(2):HEX` or `hex(7):HEX`, of which programs see what .NET reads.

const NUMBERS: Record<string, number> = { none: 0, string: 1, expand: 2, binary: 3, dword: 4, multi: 7, qword: 11 };
const RAW = /^hex\(([1247b])\):([0-9a-f]*)$/;
const UNLISTED = /^unknown:type \((\d+)\) ([0-9a-f]*)$/;

export function dataOf(notation: string): [type: number, data: string] {
    const [, unlisted, bytes = ""] = UNLISTED.exec(notation) ?? [];
    if (unlisted !== undefined) {
        return [Number(unlisted), bytes];
    }
    const [, raw, rawBytes = ""] = RAW.exec(notation) ?? [];
    if (raw !== undefined) {
        return [parseInt(raw, 16), rawBytes];
    }
    const { prefix, rest } = splitNotation(notation);
    return [NUMBERS[prefix] ?? 0, bytesOf(prefix, rest)];
}

export function notationOf(type: number, data: string): string {
    const notation = read(type, data);
    return dataOf(notation)[1] === data ? notation : `hex(${type.toString(16)}):${data}`;
}

/** What a program sees of a value. */
export function seen(notation: string): string {
    return UNLISTED.test(notation) ? "unknown:type" : RAW.test(notation) ? read(...dataOf(notation)) : notation;
}

/** What .NET reads: half a character at the end is filled up, and a text loses one NUL at its end, a list one or two. */
function read(type: number, data: string): string {
    const prefix = Object.keys(TYPES).find(each => NUMBERS[each] === type);
    const bytes = Buffer.from(data.padEnd(Math.ceil(data.length / 4) * 4, "0"), "hex");
    switch (prefix) {
        case undefined:
            return `unknown:type (${type}) ${data}`;
        case "dword":
            return data.length === 8 ? `dword:${bytes.readUInt32LE()}` : `hex(4):${data}`;
        case "qword":
            return data.length === 16 ? `qword:${bytes.readBigUInt64LE()}` : `hex(b):${data}`;
        case "string":
        case "expand":
            return `${prefix}:${bytes.toString("utf16le").replace(/\0$/, "")}`;
        case "multi": {
            const text = bytes.toString("utf16le").replace(/\0$/, "");
            return `multi:${multiJson(text === "" ? [] : text.replace(/\0$/, "").split("\0"))}`;
        }
        default:
            return `${prefix}:${data}`;
    }
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
