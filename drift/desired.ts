import { formatNotation, hex, integer, normaliseNotation, ofType, parseNotation, type ParsedNotation } from "./notation";
import { show } from "./show";
import type { Notation } from "./types";

/** Begins what stands in the place of a value that could not be made; behind it, why. */
const refused = "refused:";

/** No such value, or no such key. */
export const absent: Notation = "absent";

/** REG_DWORD, 0 to 4294967295. */
export function dword(n: number): Notation {
    return made(() => `dword:${integer("dword", aNumber("dword", n))}`);
}

/** REG_DWORD: `n` (1 to 4294967295) is written where none other than 0 is there; any REG_DWORD other than 0 is as desired. */
export function dwordOrNonzero(n: number): Notation {
    return made(() => normaliseNotation(`dword:${integer("dword", aNumber("dwordOrNonzero", n))} or nonzero`));
}

/** REG_QWORD, 0 to 18446744073709551615. Numbers above 2^53-1 must be a bigint or a string (decimal, or hex with 0x). */
export function qword(n: bigint | number | string): Notation {
    return made(() => `qword:${integer("qword", n)}`);
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

/** What must be a number: a text is a setting that nobody has read as one, and may be hex to whoever wrote it. */
function aNumber(what: string, n: unknown): number {
    if (typeof n === "string") {
        throw new TypeError(`${what} needs a number; received the text ${show(n)}. Write ${what}(Number(...)), or the number without quotes.`);
    }
    return n as number;
}

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
