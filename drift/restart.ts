import { upper } from "./path";
import type { Declaration, DocumentPlan, Letting, Observation, RestartWish } from "./types";

/** Another document of the run, and the services that read its values when they start. */
export interface Reader {
    document: string;
    services: readonly string[];
    plan: Pick<DocumentPlan, "action" | "drift" | "newestRepair">;
}

export interface RestartDecision {
    /** What the document says; undefined where it says nothing of a restart. */
    restart?: NonNullable<Declaration["restart"]>[number];
    /** Whether the service has to restart and does in this run. */
    due: boolean;
    /** Why nothing can be said. */
    problem?: string;
}

const none: RestartDecision = { due: false };

/** All services that a document may want restarted. */
export function wishedServices({ service, beside = [] }: RestartWish): string[] {
    return [service, ...beside];
}

/**
 * Whether a service has to restart. One that does not gets what its document said before, so that the text stays.
 * @param service The one of the wish, or one beside it.
 * @param recorded The time that the host's record of the document has for the service; empty where it has none.
 */
export function decideRestart(
    { service: reader, whenNeeded, after }: RestartWish,
    service: string,
    readers: readonly Reader[],
    letting: readonly Letting[],
    observation: Observation,
    recorded: string,
): RestartDecision {
    const { now } = observation.facts;
    const kept: RestartDecision = recorded === "" ? none : { restart: { service, time: recorded }, due: false };
    const reasons = whenNeeded ? readers.filter(({ services }) => services.some((one) => upper(one) === upper(reader))).flatMap(changeOf(letting, now)) : [];
    if (after !== undefined && after <= now) {
        reasons.push({ time: after, why: `it shall restart after ${after}` });
    }
    const { state, startTime } = observation.services[service] ?? { state: "unknown:the host did not answer for it", startTime: "" };
    if ((reasons.length === 0 && recorded === "") || state === "Stopped" || state === "StopPending") {
        return kept;
    }
    if (state === "absent" && service !== reader) {
        return none;
    }
    if (state === "absent") {
        return { due: false, problem: `There is no service ${service} to restart. Give the service's own name: Get-Service shows it` };
    }
    const [, unknown] = /^unknown:?(.*)$/.exec(state) ?? /^unknown:?(.*)$/.exec(startTime) ?? (startTime === "" ? ["", "its start could not be read"] : []);
    if (unknown !== undefined) {
        const reason = unknown === "denied" ? "the account may not ask for it" : unknown;
        return { due: false, problem: `It is not known since when the service ${service} runs, so not whether it has to restart: ${reason}` };
    }
    // Times are UTC in one fixed form, so they compare as text.
    const due = reasons.filter(({ time }) => startTime < time).map(({ why }) => why);
    if (due.length === 0 && startTime < recorded) {
        due.push(`the restart of ${recorded} was not done`);
    }
    const why = `restart of ${service}, which runs since ${startTime}: ${due.join("; ")}`;
    return due.length === 0 ? kept : { restart: { service, time: now, why }, due: true };
}

/** When a document's values were changed last, in words. */
function changeOf(letting: readonly Letting[], now: string): (reader: Reader) => { time: string; why: string }[] {
    return ({ document, plan }) => {
        const back = letting.some((one) => one.document === document && one.restore && one.values.some(({ fate }) => fate === "put back"));
        if (plan.action === "new" && (plan.drift.length > 0 || back)) {
            return [{ time: now, why: `the document "${document}" changes values in this run` }];
        }
        const newest = plan.newestRepair;
        return newest === undefined ? [] : [{ time: newest.time, why: `${newest.by} changed values at ${newest.time}` }];
    };
}
