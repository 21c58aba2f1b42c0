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
