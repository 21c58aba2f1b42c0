import * as pulumi from "@pulumi/pulumi";
import type { Credentials } from "./credentialTypes";
import { keyVaultModule } from "./keyVaultModule";

/** A secret in a Key Vault that holds a copy of the newest client secret. */
export interface KeyVaultCopyArgs {
    /** Resource group of the vault. */
    resourceGroupName: pulumi.Input<string>;
    /** Name of the vault. */
    vaultName: pulumi.Input<string>;
    /** Default: the component's name. */
    secretName?: pulumi.Input<string>;
}

/** The vault answers no values, so a copy changed by hand stays unseen; its content type and end are kept. */
export function copyToKeyVault(name: string, args: KeyVaultCopyArgs, credentials: Credentials, parent: pulumi.Resource): void {
    const expires = credentials.validUntil.apply((until) => (until === undefined ? undefined : Date.parse(until) / 1000));
    new (keyVaultModule().Secret)(
        `${name}-vault-secret`,
        {
            resourceGroupName: args.resourceGroupName,
            vaultName: args.vaultName,
            secretName: args.secretName ?? name,
            properties: {
                value: credentials.secret.apply((secret) => secret ?? ""),
                contentType: credentials.keyId.apply((keyId) => `client secret, key id ${keyId}`),
                attributes: { enabled: true, expires: expires as pulumi.Output<number> },
            },
        },
        { parent },
    );
}
