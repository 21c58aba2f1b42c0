import * as azuread from "@pulumi/azuread";
import * as pulumi from "@pulumi/pulumi";
import { MailMethod, Mode } from "../choices";
import type { MailboxAccess } from "../exchange/access";
import { MailboxScope } from "../exchange/mailboxScope";
import type { MailboxScopeChoice } from "../exchange/scopeChoice";
import { settled } from "../internal/inputs";
import { throwProblems } from "../internal/report";
import { Adoption, adoption } from "./adoption";
import { auditApplication } from "./auditApplication";
import { checkMailApplication } from "./checkMailApplication";
import type { Difference } from "./compareApplication";
import { addCertificate, addFederatedCredential, addSecrets, Credentials, defaultRotation, FederatedCredentialArgs } from "./credentials";
import { ForeignCredential, reportForeign } from "./foreignCredentials";
import { Managed, refuse } from "./keptApplication";
import { copyToKeyVault, KeyVaultCopyArgs } from "./keyVaultCopy";
import { exchangeRole } from "./exchangeRole";
import { ownState } from "./ownState";
import { requireRights } from "./rights";
import { SecretRotation } from "./rotation";

/** Arguments of `MailApplication`. At most one of `secretRotation`, `certificate` and `federatedCredential`. */
export interface MailApplicationArgs {
    /** Name in the portal, 1 to 120 characters. */
    displayName: pulumi.Input<string>;
    /**
     * `accessPolicy`: consent for `full_access_as_app`, to be limited by an application access policy. `rbac`: no consent, because one for the whole tenant makes a
     * scope worthless. `migrate`: from the first to the second, step by step; needs `mailboxScope`. Default `accessPolicy`.
     */
    method?: MailMethod;
    /** Which mailboxes the application may open: makes a `MailboxScope`, and gives the consent only after its policy. Default: not limited here. */
    mailboxScope?: MailboxScopeChoice;
    /** Object ids of owners beside the account that runs Pulumi, which always is one. Default none. */
    owners?: pulumi.Input<pulumi.Input<string>[]>;
    /** When the client secret is renewed. Default every 90 days with an overlap of 14, where no other credential is given. */
    secretRotation?: SecretRotation;
    /** The longest lifetime of a secret that the tenant's policy allows, in days. Default 730. */
    longestSecretDays?: number;
    /** A certificate instead of a secret: its public part, PEM. */
    certificate?: pulumi.Input<string>;
    /** A token of another issuer instead of a secret. */
    federatedCredential?: FederatedCredentialArgs;
    /** Where a copy of the newest secret goes. Default nowhere. */
    keyVault?: KeyVaultCopyArgs;
    /** Client id of an application that exists: it is taken under management, and keeps consent and secrets. With `audit` it is only looked at. */
    adopt?: string;
    /** `enforce` repairs drift in `pulumi up`; `audit` only reports it and writes nothing. Default `enforce`. */
    mode?: Mode;
    /** With `audit`: drift ends the run with an error. Default false. */
    failOnDrift?: boolean;
}

/**
 * The application that the MIM Service sends mail with: application, service principal, consent, credential.
 *
 * Source: learn.microsoft.com, "Install MIM Service and Portal with Exchange Online" (application context authentication).
 */
export class MailApplication extends pulumi.ComponentResource {
    /** Application (client) id. */
    public readonly clientId: pulumi.Output<string>;
    /** Object id of the application. */
    public readonly objectId: pulumi.Output<string>;
    /** Object id of the service principal ("enterprise application"). */
    public readonly servicePrincipalId: pulumi.Output<string>;
    /** The newest client secret; secret. Undefined where another credential is used. */
    public readonly clientSecret: pulumi.Output<string | undefined>;
    /** Key id of the newest credential. */
    public readonly keyId: pulumi.Output<string | undefined>;
    /** When the newest credential ends, UTC. */
    public readonly validUntil: pulumi.Output<string | undefined>;
    /** The day on which the next secret takes over. */
    public readonly nextRotation: pulumi.Output<string | undefined>;
    /** Credentials of the application that this program did not make: reported, never removed. */
    public readonly foreignCredentials: pulumi.Output<ForeignCredential[]>;
    /** What the application can open, as Exchange says. Undefined without `mailboxScope`. */
    public readonly mailboxAccess: pulumi.Output<MailboxAccess | undefined>;
    /** Where a migration stands: `grant`, `consent`, `drain`, `policy` or `done`. Undefined without one. */
    public readonly migrationStep: pulumi.Output<string | undefined>;
    /** With `audit` `compliant`, `drifted` or `unknown` (not everything could be read); else `enforced`. */
    public readonly state: pulumi.Output<string>;
    /** With `audit` everything that is not as declared; else empty, because the engine's own diff shows it. */
    public readonly drift: pulumi.Output<Difference[]>;

