// A token of an application by its client secret, asked for without the library that gets the provider's own: that waits as long as it is
// told to, and keeps to itself what became of a connection.
// https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow
import { AuthenticationError, printable, ServiceError, ThrottledError, type Refusal } from "./errors";
import { HttpClient, type ClientOptions } from "./http";
import type { Received } from "./request";
import type { Settings } from "./settings";

/** Whose token it is. */
export type Application = Required<Pick<Settings, "tenantId" | "clientId" | "clientSecret">>;

/** A new token. Rejects with an AuthenticationError and its code where Entra ID refuses it, with another CallError where nobody knows. */
export async function applicationToken(
    login: string,
    { tenantId, clientId, clientSecret }: Application,
    scope: string,
    options: ClientOptions,
    signal?: AbortSignal,
): Promise<string> {
    const name = `token for ${scope}`;
    const refusal = (call: string, received: Received) => entraRefusal(call, received, [clientSecret]);
    const http = new HttpClient(login, { refusal, ...options });
    const form = new URLSearchParams({ grant_type: "client_credentials", client_id: clientId, client_secret: clientSecret, scope });
    const post = { right: "", name, idempotent: true, signal };
    const path = `/${encodeURIComponent(tenantId)}/oauth2/v2.0/token`;
    const received = await http.postText(path, form.toString(), "application/x-www-form-urlencoded", post);
    const token = propertyOf(received, "access_token");
    if (token !== undefined) return token;
    throw new ServiceError({ call: name, status: received.status, text: "the reply has no token" });
}

// Only a numbered error is Entra ID's own word.
function entraRefusal(call: string, received: Received, secrets: string[]): Refusal {
    const { status, header, text: body } = received;
    const description = propertyOf(received, "error_description");
    const [, code, reason] = /^(AADSTS\d+):\s*(.*)$/s.exec(description ?? "") ?? [];
    const after = header("retry-after");
    const text = printable([after && `Retry-After ${after}`, reason ?? description ?? body].filter(Boolean).join("; "), secrets) || "empty reply";
    const failed = { call, status, code, text };
    if (code !== undefined) return { error: new AuthenticationError(failed), status };
    return { error: status === 429 ? new ThrottledError(failed) : new ServiceError(failed), status };
}

function propertyOf({ text }: Received, property: string): string | undefined {
    try {
        const value = (JSON.parse(text) as { [name: string]: unknown } | null)?.[property];
        return typeof value === "string" && value !== "" ? value : undefined;
    } catch {
        return undefined;
    }
}
