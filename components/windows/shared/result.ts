import { parseReply } from "../../../drift/reply";
import { DriftEntry } from "../../../drift/types";
import { Outcome } from "../host/hostRun";
import { restartsOf } from "./restarts";

/** What a component tells its user after a run. */
export interface Result {
    /** `compliant`, `drifted`, `unknown` or `enforced`. */
    state: string;
    drift: DriftEntry[];
    /** `unknown: REASON` where nobody can tell. */
    rebootPending: boolean | string;
    restartPending: string[];
    /** What the user has to know of the services. */
    warnings: string[];
    /** Why the run has to end with an error although the engine saw none. */
    failure?: string;
}

/**
 * @param stdout of the document's command; undefined in a preview, in an audit and where the command was not run.
 * @param services that read the values when they start.
 */
export function resultOf(outcome: Outcome, stdout: string | undefined, services: string[], needsReboot: boolean): Result {
    if (outcome.kind !== "planned") {
        const { pending, warnings } = restartsOf(services, undefined, "", false, notRead(outcome));
        return { state: "unknown", drift: [], rebootPending: needsReboot ? `unknown: ${notRead(outcome)}` : false, restartPending: pending, warnings };
    }
    const { plan, observation } = outcome;
    const answer = plan.action === "new" && stdout !== undefined ? answerTo(plan.time, stdout) : undefined;
    const wrote = answer?.wrote ?? false;
    const lastRepair = latest(Object.values(plan.lastRepairs));
    const { pending, warnings } = restartsOf(services, observation.services, lastRepair, wrote);
    return {
        state: answer?.fresh ? (wrote ? "enforced" : "compliant") : plan.state,
        drift: plan.drift,
        rebootPending: needsReboot && (wrote || rebootAfter(observation.facts.bootTime, lastRepair)),
        restartPending: pending,
        warnings,
        ...(answer?.failure !== undefined ? { failure: answer.failure } : {}),
    };
}

/** A reply to an earlier run is none to this one: with `--target` the engine hands the old one over as if it were current. */
function answerTo(time: string, stdout: string): { fresh: boolean; wrote: boolean; failure?: string } {
    try {
        const reply = parseReply(stdout, 0);
        const fresh = reply["time"] === time;
        return { fresh, wrote: fresh && Object.keys((reply["written"] as object | undefined) ?? {}).length > 0 };
    } catch (error) {
        return { fresh: false, wrote: false, failure: `the command ended without an error but its reply is no proof that anything was enforced: ${(error as Error).message}` };
    }
}

/** Why nothing is known of a document. */
function notRead({ observed }: { observed?: boolean }): string {
    return observed ? "the document was refused" : "the host was not observed";
}

/** Times are UTC in one fixed form, so they compare as text. */
function rebootAfter(boot: string, repair: string): boolean | string {
    return repair !== "" && (boot === "" ? "unknown: the time of the last boot could not be read" : boot < repair);
}

function latest(times: string[]): string {
    return times.reduce((newest, one) => (one > newest ? one : newest), "");
}
