// A cloud in a few lines: HTTPS with an authority of its own, metadata, tokens, and replies that a test sets.
import { once } from "node:events";
import * as fs from "node:fs";
import type { IncomingHttpHeaders } from "node:http";
import * as https from "node:https";
import type { AddressInfo } from "node:net";
import * as os from "node:os";
import * as path from "node:path";
import { newAuthority, newServerCertificate } from "../../../lab/tenant/certificates";

export const tenantId = "11111111-2222-3333-4444-555555555555";
export const clientId = "99999999-8888-7777-6666-555555555555";
export const clientSecret = "s3cret~of-the-pipeline";
export const accessToken = "eyJhbGciOiJub25lIn0.eyJvaWQiOiJ4In0.c2lnbmF0dXJl";

export interface Seen {
    method: string;
    url: string;
    headers: IncomingHttpHeaders;
    body: string;
}
export interface Reply {
    status?: number;
    headers?: Record<string, string>;
    /** Text is sent as it is, anything else as JSON; null breaks the connection off. */
    body: unknown;
}

export class Fake {
    /** Everything that was asked, oldest first. */
    readonly calls: Seen[] = [];
    /** Answers the calls of Graph. */
    graph: (seen: Seen) => Reply = () => ({ body: {} });
    /** Answers the cmdlets of Exchange Online. */
    exchange: (seen: Seen) => Reply = () => ({ body: { value: [] } });
    /** Answers EWS. */
    ews: (seen: Seen) => Reply = () => ({ status: 404, body: "" });
    /** Answers the requests for tokens. */
    token: (seen: Seen) => Reply = () => ({ body: { token_type: "Bearer", expires_in: 3599, access_token: accessToken } });
    /** Added to what the metadata document says. */
    metadata: object = {};
    /** Where tokens are given, if not here. */
    login: string | undefined;

    private constructor(
        private readonly server: https.Server,
        private readonly folder: string,
    ) {}

    static async start(): Promise<Fake> {
        const authority = newAuthority();
        const { certificate, key } = newServerCertificate(authority);
        const folder = fs.mkdtempSync(path.join(os.tmpdir(), "fake-cloud-"));
        const server = https.createServer({ cert: certificate, key });
        const fake = new Fake(server, folder);
        fs.writeFileSync(fake.authority, authority.certificate);
        server.on("request", async (request, response) => {
            let body = "";
            for await (const part of request.setEncoding("utf8")) body += part;
            const { method = "", url = "", headers } = request;
            const seen = { method, url, headers, body };
            fake.calls.push(seen);
            const reply = fake.answer(seen);
            if (reply.body === null) return request.socket.destroy();
            response.writeHead(reply.status ?? 200, { "content-type": "application/json", ...reply.headers });
            response.end(typeof reply.body === "string" ? reply.body : JSON.stringify(reply.body));
        });
        server.listen(0, "127.0.0.1");
        await once(server, "listening");
        return fake;
    }

    /** The file with the authority's certificate. */
    get authority(): string {
        return path.join(this.folder, "ca.pem");
    }
    get host(): string {
        return `localhost:${(this.server.address() as AddressInfo).port}`;
    }
    get origin(): string {
        return `https://${this.host}`;
    }
    /** Method and path of what was asked of Graph. */
    get asked(): string[] {
        return this.calls.filter(({ url }) => url.startsWith("/v1.0/")).map(({ method, url }) => `${method} ${url}`);
    }
    /** The cmdlets that were run, with their parameters. */
    get cmdlets(): { name: string; parameters: object }[] {
        return this.calls
            .filter(({ url }) => url.startsWith("/adminapi/"))
            .map(({ body }) => (JSON.parse(body) as { CmdletInput: { CmdletName: string; Parameters: object } }).CmdletInput)
            .map(({ CmdletName: name, Parameters: parameters }) => ({ name, parameters }));
    }
    get metadataRequests(): number {
        return this.calls.filter(({ url }) => url.startsWith("/metadata/")).length;
    }
    get tokenRequests(): Seen[] {
        return this.calls.filter(({ url }) => url.includes("/oauth2/v2.0/token"));
    }

    reset(): void {
        this.calls.length = 0;
        this.metadata = {};
        this.graph = () => ({ body: {} });
        this.exchange = () => ({ body: { value: [] } });
    }

    async stop(): Promise<void> {
        this.server.closeAllConnections();
        this.server.close();
        await once(this.server, "close");
        fs.rmSync(this.folder, { recursive: true });
    }

    private answer(seen: Seen): Reply {
        const { origin } = this;
        const login = this.login ?? origin;
        if (seen.url.startsWith("/v1.0/")) return this.graph(seen);
        if (seen.url.startsWith("/adminapi/")) return this.exchange(seen);
        if (seen.url.startsWith("/EWS/")) return this.ews(seen);
        if (seen.url === "/metadata/endpoints?api-version=2022-09-01") {
            return { body: { authentication: { loginEndpoint: origin }, microsoftGraphResourceId: `${origin}/`, ...this.metadata } };
        }
        if (seen.url === `/${tenantId}/v2.0/.well-known/openid-configuration`) {
            return {
                body: {
                    issuer: `${login}/${tenantId}/v2.0`,
                    authorization_endpoint: `${login}/${tenantId}/oauth2/v2.0/authorize`,
                    token_endpoint: `${login}/${tenantId}/oauth2/v2.0/token`,
                    jwks_uri: `${login}/${tenantId}/discovery/v2.0/keys`,
                },
            };
        }
        if (seen.url.startsWith(`/${tenantId}/oauth2/v2.0/token`)) return this.token(seen);
        return { status: 418, body: `unexpected: ${seen.method} ${seen.url}` };
    }
}

/** Graph's way to refuse. */
export function refusal(status: number, code: string, message: string, headers: Record<string, string> = {}): Reply {
    return { status, headers, body: { error: { code, message, innerError: { "request-id": "r-1" } } } };
}

/** Exchange Online's way: the exception's type and the text that tells stand in the details, and the message says nothing. */
export function exception(status: number, type: string, text: string, id = ""): Reply {
    const details = [{ code: "Context", target: "", message: `${id}|${type}|${text}` }];
    const innererror = {
        message: "Error executing cmdlet",
        type: "Microsoft.Exchange.Admin.OData.Core.ODataServiceException",
        stacktrace: "",
    };
    const body = { error: { code: status === 404 ? "NotFound" : "BadRequest", message: "Error executing cmdlet", details, innererror } };
    return { status, headers: { "request-id": "r-1" }, body };
}
