import { isObject } from "../drift/json";
import { isTime } from "../drift/time";
import { Baseline, hashOf } from "./baseline";
import type { Override } from "./order";

/** What a stack says of the baseline that it applies: its output `baseline`. */
export interface AppliedBaseline {
    /** Of this form; another release may have another. */
    format: 1;
    /** Of the baseline. */
    name: string;
    /** Of what the baseline sets; see `hashOf`. */
    hash: string;
    /** The worst of its servers: `compliant`, `audited` (nothing was enforced), `drifted` or `unknown`. */
    state: string;
    /** Since when the last of its servers has it, UTC; empty where one does not say. */
    since: string;
    /** When the update that says this ran, UTC. */
    exportedAt: string;
    /** The settings that are other than the baseline on some of its servers. */
    exceptions: string[];
    /** Servers on which some of it is written, but not in force before a reboot, or where nobody can tell. */
    notInForce: string[];
    /** Roles of its servers, of those that the baseline has something for. Missing, as an earlier release left it out: none. */
    roles?: string[];
    /** The stacks whose proof let the baseline through, the nearest first. */
    after: string[];
    /** Why the gate was passed without its proof. */
    override?: UsedOverride;
}

/** An override that a stack goes by. */
export interface UsedOverride extends Override {
    /** The stack that had no proof. */
    from: string;
}

/** The command that writes a mark may come so much after its plan. */
const longestWriting = 15 * 60 * 1000;

/** Whether an output is of this form. */
export function isApplied(value: unknown): value is AppliedBaseline {
    if (!isObject(value)) {
        return false;
    }
    const { format, name, hash, state, since, exportedAt, exceptions, notInForce, roles = [], after, override } = value;
    const texts = [name, hash, state, since, exportedAt].every((one) => typeof one === "string");
    const times = texts && isTime(exportedAt as string) && (since === "" || isTime(since as string));
    const lists = [exceptions, notInForce, roles, after].every((list) => Array.isArray(list) && list.every((one) => typeof one === "string"));
    const used = override === undefined || (isObject(override) && [override["from"], override["reason"], override["until"]].every((one) => typeof one === "string"));
    return format === 1 && times && lists && used;
}

/**
 * Since when a stack has the baseline, as it said first. The update that brings it knows the time of its plan, and all later ones the host's record, of a
 * moment after: a day would be a day and a second, and each preview would show a change.
 * @param own What this stack's last update said.
 */
export function steadySince(since: string, baseline: Baseline, own: unknown): string {
    const isSame = isApplied(own) && own.hash === hashOf(baseline) && Math.abs(Date.parse(since) - Date.parse(own.since)) < longestWriting;
    return isSame ? own.since : since;
}
