// What can go wrong with a call to a Microsoft service. Each message names the call, the service's own words and its request id, and
// never a token or a secret.

/** What is known of a call that failed. */
export interface Failed {
    /** Method and path, for example "GET /v1.0/applications". */
    call: string;
    status?: number;
    /** The service's own code, for example "Authorization_RequestDenied". */
    code?: string;
    /** What the service said, or what happened on the way to it. */
    text: string;
    requestId?: string;
}

/** A call to a Microsoft service that failed. The subclasses say what a caller can do about it. */
export class CallError extends Error implements Failed {
    override readonly name: string = "CallError";
    readonly call: string;
    readonly text: string;
    readonly status: number | undefined;
    readonly code: string | undefined;
    readonly requestId: string | undefined;

    constructor(failed: Failed, advice?: string) {
        const said = [failed.status, failed.code].filter(Boolean).join(" ");
        const id = failed.requestId ? ` (request-id ${failed.requestId})` : "";
        super(`${failed.call}: ${said ? `${said}: ` : ""}${failed.text}${id}${advice ? `. ${advice}` : ""}`);
        this.call = failed.call;
        this.text = failed.text;
        this.status = failed.status;
        this.code = failed.code;
        this.requestId = failed.requestId;
    }
}

/** No token was given, or the service did not take it. Never a sign that something is absent. */
export class AuthenticationError extends CallError {
    override readonly name = "AuthenticationError";
}

/** The caller is known but lacks a right. Never a sign that something is absent. */
export class AuthorizationError extends CallError {
    override readonly name = "AuthorizationError";
}

/** The service says that the object does not exist. A 404 for any other reason, such as a wrong path or a proxy, is a ServiceError. */
export class NotFoundError extends CallError {
    override readonly name = "NotFoundError";
}

/** The service says that such an object exists already. */
export class AlreadyExistsError extends CallError {
    override readonly name = "AlreadyExistsError";
}

/** No answer came to a call that changes something: whether it was done, nobody can tell without looking. */
export class LostReplyError extends CallError {
    override readonly name = "LostReplyError";

    constructor(
        failed: Failed,
        advice: string,
        /** Retry-After, as the service sent it. */
        readonly retryAfter?: string,
    ) {
        super(failed, advice);
    }
}

/** Not sent: what the call was to change is another by now, or a call before it failed. */
export class NotSentError extends CallError {
    override readonly name = "NotSentError";
}

/** The service asks to come back later, longer than this run waits. */
export class ThrottledError extends CallError {
    override readonly name = "ThrottledError";
}

/** The service failed or refused, or was not reached. */
export class ServiceError extends CallError {
    override readonly name = "ServiceError";
}

/** What a reply that is no success stands for. */
export interface Refusal {
    error: CallError;
    /** Decides whether the call is repeated: the status of the reply, or one that says better what the service meant. */
    status: number;
}

/** The class of error that a reply stands for. `right` names the permission that the call needs. */
export function errorOf(failed: Failed & { status: number }, right: string): CallError {
    switch (failed.status) {
        case 401:
            return new AuthenticationError(failed, "The service did not accept the token; check tenantId, clientId and the credential");
        case 403:
            return new AuthorizationError(
                failed,
                `Whoever Pulumi runs as lacks ${right}; a Privileged Role Administrator or Global Administrator of the tenant can grant it`,
            );
        case 404:
            return failed.code === "Request_ResourceNotFound"
                ? new NotFoundError(failed)
                : new ServiceError(failed, "This is no statement about the object; check metadataHost and proxies on the way");
        case 429:
            return new ThrottledError(failed, "The tenant gets too many calls; run again later");
        default:
            return new ServiceError(failed);
    }
}

/** Text from outside, fit to be printed: one line, at most 500 characters, tokens and the given secrets masked. */
export function printable(text: string, secrets: readonly string[] = []): string {
    // Also as a form has them.
    const sought = secrets.filter(Boolean).flatMap(secret => [secret, encodeURIComponent(secret)]);
    const masked = sought.reduce((rest, secret) => rest.split(secret).join("***"), text);
    return masked
        .replace(/eyJ[\w-]+\.[\w-]*\.?[\w-]*/g, "***")
        .replace(/[^\x20-\x7e]+/g, " ")
        .trim()
        .slice(0, 500);
}
