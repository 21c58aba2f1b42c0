import { isObject, parseObject } from "./json";
import { isAsDesired, normaliseNotation, parseNotation } from "./notation";
import { identity, isRecordedKey, isRecordedValue, splitValueId, upper, valueId } from "./path";
import { isTime } from "./time";
import type { Notation } from "./types";
import { isDesirable, virtualKey } from "./virtual";

/** What a host remembers of one value (rule 1), or what rule 3 puts in its place. */
export interface ValueRecord {
    key: string;
    name: string;
    /** A notation, `absent` or `unknown`. */
    original: string;
    /** Empty where nothing was enforced and read back. */
    written: Notation;
    /** Empty where nothing is being enforced. */
    writing: Notation;
    /** Empty, like `document`, where the value is released. */
    owner: string;
    document: string;
    /** `<time> <before> -> <after>`, newest last. */
    repairs: string[];
    /** Whether the record stands on the host; false where rule 3 supplies it. */
    real: boolean;
}

/** What a host remembers of one document (rule 2). */
export interface DocumentRecord {
    owner: string;
    document: string;
    /** The host's time of writing. */
    writtenAt: string;
    stdin: string;
    /** Time of the timed member; empty where there is not exactly one. */
    time: string;
    kind: unknown;
    protocol: unknown;
    resource: string;
    onDestroy: unknown;
    /** By service, as it stands there; empty where the document says nothing of restarts. */
    restart: Record<string, unknown>;
    /** Desired values by identity. */
    desired: Map<string, { key: string; name: string; notation: Notation }>;
}

export interface HostRecords {
    /** By identity. */
    values: Map<string, ValueRecord>;
    documents: DocumentRecord[];
    /** What is damaged, or could not be read: values by identity, documents by `<owner>/<document id>` in upper case. */
    damaged: { values: Set<string>; documents: Set<string> };
}

/** Reads all records of a host. A damaged record counts as missing, and rule 3 fills in for values. */
export function parseRecords(raw: { values: Record<string, string>; documents: Record<string, string> }): HostRecords {
    const damaged: HostRecords["damaged"] = { values: new Set(), documents: new Set() };
    const documents = Object.entries(raw.documents).flatMap(([name, data]) => {
        const record = parseDocumentRecord(name, data);
        return record ?? (damaged.documents.add(upper(name)), []);
    });
    const values = new Map<string, ValueRecord>();
    for (const [id, data] of Object.entries(raw.values)) {
        const place = splitValueId(id);
        const record = place && isRecordedValue(place.key, place.name) ? parseValueRecord(place, data) : undefined;
        const at = place && identity(place.key, place.name);
        // Two spellings of one value: the record that somebody owns counts.
        if (record && at !== undefined && (values.get(at)?.owner ?? "") === "") {
            values.set(at, record);
        } else if (!record && at !== undefined) {
            damaged.values.add(at);
        }
    }
    // Another spelling of the same value may have a record that is whole.
    [...damaged.values].filter((at) => values.has(at)).forEach((at) => damaged.values.delete(at));
    const newestFirst = [...documents].sort((a, b) => (a.writtenAt < b.writtenAt ? 1 : a.writtenAt > b.writtenAt ? -1 : 0));
    for (const { owner, document, desired } of newestFirst) {
        for (const [id, { key, name, notation }] of desired) {
            if (!values.has(id)) {
                values.set(id, {
                    key,
                    name,
                    original: "unknown",
                    written: notation,
                    writing: "",
                    owner,
                    document,
                    repairs: [],
                    real: false,
                });
            }
        }
    }
    return { values, documents, damaged };
}

/** One value record; undefined where it is damaged or could not be read. */
export function parseValueRecord(place: { key: string; name: string }, data: string): ValueRecord | undefined {
    const record = parseObject(data);
    if (record === undefined) {
        return undefined;
    }
    const { original, written, writing, owner, document, repairs } = record;
    if (typeof owner !== "string" || typeof document !== "string" || (owner === "") !== (document === "")) {
        return undefined;
    }
    if (!isNotation(original, "unknown") || !isNotation(written, "") || !isNotation(writing, "")) {
        return undefined;
    }
    if (!Array.isArray(repairs) || !repairs.every((repair) => typeof repair === "string")) {
        return undefined;
    }
    return { ...place, original, written, writing, owner, document, repairs, real: true };
}

