import { listValues, valuePath, type ValueEntry } from "./document";
import { isAsDesired, parseNotation } from "./notation";
import { lostRecords } from "./lostRecords";
import { managedElsewhere, ownerConflicts, takenOver } from "./owners";
import { compareNames, identity } from "./path";
import { isOurs, lastRepair, parseRecords, type DocumentRecord, type HostRecords, type ValueRecord } from "./records";
import { checkSize, protocol, refused, renderStdin, restartMember, type Timed } from "./render";
import { newTime } from "./time";
import type { Declaration, DocumentPlan, DriftEntry, Facts, HostPlan, Notation, Observation, RunContext } from "./types";
import { findLetting, findOrphans, type Declared } from "./unclaimed";

/** One document of the run, with what was found. */
interface Subject extends Declared {
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
    const documents = new Map(run.map((subject) => [subject.declaration.id, planDocument(subject, run, records, unreadable, context, observation.facts)]));
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
    facts: Facts,
): DocumentPlan {
    const { declaration, values } = subject;
    const unknown = values.flatMap((value) => {
        const parsed = parseNotation(value.found);
        return parsed.kind === "unknown" ? `${valuePath(value)} could not be read: ${whyUnknown(value.key, parsed.data, facts)}` : [];
    });
    const off = values.filter((value) => parseNotation(value.found).kind !== "unknown" && !isAsDesired(value.found, value.notation));
    const plan = {
        state: unknown.length > 0 ? ("unknown" as const) : off.length > 0 ? ("drifted" as const) : ("compliant" as const),
        drift: off.map(toDrift),
        notices: records ? [...lostRecords(declaration.id, values, records, context), ...(declaration.audited ? managedElsewhere(declaration.id, off, records, context) : [])] : [],
        ...newestRepair(declaration.id, values, records, context.owner),
    };
    const keep = (problems: string[]): DocumentPlan => ({
        ...plan,
        action: "keep",
        stdin: refused(declaration, context),
        time: "",
        problems,
    });
    if (records === undefined) {
        return keep([...unknown, `The records of the document "${declaration.id}" could not be read: ${unreadable}`]);
    }
    const problems = [...unknown, ...(declaration.audited ? [] : ownerConflicts(declaration.id, values, records, context))];
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
    const notices = [...plan.notices, ...(declaration.audited ? [] : takenOver(declaration.id, values, records, context))];
    return size === undefined ? { ...plan, notices, action: "new", stdin, time, problems: [] } : keep([size]);
}

function whyUnknown(key: string, reason: string, { user }: Facts): string {
    const hive = key.split("\\").slice(0, 2).join("\\");
    const loading = `the hive ${hive} is not loaded. Start the service of that account, or log it on once, and run again`;
    const denied = `denied: ${user} may not read it. Let that account read it, or have the host looked at by one that may ("user", in a preview "observe")`;
    return reason === "not loaded" ? loading : reason === "denied" ? denied : reason;
}

function whyNoRecords(reason: string, { user, elevated }: Facts): string {
    if (reason !== "denied") {
        return reason;
    }
    return elevated
        ? `denied, though ${user} is an administrator: the access list of HKLM\\SOFTWARE\\HybridIdentity is not what the module gave it. Initialize-HybridIdentity on the host sets it anew`
        : `denied: ${user} is no administrator, and in no group that may read them. Name a group of this account in the host's ` +
              '"recordReaders" and run "pulumi up" once; where the module is preinstalled, run Initialize-HybridIdentity -Readers GROUP there';
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
        [declaration.restart?.flatMap(({ why }) => why ?? []).join("; ") || "restart", JSON.stringify(record.restart) === JSON.stringify(restartMember(declaration))],
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

/** Whose a repair was is told by the record: a refused document wrote nothing itself. */
function newestRepair(document: string, values: ValueEntry[], records: HostRecords | undefined, own: string): Pick<DocumentPlan, "newestRepair"> {
    const repairs = values.flatMap(({ id }) => {
        const record = records?.values.get(id);
        const time = record && lastRepair(record);
        return time === undefined ? [] : [{ time, record: record! }];
    });
    const [first, ...others] = repairs;
    if (first === undefined) {
        return {};
    }
    const { time, record } = others.reduce((last, one) => (one.time > last.time ? one : last), first);
    const writer = `the document "${record.document}"${record.owner === own ? "" : ` of the stack "${record.owner}"`}`;
    return { newestRepair: { time, by: record.owner === "" ? `a document that has released what "${document}" declares` : writer } };
}

function toDrift({ key, name, found, notation }: Subject["values"][number]): DriftEntry {
    return { path: key, name, found, desired: notation };
}
