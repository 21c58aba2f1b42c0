// What the replies of Exchange Web Services mean. An error comes as a status with headers, as a fault in SOAP with status 500, or as an
// error for the single folder with status 200.
import {
    AuthenticationError,
    AuthorizationError,
    NotFoundError,
    printable,
    ServiceError,
    ThrottledError,
    type CallError,
    type Failed,
    type Refusal,
} from "./errors";
import { idOf } from "./exchangeErrors";
import type { Received } from "./request";

/**
 * The header with which EWS say that they are off, or that a list leaves the application or the program out.
 * https://learn.microsoft.com/exchange/client-developer/exchange-web-services/how-to-control-access-to-ews-in-exchange
 */
const policyReason = "x-ews-policy-reason";
// A reply without any of these may be a proxy's. The last ones are of other endpoints of Exchange Online, and a guess for this one.
const signs = [policyReason, "x-ms-diagnostics", "request-id", "x-calculatedbetarget", "x-feserver", "x-beserver"];

// https://learn.microsoft.com/exchange/client-developer/web-service-reference/responsecode
const denials = ["ErrorAccessDenied", "ErrorImpersonateUserDenied", "ErrorImpersonationDenied"];
const passing = /^Error(ServerBusy|TimeoutExpired|Mailbox(StoreUnavailable|MoveInProgress|Failover)|InternalServer(Transient)?Error)$/;
const longest = 100_000;

/** What a reply other than 2xx means, and whether it is worth another attempt. */
export function ewsRefusal(call: string, received: Received, secrets: readonly string[]): Refusal {
    const failed = failureOf(call, received, secrets);
    const error = errorOf(failed, received);
    if (failed.code === undefined || failed.status === 429) return { error, status: failed.status };
    // All faults have the status of a server that broke down, and most are final.
    return { error, status: passing.test(failed.code) ? 503 : 400 };
}

/** Throws a CallError unless the reply shows an inbox that was opened. */
export function openedInbox(call: string, received: Received, secrets: readonly string[]): void {
    const text = received.text.slice(0, longest);
    const [, result] = /<(?:\w+:)?GetFolderResponseMessage\b[^>]*\bResponseClass="(\w+)"/.exec(text) ?? [];
    if (result === "Success" && codeOf(text) === "NoError" && /<(?:\w+:)?FolderId\b[^>]*\bId="[^"]+"/.test(text)) return;
    const failed = failureOf(call, received, secrets);
    if (result !== "Error") throw new ServiceError({ ...failed, text: `the reply is none of EWS's: ${failed.text.slice(0, 100)}` });
    throw errorOf(failed, received);
}

function errorOf(failed: Failed & { status: number }, received: Received): CallError {
    const { status, code = "" } = failed;
    if (status === 401 && isExchanges(received)) return new AuthenticationError(failed);
    if ((status === 403 && isExchanges(received)) || denials.includes(code)) return new AuthorizationError(failed);
    if (code === "ErrorNonExistentMailbox") return new NotFoundError(failed);
    if (status === 429 || code === "ErrorServerBusy") return new ThrottledError(failed);
    return new ServiceError(failed);
}

function failureOf(call: string, received: Received, secrets: readonly string[]): Failed & { status: number } {
    const { status, header } = received;
    const text = received.text.slice(0, longest);
    const said = header(policyReason) ?? /<(?:\w+:)?(?:MessageText|Message|faultstring)\b[^>]*>([^<]*)</.exec(text)?.[1];
    const after = header("retry-after");
    // What a header says is short, a body may be a whole page.
    const told = [header("x-ms-diagnostics"), after && `Retry-After ${after}`, said ?? text].filter(Boolean).join("; ");
    return { call, status, code: codeOf(text), text: printable(told, secrets) || "empty reply", requestId: idOf(received) };
}

function codeOf(text: string): string | undefined {
    return /<(?:\w+:)?ResponseCode\b[^>]*>\s*(\w+)\s*</.exec(text)?.[1];
}

function isExchanges({ header }: Received): boolean {
    return signs.some(sign => header(sign) !== undefined) || /^Bearer\b/i.test(header("www-authenticate") ?? "");
}