/** One document record; undefined where it is damaged or could not be read. */
export function parseDocumentRecord(recordName: string, data: string): DocumentRecord | undefined {
    const end = data.indexOf("\n");
    const writtenAt = data.slice(0, Math.max(end, 0)).replace(/\r$/, "");
    const stdin = data.slice(end + 1);
    const parsed = parseObject(stdin);
    if (!isTime(writtenAt) || parsed === undefined) {
        return undefined;
    }
    const { owner, document, kind, protocol, resource, onDestroy } = parsed;
    if (!isLine(owner) || !isLine(resource) || typeof document !== "string" || !/^[a-z0-9-]{1,64}$/.test(document)) {
        return undefined;
    }
    if (upper(recordName) !== upper(`${owner}/${document}`)) {
        return undefined;
    }
    const restart = isObject(parsed["restart"]) ? parsed["restart"] : {};
    const desired = parseDesired(parsed["desired"]);
    if (desired === undefined) {
        return undefined;
    }
    const times = Object.keys(parsed).flatMap(
        (member) => /^(?:drift seen|changed|record missing|first seen) (.*)$/.exec(member)?.[1] ?? [],
    );
    const time = times.length === 1 && isTime(times[0]!) ? times[0]! : "";
    return { owner, document, writtenAt, stdin, time, kind, protocol, resource, onDestroy, restart, desired };
}

/** The time before which a service must have started to be restarted, as a document's record has it; empty where it has none. */
export function recordedRestart(record: DocumentRecord | undefined, service: string): string {
    const [, time] = /^if started before (\S+)$/.exec(String(record?.restart[service])) ?? [];
    return time !== undefined && isTime(time) ? time : "";
}

/** Whether a value is what we wrote or were writing. */
export function isOurs(found: Notation, record: ValueRecord): boolean {
    return [record.written, record.writing].some((ours) => ours !== "" && isAsDesired(found, ours));
}

/** Time of the newest repair that a record remembers, UTC. */
export function lastRepair(record: ValueRecord): string | undefined {
    const time = record.repairs.at(-1)?.split(" ")[0];
    return time !== undefined && isTime(time) ? time : undefined;
}

function parseDesired(tree: unknown): DocumentRecord["desired"] | undefined {
    const desired: DocumentRecord["desired"] = new Map();
    if (!isObject(tree)) {
        return undefined;
    }
    for (const [key, names] of Object.entries(tree)) {
        const virtual = virtualKey(key) !== undefined;
        if (!(virtual || isRecordedKey(key)) || !isObject(names)) {
            return undefined;
        }
        for (const [name, value] of Object.entries(names)) {
            const notation = Array.isArray(value) ? value.join("") : value;
            const id = valueId(key, name);
            if (name === "" || id.length > 16383 || id.includes("\0")) {
                return undefined;
            }
            if (!isNotation(notation) || /^(none|hex\(.\)):/.test(notation) || desired.has(identity(key, name))) {
                return undefined;
            }
            if (virtual && !isDesirable(key, name, notation)) {
                return undefined;
            }
            desired.set(identity(key, name), { key, name, notation });
        }
    }
    return desired;
}

function isLine(text: unknown): text is string {
    return typeof text === "string" && /^[^\x00-\x1f]+$/.test(text);
}

/** What a host writes is canonical, and was read: anything else is damage. */
function isNotation(text: unknown, otherwise?: string): text is string {
    if (typeof text !== "string" || text === otherwise) {
        return text === otherwise && text !== undefined;
    }
    try {
        return normaliseNotation(text) === text && parseNotation(text).kind !== "unknown";
    } catch {
        return false;
    }
}
