import { planHost } from "./plan";
import { lastRepair, parseRecords, recordedRestart, type HostRecords } from "./records";
import { decideRestart, wishedServices, type Reader } from "./restart";
import type { Declaration, DocumentPlan, HostPlan, Observation, RunContext } from "./types";

/** A plan of all documents of a host, with the restarts that the plan of the others makes necessary. */
export interface RestartingPlan {
    plan: HostPlan;
    /** By document: services that have to restart. */
    due: Map<string, string[]>;
    /** By document: why nothing can be said of a restart. */
    problems: Map<string, string[]>;
    /** By document, for the user: which service restarts, and why. */
    notices: Map<string, string[]>;
}

/** A document that is declared, and whose values are not known yet. */
export interface Undecided {
    id: string;
    /** Services that read its values when they start. */
    readBy: readonly string[];
}

/**
 * Plans all documents; once more with their restarts, where one may want any.
 * @param refused Ids of documents that change nothing in this run, whatever is planned for them.
 * @param undecided Documents of the run that are not known yet: what they changed in earlier runs counts all the same.
 */
export function planRestarting(
    declarations: readonly Declaration[],
    observation: Observation,
    context: RunContext,
    refused: ReadonlySet<string> = new Set(),
    undecided: readonly Undecided[] = [],
): RestartingPlan {
    const plan = planHost(declarations, observation, context);
    const found: RestartingPlan = { plan, due: new Map(), problems: new Map(), notices: new Map() };
    if (declarations.every(({ wish }) => wish === undefined)) {
        return found;
    }
    const planOf = (id: string): DocumentPlan => ({ ...plan.documents.get(id)!, ...(refused.has(id) && { action: "keep" as const }) });
    const records = typeof observation.records === "string" ? undefined : parseRecords(observation.records);
    const readers: Reader[] = [
        ...declarations.flatMap(({ id, audited, readBy = [] }) => (audited ? [] : [{ document: id, services: readBy, plan: planOf(id) }])),
        ...undecided.map(({ id, readBy }) => ({ document: id, services: readBy, plan: recordedPlan(id, records, context.owner) })),
    ];
    const restarting = declarations.map((declaration): Declaration => {
        const { id, audited, wish } = declaration;
        if (wish === undefined) {
            return declaration;
        }
        const record = records?.documents.find((one) => one.owner === context.owner && one.document === id);
        const decided = wishedServices(wish).map((service) => decideRestart(wish, service, readers, plan.letting, observation, recordedRestart(record, service)));
        const restart = decided.flatMap((one) => one.restart ?? []);
        const due = decided.flatMap((one) => (one.due && one.restart ? [one.restart] : []));
        const problems = decided.flatMap((one) => one.problem ?? []);
        if (problems.length > 0) {
            found.problems.set(id, problems);
        }
        if (due.length > 0) {
            found.due.set(id, due.map(({ service }) => service));
            found.notices.set(id, due.map(({ why }) => `${audited ? "only audited, not done: " : ""}${why}`));
        }
        return { ...declaration, restart: restart.length > 0 ? restart : undefined };
    });
    return { ...found, plan: planHost(restarting, observation, context) };
}

/** What the host's records tell of a document. */
function recordedPlan(id: string, records: HostRecords | undefined, owner: string): Reader["plan"] {
    const own = [...(records?.values.values() ?? [])].filter((one) => one.owner === owner && one.document === id);
    const time = own.flatMap((one) => lastRepair(one) ?? []).sort().at(-1);
    return { action: "keep", drift: [], ...(time !== undefined && { newestRepair: { time, by: `the document "${id}"` } }) };
}
