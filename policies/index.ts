import { PolicyPack, StackValidationPolicy } from "@pulumi/policy";
import * as pulumi from "@pulumi/pulumi";
import { declared } from "./resources";
import { accessPolicyMadeFirst, auditHasReason, Circumstances, hostKeysPinned, noConsentBesideRbac, noEndedSecret, onlyCurrentTls, Rule } from "./rules";

/** Stacks of production, unless the policy's settings name others. */
const production = ["prod"];

function policy(name: string, description: string, rule: Rule): StackValidationPolicy {
    return {
        name,
        description,
        enforcementLevel: "mandatory",
        configSchema: { properties: { production: { type: "array", items: { type: "string" }, default: production } } },
        validateStack: ({ resources, getConfig }, report) => {
            // The engine hands over what no schema knows, and a misspelt list of production would be none.
            const { production: stacks = production, ...strange } = getConfig<{ production?: string[] }>();
            Object.keys(strange).forEach((one) => report(`${one} is no setting of the policy ${name}; there is "production", a list of stacks. Mend the file of --policy-pack-config`));
            const found = rule(resources.map(declared), circumstances(stacks.includes(pulumi.getStack())));
            found.forEach(({ message, urn }) => report(message, urn));
        },
    };
}

/** The engine gives a pack the settings of the stack. */
function circumstances(isProduction: boolean): Circumstances {
    const settings = new pulumi.Config();
    const exceptions = settings.getObject<unknown>("exceptions");
    return { production: isProduction, now: new Date(), exceptions: Array.isArray(exceptions) ? exceptions : [], auditReason: settings.get("auditReason") ?? "" };
}

new PolicyPack("hybrid-identity", {
    policies: [
        policy("host-keys-pinned", "Every server is known by its host key.", hostKeysPinned),
        policy("only-current-tls", "In production no protocol below TLS 1.2 is switched on, but by an exception with an end.", onlyCurrentTls),
        policy("no-consent-beside-rbac", "What a role limits to some mailboxes, no consent opens for all.", noConsentBesideRbac),
        policy("no-ended-secret", "No client secret is past its end.", noEndedSecret),
        policy("audit-has-reason", "In production what is only looked at says why.", auditHasReason),
        policy("access-policy-made-first", "An access policy is replaced by making the new one first.", accessPolicyMadeFirst),
    ],
});
