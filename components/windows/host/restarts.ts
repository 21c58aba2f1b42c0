import { planHost } from "../../../drift/plan";
import { parseRecords, recordedRestart } from "../../../drift/records";
import { decideRestart, RestartWish } from "../../../drift/restart";
import { Declaration, HostPlan, Observation, RunContext } from "../../../drift/types";

/** What a component says of services beside its document. */
export interface ServicesOf {
    /** Services that read its values when they start. */
    reads: string[];
    /** The restart that it may want of its own service. */
    wish?: RestartWish;
}

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

/** Plans all documents; once more with their restarts, where one may want any. */
export function planRestarting(declarations: Declaration[], services: ReadonlyMap<string, ServicesOf>, observation: Observation, context: RunContext): RestartingPlan {
    const plan = planHost(declarations, observation, context);
    const found: RestartingPlan = { plan, due: new Map(), problems: new Map(), notices: new Map() };
    const readers = declarations.flatMap(({ id, audited }) => (audited ? [] : [{ document: id, services: services.get(id)?.reads ?? [], plan: plan.documents.get(id)! }]));
    const records = typeof observation.records === "string" ? [] : parseRecords(observation.records).documents;
    const restarting = declarations.map((declaration): Declaration => {
        const { id, audited } = declaration;
        const wish = services.get(id)?.wish;
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
    return restarting.every((one, at) => one === declarations[at]) ? found : { ...found, plan: planHost(restarting, observation, context) };
}
