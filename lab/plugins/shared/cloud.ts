// The metadata document and the tokens: asked for once per process, as both plugins do.
import type { Clock } from "./clock";
import { request, type Reply } from "./https";
import type { Properties } from "./values";

/** Where the services are. */
export interface Environment {
    loginEndpoint: string;
    graph: string;
    resourceManager: string;
    audience: string;
    keyVaultDns: string;
}

/** Who asks for tokens: a secret, or an assertion that stands for it. */
export interface Credentials {
    tenantId: string;
    clientId: string;
    clientSecret?: string;
    assertion?: string;
}

/** Asks the metadata host, with one attempt only. */
export async function environmentOf(host: string): Promise<Environment> {
    const url = `https://${host}/metadata/endpoints?api-version=2022-09-01`;
    const reply = await request(url, { method: "GET", headers: {} });
    if (reply.status !== 200) throw new Error(`retrieving environments from Azure MetaData service: ${unexpected(reply)}`);
    const { name, resourceManager, microsoftGraphResourceId: graph, authentication, suffixes } = JSON.parse(reply.text) as Metadata;
    for (const [field, value] of Object.entries({ name, resourceManager, microsoftGraphResourceId: graph })) {
        if (!value) throw new Error(`the metadata document has no "${field}"`);
    }
    const { loginEndpoint = "", audiences = [] } = authentication ?? {};
    const keyVaultDns = suffixes?.keyVaultDns ?? "";
    return { loginEndpoint, graph: cut(graph), resourceManager: cut(resourceManager), audience: audiences[0] ?? "", keyVaultDns };
}

interface Metadata {
    name: string;
    resourceManager: string;
    microsoftGraphResourceId: string;
    authentication?: { loginEndpoint?: string; audiences?: string[] };
    suffixes?: { keyVaultDns?: string };
}

function cut(url: string): string {
    return url.replace(/\/$/, "");
}

/** The reply's status, in the plugin's words. */
export function unexpected({ status, statusText }: Reply): string {
    return `unexpected status ${status} (${status} ${statusText})`;
}

/** Tokens for one scope. */
export class Tokens {
    private token = "";
    private total = 0;
    private fetched = 0;
    private fetching: Promise<void> | undefined;

    constructor(
        private readonly environment: Environment,
        readonly credentials: Credentials,
        private readonly scope: string,
    ) {}

    /** A token with at least twenty minutes to live, if the service gives such; short ones are renewed after half their time. */
    async get(clock: Clock): Promise<string> {
        const age = Date.now() / 1000 - this.fetched;
        const left = this.total - age;
        if (left < 1200 || (this.total < 2400 && age > this.total / 2)) {
            this.fetching ??= this.fetch(clock).finally(() => (this.fetching = undefined));
            await this.fetching;
        }
        return this.token;
    }

    /** A claim of the latest token. */
    claim(name: string): string | undefined {
        const payload = Buffer.from(this.token.split(".")[1] ?? "", "base64url").toString();
        const value = (JSON.parse(payload || "{}") as Properties)[name];
        return typeof value === "string" ? value : undefined;
    }

    private async fetch(clock: Clock): Promise<void> {
        const { tenantId, clientId, clientSecret, assertion } = this.credentials;
        const url = `${this.environment.loginEndpoint}/${tenantId}/oauth2/v2.0/token`;
        const form = new URLSearchParams({ client_id: clientId, grant_type: "client_credentials", scope: this.scope });
        if (clientSecret !== undefined) form.set("client_secret", clientSecret);
        else if (assertion !== undefined) {
            form.set("client_assertion", assertion);
            form.set("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer");
        }
        const headers = { Accept: "application/json", "Content-Type": "application/x-www-form-urlencoded" };
        const reply = await retried(8, 30, clock, [429, 503], () =>
            request(url, { method: "POST", headers, body: form.toString() }, clock.signal),
        );
        if (reply.status !== 200) {
            throw new Error(`clientCredentialsToken: received HTTP status ${reply.status} with response: ${reply.text}`);
        }
        const { access_token: token, expires_in: lifetime } = JSON.parse(reply.text) as { access_token: string; expires_in: number | string };
        this.token = token;
        this.total = Number(lifetime);
        this.fetched = Date.now() / 1000;
    }
}

/** Repeats a request while the reply's status is one of `statuses`: after Retry-After seconds, or 1, 2, 4 … seconds. */
export async function retried(
    attempts: number,
    longest: number,
    clock: Clock,
    statuses: number[] | ((reply: Reply) => boolean),
    send: () => Promise<Reply>,
): Promise<Reply> {
    const again = typeof statuses === "function" ? statuses : ({ status }: Reply) => statuses.includes(status);
    for (let attempt = 1; ; attempt++) {
        const reply = await send();
        if (!again(reply) || attempt === attempts) return reply;
        const asked = reply.headers["retry-after"] ?? "";
        // A date instead of seconds is passed over.
        const delay = /^\d+$/.test(asked) ? Number(asked) : Math.min(2 ** (attempt - 1), longest);
        if (clock.exceededBy(delay)) return reply;
        await clock.wait(delay);
    }
}