    /** @throws RunError naming every problem of the arguments, before anything is registered. */
    constructor(name: string, args: MailApplicationArgs, opts?: pulumi.ComponentResourceOptions) {
        throwProblems("entra.MailApplication", name, checkMailApplication(args));
        super("hybrid-identity:entra:MailApplication", name, {}, opts);

        const managed = args.mode === Mode.audit ? auditApplication(name, args, this) : enforceApplication(name, args, this);
        // Each on its own, or the secret among them would make all of them secret.
        const outputOf = <T>(of: (one: Managed) => pulumi.Input<T>) => pulumi.output(managed.then(of)) as pulumi.Output<T>;

        this.clientId = outputOf((one) => one.clientId);
        this.objectId = outputOf((one) => one.objectId);
        this.servicePrincipalId = outputOf((one) => one.servicePrincipalId);
        this.clientSecret = outputOf((one) => one.clientSecret);
        this.keyId = outputOf((one) => one.keyId);
        this.validUntil = outputOf((one) => one.validUntil);
        this.nextRotation = outputOf((one) => one.nextRotation);
        this.foreignCredentials = outputOf((one) => one.foreignCredentials);
        this.mailboxAccess = outputOf((one) => one.mailboxAccess);
        this.migrationStep = outputOf((one) => one.migrationStep);
        this.state = outputOf((one) => one.state);
        this.drift = outputOf((one) => one.drift);
        const outputs = {
            clientId: this.clientId,
            objectId: this.objectId,
            servicePrincipalId: this.servicePrincipalId,
            clientSecret: this.clientSecret,
            keyId: this.keyId,
            validUntil: this.validUntil,
            nextRotation: this.nextRotation,
            foreignCredentials: this.foreignCredentials,
            mailboxAccess: this.mailboxAccess,
            migrationStep: this.migrationStep,
            state: this.state,
            drift: this.drift,
        };
        // Where nothing is managed, that is said once, and not once more as an output that cannot be written.
        this.registerOutputs(managed.then(() => outputs, () => ({})));
    }
}

/** Nothing is registered before it is clear that all may be written; where it may not, what is in state stays as it is. */
async function enforceApplication(name: string, args: MailApplicationArgs, component: pulumi.ComponentResource): Promise<Managed> {
    const role = exchangeRole("full_access_as_app", component);
    let existing: Adoption;
    try {
        const rights = await requireRights(args.method, component);
        existing = await adoption(args.adopt, rights, component);
        await settled(role);
    } catch (error) {
        const { children } = await ownState(component);
        return refuse(error as Error, name, children, component, false);
    }
    return makeApplication(name, args, component, role, existing);
}

function makeApplication(
    name: string,
    args: MailApplicationArgs,
    parent: pulumi.Resource,
    role: ReturnType<typeof exchangeRole>,
    existing: Adoption,
): Managed {
    const owners = ownersOf(args, parent);
    const application = addApplication(name, args, owners, role, parent, existing.application);
    const servicePrincipal = addServicePrincipal(name, application, owners, parent, existing.servicePrincipal);
    const scope = args.mailboxScope && addScope(name, args, application, servicePrincipal, parent);
    const consented = consentWhere(args.method, scope, () => {
        addConsent(name, servicePrincipal, role, parent, { ...existing.consent, dependsOn: scope });
    });
    const credentials = addCredentials(name, args, application, parent);
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
        migrationStep: pulumi.all([scope?.step, consented]).apply(([step]) => step),
        state: "enforced",
        drift: [],
    };
}

function addScope(
    name: string,
    args: MailApplicationArgs,
    { clientId }: azuread.Application,
    { objectId: servicePrincipalId }: azuread.ServicePrincipal,
    parent: pulumi.Resource,
): MailboxScope {
    return new MailboxScope(`${name}-scope`, { ...args.mailboxScope!, clientId, servicePrincipalId, method: args.method }, { parent });
}

/** In a migration the tenant says whether there is a consent; only there it is registered inside `apply`, and the outputs wait for it. */
function consentWhere(method: MailMethod | undefined, scope: MailboxScope | undefined, consent: () => void): pulumi.Output<void> {
    if (method === MailMethod.migrate) {
        return scope!.keepConsent.apply((keep) => (keep ? consent() : undefined));
    }
    return pulumi.output(method === MailMethod.rbac ? undefined : consent());
}

/** The caller must be among the owners: the plugin takes it off otherwise, and an account that may manage only its own applications loses this one. */
function ownersOf(args: MailApplicationArgs, parent: pulumi.Resource): pulumi.Output<string[]> {
    const caller = azuread.getClientConfigOutput({ parent });
    return pulumi.all([caller.objectId, args.owners ?? []]).apply(([own, others]) => [...new Set([own, ...others])].sort());
}

/** Everything that must stay as it is, is configured: the plugin does not put back what nobody configured. */
function addApplication(
    name: string,
    args: MailApplicationArgs,
    owners: pulumi.Output<string[]>,
    role: ReturnType<typeof exchangeRole>,
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
            tags: [],
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
        { clientId: application.clientId, owners, accountEnabled: true, appRoleAssignmentRequired: false, tags: [] },
        { parent, ...adopted },
    );
}

function addConsent(
    name: string,
    principal: azuread.ServicePrincipal,
    role: ReturnType<typeof exchangeRole>,
    parent: pulumi.Resource,
    adopted: pulumi.CustomResourceOptions,
): void {
    new azuread.AppRoleAssignment(
        `${name}-consent`,
        { principalObjectId: principal.objectId, resourceObjectId: role.resourceObjectId, appRoleId: role.roleId },
        { parent, ...adopted },
    );
}

function addCredentials(name: string, args: MailApplicationArgs, application: azuread.Application, parent: pulumi.Resource): Credentials {
    if (args.certificate !== undefined) {
        return addCertificate(name, args.certificate, application, parent);
    }
    if (args.federatedCredential !== undefined) {
        return addFederatedCredential(name, args.federatedCredential, application, parent);
    }
    return addSecrets(name, args.secretRotation ?? defaultRotation, application, parent);
}
