import * as pulumi from "@pulumi/pulumi";
import { HealthCheck, HealthChecks, overall } from "../../internal/health";
import { refusal, reporter } from "../../internal/report";
import { stackState, urnOf } from "../../internal/stackState";
import { InPlace, isInPlace, remainsIn, toldIn } from "./leaving";
import type { PortalMailArgs } from "./portalMailArgs";
import { targetOf } from "./target";
import { TenantSteps, tenantSteps } from "./tenantSteps";

/**
 * Until an update has proved another route, mail still goes over Exchange Online: what the tenant has for it, where the server was told of it. So that each
 * new secret reaches the server, as before.
 */
export async function oldRoute(name: string, args: PortalMailArgs, component: pulumi.ComponentResource): Promise<TenantSteps | undefined> {
    const [resources, urn, target] = await Promise.all([stackState(), urnOf(component), targetOf(args)]);
    const used = toldIn(resources, urn, name) && remainsIn(resources, urn, name).length > 0;
    if (!used || isInPlace(target, resources[urn]?.outputs?.["inPlace"] as InPlace | undefined)) {
        return undefined;
    }
    if (args.tenantId === undefined) {
        throw refusal(`${name}: mail goes over Exchange Online until an update has proved route "${args.route}"; leave "tenantId" in the program until then`);
    }
    reporter.warn(`${name}: ${keptText}`, component);
    return tenantSteps(name, args, component, true);
}

const keptText = "mail may still go over Exchange Online: until the new route is proved, the ids and the secret on the server are kept as before";

/** All checks of the old route as one, beside those of the declared one. */
export function oldCheck(checks: HealthChecks): HealthCheck {
    const state = overall(checks);
    const open = Object.entries(checks).filter(([, one]) => one.state !== "healthy");
    const told = (what: "found" | "advice"): string => open.filter(([, one]) => one[what] !== "").map(([check, one]) => `${check}: ${one[what]}`).join("; ");
    return { state, found: `mail still goes over Exchange Online, which ${state === "healthy" ? "works" : `is ${state} (${told("found")})`}`, advice: told("advice") };
}
