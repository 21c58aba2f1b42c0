// Whether an application can use EWS for a mailbox now: a token by its own client secret, and one look into the inbox. What the services
// say is an answer, never an error, and only an inbox that was opened is healthy.
import { claimsOf } from "../clients/claims";
import { CallError, printable } from "../clients/errors";
import { checked, guid, smtpAddress, text } from "../resources/inputs";
import type { Context } from "../resources/resource";
import { version } from "../schema";
import type { Failure, Properties, Value } from "../values";
import { consentCause, endCause, endsOn, ewsCause, tokenCause, type Cause } from "./ewsCauses";
import type { ProviderFunction } from "./function";

interface Answer {
    check: "token" | "ews";
    /** Undefined: the inbox was opened. */
    cause?: Cause;
}

const permission = "full_access_as_app";
const aTime = 'a UTC time such as "2026-11-30T08:00:00Z"';
const ascii = matches(/^[\x20-\x7e]+$/);

/** `hybrid-identity:exchange:ewsHealth`. */
export const ewsHealth: ProviderFunction = {
    check: args => [
        ...checked(args, [
            { property: "tenantId", expected: "the tenant's id or one of its domain names", accepts: matches(/^[\w.-]+$/) },
            { property: "clientId", expected: "the application's client id, a GUID", accepts: guid },
            { property: "mailbox", expected: "a mailbox's SMTP address, in ASCII", accepts: value => smtpAddress(value) && ascii(value) },
            { property: "method", expected: '"accessPolicy" or "rbac"', optional: true, accepts: matches(/^(accessPolicy|rbac)$/) },
            { property: "userAgent", expected: "a text in ASCII", optional: true, accepts: value => text(200)(value) && ascii(value) },
            { property: "changedAt", expected: aTime, optional: true, accepts: isTime },
            { property: "now", expected: aTime, optional: true, accepts: isTime },
        ]),
        ...secretFailure(args["clientSecret"] ?? null),
    ],
    async run(args, context) {
        const now = new Date(typeof args["now"] === "string" ? args["now"] : Date.now());
        const answer: Answer = now >= new Date(endsOn) ? { check: "ews", cause: endCause() } : await asked(args, context);
        return told(answer, args, now);
    },
};

async function asked(args: Properties, context: Context): Promise<Answer> {
    const { signal } = context;
    const given = (name: string) => String(args[name]);
    const access = { clientId: given("clientId"), mailbox: given("mailbox"), method: String(args["method"] ?? "accessPolicy") };
    const { clientId, mailbox, method } = access;
    let check: Answer["check"] = "token";
    try {
        const client = await context.ews(signal);
        const token = await client.token({ clientId, tenantId: given("tenantId"), clientSecret: given("clientSecret") }, signal);
        const claims = claimsOf(token);
        const roles = Array.isArray(claims?.["roles"]) ? claims["roles"].map(String) : [];
        // A role of Exchange stands in no token.
        if (claims && method !== "rbac" && !roles.includes(permission)) return { check, cause: consentCause(roles, clientId) };
        check = "ews";
        await client.openInbox({ token, mailbox, userAgent: String(args["userAgent"] ?? `HybridIdentity/${version}`), signal });
        return { check };
    } catch (error) {
        if (signal.aborted || !(error instanceof CallError)) throw error;
        return { check, cause: check === "token" ? tokenCause(error, clientId) : ewsCause(error, access) };
    }
}

function told({ check, cause }: Answer, { mailbox, method, changedAt }: Properties, now: Date): Properties {
    const time = now.toISOString();
    if (!cause) {
        const right = method === "rbac" ? "a token" : `a token with ${permission}`;
        return { state: "healthy", check, message: `${right}, and the inbox of ${String(mailbox)} opened by EWS`, advice: "", time };
    }
    // A change that is said to be yet to come is one of now: else it would excuse a denial for ever.
    const changed = typeof changedAt === "string" ? Math.min(Date.parse(changedAt), now.getTime()) : -Infinity;
    const until = changed + (cause.settlesMs ?? 0);
    const pending = !cause.unknown && until > now.getTime();
    const state = cause.unknown ? "unknown" : pending ? "pending" : "failing";
    const advice = changedAt === undefined && cause.settlesMs ? `${cause.advice}. ${waitAdvice(cause.settlesMs)}` : cause.advice;
    const answer = { state, check, message: printable(cause.message), advice, time };
    return pending ? { ...answer, pendingUntil: new Date(until).toISOString() } : answer;
}

// Where nobody says when it was, the last change may have been the one that mends this.
function waitAdvice(ms: number): string {
    const hours = ms / (60 * 60 * 1000);
    return `After a change of it wait first: it may take up to ${hours} ${hours === 1 ? "hour" : "hours"}`;
}

// Never with the value, whether or not the caller marked it as secret.
function secretFailure(value: Value): Failure[] {
    const accepted = typeof value === "string" && value !== "";
    return accepted ? [] : [{ property: "clientSecret", reason: "expected the value of a client secret of the application, a text" }];
}

function isTime(value: Value): boolean {
    return typeof value === "string" && /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?Z$/.test(value) && !Number.isNaN(Date.parse(value));
}

function matches(pattern: RegExp): (value: Value) => boolean {
    return value => typeof value === "string" && pattern.test(value);
}
