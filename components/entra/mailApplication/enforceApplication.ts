import * as azuread from "@pulumi/azuread";
import * as pulumi from "@pulumi/pulumi";
import { MailMethod } from "../../choices";
import { MailboxScope } from "../../exchange/mailboxScope";
import type { MailboxScopeChoice } from "../../exchange/mailboxScope/scopeChoice";
import { settled } from "../../internal/inputs";
import { looked } from "../../internal/looks";
import { refuseSecrets } from "../../internal/report";
import { withoutStack } from "../../internal/withoutStack";
import { Adoption, adoption } from "./adoption";
import { refuseLate } from "./checkMailApplication";
import { addCertificate, addFederatedCredential, addSecrets, defaultRotation } from "./credentials";
import type { Credentials } from "./credentialTypes";
import { ExchangeRole, exchangeRole } from "./exchangeRole";
import { reportForeign } from "./foreignCredentials";
import { SecretPlan, secretsOf } from "./formerSecrets";
import { certificateToHandOver } from "./handOver";
import { Managed, refuse } from "./keptApplication";
import { keepResources } from "./keptResources";
import { copyToKeyVault } from "./keyVaultCopy";
import { importFederated, requireNewName } from "./leftBehind";
import { requireLimit, separate, warnUntilLimited } from "./mailboxes";
import type { MailApplicationArgs } from "./mailApplicationArgs";
import { InState, ownState } from "./ownState";
import { requireRights } from "./rights";
import { requireSecretsAllowed } from "./secretsAllowed";

/** Nothing is registered before it is clear that all may be written; where it may not, what is in state stays as it is. */
export async function enforceApplication(name: string, args: MailApplicationArgs, component: pulumi.ComponentResource): Promise<Managed> {
    let role: pulumi.Output<ExchangeRole>;
    let existing: Adoption;
    let federated: pulumi.CustomResourceOptions;
    let handedOver: InState | undefined;
    let secrets: SecretPlan;
    try {
        await refuseSecrets("entra.MailApplication", name, { displayName: args.displayName, owners: args.owners });
        await refuseLate(name, args);
        const owners = await settled(pulumi.output(args.owners ?? []));
        const rights = await requireRights(args.method, owners ?? [], component);
        // After the own look at who runs this: a credential that is refused is said once.
        role = pulumi.output(await exchangeRole("full_access_as_app", component));
        existing = await adoption(args.adopt, rights, component);
        const state = await ownState(component);
        await requireLimit(args, state);
        await requireNewName(args, state, component);
        await requireSecretsAllowed(name, args, state, component);
        secrets = secretsOf(name, args.secretRotation ?? defaultRotation, state);
        federated = await importFederated(name, args, state, component);
        handedOver = args.certificate === undefined ? undefined : await certificateToHandOver(state, args.certificate);
    } catch (error) {
        const { children } = await ownState(component);
        return refuse(error as Error, name, children, component, false);
    }
    return withoutStack(() => makeApplication(name, args, component, role, existing, federated, handedOver ? [handedOver] : [], secrets));
}

function makeApplication(
    name: string,
    args: MailApplicationArgs,
    parent: pulumi.ComponentResource,
    role: pulumi.Output<ExchangeRole>,
    existing: Adoption,
    federated: pulumi.CustomResourceOptions,
    handedOver: InState[],
    secrets: SecretPlan,
): Managed {
    const owners = ownersOf(name, args, parent);
    const application = addApplication(name, args, owners, role, parent, existing.application);
    const servicePrincipal = addServicePrincipal(name, application, owners, parent, existing.servicePrincipal);
    const scope = typeof args.mailboxScope === "object" ? addScope(name, args, args.mailboxScope, application, servicePrincipal, parent) : undefined;
    const consented = consentWhere(args.method, scope, () => {
        addConsent(name, servicePrincipal, role, parent, { ...existing.consent, dependsOn: scope });
    });
    // No consent is given with `rbac`.
    const limited = args.mailboxScope === separate && args.method !== MailMethod.rbac ? warnUntilLimited(name, application.clientId, parent) : undefined;
    const credentials = addCredentials(name, args, application, parent, federated, handedOver, secrets);
    if (args.keyVault !== undefined) {
        copyToKeyVault(name, args.keyVault, credentials, parent);
    }
    return {
        clientId: application.clientId,
        objectId: application.objectId,
        servicePrincipalId: servicePrincipal.objectId,
        clientSecret: credentials.secret,
        keyId: credentials.keyId,
        validUntil: credentials.validUntil,
        nextRotation: credentials.nextRotation,
        foreignCredentials: reportForeign(name, application.clientId, credentials.ownKeyIds, parent),
        mailboxAccess: scope?.access,
        migrationStep: pulumi.all([scope?.step, consented, limited]).apply(([step]) => step),
        state: "enforced",
        drift: [],
    };
}

