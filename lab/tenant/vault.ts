import type { Reply, Request } from "./http";
import { VAULT_AUDIENCE, VAULT_DOMAIN } from "./metadata";
import type { World } from "./world";

/**
 * Answers the data plane of the vaults, `https://VAULT.vault.localhost:PORT`: the deletion that azure-native does there, soft as it always is (facts:
 * wire.md section 4). Undefined: not a call of this.
 */
export function vaultData({ method, url, headers }: Request, world: World): Reply | undefined {
    if (!url.hostname.endsWith(`.${VAULT_DOMAIN}`)) {
        return undefined;
    }
    const claims = world.tokens.claims((headers.authorization ?? "").replace(/^Bearer /i, ""));
    if (claims?.["aud"] !== VAULT_AUDIENCE || claims["appid"] !== world.state.clientId) {
        // Clients ask without a token first, to learn where to get one.
        const challenge = `Bearer authorization="${world.base}/${world.state.tenantId}", resource="${VAULT_AUDIENCE}"`;
        return refused(401, "Unauthorized", "AKV10000: Request is missing a Bearer or PoP token.", { "www-authenticate": challenge });
    }
    const name = /^\/secrets\/([^/]+)$/.exec(url.pathname)?.[1] ?? "";
    const vault = world.state.vaults.find(each => `${each.name}.${VAULT_DOMAIN}` === url.hostname);
    const secret = vault?.secrets[name];
    if (method !== "DELETE" || name === "") {
        return { ...refused(400, "BadParameter", `Method ${method} does not allow this path.`), unknown: true };
    }
    if (!secret || secret.deleted) {
        return refused(404, "SecretNotFound", `A secret with (name/id) ${name} was not found in this key vault.`);
    }
    secret.deleted = true;
    const id = `https://${url.host}/secrets/${name}`;
    return { status: 200, body: { recoveryId: `https://${url.host}/deletedsecrets/${name}`, id: `${id}/${secret.version}`, attributes: secret.attributes } };
}

function refused(status: number, code: string, message: string, headers?: Record<string, string>): Reply {
    return { status, body: { error: { code, message } }, headers };
}
