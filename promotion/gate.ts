import { isObject } from "../drift/json";
import { show } from "../drift/show";
import { isTime } from "../drift/time";
import type { Problem } from "../drift/types";
import { Baseline, hashOf } from "./baseline";

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
    /** The stacks that the baseline came through, the nearest first. */
    after: string[];
    /** Why the gate was passed without its proof. */
    override?: Override;
}

/** Why, and how long, a baseline goes without its proof. */
export interface Override {
    /** Why. */
    reason: string;
    /** When it ends by itself, UTC, such as `2026-11-30T18:00:00Z`. */
    until: string;
}

/** From which stack a stack takes its baseline, and when. */
export interface PromotionOrder {
    /** The stack that has it first: its name, or `organization/project/stack`. */
    from: string;
    /** Hours that it must have been there without drift. Default 24. */
    minimumSoak?: number;
    /** Hours after which what that stack says is too old to be believed. Default 24. */
    maximumAge?: number;
    /** For an emergency: goes without the proof for a while. */
    override?: Override;
}

/** What the other stack's output is, or why there is none. */
export type Said = { output: unknown } | { error: string };

export interface Verdict {
    /** Why the baseline may not be applied; empty where it may. */
    refusals: string[];
    /** What has to be said all the same. */
    notes: string[];
    after: string[];
    override?: Override;
}

const hour = 60 * 60 * 1000;
/** A clock may be off by so much. */
const clockError = 5 * 60 * 1000;
const longestOverride = 7 * 24 * hour;

/** What is wrong with the settings of a gate, all at once. */
export function checkPromotion(promotion: PromotionOrder, stack: string): Problem[] {
    const { from, minimumSoak = 24, maximumAge = 24, override } = promotion;
    const problems: Problem[] = [];
    const hours = (property: string, value: unknown) => {
        if (typeof value !== "number" || !Number.isFinite(value) || value < 0) {
            problems.push({ property, message: `must be a number of hours, 0 or more; received ${show(value)}` });
        }
    };
    if (typeof from !== "string" || !/^([\w.-]+\/[\w.-]+\/)?[\w.-]+$/.test(from)) {
        problems.push({ property: "from", message: `must be a stack's name, or organization/project/stack; received ${show(from)}` });
    } else if (from === stack) {
        problems.push({ property: "from", message: `is this stack itself, ${show(from)}; name the one that has a baseline before it` });
    }
    hours("minimumSoak", minimumSoak);
    hours("maximumAge", maximumAge);
    if (override !== undefined) {
        if (!isObject(override) || typeof override.reason !== "string" || override.reason.trim() === "") {
            problems.push({ property: "override.reason", message: "must say why the proof is gone without" });
        }
        if (!isObject(override) || !isMoment(override.until)) {
            problems.push({ property: "override.until", message: `must be the UTC time at which it ends, such as "2026-11-30T18:00:00Z"; received ${show(override?.until)}` });
        }
    }
    return problems;
}

/**
 * Whether a stack may apply a baseline, by what the stack before it says.
 * @param own What this stack's last update said: a baseline that was let through once stays, whatever the stack before it has by now.
 */
export function judge(baseline: Baseline, promotion: PromotionOrder, stack: string, said: Said, now: Date, own?: unknown): Verdict {
    const { from, override } = promotion;
    if (isApplied(own) && own.name === baseline.name && own.hash === hashOf(baseline) && own.override === undefined && own.after.length > 0) {
        return { refusals: [], notes: [], after: own.after };
    }
    const { refusals, notes, after } = proofOf(baseline, promotion, stack, said, now);
    if (override === undefined || refusals.length === 0) {
        const idle = override === undefined ? [] : [`promotion.override is not needed any more: ${from} has the proof. Take it out`];
        return { refusals, notes: [...notes, ...idle], after };
    }
    const left = Date.parse(override.until) - now.getTime();
    if (left <= 0) {
        return { refusals: [...refusals, `promotion.override ended at ${override.until}`], notes: [], after };
    }
    if (left > longestOverride) {
        return { refusals: [...refusals, `promotion.override ends at ${override.until}, more than 7 days from now. Give it an earlier end`], notes: [], after };
    }
    const note = `promotion.override goes without the proof of ${from} until ${override.until} (${show(override.reason, 200)}). Missing: ${refusals.join("; ")}`;
    return { refusals: [], notes: [note], after, override };
}

