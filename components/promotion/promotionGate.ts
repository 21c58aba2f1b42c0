import * as pulumi from "@pulumi/pulumi";
import { AppliedBaseline, steadySince } from "../../promotion/applied";
import { Baseline, checkBaseline, hashOf, rolesIn } from "../../promotion/baseline";
import { judge, Said, Verdict } from "../../promotion/gate";
import { checkPromotion, PromotionOrder } from "../../promotion/order";
import { clock } from "../internal/clock";
import { said } from "../internal/looks";
import { throwProblems } from "../internal/report";
import type { HostBaseline } from "./hostBaseline";
import { isMarkWritten } from "./hostBaseline/mark";
import { rolesOf } from "./hostBaseline/roles";

/** A baseline that this stack may apply. */
export interface AllowedBaseline {
    /** The one that was asked for. */
    baseline: Baseline;
    /** What this stack says to the one that comes after it: to be exported as `baseline`. */
    applied(hosts: HostBaseline[], exceptions?: string[]): pulumi.Output<AppliedBaseline>;
}

/**
 * Whether this stack may apply a baseline: only one that the stack before it has, compliant and for long enough. Asked before anything is registered.
 * Whoever runs Pulumi by hand with the rights of a pipeline can go around it: the pipeline is the gate.
 * @param promotion Undefined for the first stack of the order.
 * @param roles Of all servers of this stack: the stack before needs a server of each that the baseline has something for.
 * @throws RunError naming every reason
 */
export async function passGate(baseline: Baseline, promotion: PromotionOrder | undefined, roles: string[] = []): Promise<AllowedBaseline> {
    const stack = `${pulumi.getOrganization()}/${pulumi.getProject()}/${pulumi.getStack()}`;
    const wrong = promotion === undefined ? [] : checkPromotion(promotion, pulumi.getStack());
    throwProblems("the stack's", "promotion", [...checkBaseline(baseline).map((one) => ({ ...one, property: `baseline.${one.property}` })), ...wrong.map((one) => ({ ...one, property: `promotion.${one.property}` }))]);
    const own = await outputOf(stack);
    const has = "output" in own ? own.output : undefined;
    const inUse = rolesIn(baseline, roles);
    const verdict: Verdict =
        promotion === undefined ? { refusals: [], notes: [], after: [] } : judge({ baseline, roles: inUse, promotion, stack, said: await outputOf(fullName(promotion.from)), own: has, now: clock.now() });
    if (verdict.refusals.length > 0) {
        throw new pulumi.RunError([`the baseline ${baseline.name} may not be applied to ${pulumi.getStack()} yet:`, ...verdict.refusals.map((one) => `  ${one}`)].join("\n"));
    }
    for (const note of verdict.notes) {
        void pulumi.log.warn(note);
    }
    return { baseline, applied: (hosts, exceptions = []) => appliedBy(baseline, hosts, { exceptions, roles: provedRoles(baseline, hosts, inUse) }, verdict, has) };
}

/** @throws RunError for one that the gate has not asked about */
function provedRoles(baseline: Baseline, hosts: HostBaseline[], asked: string[]): string[] {
    const roles = rolesIn(baseline, hosts.flatMap(rolesOf));
    const missing = roles.filter((role) => !asked.includes(role));
    if (missing.length > 0) {
        throw new pulumi.RunError(`passGate was not told of the role ${missing.join(", ")}, which servers of this stack have: give it the roles of all servers, since the stack before has to prove each`);
    }
    return roles;
}

function fullName(stack: string): string {
    return stack.includes("/") ? stack : `${pulumi.getOrganization()}/${pulumi.getProject()}/${stack}`;
}

/** Without a StackReference: that would be a resource of this stack, and end the run in its own words. */
async function outputOf(name: string): Promise<Said> {
    try {
        const { outputs } = (await pulumi.runtime.invoke("pulumi:pulumi:readStackOutputs", { name })) as { outputs?: Record<string, unknown> };
        return { output: outputs?.["baseline"] };
    } catch (error) {
        return { error: said(error as Error) };
    }
}

function appliedBy(baseline: Baseline, hosts: HostBaseline[], told: Pick<AppliedBaseline, "exceptions" | "roles">, { after, override }: Verdict, before: unknown): pulumi.Output<AppliedBaseline> {
    // A preview leaves no outputs, so it shows the time of the last update and no change.
    const last = (before as Partial<AppliedBaseline> | undefined)?.exportedAt;
    const exportedAt = (pulumi.runtime.isDryRun() ? last : undefined) ?? clock.now().toISOString();
    return pulumi.all(hosts.map(({ state, since, audited, hostName, rebootPending, repaired }) => pulumi.all([state, since, audited, hostName, rebootPending, repaired]))).apply((all) => {
        const states = all.map(([state]) => (state === "enforced" ? "compliant" : state));
        const sinces = all.map(([, since]) => since);
        const since = sinces.includes("") ? "" : (sinces.sort().at(-1) ?? "");
        const isNew = all.some(([, , , , , repaired]) => isMarkWritten(repaired));
        const worst = ["unknown", "drifted"].find((state) => states.includes(state)) ?? (all.some(([, , audited]) => audited) ? "audited" : states.length === 0 ? "unknown" : "compliant");
        return {
            format: 1 as const,
            name: baseline.name,
            hash: hashOf(baseline),
            state: worst,
            since: isNew ? since : steadySince(since, baseline, before),
            exportedAt,
            ...told,
            notInForce: all.flatMap(([, , , host, pending]) => (pending === false ? [] : [host])),
            after,
            ...(override === undefined ? {} : { override }),
        };
    });
}
