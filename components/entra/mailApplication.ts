import * as pulumi from "@pulumi/pulumi";
import { Mode } from "../choices";
import type { MailboxAccess } from "../exchange/mailboxScope/access";
import { Component } from "../internal/component";
import { unlessFailed } from "../internal/looks";
import { throwProblems } from "../internal/report";
import { auditApplication } from "./mailApplication/auditApplication";
import { checkMailApplication } from "./mailApplication/checkMailApplication";
import type { Difference } from "./mailApplication/difference";
import { enforceApplication } from "./mailApplication/enforceApplication";
import type { ForeignCredential } from "./mailApplication/foreignCredentials";
import type { Managed } from "./mailApplication/keptApplication";
import { warnOfAll } from "./mailApplication/mailboxes";
import type { MailApplicationArgs } from "./mailApplication/mailApplicationArgs";

/**
 * The application that the MIM Service sends mail with: application, service principal, consent, credential.
 *
 * Source: learn.microsoft.com, "Install MIM Service and Portal with Exchange Online" (application context authentication).
 */
export class MailApplication extends Component {
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
    /** The day on which the next secret takes over, `2026-11-22` (UTC). */
    public readonly nextRotation: pulumi.Output<string | undefined>;
    /** Credentials of the application that this program did not make: reported, never removed. */
    public readonly foreignCredentials: pulumi.Output<ForeignCredential[]>;
    /** What the application can open, as Exchange says. Undefined without `mailboxScope`. */
    public readonly mailboxAccess: pulumi.Output<MailboxAccess | undefined>;
    /** Where a migration stands: `grant`, `consent`, `drain`, `policy` or `done`. Undefined without one. */
    public readonly migrationStep: pulumi.Output<string | undefined>;
    /** Why it may open every mailbox of the tenant. Undefined where it is limited. */
    public readonly allMailboxesReason: pulumi.Output<string | undefined>;
    /** With `audit` `compliant`, `drifted` or `unknown` (not everything could be read); else `enforced`. */
    public readonly state: pulumi.Output<string>;
    /** With `audit` everything that is not as declared; else empty, because the engine's own diff shows it. */
    public readonly drift: pulumi.Output<Difference[]>;

    /** @throws RunError naming every problem of the arguments, before anything is registered. */
    constructor(name: string, args: MailApplicationArgs, opts?: pulumi.ComponentResourceOptions) {
        throwProblems("entra.MailApplication", name, checkMailApplication(args));
        super("hybrid-identity:entra:MailApplication", name, opts);

        warnOfAll(name, args, this);
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
        this.allMailboxesReason = pulumi.output(args.allMailboxesReason);
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
            allMailboxesReason: this.allMailboxesReason,
            state: this.state,
            drift: this.drift,
        };
        this.registerOutputs(unlessFailed(outputs));
    }
}
