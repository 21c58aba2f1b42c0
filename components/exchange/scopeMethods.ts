import * as pulumi from "@pulumi/pulumi";
import { appRoleAssignments } from "../entra/appRoleAssignments";
import { clock } from "../entra/credentials";
import { settled } from "../internal/inputs";
import { refusal, reporter } from "../internal/report";
import { AccessTest, askAccess, MailboxAccess, reportAccess } from "./access";
import { MigrationFacts, MigrationStep, migrationStep, policyDescription, policyOn, policySettlesAt, settlesAt } from "./migration";
import { applicationAccess } from "./resources/applicationAccess";
import { ApplicationAccessPolicy } from "./resources/applicationAccessPolicy";
import { ManagementRoleAssignment } from "./resources/managementRoleAssignment";
import { ManagementScope } from "./resources/managementScope";
import { ServicePrincipal } from "./resources/servicePrincipal";
import type { ScopeGroup, TestedMailboxes } from "./scopeGroup";

/** The application, its group and the mailboxes that tell whether the limit holds. */
export interface Target {
    clientId: pulumi.Output<string>;
    servicePrincipalId: pulumi.Output<string>;
    group: pulumi.Output<ScopeGroup>;
    tested: pulumi.Output<TestedMailboxes>;
}

/** What a method makes and finds. */
export interface Limited {
    step: pulumi.Output<string | undefined>;
    keepConsent: pulumi.Output<boolean>;
    access: pulumi.Output<MailboxAccess>;
    policyId: pulumi.Output<string | undefined>;
    assignmentId: pulumi.Output<string | undefined>;
}

/** The permission "full_access_as_app" of Office 365 Exchange Online. */
const fullAccessAsApp = "dc890d15-9560-4a4c-9b7f-a736ec74ec40";
const role = "Application EWS.AccessAsApp";

/** `accessPolicy`. */
export function limitByPolicy(name: string, target: Target, parent: pulumi.Resource): Limited {
    if (pulumi.runtime.isDryRun()) {
        const known = 'MIM is known to work with "accessPolicy", and nobody has reported it with "rbac"';
        reporter.warn(`${name}: Microsoft advises RBAC for Applications instead of application access policies, which will end some day (no date yet). ${known}`, parent);
    }
    const description = pulumi.all([target.clientId, target.group, target.tested]).apply(async ([appId, group]) => {
        const { policies } = await applicationAccess({ appId }, { parent });
        return policyDescription(policyOn(policies, appId, guidsOf(group)), true, clock.now());
    });
    const policy = addPolicy(name, target, description, parent);
    return {
        step: pulumi.output(undefined),
        keepConsent: pulumi.output(true),
        access: pulumi.all([testOf(target, "accessPolicy"), policy.id, policy.description]).apply(async ([test, , text]) => {
            return reportAccess(name, test, await askAccess(test, parent), policySettlesAt(text), parent);
        }),
        policyId: policy.id,
        assignmentId: pulumi.output(undefined),
    };
}

/** `rbac`. */
export function limitByRole(name: string, target: Target, parent: pulumi.Resource): Limited {
    const clientId = pulumi.all([target.clientId, target.servicePrincipalId]).apply(async ([appId, principalObjectId]) => {
        // What is refused there is refused before anything is written here.
        await Promise.all([settled(target.group), settled(target.tested)]);
        if (await hasConsent(principalObjectId, parent)) {
            throw refusal(
                `${name}: the service principal ${principalObjectId} has the consent full_access_as_app for the whole tenant, beside which a role limits nothing. ` +
                    'Use the method "migrate", which tests the role first and then takes the consent away',
            );
        }
        return appId;
    });
    const assignment = addRole(name, { ...target, clientId }, parent);
    return {
        step: pulumi.output(undefined),
        keepConsent: pulumi.output(false),
        access: pulumi.all([testOf(target, "rbac"), assignment.id, assignment.createdAt]).apply(async ([test, , createdAt]) => {
            return reportAccess(name, test, await askAccess(test, parent), settlesAt(createdAt), parent);
        }),
        policyId: pulumi.output(undefined),
        assignmentId: assignment.id,
    };
}

/**
 * `migrate`. Which resources there are depends on what the tenant says, so they are registered inside `apply`. Whatever the tenant does not say ends the run: an
 * engine whose program failed deletes nothing.
 */
