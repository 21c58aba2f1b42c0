import { quote } from "./describe";
import { valuePath } from "./document";
import { parseNotation } from "./notation";
import { isOurs, type ValueRecord } from "./records";
import { printable } from "./show";
import { isCertificateKey } from "./virtual";
import type { HeldValue, Notation } from "./types";

const longestValue = 200;

/** A value that is let go of, with what rule 16 makes of it under restore. */
export function heldValue(record: ValueRecord, found: Notation | undefined): HeldValue {
    const { key: path, name, original } = record;
    return { path, name, found: found ?? "", original, fate: fateOf(record, found) };
}

function fateOf(record: ValueRecord, found: Notation | undefined): HeldValue["fate"] {
    if (found === undefined) {
        return "not seen";
    }
    if (parseNotation(found).kind === "unknown") {
        return "unreadable";
    }
    if (!isOurs(found, record)) {
        return "changed";
    }
    if (record.original === "unknown" || record.original === found) {
        return record.original === "unknown" ? "original unknown" : "as before";
    }
    // Where two matched, one may have been removed; access and keys are never taken away again.
    return isCertificateKey(record.key) && !record.original.startsWith("string:two match: ") ? "not removed" : "put back";
}

/** One line a value: what its removal writes, and what it leaves. */
export function lettingLines(values: readonly HeldValue[], restore: boolean): string[] {
    return values.map((value) => `  ${restore ? restoreText(value) : keepText(value)}`);
}

function keepText(value: HeldValue): string {
    return value.fate === "not seen" ? `stays as it is: ${pathOf(value)}` : `stays as it is: ${pathOf(value)}: ${shown(value.found)}`;
}

function restoreText(value: HeldValue): string {
    const now = `${pathOf(value)}: ${shown(value.found)}`;
    switch (value.fate) {
        case "put back":
            return `put back: ${now} -> ${shown(value.original)}`;
        case "not removed":
            return `left, because only a certificate that was removed is put back: ${now}`;
        case "as before":
            return `left, because it is as it was before: ${now}`;
        case "changed":
            return `left, because somebody changed it: ${now}`;
        case "original unknown":
            return `left, because nobody knows what was there before: ${now}`;
        case "unreadable":
            return `could not be read, so the removal will fail: ${now}`;
        case "not seen":
            return `put back unless somebody changed it (the module on the host does not tell): ${pathOf(value)} -> ${shown(value.original)}`;
    }
}

function pathOf({ path, name }: HeldValue): string {
    return valuePath({ key: path, name });
}

function shown(notation: Notation): string {
    return printable(quote(notation), longestValue);
}
