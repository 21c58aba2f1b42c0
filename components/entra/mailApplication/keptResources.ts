import * as azuread from "@pulumi/azuread";
import * as pulumi from "@pulumi/pulumi";
import * as exchange from "../../exchange/resources";
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
    "azuread:index/applicationFederatedIdentityCredential:ApplicationFederatedIdentityCredential": (name, opts) =>
        new azuread.ApplicationFederatedIdentityCredential(name, { applicationId, displayName: "", issuer: "", subject: "", audiences: [] }, opts),
    "azure-native:keyvault:Secret": (name, opts) => {
        const keyvault = require("@pulumi/azure-native/keyvault") as typeof import("@pulumi/azure-native/keyvault");
        return new keyvault.Secret(name, { resourceGroupName: refused, vaultName: refused, properties: {} }, opts);
    },
    "hybrid-identity:exchange:ApplicationAccessPolicy": (name, opts) =>
        new exchange.ApplicationAccessPolicy(name, { appId: refused, policyScopeGroupId: refused }, opts),
    "hybrid-identity:exchange:MailEnabledSecurityGroup": (name, opts) => new exchange.MailEnabledSecurityGroup(name, { name: "" }, opts),
    "hybrid-identity:exchange:ManagementRoleAssignment": (name, opts) => new exchange.ManagementRoleAssignment(name, { role: "", app: refused }, opts),
    "hybrid-identity:exchange:ManagementScope": (name, opts) => new exchange.ManagementScope(name, { name: "", recipientRestrictionFilter: "" }, opts),
    "hybrid-identity:exchange:ServicePrincipal": (name, opts) => new exchange.ServicePrincipal(name, { appId: refused, objectId: refused }, opts),
};

/** Registers what is in state as it is there, so that the engine neither changes nor deletes it. `retain`: nor once the component is removed. */
export function keepResources(name: string, children: InState[], component: pulumi.Resource, retain: boolean): Map<string, pulumi.CustomResource> {
    const scope = children.some((one) => one.ofScope) ? new pulumi.ComponentResource(scopeType, `${name}-scope`, {}, { parent: component }) : undefined;
    const opts = { ignoreChanges: ["*"], retainOnDelete: retain };
    return new Map(
        children.map(({ name, type, ofScope }) => {
            const register = resources[type];
            if (register === undefined) {
                throw new pulumi.RunError(`${name}: the state has a resource of the type ${type} here, which this version does not know`);
            }
            return [name, register(name, { ...opts, parent: ofScope ? scope : component })];
        }),
    );
}
