// What Microsoft Graph's refusals mean.
import { errorOf, printable, type Failed, type Refusal } from "./errors";
import type { Received } from "./request";

/** What a reply other than 2xx means. */
export function graphRefusal(call: string, received: Received, right: string): Refusal {
    return { error: errorOf(graphFailure(call, received), right), status: received.status };
}

/** What Graph says of a call; other bodies, such as a proxy's page, are shown by their beginning. */
export function graphFailure(call: string, { status, header, text }: Received): Failed & { status: number } {
    let error: { code?: unknown; message?: unknown; innerError?: Record<string, unknown> } | undefined;
    try {
        error = (JSON.parse(text) as { error?: typeof error } | null)?.error;
    } catch {
        error = undefined;
    }
    const id = header("request-id") ?? error?.innerError?.["request-id"];
    const requestId = typeof id === "string" ? printable(id) : undefined;
    const code = typeof error?.code === "string" ? printable(error.code) : undefined;
    const said = typeof error?.message === "string" ? printable(error.message) : printable(text).slice(0, 100);
    return { call, status, code, requestId, text: said || "empty reply" };
}