function addScope(
    name: string,
    { method }: MailApplicationArgs,
    choice: MailboxScopeChoice,
    { clientId }: azuread.Application,
    { objectId: servicePrincipalId }: azuread.ServicePrincipal,
    parent: pulumi.Resource,
): MailboxScope {
    return new MailboxScope(`${name}-scope`, { ...choice, clientId, servicePrincipalId, method }, { parent });
}

/** In a migration the tenant says whether there is a consent; only there it is registered inside `apply`, and the outputs wait for it. */
function consentWhere(method: MailMethod | undefined, scope: MailboxScope | undefined, consent: () => void): pulumi.Output<void> {
    if (method === MailMethod.migrate) {
        return scope!.keepConsent.apply((keep) => (keep ? consent() : undefined));
    }
    return pulumi.output(method === MailMethod.rbac ? undefined : consent());
}

/** The caller must be among the owners: the plugin takes it off otherwise, and an account that may manage only its own applications loses this one. */
function ownersOf(name: string, args: MailApplicationArgs, parent: pulumi.Resource): pulumi.Output<string[]> {
    const caller = pulumi.output(looked(name, azuread.getClientConfig({ parent })));
    return pulumi.all([caller.objectId, args.owners ?? []]).apply(([own, others]) => [...new Set([own, ...others])].sort());
}

/**
 * Everything that must stay as it is, is configured: the plugin does not put back what nobody configured. Tags are left out for that reason: they
 * are others', and without the portal's own (WindowsAzureActiveDirectoryIntegratedApp) an application leaves the list of enterprise applications.
 */
function addApplication(
    name: string,
    args: MailApplicationArgs,
    owners: pulumi.Output<string[]>,
    role: pulumi.Output<ExchangeRole>,
    parent: pulumi.Resource,
    adopted: pulumi.CustomResourceOptions,
): azuread.Application {
    const consent = role.apply(({ resourceAppId, roleId }) => [{ resourceAppId, resourceAccesses: [{ id: roleId, type: "Role" }] }]);
    return new azuread.Application(
        `${name}-app`,
        {
            displayName: args.displayName,
            signInAudience: "AzureADMyOrg",
            owners,
            // Where the consent is to go, the portal must not offer it: "Grant admin consent" gives what stands here.
            requiredResourceAccesses: (args.method ?? MailMethod.accessPolicy) === MailMethod.accessPolicy ? consent : [],
            identifierUris: [],
            fallbackPublicClientEnabled: false,
            web: { redirectUris: [] },
            publicClient: { redirectUris: [] },
            singlePageApplication: { redirectUris: [] },
        },
        { parent, ...adopted },
    );
}

function addServicePrincipal(
    name: string,
    application: azuread.Application,
    owners: pulumi.Output<string[]>,
    parent: pulumi.Resource,
    adopted: pulumi.CustomResourceOptions,
): azuread.ServicePrincipal {
    return new azuread.ServicePrincipal(
        `${name}-sp`,
        { clientId: application.clientId, owners, accountEnabled: true, appRoleAssignmentRequired: false },
        { parent, ...adopted },
    );
}

function addConsent(
    name: string,
    principal: azuread.ServicePrincipal,
    role: pulumi.Output<ExchangeRole>,
    parent: pulumi.Resource,
    adopted: pulumi.CustomResourceOptions,
): void {
    new azuread.AppRoleAssignment(
        `${name}-consent`,
        { principalObjectId: principal.objectId, resourceObjectId: role.resourceObjectId, appRoleId: role.roleId },
        { parent, ...adopted },
    );
}

function addCredentials(
    name: string,
    args: MailApplicationArgs,
    application: azuread.Application,
    parent: pulumi.Resource,
    federated: pulumi.CustomResourceOptions,
    handedOver: InState[],
    secrets: SecretPlan,
): Credentials {
    if (args.certificate !== undefined) {
        const kept = keepResources(name, handedOver, parent, true);
        return addCertificate(name, args.certificate, application, { parent, dependsOn: [...kept.values()] });
    }
    if (args.federatedCredential !== undefined) {
        return addFederatedCredential(name, args.federatedCredential, application, { parent, ...federated });
    }
    return addSecrets(name, secrets, application, parent);
}
