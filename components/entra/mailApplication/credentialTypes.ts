import type * as pulumi from "@pulumi/pulumi";

/** A token of another issuer that stands in for a secret. */
export interface FederatedCredentialArgs {
    /** Issuer of the token, an https URL. */
    issuer: pulumi.Input<string>;
    /** Subject of the token. */
    subject: pulumi.Input<string>;
    /** Audience of the token. Default `api://AzureADTokenExchange`. */
    audience?: pulumi.Input<string>;
}

/** What an application proves itself with. */
export interface Credentials {
    secret: pulumi.Output<string | undefined>;
    keyId: pulumi.Output<string | undefined>;
    validUntil: pulumi.Output<string | undefined>;
    nextRotation: string | undefined;
    /** Key ids of everything that this program made. */
    ownKeyIds: pulumi.Output<string[]>;
}
