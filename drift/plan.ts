import { listByKey, listValues, valuePath, type ValueEntry } from "./document";
import { heldValue } from "./letting";
import { isAsDesired, parseNotation } from "./notation";
import { compareNames, identity, valueId } from "./path";
import { isOurs, lastRepair, parseRecords, type DocumentRecord, type HostRecords, type ValueRecord } from "./records";
import { checkSize, notObserved, protocol, renderStdin, restartMember, type Timed } from "./render";
import { newTime } from "./time";
import type {
    Declaration,
    DocumentPlan,
    DriftEntry,
    Facts,
    HeldValue,
    HostPlan,
    Letting,
    Notation,
    Observation,
    Orphan,
    RunContext,
} from "./types";

/** One document of the run, with what was found. */
interface Subject {
    declaration: Declaration;
    values: (ValueEntry & { found: Notation })[];
}

/**
 * What this run renders for each document of a host: rules 4 to 8 and 18 of docs/drift.md. The declarations must have passed
 * `checkDeclaration` and `checkRun`.
 * @throws TypeError for a declaration that has not.
 */
export function planHost(declarations: readonly Declaration[], observation: Observation, context: RunContext): HostPlan {
    const found = new Map<string, Notation>();
    for (const [key, names] of [...Object.entries(observation.recorded ?? {}), ...Object.entries(observation.values)]) {
        for (const [name, notation] of Object.entries(names)) {
            found.set(identity(key, name), notation);
        }
    }
    const run = declarations.map((declaration) => ({
        declaration,
        values: listValues(declaration.desired).map((value) => ({
            ...value,
            found: found.get(value.id) ?? "unknown:the host did not answer it",
        })),
    }));
    const records = typeof observation.records === "string" ? undefined : parseRecords(observation.records);
    const unreadable = typeof observation.records === "string" ? whyNoRecords(observation.records.replace(/^unknown:/, ""), observation.facts) : "";
    const documents = new Map(run.map((subject) => [subject.declaration.id, planDocument(subject, run, records, unreadable, context)]));
    return records === undefined
        ? { documents, letting: [], orphans: [] }
        : { documents, letting: findLetting(run, documents, records, found, context), orphans: findOrphans(run, records, found, context) };
}

function planDocument(
    subject: Subject,
    run: Subject[],
    records: HostRecords | undefined,
    unreadable: string,
    context: RunContext,
): DocumentPlan {
    const { declaration, values } = subject;
    const unknown = values.flatMap((value) => {
        const parsed = parseNotation(value.found);
        return parsed.kind === "unknown" ? `${valuePath(value)} could not be read: ${whyUnknown(value.key, parsed.data)}` : [];
    });
    const off = values.filter((value) => parseNotation(value.found).kind !== "unknown" && !isAsDesired(value.found, value.notation));
    const plan = {
        state: unknown.length > 0 ? ("unknown" as const) : off.length > 0 ? ("drifted" as const) : ("compliant" as const),
        drift: off.map(toDrift),
        notices: declaration.audited && records ? managedElsewhere(declaration, off, records, context) : [],
        lastRepairs: repairTimes(values, records),
    };
    const keep = (problems: string[]): DocumentPlan => ({
        ...plan,
        action: "keep",
        stdin: notObserved(declaration, context),
        time: "",
        problems,
    });
    if (records === undefined) {
        return keep([...unknown, `The records of the document "${declaration.id}" could not be read: ${unreadable}`]);
    }
    const problems = [...unknown, ...(declaration.audited ? [] : ownerConflicts(subject, records, context))];
    if (problems.length > 0) {
        return keep(problems);
    }
    const record = records.documents.find((other) => other.owner === context.owner && other.document === declaration.id);
    const held = [...records.values].filter(([, value]) => value.owner === context.owner && value.document === declaration.id);
    const changes = record === undefined ? [] : changedMembers(subject, record, held);
    if (record !== undefined && off.length === 0 && changes.length === 0 && record.time !== "") {
        return { ...plan, action: "same", stdin: record.stdin, time: record.time, problems: [] };
    }
    const seen = off.filter((value) => {
        const known = records.values.get(value.id);
        return known === undefined || !known.real || known.owner === "" || !isOurs(value.found, known);
    });
    const time = newTime(record?.time, context.now);
    const timed = timedMember(time, seen.map(toDrift), record, changes, held);
    const stdin = renderStdin(declaration, context, timed, handedOver(subject, run, held));
    const size = checkSize(declaration, stdin);
    return size === undefined ? { ...plan, action: "new", stdin, time, problems: [] } : keep([size]);
}

function whyUnknown(key: string, reason: string): string {
    const hive = key.split("\\").slice(0, 2).join("\\");
    const loading = `the hive ${hive} is not loaded. Start the service of that account, or log it on once, and run again`;
    return reason === "not loaded" ? loading : reason;
}

