import type { Registry } from "../../../lab/host/registry";
import { documentsKey, idOf, keyOf, nameOf, valueNames, valuesKey, type ValueName } from "./values";

/** As much of a document record as the model looks at. */
export interface RecordedDocument {
    owner: string;
    document: string;
    resource: string;
    desired: Record<string, Record<string, string>>;
}

/** What there is on a host. */
export function contentsOf(registry: Registry): Record<ValueName, string> {
    return Object.fromEntries(valueNames.map((value) => [value, registry.get(keyOf(value), nameOf)])) as Record<ValueName, string>;
}

/** The text of a record, or undefined. */
export function recordText(registry: Registry, key: string, name: string): string | undefined {
    const notation = registry.get(key, name);
    return notation.startsWith("string:") ? notation.slice("string:".length) : undefined;
}

/** The record of a value; undefined where it is lost. */
export function valueRecord(registry: Registry, value: ValueName): Record<string, string> | undefined {
    return parse<Record<string, string>>(recordText(registry, valuesKey, idOf(value)) ?? "");
}

/** The document records that can be read, newest first. */
export function recordedDocuments(registry: Registry): RecordedDocument[] {
    const texts = registry.values(documentsKey).map(({ name }) => recordText(registry, documentsKey, name) ?? "");
    const newestFirst = texts.sort().reverse();
    return newestFirst.flatMap((text) => parse<RecordedDocument>(text.slice(text.indexOf("\n") + 1)) ?? []);
}

function parse<T>(json: string): T | undefined {
    try {
        return JSON.parse(json);
    } catch {
        return undefined;
    }
}
