import type { ValueEntry } from "./document";
import { heldValue } from "./letting";
import { compareNames } from "./path";
import type { HostRecords } from "./records";
import type { Declaration, HeldValue, HostPlan, Letting, Notation, Orphan, RunContext } from "./types";

/** One document of the run. */
export interface Declared {
    declaration: Declaration;
    values: ValueEntry[];
}

/** What each document that is rendered anew lets go of: what it holds, no longer desires and hands to nobody (rule 14). */
export function findLetting(
    run: readonly Declared[],
    documents: HostPlan["documents"],
    records: HostRecords,
    found: Map<string, Notation>,
    context: RunContext,
): Letting[] {
    return run.flatMap(({ declaration: { id, audited, onDestroy } }) => {
        const held = [...records.values].filter(([, one]) => one.owner === context.owner && one.document === id);
        const lets = held.filter(([value]) => !claims(run, value)).map(([value, one]) => heldValue(one, found.get(value)));
        const leaves = !audited && documents.get(id)?.action === "new" && lets.length > 0;
        return leaves ? [{ document: id, restore: onDestroy === "restore", values: inOrder(lets) }] : [];
    });
}

/** Values of this owner that no document of the run desires, or will let go of (rule 18). */
export function findOrphans(run: readonly Declared[], records: HostRecords, found: Map<string, Notation>, context: RunContext): Orphan[] {
    const declared = new Set(run.map(({ declaration }) => declaration.id));
    const orphans = new Map<string, Orphan>();
    for (const [id, record] of records.values) {
        const { owner, document, writing } = record;
        if (owner !== context.owner || claims(run, id) || declared.has(document)) {
            continue;
        }
        const resource = records.documents.find((one) => one.owner === owner && one.document === document)?.resource;
        const orphan = orphans.get(document) ?? { document, ...(resource !== undefined && { resource }), unfinished: false, values: [] };
        orphan.values.push(heldValue(record, found.get(id)));
        orphan.unfinished ||= writing !== "";
        orphans.set(document, orphan);
    }
    return [...orphans.values()]
        .sort((a, b) => (a.document < b.document ? -1 : 1))
        .map((orphan) => ({ ...orphan, values: inOrder(orphan.values) }));
}

/** Whether a document of the run takes the value: an audit takes none. */
function claims(run: readonly Declared[], id: string): boolean {
    return run.some(({ declaration, values }) => !declaration.audited && values.some((value) => value.id === id));
}

function inOrder(values: HeldValue[]): HeldValue[] {
    return values.sort((a, b) => compareNames(a.path, b.path) || compareNames(a.name, b.name));
}