export function migrate(name: string, target: Target, parent: pulumi.Resource): Limited {
    const plan = testOf(target, "rbac").apply(async (test) => {
        const facts = await readFacts(name, test, target.group, parent);
        const step = migrationStep(facts, clock.now());
        if (step.problems.length > 0) {
            throw refusal([`${name}: the migration to "rbac" would open mailboxes:`, ...step.problems.map((one) => `  ${one}`)].join("\n"));
        }
        reporter.warn(`${name}: ${stepText(step, facts)}`, parent);
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
            return reportAccess(name, test, asked ?? (await askAccess(test, parent)), settlesAt(createdAt), parent);
        }),
        policyId: made.apply(({ policyId }) => policyId),
        assignmentId: made.apply(({ assignmentId }) => assignmentId),
    };
}

async function readFacts(name: string, test: AccessTest, group: pulumi.Output<ScopeGroup>, parent: pulumi.Resource): Promise<MigrationFacts> {
    const { appId, servicePrincipalId } = test;
    const [known, consent, { policies, assignments }] = await Promise.all([
        settled(group),
        hasConsent(servicePrincipalId!, parent),
        applicationAccess({ appId, servicePrincipalId }, { parent }),
    ]);
    const assignment = assignments.find((one) => one.name === nameInExchange(name, appId) && one.role === role);
    const answers = assignment && (await askAccess(test, parent));
    return { appId, groupGuids: known === undefined ? [] : guidsOf(known), consent, policies, assignment, answers };
}

async function hasConsent(principalObjectId: string, parent: pulumi.Resource): Promise<boolean> {
    const { assignments } = await appRoleAssignments({ principalObjectId }, { parent });
    return assignments.some((one) => one.appRoleId.toLowerCase() === fullAccessAsApp);
}

function addPolicy(name: string, target: Target, description: pulumi.Output<string | undefined>, parent: pulumi.Resource): ApplicationAccessPolicy {
    const policyScopeGroupId = target.group.apply(({ guid }) => guid);
    const args = { appId: target.clientId, accessRight: "RestrictAccess", policyScopeGroupId, description: description as pulumi.Output<string> };
    return new ApplicationAccessPolicy(`${name}-policy`, args, { parent });
}

/** Explicit names, so that another run on another machine finds again what is there; with the client id in them, because they are unique in a tenant. */
function addRole(name: string, { clientId, servicePrincipalId, group }: Target, parent: pulumi.Resource): ManagementRoleAssignment {
    const unique = clientId.apply((id) => nameInExchange(name, id));
    const principal = new ServicePrincipal(`${name}-sp`, { appId: clientId, objectId: servicePrincipalId, displayName: name }, { parent });
    const recipientRestrictionFilter = group.apply(({ distinguishedName }) => `MemberOfGroup -eq '${distinguishedName.replaceAll("'", "''")}'`);
    const scope = new ManagementScope(`${name}-scope`, { name: unique, recipientRestrictionFilter }, { parent });
    return new ManagementRoleAssignment(`${name}-assignment`, { name: unique, role, app: principal.objectId, customResourceScope: scope.name }, { parent });
}

/** At most 64 characters. */
function nameInExchange(name: string, clientId: string): string {
    return `${name.slice(0, 27)}-${clientId.toLowerCase()}`;
}

function testOf({ clientId, servicePrincipalId, tested }: Target, method: string): pulumi.Output<AccessTest> {
    return pulumi
        .all([clientId, servicePrincipalId, tested])
        .apply(([appId, principal, mailboxes]) => ({ appId, servicePrincipalId: principal, method, ...mailboxes }));
}

function guidsOf({ guid, externalDirectoryObjectId }: ScopeGroup): string[] {
    return [guid, externalDirectoryObjectId];
}

function stepText({ step, pendingUntil }: MigrationStep, { assignment }: MigrationFacts): string {
    const texts = {
        grant: `the role stands beside consent and policy until its tests pass and 2 hours are over${pendingUntil === undefined ? "" : ` (not before ${pendingUntil})`}`,
        consent:
            "this run takes away the consent for the whole tenant; MailApplication does so itself, elsewhere it has to be taken away by whoever gave it. The policy stays" +
            (assignment?.createdAt === undefined ? ". Exchange does not tell when the role was given: be sure that it was 2 hours ago" : ""),
        drain: `the consent is gone; the policy stays for tokens that were given out before, until ${pendingUntil}`,
        policy: "this run takes away the access policy",
        done: 'nothing but the role is left; change the method to "rbac", which changes nothing in the tenant',
    };
    return `migration, step "${step}": ${texts[step]}`;
}
