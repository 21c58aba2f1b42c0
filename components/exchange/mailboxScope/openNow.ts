import * as pulumi from "@pulumi/pulumi";
import { said } from "../../internal/looks";
import { reporter } from "../../internal/report";
import { stackState, urnOf } from "../../internal/stackState";
import { applicationAccess, GivenAccessPolicy } from "../resources/applicationAccess";
import { heldPolicy } from "./heldPolicy";
import { hasConsent } from "./scopeParts";

interface Application {
    appId: string;
    servicePrincipalId: string;
    /** What Exchange lists for it. */
    policies: GivenAccessPolicy[];
}

/**
 * A policy that somebody took away is made again, and the diff shows no more than that: what is open meanwhile has to be said. Not of a scope that was never
 * made: there the consent waits for the policy, or is somebody else's.
 */
export async function warnWhereOpen(name: string, { appId, servicePrincipalId, policies }: Application, scope: pulumi.Resource): Promise<void> {
    const limits = (one: GivenAccessPolicy) => one.accessRight === "RestrictAccess";
    if (policies.some(limits) || !((await urnOf(scope)) in (await stackState()))) {
        return;
    }
    const expectedPolicy = await heldPolicy(name, scope);
    if (expectedPolicy !== undefined && (await applicationAccess({ appId, expectedPolicy }, { parent: scope })).policies.some(limits)) {
        return;
    }
    const consent = await hasConsent(servicePrincipalId, scope).catch((error: Error) => error);
    if (consent !== false) {
        const why = consent === true ? "it has the consent full_access_as_app" : `whether it has the consent full_access_as_app cannot be read (${said(consent)})`;
        const can = consent === true ? "CAN" : "MAY BE ABLE TO";
        reporter.warn(
            `${name}: THE APPLICATION ${appId} ${can} OPEN EVERY MAILBOX NOW: ${why}, and no access policy limits it any more. ` +
                'It stays so until "pulumi up --refresh" has made the policy again, and Exchange may need an hour or more to do as it says. Find out who took it away',
            scope,
        );
    }
}
