import * as pulumi from "@pulumi/pulumi";
import { clock } from "../../internal/clock";
import { refusal } from "../../internal/report";
import { stackState, urnOf } from "../../internal/stackState";
import type { GivenAccessPolicy } from "../resources/applicationAccess";
import { isDrained } from "./migration";

/**
 * The id of the scope's policy, where this stack's state has it and no step has let it go: then Exchange has it too, and a list without it is
 * one that Exchange could not read.
 */
export async function heldPolicy(name: string, scope: pulumi.Resource): Promise<string | undefined> {
    const [resources, urn] = await Promise.all([stackState(), urnOf(scope)]);
    const types = urn.slice(0, urn.lastIndexOf("::"));
    const outputs = resources[`${types}$hybrid-identity:exchange:ApplicationAccessPolicy::${name}-policy`]?.outputs;
    const { identity, description } = outputs ?? {};
    return identity === undefined || isDrained(String(description ?? ""), clock.now()) ? undefined : String(identity);
}

/** What rests on the absence of a policy is not done where its presence is likelier. */
export function requireHeld(name: string, held: string | undefined, policies: GivenAccessPolicy[]): void {
    if (held !== undefined && !policies.some(({ identity }) => identity.toLowerCase() === held.toLowerCase())) {
        throw refusal(
            `${name}: this stack's state has the access policy ${held}, and Exchange, asked several times, lists none such. Nothing is taken away on ` +
                'that: run again later; or, if somebody removed the policy, run "pulumi refresh" first',
        );
    }
}
