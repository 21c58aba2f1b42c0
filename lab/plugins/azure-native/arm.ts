// Azure Resource Manager and the vaults' own addresses as the plugin speaks to them.
import type { Clock } from "../shared/clock";
import { environmentOf, retried, Tokens, unexpected, type Credentials, type Environment } from "../shared/cloud";
import { request, type Reply } from "../shared/https";
import type { Properties } from "../shared/values";

const overloaded = [408, 429, 500, 502, 503, 504];

/** The services, with the caller's identity. Tokens are asked for when they are first needed. */
export class Arm {
    private readonly tokens = new Map<string, Tokens>();

    private constructor(
        readonly environment: Environment,
        readonly subscriptionId: string,
        private readonly credentials: Credentials,
    ) {}

    static async reach(host: string, subscriptionId: string, credentials: Credentials): Promise<Arm> {
        return new Arm(await environmentOf(host), subscriptionId, credentials);
    }

    /** A call to Azure Resource Manager; `statuses` are those that are no failure. */
    async send(method: string, id: string, version: string, statuses: number[], clock: Clock, body?: Properties): Promise<Reply> {
        const { resourceManager, audience } = this.environment;
        const token = await this.tokenFor(audience, clock);
        return this.call(method, `${resourceManager}${id}?api-version=${version}`, statuses, clock, token, body);
    }

    /** A deletion in a vault, which tells by a refusal for whom the token must be. Nothing there is fine. */
    async deleteSecret(vault: string, name: string, clock: Clock): Promise<void> {
        const url = `https://${vault}.${this.environment.keyVaultDns}/secrets/${name}?api-version=7.6`;
        const refused = await this.call("DELETE", url, [200, 401, 404], clock);
        if (refused.status !== 401) return;
        const [, resource = ""] = /resource="([^"]+)"/.exec(refused.headers["www-authenticate"] ?? "") ?? [];
        await this.call("DELETE", url, [200, 404], clock, await this.tokenFor(resource, clock));
    }

    private async call(method: string, url: string, statuses: number[], clock: Clock, token?: string, body?: Properties): Promise<Reply> {
        const headers = {
            Accept: "application/json",
            "Content-Type": "application/json",
            ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
        };
        const reply = await retried(4, 60, clock, overloaded, () =>
            request(url, { method, headers, body: body && JSON.stringify(body) }, clock.signal),
        );
        if (!statuses.includes(reply.status)) throw new Error(failure(method, url, reply));
        return reply;
    }

    private async tokenFor(audience: string, clock: Clock): Promise<string> {
        let tokens = this.tokens.get(audience);
        if (!tokens) {
            const { loginEndpoint } = this.environment;
            // The plugin's library asks where tokens are to be had before it asks for the first.
            const url = `${loginEndpoint}/${this.credentials.tenantId}/v2.0/.well-known/openid-configuration`;
            const document = await request(url, { method: "GET", headers: {} }, clock.signal);
            if (document.status !== 200) throw new Error(`GET ${url}: ${unexpected(document)}`);
            tokens = new Tokens(this.environment, this.credentials, `${audience}/.default`);
            this.tokens.set(audience, tokens);
        }
        return tokens.get(clock);
    }
}

// The reply's words, never what was sent: that holds the secret.
function failure(method: string, url: string, reply: Reply): string {
    let said = "";
    try {
        const { error } = JSON.parse(reply.text) as { error?: { code?: string; message?: string } };
        said = error ? ` Code="${error.code}" Message="${error.message}"` : "";
    } catch {
        // A reply that is no JSON tells no more than its status.
    }
    return `${method} ${url}: Status=${reply.status}${said}`;
}
