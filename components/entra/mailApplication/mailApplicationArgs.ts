import * as pulumi from "@pulumi/pulumi";
import { MailMethod, Mode } from "../../choices";
import type { MailboxScopeChoice } from "../../exchange/mailboxScope/scopeChoice";
import type { FederatedCredentialArgs } from "./credentialTypes";
import type { KeyVaultCopyArgs } from "./keyVaultCopy";
import type { SecretRotation } from "./rotation";

/** Arguments of `MailApplication`. At most one of `secretRotation`, `certificate` and `federatedCredential`. */
export interface MailApplicationArgs {
    /** Name in the portal, 1 to 120 characters. */
    displayName: pulumi.Input<string>;
    /**
     * `accessPolicy`: consent for `full_access_as_app`, to be limited by an application access policy. `rbac`: no consent, because one for the whole tenant makes a
     * scope worthless. `migrate`: from the first to the second, step by step; needs `mailboxScope`. Default `accessPolicy`.
     */
    method?: MailMethod;
    /**
     * Which mailboxes the application may open: makes a `MailboxScope`, and gives the consent only after its policy. `separate`: a `MailboxScope` of its own
     * does. Needed where a consent is given, or `mailboxes` is.
     */
    mailboxScope?: MailboxScopeChoice | "separate";
    /** `all` in place of `mailboxScope`: the application may open every mailbox of the tenant. Each run warns. */
    mailboxes?: "all";
    /** Why all mailboxes have to be open; stands in the outputs. */
    allMailboxesReason?: string;
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
