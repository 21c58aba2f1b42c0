import * as pulumi from "@pulumi/pulumi";
import { clock } from "../../internal/clock";
import { settled } from "../../internal/inputs";
import { looked } from "../../internal/looks";
import { refusal, reporter } from "../../internal/report";
import { applicationAccess } from "../resources/applicationAccess";
import { askAccess, reportAccess } from "./access";
import { heldPolicy, requireHeld } from "./heldPolicy";
import { isOf, policyDescription, policyOn, policySettlesAt, settlesAt } from "./migration";
import { warnWhereOpen } from "./openNow";
import { addPolicy, addRole, guidsOf, hasConsent, Limited, Target, testOf } from "./scopeParts";

const advice =
    "Microsoft advises RBAC for Applications instead of application access policies, which will end some day (no date yet). " +
    'MIM is known to work with "accessPolicy", and nobody has reported it with "rbac"';

/** `accessPolicy`. */
export function limitByPolicy(name: string, target: Target, parent: pulumi.Resource): Limited {
    if (pulumi.runtime.isDryRun()) {
        reporter.warn(`${name}: ${advice}`, parent);
    }
    const description = pulumi.all([target.clientId, target.servicePrincipalId, target.group, target.tested]).apply(async ([appId, servicePrincipalId, group]) => {
        const { policies } = await looked(name, applicationAccess({ appId }, { parent }));
        await looked(name, warnWhereOpen(name, { appId, servicePrincipalId, policies }, parent));
        return policyDescription(policyOn(policies, appId, guidsOf(group)), true, clock.now());
    });
    const policy = addPolicy(name, target, description, parent);
    return {
        step: pulumi.output(undefined),
        keepConsent: pulumi.output(true),
        // The id is unknown, and nothing tested, in the preview of a policy that is yet to be made.
        access: pulumi.all([testOf(target, "accessPolicy"), policy.id, policy.description]).apply(async ([test, , text]) => {
            return reportAccess(name, test, await looked(name, askAccess(test, parent)), policySettlesAt(text), parent);
        }),
        policyId: policy.id,
        assignmentId: pulumi.output(undefined),
    };
}

/** `rbac`. */
export function limitByRole(name: string, target: Target, parent: pulumi.Resource): Limited {
    const clientId = pulumi.all([target.clientId, target.servicePrincipalId]).apply(async ([appId, principalId]) => {
        // What is refused there is refused before anything is written here.
        await Promise.all([settled(target.group), settled(target.tested)]);
        await looked(name, requireRoleAlone(name, appId, principalId, parent));
        return appId;
    });
    const assignment = addRole(name, { ...target, clientId }, parent);
    return {
        step: pulumi.output(undefined),
        keepConsent: pulumi.output(false),
        access: pulumi.all([testOf(target, "rbac"), assignment.id, assignment.createdAt]).apply(async ([test, , createdAt]) => {
            return reportAccess(name, test, await looked(name, askAccess(test, parent)), settlesAt(createdAt), parent);
        }),
        policyId: pulumi.output(undefined),
        assignmentId: assignment.id,
    };
}

/** A consent opens everything beside the role; and a policy may be all that holds tokens which were given out before the consent went. */
async function requireRoleAlone(name: string, appId: string, servicePrincipalId: string, parent: pulumi.Resource): Promise<void> {
    const expectedPolicy = await heldPolicy(name, parent);
    const [consent, { policies }] = await Promise.all([
        hasConsent(servicePrincipalId, parent),
        applicationAccess({ appId, servicePrincipalId, expectedPolicy }, { parent }),
    ]);
    if (consent) {
        throw refusal(
            `${name}: the service principal ${servicePrincipalId} has the consent full_access_as_app for the whole tenant, ` +
                'beside which a role limits nothing. Use the method "migrate", which tests the role first and then takes the consent away',
        );
    }
    const policy = policies.find((one) => isOf(one, appId));
    if (policy !== undefined) {
        throw refusal(
            `${name}: the application still has the access policy ${policy.identity}, and tokens that were given out before may need it. ` +
                'Use the method "migrate", which takes it away when none is left',
        );
    }
    requireHeld(name, expectedPolicy, policies);
}
