import { planHost } from "./plan";
import { parseRecords, recordedRestart } from "./records";
import { decideRestart } from "./restart";
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

/**
 * Plans all documents; once more with their restarts, where one may want any.
 * @param refused Ids of documents that change nothing in this run, whatever is planned for them.
 */
export function planRestarting(declarations: readonly Declaration[], observation: Observation, context: RunContext, refused: ReadonlySet<string> = new Set()): RestartingPlan {
    const plan = planHost(declarations, observation, context);
    const found: RestartingPlan = { plan, due: new Map(), problems: new Map(), notices: new Map() };
    if (declarations.every(({ wish }) => wish === undefined)) {
        return found;
    }
    const planOf = (id: string): DocumentPlan => ({ ...plan.documents.get(id)!, ...(refused.has(id) && { action: "keep" as const }) });
    const readers = declarations.flatMap(({ id, audited, readBy = [] }) => (audited ? [] : [{ document: id, services: readBy, plan: planOf(id) }]));
    const records = typeof observation.records === "string" ? [] : parseRecords(observation.records).documents;
    const restarting = declarations.map((declaration): Declaration => {
        const { id, audited, wish } = declaration;
        if (wish === undefined) {
            return declaration;
        }
        const record = records.find((one) => one.owner === context.owner && one.document === id);
        const { restart, due, problem } = decideRestart(wish, readers, plan.letting, observation, recordedRestart(record, wish.service));
        if (problem !== undefined) {
            found.problems.set(id, [problem]);
        }
        if (due) {
            found.due.set(id, [wish.service]);
            found.notices.set(id, [`${audited ? "only audited, not done: " : ""}${restart?.why}`]);
        }
        return { ...declaration, restart };
    });
    return { ...found, plan: planHost(restarting, observation, context) };
}
