import { show } from "../drift/show";
import { AppliedBaseline, isApplied, UsedOverride } from "./applied";
import { Baseline, hashOf } from "./baseline";
import type { PromotionOrder } from "./order";

/** What the other stack's output is, or why there is none. */
export type Said = { output: unknown } | { error: string };

/** What a stack asks the gate. */
export interface Question {
    baseline: Baseline;
    /** Roles of this stack's servers, of those that the baseline has something for. */
    roles: string[];
    promotion: PromotionOrder;
    /** organization/project/stack of this one. */
    stack: string;
    said: Said;
    /** What this stack's last update said: a baseline that was let through once stays, whatever the stack before it has by now. */
    own?: unknown;
    now: Date;
}

export interface Verdict {
    /** Why the baseline may not be applied; empty where it may. */
    refusals: string[];
    /** What has to be said all the same. */
    notes: string[];
    after: string[];
    override?: UsedOverride;
}

const hour = 60 * 60 * 1000;
/** A clock may be off by so much. */
const clockError = 5 * 60 * 1000;
const longestOverride = 7 * 24 * hour;

/** Whether a stack may apply a baseline, by what the stack before it says. */
export function judge(question: Question): Verdict {
    const { baseline, roles, promotion, own, now } = question;
    const { from, override } = promotion;
    const isLetThrough = isApplied(own) && own.name === baseline.name && own.hash === hashOf(baseline) && own.override === undefined && own.after.length > 0;
    const added = isLetThrough ? roles.filter((role) => !own.roles?.includes(role)) : [];
    if (isLetThrough && added.length === 0) {
        return { refusals: [], notes: [], after: own.after };
    }
    const { refusals, notes, after } = proofOf(question);
    if (refusals.length > 0 && added.length > 0) {
        refusals.push(`this stack had it without the role ${added.join(", ")}: new roles need the proof anew`);
    }
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
    return { refusals: [], notes: [note], after: [], override: { ...override, from } };
}

function proofOf({ baseline, roles, promotion, stack, said, now }: Question): Pick<Verdict, "refusals" | "notes" | "after"> {
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
    const name = shortOf(stack);
    const round = after.findIndex((one) => shortOf(one) === name);
    if (round >= 0) {
        const names = [stack, ...after.slice(0, round + 1)].map(shortOf);
        return none(`the order goes round in a circle: ${names.join(" after ")}. Mend it in the settings of ${name}: let "from" of its "promotion" name a stack that has its baselines before ${name}, or take "promotion" out where ${name} is the first of the order`);
    }
    const refusals: string[] = [];
    const age = now.getTime() - Date.parse(applied.exportedAt);
    if (applied.name !== baseline.name) {
        refusals.push(`${from} applies ${applied.name}, and not ${baseline.name}. Apply it there first`);
    } else if (applied.hash !== hashOf(baseline)) {
        refusals.push(`${from} applies a baseline ${baseline.name} with other settings (${applied.hash} there, ${hashOf(baseline)} here). A baseline that was applied is not changed: give what is new another name`);
    }
    const unproved = roles.filter((role) => !applied.roles?.includes(role));
    refusals.push(...unproved.map((role) => `${from} has no server with the role ${role}, so nothing proves what the baseline sets there. Give a server of ${from} that role`));
    if (applied.state === "audited") {
        refusals.push(`${from} is audited: its servers, or some of them, are only looked at, and nothing enforces the baseline. Give them the mode "enforce", and run "pulumi up" there`);
    } else if (applied.state !== "compliant") {
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
    return { refusals, notes: notesOn(from, applied), after };
}

function notesOn(from: string, { exceptions, notInForce, override }: AppliedBaseline): string[] {
    const unproved = `${from} has exceptions, so it does not prove ${exceptions.map((one) => show(one, 200)).join(", ")}`;
    const unread = `${notInForce.join(", ")} of ${from} needs a reboot before all of it is in force, so it proves what is written there, and not yet that it works`;
    const forced = override && `${from} has it without the proof of ${override.from}, because ${show(override.reason, 200)}: an override, until ${override.until}`;
    return [...(exceptions.length > 0 ? [unproved] : []), ...(notInForce.length > 0 ? [unread] : []), ...(forced === undefined ? [] : [forced])];
}

/** The stack's own name, of \`organization/project/stack\` too. */
function shortOf(stack: string): string {
    return stack.split("/").at(-1)!;
}

function hoursOf(ms: number): string {
    return `${(Math.max(0, ms) / hour).toFixed(1)} h`;
}
