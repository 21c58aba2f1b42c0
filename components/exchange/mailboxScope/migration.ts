import type { GivenAccessPolicy } from "../resources/applicationAccess";

/**
 * Where a migration stands. `grant`: the role is given and tested, beside consent and policy. `consent`: this run takes the consent away.
 * `drain`: tokens that were given out before end. `policy`: this run takes the policy away. `done`: nothing but the role is left.
 */
export type Step = "grant" | "consent" | "drain" | "policy" | "done";

/** What Exchange answered for the two mailboxes: `granted`, `denied` or `notRun`. */
export interface Answers {
    inScope: string;
    outOfScope: string;
}

/** What the tenant has when a run begins. */
export interface MigrationFacts {
    appId: string;
    /** Under which GUIDs a policy may name the scope's group; empty while the group is not there. */
    groupGuids: string[];
    /** Whether the service principal has `full_access_as_app` for the whole tenant. */
    consent: boolean;
    /** Access policies of the application and of all applications. */
    policies: GivenAccessPolicy[];
    /** The role assignment of the scope. */
    assignment?: { createdAt?: string };
    /** What the role gives; missing while there is no assignment. */
    answers?: Answers;
}

/** What a run has to do. */
export interface MigrationStep {
    step: Step;
    keepConsent: boolean;
    keepPolicy: boolean;
    /** Whether the policy's description has to say from now on that the consent is gone. */
    markPolicy: boolean;
    /** When the next step may come, UTC. */
    pendingUntil?: string;
    /** Why nothing may be done at all. */
    problems: string[];
}

/**
 * How long Exchange may go on with what it knew (30 minutes to 2 hours), and longer than a token lives (up to about 90 minutes).
 *
 * Source: learn.microsoft.com, "Role Based Access Control for Applications in Exchange Online".
 */
export const settlingMs = 2 * 60 * 60 * 1000;

/** What comes next. It rests on nothing but the tenant and the time, so any run on any machine goes on where the last one ended. */
export function migrationStep(facts: MigrationFacts, now: Date): MigrationStep {
    const { consent, assignment, answers } = facts;
    const policy = policyOn(facts.policies, facts.appId, facts.groupGuids);
    const removed = policy && markedTime(consentRemoved, policy.description);
    const keepPolicy = consent || policy !== undefined;
    const markPolicy = !consent && policy !== undefined && removed === undefined;
    const problems = obstacles(facts);
    const granted = settlesAt(assignment === undefined ? now.toISOString() : assignment.createdAt);
    // A mark beside a consent is an old one. It has to go first: it would let the policy go too early after the consent is removed again.
    const ready = assignment !== undefined && passes(answers) && !isAfter(granted, now) && !(consent && removed !== undefined);
    if (!ready) {
        const pending = isAfter(granted, now) ? { pendingUntil: granted } : {};
        return { step: "grant", keepConsent: consent, keepPolicy, markPolicy, problems, ...pending };
    }
    if (consent) {
        return { step: "consent", keepConsent: false, keepPolicy, markPolicy, problems };
    }
    if (policy === undefined) {
        return { step: "done", keepConsent: false, keepPolicy, markPolicy, problems };
    }
    const drained = settlesAt(removed ?? now.toISOString());
    return isAfter(drained, now)
        ? { step: "drain", keepConsent: false, keepPolicy, markPolicy, pendingUntil: drained, problems }
        : { step: "policy", keepConsent: false, keepPolicy: false, markPolicy, problems };
}

/**
 * What the policy's description has to say; it is the only place in the tenant that can hold these times. What somebody else wrote stays,
 * until the consent goes.
 *
 * @param consent whether the application has, or is about to get, its consent.
 */
export function policyDescription(policy: GivenAccessPolicy | undefined, consent: boolean, now: Date): string | undefined {
    const removed = policy && markedTime(consentRemoved, policy.description);
    if (consent) {
        return policy === undefined || removed !== undefined ? `${limitedSince} ${now.toISOString()}` : policy.description || undefined;
    }
    return removed === undefined ? `${consentRemoved} ${now.toISOString()}` : policy!.description;
}

/** The application's own policy that limits it to the group. */
export function policyOn(policies: GivenAccessPolicy[], appId: string, groupGuids: string[]): GivenAccessPolicy | undefined {
    return policies.find((one) => one.accessRight === "RestrictAccess" && isOf(one, appId) && isOn(one, groupGuids));
}

/** Until when Exchange may not yet do what a policy says; undefined where nobody knows when it was made. */
export function policySettlesAt(description: string | undefined): string | undefined {
    return settlesAt(markedTime(limitedSince, description ?? ""));
}

/** Two hours later; undefined where the time cannot be read. Without a time zone it is UTC, as Exchange's properties whose names end so. */
export function settlesAt(time = ""): string | undefined {
    const begun = Date.parse(/T[\d:.]+$/.test(time) ? `${time}Z` : time);
    return Number.isNaN(begun) ? undefined : new Date(begun + settlingMs).toISOString();
}

/** Whether the application can open what it should, and nothing else. */
export function passes(answers: Answers | undefined): boolean {
    return answers?.inScope === "granted" && answers.outOfScope === "denied";
}

const consentRemoved = "Pulumi: consent removed";
const limitedSince = "Pulumi: limited since";

/** A role knows no denial and no second group: taking such a policy away would open mailboxes. */
function obstacles({ policies, appId, groupGuids }: MigrationFacts): string[] {
    return policies.flatMap((one) => {
        const whose = isOf(one, appId) ? "the application" : "all applications";
        if (one.accessRight !== "RestrictAccess") {
            const what = `the policy ${one.identity} denies ${whose} the mailboxes of "${one.scopeName}", which no role can say`;
            return [`${what}; take those mailboxes out of the scope and remove that policy first`];
        }
        const what = `the policy ${one.identity} limits ${whose} to "${one.scopeName}", which is not the scope's group`;
        return isOn(one, groupGuids) ? [] : [`${what}; name that group, or remove the policy first`];
    });
}

/** Whether the mark in a policy's description is so old that no token is left which needs the policy. */
export function isDrained(description: string, now: Date): boolean {
    const drained = settlesAt(markedTime(consentRemoved, description));
    return drained !== undefined && !isAfter(drained, now);
}

/** One that limits the application, to whatever group. */
export function policyOf(policies: GivenAccessPolicy[], appId: string): GivenAccessPolicy | undefined {
    return policies.find((one) => one.accessRight === "RestrictAccess" && isOf(one, appId));
}

/** Whether a policy names the application itself. */
export function isOf({ identity }: GivenAccessPolicy, appId: string): boolean {
    return identity.toLowerCase().includes(`\\${appId.toLowerCase()}:`);
}

function isOn({ scopeGuid }: GivenAccessPolicy, guids: string[]): boolean {
    return guids.some((one) => one.toLowerCase() === scopeGuid.toLowerCase());
}

function markedTime(mark: string, description: string): string | undefined {
    const time = description.startsWith(`${mark} `) ? description.slice(mark.length + 1) : "";
    return Number.isNaN(Date.parse(time)) ? undefined : time;
}

function isAfter(time: string | undefined, now: Date): boolean {
    return time !== undefined && Date.parse(time) > now.getTime();
}
