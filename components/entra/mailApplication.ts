import * as pulumi from "@pulumi/pulumi";
import { MailMethod, Mode } from "../choices";
import type { MailboxAccess } from "../exchange/mailboxScope/access";
import type { MailboxScopeChoice } from "../exchange/mailboxScope/scopeChoice";
import { throwProblems } from "../internal/report";
import { auditApplication } from "./mailApplication/auditApplication";
import { checkMailApplication } from "./mailApplication/checkMailApplication";
import type { Difference } from "./mailApplication/compareApplication";
import type { FederatedCredentialArgs } from "./mailApplication/credentials";
import { enforceApplication } from "./mailApplication/enforceApplication";
import type { ForeignCredential } from "./mailApplication/foreignCredentials";
import type { Managed } from "./mailApplication/keptApplication";
import type { KeyVaultCopyArgs } from "./mailApplication/keyVaultCopy";
import type { SecretRotation } from "./mailApplication/rotation";

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
