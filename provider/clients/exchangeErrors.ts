// What Exchange Online's refusals mean. They are told by the type of the exception: the status and the code say little, and a missing
// object is a 404 on some servers and a 500 on others.
import {
    AlreadyExistsError,
    AuthenticationError,
    AuthorizationError,
    errorOf,
    NotFoundError,
    printable,
    ServiceError,
    ThrottledError,
    type CallError,
    type Failed,
    type Refusal,
} from "./errors";
import type { Received } from "./request";

interface Exception {
    message?: unknown;
    type?: unknown;
    internalexception?: Exception;
}
interface ErrorBody {
    error?: { code?: unknown; message?: unknown; details?: unknown; innererror?: Exception };
}
type Failure = Failed & { status: number };

interface Meaning {
    /** What is looked for in the exception's type or in the text. */
    sign: RegExp;
    /** A status that says better what the service meant; 400 is final. */
    status: number;
    error: (failed: Failure) => CallError;
}

const meanings: Meaning[] = [
    { sign: /ManagementObjectNotFoundException/, status: 404, error: failed => new NotFoundError(failed) },
    { sign: /ADObjectAlreadyExistsException/, status: 400, error: failed => new AlreadyExistsError(failed) },
    {
        sign: /maximum number of concurrent requests/i,
        status: 429,
        error: failed => new ThrottledError(failed, "The tenant gets too many calls; run again later"),
    },
    advised(
        /InvalidOperationInDehydratedContext/,
        "The organisation's settings are still Microsoft's shared ones: run Enable-OrganizationCustomization once in Exchange Online " +
            "PowerShell as an Exchange administrator, and run this again when it works, which takes up to an hour",
    ),
    advised(
        /delegating role assignment/i,
        "After Enable-OrganizationCustomization this lasts 40 to 60 minutes: run again later. Otherwise whoever Pulumi runs as needs " +
            "the directory role Exchange Administrator, or the role group Organization Management",
    ),
    advised(
        /total size of App Access Policies exceeded/i,
        "The tenant has no room for another application access policy (100 to 300, by their size): remove policies that nobody needs, " +
            "name one group instead of several mailboxes, or use RBAC for Applications",
    ),
    advised(/Expired or Invalid pagination request/i, "The list changed its server while it was read; run again"),
];

const passing = /Transient|Busy|Overload|OverBudget|Timeout/;
// The endpoint's own exception around the cmdlet's; alone it says that the cmdlet told nothing.
const wrapping = /ODataServiceException$/;

function advised(sign: RegExp, advice: string): Meaning {
    return { sign, status: 400, error: failed => new ServiceError(failed, advice) };
}

/** What a reply other than 2xx to a cmdlet means, and whether it is worth another attempt. */
export function exchangeRefusal(cmdlet: string, received: Received, right: string): Refusal {
    const { status, header } = received;
    const { said, types } = read(received.text, header("x-exceptiontype"));
    const failed: Failure = { call: cmdlet, status, code: shortOf(types), text: said || unsaid(status), requestId: idOf(received) };
    // No statement about any object, whatever else is in the reply.
    if (status === 401) return { error: unaccepted(failed, right), status };
    if (status === 403) return { error: forbidden(failed, right), status };
    const known = meaningOf(types, said);
    if (known) return { error: known.error(failed), status: known.status };
    if (status === 404) {
        const advice = "This is no statement about the object; check tenantId, exchangeHost and proxies on the way";
        return { error: new ServiceError(failed, advice), status };
    }
    // A cmdlet that ran and threw will throw again, unless it says otherwise.
    const thrown = types.length > 0 && !types.some(type => passing.test(type) || wrapping.test(type));
    return { error: errorOf(failed, right), status: thrown && status !== 429 ? 400 : status };
}

/** An error that a cmdlet reported although it went on, in a reply that is a success by its status. */
export function exchangeComplaint(cmdlet: string, received: Received, complaint: unknown): CallError {
    const { said, types } = told(complaint);
    const text = said || "an error without a text";
    const failed: Failure = { call: cmdlet, status: received.status, code: shortOf(types), text, requestId: idOf(received) };
    const advice = "The cmdlet went on after this; what it did is read again in the next run";
    return meaningOf(types, said)?.error(failed) ?? new ServiceError(failed, advice);
}

/** The request's id, for Microsoft's support. */
export function idOf({ header }: Received): string | undefined {
    const id = header("request-id");
    return id === undefined ? undefined : printable(id);
}

// A right that is missing is refused without a word.
function unsaid(status: number): string {
    return status === 401 || status === 403 ? "refused, and no reason given" : "empty reply";
}

// Some organisations answer so where the directory role alone is missing, others with 403.
function unaccepted(failed: Failure, right: string): CallError {
    return new AuthenticationError(
        failed,
        "Exchange Online did not accept the token: check tenantId, clientId and the credential, and that whoever Pulumi runs as has all " +
            `that is needed: ${right}. A new consent takes some minutes, a new role up to an hour`,
    );
}

function forbidden(failed: Failure, right: string): CallError {
    return new AuthorizationError(
        failed,
        `Whoever Pulumi runs as may not run ${failed.call}; needed: ${right}. A Privileged Role Administrator of the tenant can grant ` +
            "it; a new role takes up to an hour",
    );
}

function meaningOf(types: string[], said: string): Meaning | undefined {
    return meanings.find(({ sign }) => types.some(type => sign.test(type)) || sign.test(said));
}

function shortOf(types: string[]): string | undefined {
    return types[0]?.split(".").pop();
}

function read(body: string, header: string | undefined): { said: string; types: string[] } {
    let error: ErrorBody["error"];
    try {
        error = (JSON.parse(body) as ErrorBody | null)?.error;
    } catch {
        error = undefined;
    }
    if (typeof error !== "object" || error === null) return { said: printable(body).slice(0, 200), types: named(header) };
    const [detail] = [error.details].flat() as ({ message?: unknown } | undefined)[];
    const { said, types } = told(detail?.message);
    const inner = error.innererror?.internalexception;
    const message = [inner?.message, said, error.innererror?.message, error.message].find(text => typeof text === "string" && text !== "");
    return {
        said: typeof message === "string" ? printable(message) : "",
        types: meant([...named(inner?.type), ...types, ...named(error.innererror?.type), ...named(header)]),
    };
}

// "{id}|{type of exception}|{text}", of which the id may be empty; or a text alone.
function told(message: unknown): { said: string; types: string[] } {
    const text = typeof message === "string" ? message : message === undefined ? "" : JSON.stringify(message);
    const [, type, said] = /^[^|]*\|([\w.+`]+)\|(.*)$/s.exec(text) ?? [undefined, undefined, text];
    return { said: printable(said ?? ""), types: named(type) };
}

function meant(types: string[]): string[] {
    const own = types.filter(type => !wrapping.test(type));
    return own.length > 0 ? own : types;
}

function named(type: unknown): string[] {
    return typeof type === "string" && /^[\w.+`]+$/.test(type) ? [type] : [];
}
