import { randomUUID } from "node:crypto";
import { ApiError, isObject, jsonBody, type Json, type Reply, type Request } from "./http";
import { ARM_AUDIENCE, VAULT_DOMAIN } from "./metadata";
import { fingerprint, type Vault, type VaultSecret } from "./state";
import type { World } from "./world";

const API_VERSION = "2024-11-01";
const SECRET_NAME = /^[0-9A-Za-z-]{1,127}$/;

/** Answers what azure-native's keyvault:Secret asks of Azure Resource Manager (facts: wire.md section 4). Undefined: not a call of this. */
export function arm(request: Request, world: World): Reply | undefined {
    if (!request.url.pathname.startsWith("/subscriptions/")) {
        return undefined;
    }
    try {
        return answer(request, world);
    } catch (error) {
        if (error instanceof ApiError) {
            const { status, code, message, more } = error;
            return { status, body: { error: { code, message } }, headers: more.headers, unknown: more.unknown };
        }
        throw error;
    }
}

function answer(request: Request, world: World): Reply {
    const { method, url } = request;
    authenticate(request, world);
    const [, vaultId = "", name, ...more] = /^(.*?\/vaults\/[^/]+)(?:\/secrets\/([^/]+))?$/i.exec(decodeURIComponent(url.pathname)) ?? [];
    if (vaultId === "" || more.length > 0 || url.searchParams.get("api-version") !== API_VERSION) {
        throw new ApiError(404, "InvalidResourceType", "The resource type could not be found in the namespace for this api version.", { unknown: true });
    }
    const vault = world.state.vaults.find(({ id }) => id.toLowerCase() === vaultId.toLowerCase());
    if (!vault) {
        throw new ApiError(404, name === undefined ? "ResourceNotFound" : "ParentResourceNotFound", `The Resource '${vaultId}' was not found.`);
    }
    if (name === undefined) {
        const properties = { vaultUri: `https://${vault.name}.${vaultHost(world)}/`, tenantId: world.state.tenantId, provisioningState: "Succeeded" };
        const body = { id: vault.id, name: vault.name, type: "Microsoft.KeyVault/vaults", location: "westeurope", properties };
        return known(method, "GET", { status: 200, body });
    }
    switch (method) {
        case "GET":
            return { status: 200, body: shown(name, existing(vault, name), vault, world) };
        case "PUT":
        case "PATCH":
            return write(method, name, vault, jsonBody(request), world);
        default:
            return known(method, "GET, PUT or PATCH", { status: 405 });
    }
}

function write(method: "PUT" | "PATCH", name: string, vault: Vault, { properties, tags }: Json, world: World): Reply {
    const given = isObject(properties) ? properties : {};
    const before = method === "PATCH" ? existing(vault, name) : vault.secrets[name];
    if (!SECRET_NAME.test(name) || (method === "PUT" && typeof given["value"] !== "string")) {
        throw new ApiError(400, "BadRequest", "A secret needs a name of letters, digits and dashes, and a value.");
    }
    if (before?.deleted) {
        const message = `Secret ${name} is currently in a deleted but recoverable state, and its name cannot be reused; it can only be recovered or purged.`;
        throw new ApiError(409, "Conflict", message);
    }
    const seconds = Math.floor(world.now().getTime() / 1000);
    const kept = method === "PATCH" ? before : undefined;
    const value = given["value"];
    const secret: VaultSecret = {
        // Every value is a version of its own, also one that is the same as before.
        version: typeof value === "string" || !kept ? randomUUID().replaceAll("-", "") : kept.version,
        contentType: (given["contentType"] as string | undefined) ?? kept?.contentType,
        tags: (tags as VaultSecret["tags"]) ?? kept?.tags,
        attributes: {
            enabled: true,
            created: before?.attributes.created ?? seconds,
            ...kept?.attributes,
            ...(isObject(given["attributes"]) ? (given["attributes"] as Partial<VaultSecret["attributes"]>) : {}),
            updated: seconds,
        },
        valueHash: typeof value === "string" ? fingerprint(value) : (kept?.valueHash ?? ""),
    };
    vault.secrets[name] = secret;
    return { status: before ? 200 : 201, body: shown(name, secret, vault, world) };
}

/** Never with the value, so that a change of it by hand cannot be seen here. */
function shown(name: string, { version, contentType, tags = {}, attributes }: VaultSecret, vault: Vault, world: World): Json {
    const secretUri = `https://${vault.name}.${vaultHost(world)}/secrets/${name}`;
    return {
        id: `${vault.id}/secrets/${name}`,
        name,
        type: "Microsoft.KeyVault/vaults/secrets",
        location: "westeurope",
        tags,
        properties: { attributes, ...(contentType === undefined ? {} : { contentType }), secretUri, secretUriWithVersion: `${secretUri}/${version}` },
    };
}

function existing(vault: Vault, name: string): VaultSecret {
    const secret = vault.secrets[name];
    if (!secret || secret.deleted) {
        throw new ApiError(404, "ResourceNotFound", `The Resource 'Microsoft.KeyVault/vaults/${vault.name}/secrets/${name}' was not found.`);
    }
    return secret;
}

function authenticate({ headers }: Request, world: World): void {
    const claims = world.tokens.claims((headers.authorization ?? "").replace(/^Bearer /i, ""));
    if (!claims || claims["aud"] !== ARM_AUDIENCE || Number(claims["exp"]) * 1000 < Date.now()) {
        throw new ApiError(401, "AuthenticationFailed", "Authentication failed. The 'Authorization' header is missing or its token is invalid.", {
            headers: { "www-authenticate": `Bearer authorization_uri="${world.base}/${world.state.tenantId}"` },
        });
    }
    if (claims["appid"] !== world.state.clientId) {
        throw new ApiError(403, "AuthorizationFailed", `The client '${String(claims["appid"])}' does not have authorization to perform the action.`);
    }
}

function vaultHost({ base }: World): string {
    return `${VAULT_DOMAIN}:${new URL(base).port}`;
}

function known(method: string, taken: string, reply: Reply): Reply {
    if (!taken.includes(method)) {
        throw new ApiError(405, "MethodNotAllowed", `The method ${method} is not allowed; it takes ${taken}.`, { unknown: true });
    }
    return reply;
}
