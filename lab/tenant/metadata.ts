import type { Reply, Request } from "./http";
import type { World } from "./world";

/** Only names: what tokens for Azure Resource Manager and for Exchange are asked for with. Nothing is sent there. */
export const ARM_AUDIENCE = "https://management.azure.com";
export const EXCHANGE_AUDIENCE = "https://outlook.office365.com";
/** The vaults' own addresses are below it; with the tenant's port. */
export const VAULT_DOMAIN = "vault.localhost";
export const VAULT_AUDIENCE = `https://${VAULT_DOMAIN}`;

/** The tenants that OpenID documents are also asked for with, when the real one is not known yet. */
const ANY_TENANT = ["common", "organizations"];

/** Answers what needs no token: cloud metadata and OpenID documents. Undefined: not a call of these. */
export function metadata({ method, url }: Request, world: World): Reply | undefined {
    const [first = "", ...rest] = url.pathname.slice(1).split("/");
    const document = rest.join("/");
    if (method !== "GET") {
        return undefined;
    }
    if (first === "metadata" && document === "endpoints" && url.searchParams.get("api-version") === "2022-09-01") {
        return { status: 200, body: endpoints(world) };
    }
    if (first === "common" && document === "discovery/instance") {
        return { status: 200, body: instances(world) };
    }
    if (first !== world.state.tenantId && !ANY_TENANT.includes(first)) {
        return undefined;
    }
    switch (document) {
        case "v2.0/.well-known/openid-configuration":
        case ".well-known/openid-configuration":
            return { status: 200, body: openId(world, first, document.startsWith("v2.0/")) };
        case "discovery/v2.0/keys":
        case "discovery/keys":
            return { status: 200, body: { keys: world.tokens.keys() } };
        default:
            return undefined;
    }
}

/** One document for azuread and azure-native (facts: azuread-observed.md section 1, wire.md sections 2.1 and 4). */
function endpoints({ base, state }: World): object {
    return {
        name: "HybridIdentityLab",
        portal: base,
        authentication: { loginEndpoint: base, audiences: [ARM_AUDIENCE], tenant: state.tenantId, identityProvider: "AAD" },
        resourceManager: `${base}/`,
        microsoftGraphResourceId: `${base}/`,
        suffixes: { keyVaultDns: `${VAULT_DOMAIN}:${new URL(base).port}` },
    };
}

function openId({ base }: World, tenant: string, v2: boolean): object {
    const version = v2 ? "/v2.0" : "";
    return {
        token_endpoint: `${base}/${tenant}/oauth2${version}/token`,
        token_endpoint_auth_methods_supported: ["client_secret_post", "private_key_jwt", "client_secret_basic"],
        jwks_uri: `${base}/${tenant}/discovery${version}/keys`,
        response_modes_supported: ["query", "fragment", "form_post"],
        subject_types_supported: ["pairwise"],
        id_token_signing_alg_values_supported: ["RS256"],
        response_types_supported: ["code", "id_token", "code id_token", "id_token token"],
        scopes_supported: ["openid", "profile", "email", "offline_access"],
        issuer: `${base}/${tenant}/v2.0`,
        authorization_endpoint: `${base}/${tenant}/oauth2${version}/authorize`,
        tenant_region_scope: "EU",
        msgraph_host: new URL(base).host,
    };
}

/** What MSAL asks before it trusts an authority that it does not know. */
function instances({ base, state }: World): object {
    const { host } = new URL(base);
    return {
        tenant_discovery_endpoint: `${base}/${state.tenantId}/v2.0/.well-known/openid-configuration`,
        "api-version": "1.1",
        metadata: [{ preferred_network: host, preferred_cache: host, aliases: [host] }],
    };
}
