import { listByKey, type ValueEntry } from "./document";
import type { HostRecords } from "./records";
import type { RunContext } from "./types";

/** Values whose record, rule 3 included, has another owner that `takeOverFrom` does not name (rule 4). */
export function ownerConflicts(document: string, values: ValueEntry[], records: HostRecords, context: RunContext): string[] {
    return byOtherOwner(values, records, context.owner)
        .filter(({ owner }) => owner !== context.takeOverFrom)
        .map(
            ({ owner, values, documents }) =>
                `The stack "${owner}" (document ${documents.join(", ")}) manages ${listByKey(values)}, which "${context.owner}" declares ` +
                `in the document "${document}". Leave each value to one of them; to take over all that "${owner}" managed, for example ` +
                `after a stack was renamed, run "pulumi config set hybrid-identity:takeOverFrom ${owner}".`,
        );
}

/** What an audit says of drift that another stack answers for. */
export function managedElsewhere(document: string, off: ValueEntry[], records: HostRecords, context: RunContext): string[] {
    return byOtherOwner(off, records, context.owner).map(
        ({ owner, values, documents }) =>
            `The document "${document}" is only audited here; the stack "${owner}" (document ${documents.join(", ")}) manages ${listByKey(values)}, and ` +
            `would have to change it.`,
    );
}

/** What a document takes over from the stack that `takeOverFrom` names, for the user. */
export function takenOver(document: string, values: ValueEntry[], records: HostRecords, context: RunContext): string[] {
    return byOtherOwner(values, records, context.owner)
        .filter(({ owner }) => owner === context.takeOverFrom)
        .map(
            ({ owner, values, documents }) =>
                `The document "${document}" takes over ${values.length === 1 ? "1 value" : `${values.length} values`} from the stack "${owner}" ` +
                `(document ${documents.join(", ")}): ${valueNames(values)}. The setting has to go afterwards: pulumi config rm hybrid-identity:takeOverFrom`,
        );
}

/** Everybody who owns a value on a host. */
export function ownersOf(records: HostRecords): string[] {
    return [...new Set([...records.values.values()].map(({ owner }) => owner))].filter((owner) => owner !== "").sort();
}

function valueNames(values: ValueEntry[]): string {
    return listByKey(values).replace(/^\d+ values: /, "");
}

function byOtherOwner(values: ValueEntry[], records: HostRecords, own: string): { owner: string; values: ValueEntry[]; documents: string[] }[] {
    const byOwner = new Map<string, { values: ValueEntry[]; documents: Set<string> }>();
    for (const value of values) {
        const record = records.values.get(value.id);
        if (record !== undefined && record.owner !== "" && record.owner !== own) {
            const group = byOwner.get(record.owner) ?? { values: [], documents: new Set() };
            byOwner.set(record.owner, group);
            group.values.push(value);
            group.documents.add(record.document);
        }
    }
    return [...byOwner].map(([owner, { values, documents }]) => ({ owner, values, documents: [...documents] }));
}
