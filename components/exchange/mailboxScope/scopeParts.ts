import * as pulumi from "@pulumi/pulumi";
import { appRoleAssignments } from "../../entra/functions/appRoleAssignments";
import { after } from "../../internal/looks";
import { ApplicationAccessPolicy } from "../resources/applicationAccessPolicy";
import { ManagementRoleAssignment } from "../resources/managementRoleAssignment";
import { ManagementScope } from "../resources/managementScope";
import { ServicePrincipal } from "../resources/servicePrincipal";
import type { AccessTest, MailboxAccess } from "./access";
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

/** The one role that opens mailboxes to EWS and nothing else. */
export const ewsRole = "Application EWS.AccessAsApp";
/** The permission "full_access_as_app" of Office 365 Exchange Online. */
const fullAccessAsApp = "dc890d15-9560-4a4c-9b7f-a736ec74ec40";
const longestName = 64;

export function addPolicy(
    name: string,
    { clientId, group, tested }: Target,
    description: pulumi.Output<string | undefined>,
    parent: pulumi.Resource,
): ApplicationAccessPolicy {
    const args = {
        appId: clientId,
        accessRight: "RestrictAccess",
        policyScopeGroupId: group.apply(({ guid }) => guid),
        description: description as pulumi.Output<string>,
    };
    return new ApplicationAccessPolicy(`${name}-policy`, args, { parent, dependsOn: after(description, group, tested) });
}

/** Names are given, not left to Exchange: another run on another machine finds again what is there. */
export function addRole(
    name: string,
    { clientId, servicePrincipalId, group, tested }: Target,
    parent: pulumi.Resource,
): ManagementRoleAssignment {
    const opts = { parent, dependsOn: after(clientId, group, tested) };
    const unique = clientId.apply((id) => nameInExchange(name, id));
    const pointer = { appId: clientId, objectId: servicePrincipalId, displayName: name };
    const principal = new ServicePrincipal(`${name}-sp`, pointer, opts);
    const members = { name: unique, recipientRestrictionFilter: group.apply(membersOf) };
    const scope = new ManagementScope(`${name}-scope`, members, opts);
    const given = { name: unique, role: ewsRole, app: principal.objectId, customResourceScope: scope.name };
    return new ManagementRoleAssignment(`${name}-assignment`, given, opts);
}

/** Unique in the tenant, because of the client id, and at most 64 characters. */
export function nameInExchange(name: string, clientId: string): string {
    const ending = `-${clientId.toLowerCase()}`;
    return `${name.slice(0, longestName - ending.length)}${ending}`;
}

/** Under which GUIDs Exchange may name the group. */
export function guidsOf({ guid, externalDirectoryObjectId }: ScopeGroup): string[] {
    return [guid, externalDirectoryObjectId];
}

export function testOf({ clientId, servicePrincipalId, tested }: Target, method: string): pulumi.Output<AccessTest> {
    return pulumi
        .all([clientId, servicePrincipalId, tested])
        .apply(([appId, principal, mailboxes]) => ({ appId, servicePrincipalId: principal, method, ...mailboxes }));
}

/** Whether a service principal may open every mailbox, were it not for access policies. */
export async function hasConsent(principalObjectId: string, parent: pulumi.Resource): Promise<boolean> {
    const { assignments } = await appRoleAssignments({ principalObjectId }, { parent });
    return assignments.some((one) => one.appRoleId.toLowerCase() === fullAccessAsApp);
}

function membersOf({ distinguishedName }: ScopeGroup): string {
    return `MemberOfGroup -eq '${distinguishedName.replaceAll("'", "''")}'`;
}