function whyNoRecords(reason: string, { user, elevated }: Facts): string {
    if (reason !== "denied") {
        return reason;
    }
    return elevated
        ? "denied. Somebody changed the rights of HKLM\\SOFTWARE\\HybridIdentity; Initialize-HybridIdentity on the host sets them anew"
        : `denied: ${user} is no administrator, and in no group that may read them. Name a group of this account in the host's ` +
              '"recordReaders" and run "pulumi up" once; where the module is preinstalled, run Initialize-HybridIdentity -Readers GROUP there';
}

/** Values whose record, rule 3 included, has another owner that `takeOverFrom` does not name (rule 4). */
function ownerConflicts({ declaration, values }: Subject, records: HostRecords, context: RunContext): string[] {
    return byOtherOwner(values, records, context.owner)
        .filter(({ owner }) => owner !== context.takeOverFrom)
        .map(
            ({ owner, values, documents }) =>
                `The stack "${owner}" (document ${documents.join(", ")}) manages ${listByKey(values)}, which "${context.owner}" declares ` +
                `in the document "${declaration.id}". Leave each value to one of them; to take over all that "${owner}" managed, for example ` +
                `after a stack was renamed, run "pulumi config set hybrid-identity:takeOverFrom ${owner}".`,
        );
}

/** What an audit says of drift that another stack answers for. */
function managedElsewhere({ id }: Declaration, off: Subject["values"], records: HostRecords, context: RunContext): string[] {
    return byOtherOwner(off, records, context.owner).map(
        ({ owner, values, documents }) =>
            `The document "${id}" is only audited here; the stack "${owner}" (document ${documents.join(", ")}) manages ${listByKey(values)}, and ` +
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

/** What keeps the recorded text from being rendered again (rules 5 and 6), apart from drift. */
function changedMembers({ declaration, values }: Subject, record: DocumentRecord, held: [string, ValueRecord][]): string[] {
    const { kind, resource, onDestroy } = declaration;
    const same: [string, boolean][] = [
        ["kind", record.kind === kind],
        ["protocol", record.protocol === protocol],
        ["resource", record.resource === resource],
        [
            "desired",
            record.desired.size === values.length && values.every((value) => record.desired.get(value.id)?.notation === value.notation),
        ],
        ["onDestroy", record.onDestroy === onDestroy],
        [declaration.restart?.why ?? "restart", JSON.stringify(record.restart) === JSON.stringify(restartMember(declaration))],
    ];
    const holds = new Set(held.filter(([, value]) => value.real).map(([id]) => id));
    same.push(["records of the values", holds.size === values.length && values.every((value) => holds.has(value.id))]);
    return same.flatMap(([name, equal]) => (equal ? [] : name));
}

function timedMember(
    time: string,
    drift: DriftEntry[],
    record: DocumentRecord | undefined,
    changes: string[],
    held: [string, ValueRecord][],
): Timed {
    if (drift.length > 0) {
        return { member: "drift seen", time, drift };
    }
    if (record !== undefined) {
        return { member: "changed", time, why: changes.length > 0 ? changes.join(", ") : "an enforcement was not finished" };
    }
    return held.length > 0
        ? { member: "record missing", time, why: "the host has records of values of this document, but not of the document" }
        : { member: "first seen", time, why: "the host has no record of this document" };
}

/** Values that this document no longer desires and another document of the run does (rule 8). */
function handedOver(subject: Subject, run: Subject[], held: [string, ValueRecord][]): ValueEntry[] {
    const lets = new Set(held.map(([id]) => id));
    subject.values.forEach((value) => lets.delete(value.id));
    const taken = run.flatMap((other) => (other.declaration.audited ? [] : other.values)).filter((value) => lets.has(value.id));
    return taken.sort((a, b) => compareNames(a.key, b.key) || compareNames(a.name, b.name));
}

/** What each document that is rendered anew lets go of: what it holds, no longer desires and hands to nobody (rule 14). */
function findLetting(
    run: Subject[],
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
function findOrphans(run: Subject[], records: HostRecords, found: Map<string, Notation>, context: RunContext): Orphan[] {
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
function claims(run: Subject[], id: string): boolean {
    return run.some(({ declaration, values }) => !declaration.audited && values.some((value) => value.id === id));
}

function inOrder(values: HeldValue[]): HeldValue[] {
    return values.sort((a, b) => compareNames(a.path, b.path) || compareNames(a.name, b.name));
}

function repairTimes(values: ValueEntry[], records: HostRecords | undefined): Record<string, string> {
    return Object.fromEntries(
        values.flatMap(({ id, key, name }) => {
            const record = records?.values.get(id);
            const time = record && lastRepair(record);
            return time === undefined ? [] : [[valueId(key, name), time]];
        }),
    );
}

function toDrift({ key, name, found, notation }: Subject["values"][number]): DriftEntry {
    return { path: key, name, found, desired: notation };
}
