import { readFileSync } from "node:fs";
import https from "node:https";
import type { IncomingHttpHeaders } from "node:http";
import type { Json } from "./http";
import { EXCHANGE_AUDIENCE } from "./metadata";
import type { Tenant } from "./tenant";

export interface Answer {
    status: number;
    headers: IncomingHttpHeaders;
    /** An empty object where the reply has no JSON. */
    body: Json;
    text: string;
}

interface Secret {
    clientId: string;
    clientSecret: string;
}

/** Sends one request to the tenant, trusting nothing but its authority. Forms and texts go as text, everything else as JSON. */
export function send(tenant: Tenant, method: string, path: string, body?: object | URLSearchParams | string, headers: Record<string, string> = {}): Promise<Answer> {
    const text = body instanceof URLSearchParams ? body.toString() : typeof body === "string" ? body : body && JSON.stringify(body);
    const type = body instanceof URLSearchParams ? "application/x-www-form-urlencoded" : "application/json; charset=utf-8";
    return new Promise((resolve, reject) => {
        const options = { method, ca: readFileSync(tenant.caFile), agent: false, headers: { "content-type": type, ...headers } } as const;
        const request = https.request(new URL(path, tenant.url), options, response => {
            let said = "";
            response.setEncoding("utf8").on("data", (part: string) => (said += part));
            response.on("end", () => {
                resolve({ status: response.statusCode ?? 0, headers: response.headers, body: json(said), text: said });
            });
        });
        request.on("error", reject);
        request.end(text);
    });
}

function json(text: string): Json {
    try {
        return JSON.parse(text) as Json;
    } catch {
        return {};
    }
}

/** Asks the token endpoint with a client secret, by default the caller's. */
export function askToken(tenant: Tenant, { clientId, clientSecret }: Secret = tenant, resource = tenant.url): Promise<Answer> {
    const form = { client_id: clientId, client_secret: clientSecret, grant_type: "client_credentials", scope: `${resource}/.default` };
    return send(tenant, "POST", `/${tenant.tenantId}/oauth2/v2.0/token`, new URLSearchParams(form));
}

/** A Graph call of the caller; `path` begins with `/v1.0/` or `/beta/`. */
export async function callGraph(tenant: Tenant, method: string, path: string, body?: object): Promise<Answer> {
    const { body: token } = await askToken(tenant);
    return send(tenant, method, path, body, { authorization: `Bearer ${String(token["access_token"])}` });
}

/** A cmdlet that the caller runs at Exchange's admin endpoint. */
export async function callExchange(tenant: Tenant, CmdletName: string, Parameters: object = {}, query = ""): Promise<Answer> {
    const { body: token } = await askToken(tenant, tenant, EXCHANGE_AUDIENCE);
    const path = `/adminapi/beta/${tenant.tenantId}/InvokeCommand${query}`;
    const authorization = `Bearer ${String(token["access_token"])}`;
    return send(tenant, "POST", path, { CmdletInput: { CmdletName, Parameters } }, { authorization });
}

/**
 * What a mail server does: takes its application's secret to the token endpoint and looks for the right to every mailbox. Returns "sent", or why it
 * could not.
 */
export async function sendMail(tenant: Tenant, secret: Secret): Promise<string> {
    const { status, body } = await askToken(tenant, secret, EXCHANGE_AUDIENCE);
    if (status !== 200) {
        return /AADSTS\d+/.exec(String(body["error_description"]))?.[0] ?? `status ${status}`;
    }
    const [, payload = ""] = String(body["access_token"]).split(".");
    const { roles = [] } = JSON.parse(Buffer.from(payload, "base64url").toString("utf8")) as { roles?: string[] };
    return roles.includes("full_access_as_app") ? "sent" : "the token has no role full_access_as_app";
}
