import { meaningOf } from "./meaning";
import type { DriftEntry, Notation } from "./types";

/** A drifted value as people read it: see `changeText`; behind it what it means, where the library knows. */
export function describe(entry: DriftEntry, limit: number): string {
    const meaning = meaningOf(entry);
    const change = changeText(entry.found, entry.desired, limit);
    return meaning === undefined ? change : `${change} (${meaning})`;
}

/**
 * `found -> declared`: texts in quotes, so that a blank at their end is seen; of long values what stands around the first difference, `limit`
 * characters of each. Takes anything for a value that is no notation.
 */
export function changeText(found: Notation, desired: Notation, limit: number): string {
    return found.length <= limit && desired.length <= limit ? `${quote(found)} -> ${quote(desired)}` : shorten(found, desired, limit);
}

/** A text in quotes, so that a blank at its end is seen; anything else as it is. */
export function quote(notation: Notation): string {
    const { type, data } = parts(notation);
    return isText(type) ? `${type}'${data}'` : notation;
}

function shorten(found: Notation, desired: Notation, limit: number): string {
    const [a, b] = [parts(found), parts(desired)];
    const first = a.type === b.type ? firstDifference(a.data, b.data) : 0;
    const start = Math.max(0, first - Math.floor(limit / 4));
    const cut = ({ type, data }: { type: string; data: string }): string => {
        const part = `${start > 0 ? "..." : ""}${data.slice(start, start + limit)}${data.length > start + limit ? "..." : ""}`;
        return isText(type) ? `${type}'${part}'` : `${type}${part}`;
    };
    const where = start > 0 ? `, the first difference at ${first + 1}` : "";
    return `${cut(a)} -> ${cut(b)} (${found.length} and ${desired.length} characters${where})`;
}

/** `string:` and what stands behind it; the type is empty where there is none. */
function parts(notation: Notation): { type: string; data: string } {
    const [type] = /^(?:[a-z]+(?:\([0-9a-f]\))?:)?/.exec(notation)!;
    return { type, data: notation.slice(type.length) };
}

function isText(type: string): boolean {
    return type === "string:" || type === "expand:";
}

function firstDifference(a: string, b: string): number {
    let at = 0;
    while (at < a.length && at < b.length && a[at] === b[at]) {
        at++;
    }
    return at;
}
