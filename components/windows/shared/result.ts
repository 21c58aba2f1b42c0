import { parseReply } from "../../../drift/reply";
import { DriftEntry, Observation } from "../../../drift/types";
import { Outcome } from "../host/hostRun";

/** What a component tells its user after a run. */
export interface Result {
    /** `compliant`, `drifted`, `unknown` or `enforced`. */
    state: string;
    drift: DriftEntry[];
    rebootPending: boolean;
    restartPending: string[];
    /** Why the run has to end with an error although the engine saw none. */
    failure?: string;
}

/**
 * @param stdout of the document's command; undefined in a preview, in an audit and where the command was not run.
 * @param services that read the values when they start.
 */
export function resultOf(outcome: Outcome, stdout: string | undefined, services: string[], needsReboot: boolean): Result {
    if (outcome.kind !== "planned") {
        return { state: "unknown", drift: [], rebootPending: false, restartPending: [] };
    }
    const { plan, observation } = outcome;
    const answer = plan.action === "new" && stdout !== undefined ? answerTo(plan.time, stdout) : undefined;
    const wrote = answer?.wrote ?? false;
    const lastRepair = latest(Object.values(plan.lastRepairs));
    return {
        state: answer?.fresh ? (wrote ? "enforced" : "compliant") : plan.state,
        drift: plan.drift,
        rebootPending: needsReboot && (wrote || startedBefore(observation.facts.bootTime, lastRepair)),
        restartPending: services.filter((name) => isRunning(observation, name) && (wrote || startedBefore(observation.services[name]?.startTime ?? "", lastRepair))),
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

/** Times are UTC in one fixed form, so they compare as text. An unknown time proves nothing. */
function startedBefore(start: string, repair: string): boolean {
    return start !== "" && repair !== "" && start < repair;
}

function latest(times: string[]): string {
    return times.reduce((newest, one) => (one > newest ? one : newest), "");
}

function isRunning(observation: Observation, name: string): boolean {
    return observation.services[name]?.state === "Running";
}
