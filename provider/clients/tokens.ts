// Tokens for the tenant's services, by Microsoft's own library.
import { readFile } from "node:fs/promises";
import type { Agent } from "node:https";
import type { AccessToken, ClientSecretCredentialOptions, TokenCredential } from "@azure/identity";
import { AuthenticationError, printable } from "./errors";
import { HttpClient } from "./http";
import { managedIdentity } from "./managedIdentity";
import { agentFor } from "./proxy";
import type { Settings } from "./settings";

// Fetched again this long before they end, so that none ends under way.
const spare = 5 * 60_000;

/** Gives tokens for one scope. Calls at the same time share one request; a token is kept until shortly before its end. */
export function tokenSource(settings: Settings, login: string, scope: string): (signal?: AbortSignal) => Promise<string> {
    let credential: TokenCredential | undefined;
    let held: AccessToken | undefined;
    let pending: Promise<AccessToken> | undefined;
    const fetch = async (signal: AbortSignal | undefined) => {
        try {
            credential ??= await credentialOf(settings, login);
            const token = await credential.getToken(scope, { abortSignal: signal });
            if (token) return token;
            throw new Error("the credential gave no token");
        } catch (error) {
            const text = printable((error as Error).message, secretsOf(settings));
            // What the library asks first, without which it names no tenant.
            const strange = /endpoints_resolution_error|AADSTS90002\b/.test(text);
            const hint = `The login service knows no tenant ${JSON.stringify(settings.tenantId)}, perhaps; check tenantId (ARM_TENANT_ID)`;
            throw new AuthenticationError({ call: `token for ${scope} from ${login}`, text }, [...(strange ? [hint] : []), advice[methodOf(settings)]].join(". "));
        }
    };
    return async signal => {
        if (held && held.expiresOnTimestamp - spare > Date.now()) return held.token;
        pending ??= fetch(signal).finally(() => (pending = undefined));
        held = await pending;
        return held.token;
    };
}

type Method = "certificate" | "secret" | "oidc" | "msi" | "cli" | "none";

const advice: { [method in Method]: string } = {
    certificate: "Used: the certificate of clientCertificatePath (ARM_CLIENT_CERTIFICATE_PATH)",
    secret: "Used: clientSecret (ARM_CLIENT_SECRET)",
    oidc: "Used: OpenID Connect (useOidc, ARM_USE_OIDC)",
    msi: "Used: the managed identity of this machine (useMsi, ARM_USE_MSI)",
    cli: "Used: Azure CLI, because no other credential is set; run az login, or set clientSecret, clientCertificatePath, useOidc or useMsi",
    none: "Set clientSecret, clientCertificatePath, useOidc, useMsi or useCli",
};

// azuread's order.
function methodOf({ clientCertificatePath, clientSecret, useOidc, useMsi, useCli }: Settings): Method {
    if (clientCertificatePath !== undefined) return "certificate";
    if (clientSecret !== undefined) return "secret";
    if (useOidc) return "oidc";
    if (useMsi) return "msi";
    return (useCli ?? true) ? "cli" : "none";
}

async function credentialOf(settings: Settings, login: string): Promise<TokenCredential> {
    const { tenantId, clientId } = settings;
    // Loaded with the first token: it takes as long as all the rest of the start.
    const identity = await import("@azure/identity");
    const options = { authorityHost: login, disableInstanceDiscovery: settings.metadataHost !== undefined, ...sentAsAllElse() };
    const method = methodOf(settings);
    if (method === "msi") return managedIdentity(settings);
    if (method === "none") throw new Error("there is no credential");
    if (method === "cli") return new identity.AzureCliCredential({ tenantId });
    if (tenantId === undefined) throw new Error("tenantId (ARM_TENANT_ID) is not set");
    if (clientId === undefined) throw new Error("clientId (ARM_CLIENT_ID) is not set");
    if (method === "certificate") {
        const certificate = await pem(settings.clientCertificatePath ?? "");
        const { clientCertificatePassword: certificatePassword } = settings;
        return new identity.ClientCertificateCredential(tenantId, clientId, { certificate, certificatePassword }, options);
    }
    if (method === "secret") return new identity.ClientSecretCredential(tenantId, clientId, settings.clientSecret ?? "", options);
    return new identity.ClientAssertionCredential(tenantId, clientId, () => assertion(settings), options);
}

// The library has ways of its own with proxies, which lose the added authorities and know no networks.
function sentAsAllElse(): Pick<ClientSecretCredentialOptions, "additionalPolicies"> {
    const agents = new Map<string, Agent>();
    const agent = (url: URL) => agents.get(url.origin) ?? agents.set(url.origin, agentFor(url)).get(url.origin)!;
    const policy = {
        name: "agent",
        sendRequest: (request, next) => next(Object.assign(request, { agent: agent(new URL(request.url)) })),
    } satisfies NonNullable<ClientSecretCredentialOptions["additionalPolicies"]>[number]["policy"];
    return { additionalPolicies: [{ position: "perRetry", policy }] };
}

// azuread takes PKCS #12, which nothing here can read.
async function pem(file: string): Promise<string> {
    const text = await readFile(file, "latin1");
    if (text.includes("-----BEGIN CERTIFICATE-----")) return text;
    throw new Error(`${file} is no PEM file with a certificate and its private key; openssl pkcs12 -in FILE.pfx -out FILE.pem makes one`);
}

// The token of whoever runs the program: given, in a file that is renewed from outside, or asked of the build service.
async function assertion({ oidcToken, oidcTokenFilePath, oidcRequestUrl, oidcRequestToken }: Settings): Promise<string> {
    if (oidcToken !== undefined) return oidcToken;
    if (oidcTokenFilePath !== undefined) return (await readFile(oidcTokenFilePath, "utf8")).trim();
    if (oidcRequestUrl === undefined || oidcRequestToken === undefined) {
        throw new Error("useOidc needs oidcToken, oidcTokenFilePath, or oidcRequestUrl with oidcRequestToken");
    }
    const url = new URL(oidcRequestUrl);
    url.searchParams.set("audience", "api://AzureADTokenExchange");
    const client = new HttpClient(url.origin, { token: async () => oidcRequestToken });
    const { value } = await client.get<{ value?: string }>(url.pathname + url.search, { right: "the permission to ask for an id token" });
    if (value) return value;
    throw new Error(`${url.origin} gave no id token`);
}

function secretsOf({ clientSecret, clientCertificatePassword, oidcToken, oidcRequestToken }: Settings): string[] {
    return [clientSecret, clientCertificatePassword, oidcToken, oidcRequestToken].filter(secret => secret !== undefined);
}
