import { parseNames, parseObject, type NamedValues } from "./document";
import { asciiJson, isObject } from "./json";
import { isNotation } from "./notation";
import { BadName, isProperty, isVirtual, sameValue, splitValueId, upper } from "./paths";
import { readPlace } from "./places";
import type { PretendHost } from "./host";
import { Failure } from "./reply";

export const ROOT = "HKLM\\SOFTWARE\\HybridIdentity";
export const VALUES = `${ROOT}\\Values`;
export const DOCUMENTS = `${ROOT}\\Documents`;

/** UTF-16 units in one record. */
const RECORD_LIMIT = 131_072;
const REPAIRS = 5;
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z\r?$/;

/** What the host remembers of one value (rule 1). */
export interface ValueRecord {
    original: string;
    written: string;
    writing: string;
    owner: string;
    document: string;
    repairs: string[];
}

/** A value that a record or a document record names. */
export interface KnownValue {
    /** The value id in the spelling of the record, else of the document record. */
    id: string;
    same: string;
    record: ValueRecord;
    /** Not there on the host: told by a document record (rule 3), or unreadable and named by none. */
    lost: "" | "supplied" | "unreadable";
}

export interface Records {
    /** By what all spellings of a value share. */
    values: Map<string, KnownValue>;
    /** By upper-cased `<owner>/<document id>`. */
    documents: Map<string, { name: string; document: NamedValues }>;
}

/** All records, with what rule 3 makes of lost ones. Throws AccessDenied. */
export function readRecords(host: PretendHost): Records {
    const documents = readDocuments(host);
    const values = new Map<string, KnownValue>();
    const unreadable: KnownValue[] = [];
    for (const { name: id, notation } of host.registry.list(VALUES)) {
        const same = sameId(id);
        const record = parseRecord(notation);
        if (same !== undefined && record) {
            // Two spellings of one value: the record that somebody owns counts.
            if ((values.get(same)?.record.owner ?? "") === "") {
                values.set(same, { id, same, record, lost: "" });
            }
        } else if (same !== undefined) {
            unreadable.push({ id, same, record: blankRecord(), lost: "unreadable" });
        }
    }
    // Newest first: the first document record that names a value tells what was written.
    for (const { document } of [...documents].sort((a, b) => (a.time < b.time ? 1 : a.time > b.time ? -1 : 0))) {
        for (const { id, same, desired } of document.desired) {
            if (!values.has(same)) {
                const spelled = unreadable.find(value => value.same === same)?.id ?? id;
                const record = { ...blankRecord(), written: desired, owner: document.owner, document: document.document };
                values.set(same, { id: spelled, same, record, lost: "supplied" });
            }
        }
    }
    for (const value of unreadable.filter(({ same }) => !values.has(same))) {
        const { key, name } = splitValueId(value.id);
        const written = isVirtual(key) ? readPlace(host, key, name) : host.registry.get(key, name);
        values.set(value.same, { ...value, record: { ...value.record, written } });
    }
    return { values, documents: new Map(documents.map(({ name, document }) => [upper(name), { name, document }])) };
}

/** A record as one line of JSON; the oldest repairs go where it would be too long. Throws Failure `size`. */
export function recordText(id: string, { original, written, writing, owner, document, repairs }: ValueRecord): string {
    for (let first = 0; ; first++) {
        // A released value that is its own original: what was written last says nothing more, and goes where there is no room for both.
        const last = first > repairs.length && owner === "" && written === original ? "" : written;
        const text = asciiJson({ original, written: last, writing, owner, document, repairs: repairs.slice(first) });
        if (text.length <= RECORD_LIMIT || first > repairs.length) {
            checkSize(id, text);
            return text;
        }
    }
}

export function withRepair(record: ValueRecord, repair: string): ValueRecord {
    return { ...record, repairs: [...record.repairs, repair].slice(-REPAIRS) };
}

/** Throws Failure `size`. */
export function checkSize(id: string, text: string): void {
    if (text.length > RECORD_LIMIT) {
        throw new Failure("size", `the record of ${id} would have ${text.length} characters; the limit is ${RECORD_LIMIT} (256 KB)`);
    }
}

/** Writes a record as REG_SZ. Throws AccessDenied, and what write observers throw. */
export function writeRecord(host: PretendHost, key: string, name: string, text: string): void {
    if (!host.registry.hasKey(ROOT)) {
        host.registry.protect(ROOT, []);
    }
    host.registry.write(key, name, `string:${text}`);
}

/** Notes who holds the mutex. */
export function writeHolder(host: PretendHost, who: string): void {
    writeRecord(host, ROOT, "Holder", `${who}, process 4242, since ${host.clock().toISOString()}`);
}

/** A record's text; undefined where its data is not REG_SZ. */
export function recordData(notation: string): string | undefined {
    return notation.startsWith("string:") ? notation.slice("string:".length) : undefined;
}

function readDocuments(host: PretendHost): Array<{ name: string; document: NamedValues; time: string }> {
    return host.registry.list(DOCUMENTS).flatMap(({ name, notation }) => {
        const data = recordData(notation) ?? "";
        const end = data.indexOf("\n");
        try {
            const document = parseNames(parseObject(data.slice(end + 1), "document record"));
            const fits = TIME.test(data.slice(0, end)) && upper(`${document.owner}/${document.document}`) === upper(name);
            return fits ? [{ name, document, time: data.slice(0, end) }] : [];
        } catch (error) {
            if (error instanceof Failure) {
                return [];
            }
            throw error;
        }
    });
}

function parseRecord(notation: string): ValueRecord | undefined {
    let json: unknown;
    try {
        json = JSON.parse(recordData(notation) ?? "");
    } catch {
        return undefined;
    }
    if (!isObject(json)) {
        return undefined;
    }
    const { original, written, writing, owner, document, repairs } = json;
    const texts = [original, written, writing, owner, document];
    if (!texts.every((text): text is string => typeof text === "string") || !Array.isArray(repairs) || (owner === "") !== (document === "")) {
        return undefined;
    }
    const record = { original, written, writing, owner, document, repairs } as ValueRecord;
    const notations = record.original === "unknown" || isNotation(record.original);
    const known = [record.written, record.writing].every(text => text === "" || isNotation(text));
    return notations && known && repairs.every(repair => typeof repair === "string") ? record : undefined;
}

function blankRecord(): ValueRecord {
    return { original: "unknown", written: "", writing: "", owner: "", document: "", repairs: [] };
}

function sameId(id: string): string | undefined {
    try {
        const { key, name } = splitValueId(id);
        return isVirtual(key) && !isProperty(key, name) ? undefined : sameValue(key, name);
    } catch (error) {
        if (error instanceof BadName) {
            return undefined;
        }
        throw error;
    }
}
