import * as azuread from "@pulumi/azuread";
import * as pulumi from "@pulumi/pulumi";
import * as exchange from "../../exchange/resources";
import { ApplicationCertificate } from "../resources/applicationCertificate";
import { isHandedOver } from "./handOver";
import { keyVaultModule } from "./keyVaultModule";
import { InState, scopeType } from "./ownState";

type Register = (name: string, opts: pulumi.CustomResourceOptions) => pulumi.CustomResource;

/**
 * The engine takes all inputs from state, because every change is ignored. It ignores nothing where a refresh has just dropped the resource
 * and it would be made again: these inputs are refused by the plugin before it calls anything.
 */
const refused = "(it is no longer in state, and this run makes nothing)";
const applicationId = refused;
const resources: Record<string, Register> = {
    "azuread:index/application:Application": (name, opts) => new azuread.Application(name, { displayName: "" }, opts),
    "azuread:index/servicePrincipal:ServicePrincipal": (name, opts) => new azuread.ServicePrincipal(name, { clientId: refused }, opts),
    "azuread:index/appRoleAssignment:AppRoleAssignment": (name, opts) =>
        new azuread.AppRoleAssignment(name, { appRoleId: refused, principalObjectId: refused, resourceObjectId: refused }, opts),
    "azuread:index/applicationPassword:ApplicationPassword": (name, opts) => new azuread.ApplicationPassword(name, { applicationId }, opts),
    "azuread:index/applicationCertificate:ApplicationCertificate": (name, opts) => new azuread.ApplicationCertificate(name, { applicationId, value: "" }, opts),
    "hybrid-identity:entra:ApplicationCertificate": (name, opts) => new ApplicationCertificate(name, { applicationId, value: "" }, opts),
    "azuread:index/applicationFederatedIdentityCredential:ApplicationFederatedIdentityCredential": (name, opts) =>
        new azuread.ApplicationFederatedIdentityCredential(name, { applicationId, displayName: "", issuer: "", subject: "", audiences: [] }, opts),
    "azure-native:keyvault:Secret": (name, opts) =>
        new (keyVaultModule().Secret)(name, { resourceGroupName: refused, vaultName: refused, properties: {} }, opts),
    "hybrid-identity:exchange:ApplicationAccessPolicy": (name, opts) =>
        new exchange.ApplicationAccessPolicy(name, { appId: refused, policyScopeGroupId: refused }, opts),
    "hybrid-identity:exchange:MailEnabledSecurityGroup": (name, opts) => new exchange.MailEnabledSecurityGroup(name, { name: "" }, opts),
    "hybrid-identity:exchange:ManagementRoleAssignment": (name, opts) => new exchange.ManagementRoleAssignment(name, { role: "", app: refused }, opts),
    "hybrid-identity:exchange:ManagementScope": (name, opts) => new exchange.ManagementScope(name, { name: "", recipientRestrictionFilter: "" }, opts),
    "hybrid-identity:exchange:ServicePrincipal": (name, opts) => new exchange.ServicePrincipal(name, { appId: refused, objectId: refused }, opts),
};

/** Lists that azuread leaves out of state until a refresh has read them, so that the state at the beginning of a run may not name them. */
const readLate = ["alternativeNames", "groupMembershipClaims", "notificationEmailAddresses", "owners"];

/** Registers what is in state as it is there, so that the engine neither changes nor deletes it. `retain`: nor once the component is removed. */
export function keepResources(name: string, children: InState[], component: pulumi.Resource | undefined, retain: boolean): Map<string, pulumi.CustomResource> {
    const scope = children.some((one) => one.ofScope || one.type === scopeType) ? new pulumi.ComponentResource(scopeType, `${name}-scope`, {}, { parent: component }) : undefined;
    return new Map(
        children.filter((one) => one.type !== scopeType).map((child) => {
            const { name, type, outputs, ofScope } = child;
            const register = resources[type];
            if (register === undefined) {
                throw new pulumi.RunError(`${name}: the state has a resource of the type ${type} here, which this version does not know`);
            }
            // "*" puts the old inputs back, which azuread still compares with what a refresh has just found, and would write; a property that is named
            // it does not compare at all.
            const ignoreChanges = ["*", ...new Set([...Object.keys(outputs), ...readLate])];
            const retainOnDelete = retain || isHandedOver(child, children);
            return [name, register(name, { ignoreChanges, retainOnDelete, parent: ofScope ? scope : component })];
        }),
    );
}
