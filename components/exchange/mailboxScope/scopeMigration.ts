import * as pulumi from "@pulumi/pulumi";
import { clock } from "../../internal/clock";
import { settled } from "../../internal/inputs";
import { looked } from "../../internal/looks";
import { refusal, reporter } from "../../internal/report";
import { applicationAccess } from "../resources/applicationAccess";
import { AccessTest, askAccess, reportAccess } from "./access";
import { heldPolicy, requireHeld } from "./heldPolicy";
import { MigrationFacts, MigrationStep, migrationStep, policyDescription, policyOn, settlesAt } from "./migration";
import { warnWhereOpen } from "./openNow";
import type { ScopeGroup } from "./scopeGroup";
import { addPolicy, addRole, ewsRole, guidsOf, hasConsent, Limited, nameInExchange, Target, testOf } from "./scopeParts";

/**
 * `migrate`. Which resources there are depends on what the tenant says, so they are registered inside `apply`. Whatever the tenant does not
 * say ends the run: an engine whose program failed deletes nothing.
 */
export function migrate(name: string, target: Target, parent: pulumi.Resource): Limited {
    const plan = testOf(target, "rbac").apply(async (test) => {
        const facts = await looked(name, readFacts(name, test, target.group, parent));
        const step = migrationStep(facts, clock.now());
        if (step.problems.length > 0) {
            throw refusal([`${name}: the migration to "rbac" would open mailboxes:`, ...step.problems.map((one) => `  ${one}`)].join("\n"));
        }
        reporter.warn(`${name}: migration, step "${step.step}": ${stepText(step, facts)}`, parent);
        if (facts.consent) {
            await looked(name, warnWhereOpen(name, { ...facts, servicePrincipalId: test.servicePrincipalId ?? "" }, parent));
        }
        const policy = policyOn(facts.policies, facts.appId, facts.groupGuids);
        return { ...step, test, answers: facts.answers, description: policyDescription(policy, facts.consent, clock.now()) };
    });
    const made = plan.apply(({ keepPolicy, description }) => {
        const assignment = addRole(name, target, parent);
        const policy = keepPolicy ? addPolicy(name, target, pulumi.output(description), parent) : undefined;
        return pulumi.output({ assignmentId: assignment.id, createdAt: assignment.createdAt, policyId: policy?.id });
    });
    return {
        step: plan.apply(({ step }) => step),
        keepConsent: plan.apply(({ keepConsent }) => keepConsent),
        access: pulumi.all([plan, made]).apply(async ([{ test, answers }, { createdAt }]) => {
            const asked = pulumi.runtime.isDryRun() ? answers : undefined;
            return reportAccess(name, test, asked ?? (await looked(name, askAccess(test, parent))), settlesAt(createdAt), parent);
        }),
        policyId: made.apply(({ policyId }) => policyId),
        assignmentId: made.apply(({ assignmentId }) => assignmentId),
    };
}

async function readFacts(
    name: string,
    test: AccessTest,
    group: pulumi.Output<ScopeGroup>,
    parent: pulumi.Resource,
): Promise<MigrationFacts> {
    const { appId, servicePrincipalId = "" } = test;
    const expectedPolicy = await heldPolicy(name, parent);
    const [known, consent, { policies, assignments }] = await Promise.all([
        settled(group),
        hasConsent(servicePrincipalId, parent),
        applicationAccess({ appId, servicePrincipalId, expectedPolicy }, { parent }),
    ]);
    // With the consent the policy is made again, whatever became of it.
    if (!consent) {
        requireHeld(name, expectedPolicy, policies);
    }
    const assignment = assignments.find((one) => one.name === nameInExchange(name, appId) && one.role === ewsRole);
    const answers = assignment && (await askAccess(test, parent));
    return { appId, groupGuids: known === undefined ? [] : guidsOf(known), consent, policies, assignment, answers };
}

function stepText({ step, pendingUntil }: MigrationStep, { assignment }: MigrationFacts): string {
    const ageless = assignment?.createdAt === undefined;
    const texts = {
        grant:
            "the role stands beside consent and policy until its tests pass and 2 hours are over" +
            (pendingUntil === undefined ? "" : ` (not before ${pendingUntil})`),
        consent:
            "this run takes away the consent for the whole tenant; MailApplication does so itself, elsewhere it has to be taken away by " +
            "whoever gave it. The policy stays" +
            (ageless ? ". Exchange does not tell when the role was given: be sure that it was 2 hours ago" : ""),
        drain: `the consent is gone; the policy stays for tokens that were given out before, until ${pendingUntil}`,
        policy: "this run takes away the access policy",
        done: 'nothing but the role is left; change the method to "rbac", which changes nothing in the tenant',
    };
    return texts[step];
}
