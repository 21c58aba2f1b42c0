/** How the provider reaches the tenant. */
export interface Settings {
    tenantId?: string;
    clientId?: string;
    clientSecret?: string;
    clientCertificatePath?: string;
    clientCertificatePassword?: string;
    useOidc?: boolean;
    oidcToken?: string;
    oidcTokenFilePath?: string;
    oidcRequestUrl?: string;
    oidcRequestToken?: string;
    useMsi?: boolean;
    /** Stands for the address that gives tokens of a managed identity. */
    msiEndpoint?: string;
    useCli?: boolean;
    metadataHost?: string;
    /** Stands for the cloud's Exchange Online. Tokens are for the real one all the same. */
    exchangeHost?: string;
    /** From ARM_ENVIRONMENT only: as a setting it would clash with what programs call an environment. */
    environment?: string;
}