function proofOf(baseline: Baseline, promotion: PromotionOrder, stack: string, said: Said, now: Date): Pick<Verdict, "refusals" | "notes" | "after"> {
    const { from, minimumSoak = 24, maximumAge = 24 } = promotion;
    const none = (why: string) => ({ refusals: [why], notes: [], after: [from] });
    if ("error" in said) {
        return none(`the stack ${from} could not be read: ${said.error}`);
    }
    const applied = said.output;
    if (applied === undefined) {
        return none(`the stack ${from} has no output "baseline": it was never applied, or its program does not export one. Apply the baseline there first`);
    }
    if (!isApplied(applied)) {
        return none(`the output "baseline" of ${from} has not the form that this release of the library reads. Run "pulumi up" there with this release`);
    }
    const after = [from, ...applied.after];
    const name = stack.split("/").at(-1)!;
    if (after.some((one) => one === stack || one.split("/").at(-1) === name)) {
        return none(`the order goes round in a circle: ${[stack, ...after].join(" after ")}. Take "promotion" out of the first of them`);
    }
    const refusals: string[] = [];
    const age = now.getTime() - Date.parse(applied.exportedAt);
    if (applied.name !== baseline.name) {
        refusals.push(`${from} applies ${applied.name}, and not ${baseline.name}. Apply it there first`);
    } else if (applied.hash !== hashOf(baseline)) {
        refusals.push(`${from} applies a baseline ${baseline.name} with other settings (${applied.hash} there, ${hashOf(baseline)} here). A baseline that was applied is not changed: give what is new another name`);
    }
    if (applied.state !== "compliant") {
        refusals.push(`${from} is ${applied.state}, and not compliant. Run "pulumi up" there, and see what it says`);
    }
    if (age > maximumAge * hour) {
        refusals.push(`what ${from} says is of ${applied.exportedAt}, ${hoursOf(age)} old, and "maximumAge" is ${maximumAge} h. Run "pulumi up" there`);
    } else if (age < -clockError) {
        refusals.push(`what ${from} says is of ${applied.exportedAt}, which is yet to come: one of the two clocks is wrong`);
    }
    // In the update that brought it there the last server comes after the time of the output.
    const soaked = Math.max(0, Date.parse(applied.exportedAt) - Date.parse(applied.since));
    if (applied.since === "") {
        refusals.push(`${from} does not say since when it has the baseline`);
    } else if (soaked < minimumSoak * hour) {
        refusals.push(`${from} has it since ${applied.since}, ${hoursOf(soaked)} when it was last looked at, and "minimumSoak" is ${minimumSoak} h. Run "pulumi up" there after ${new Date(Date.parse(applied.since) + minimumSoak * hour).toISOString()}`);
    }
    const { exceptions, notInForce } = applied;
    const unproved = `${from} has exceptions, so it does not prove ${exceptions.map((one) => show(one, 200)).join(", ")}`;
    const unread = `${notInForce.join(", ")} of ${from} needs a reboot before all of it is in force, so it proves what is written there, and not yet that it works`;
    return { refusals, notes: [...(exceptions.length > 0 ? [unproved] : []), ...(notInForce.length > 0 ? [unread] : [])], after };
}

function isApplied(value: unknown): value is AppliedBaseline {
    if (!isObject(value)) {
        return false;
    }
    const { format, name, hash, state, since, exportedAt, exceptions, notInForce, after } = value;
    const texts = [name, hash, state, since, exportedAt].every((one) => typeof one === "string");
    const times = texts && isTime(exportedAt as string) && (since === "" || isTime(since as string));
    return format === 1 && times && [exceptions, notInForce, after].every((list) => Array.isArray(list) && list.every((one) => typeof one === "string"));
}

function isMoment(text: unknown): boolean {
    return typeof text === "string" && /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?Z$/.test(text) && !Number.isNaN(Date.parse(text));
}

function hoursOf(ms: number): string {
    return `${(Math.max(0, ms) / hour).toFixed(1)} h`;
}
