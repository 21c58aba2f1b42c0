import type { Reply, Request } from "../http";
import { rolesOf } from "../login";
import { EXCHANGE_AUDIENCE } from "../metadata";
import { EXCHANGE_APP_ID } from "../seed";
import type { World } from "../world";
import { EWS_ROLES, ewsBlock, mayAccess } from "./access";
import { ids, unauthenticated } from "./errors";
import { MAILBOXES } from "./recipients";
import { fault, inboxReply, operationOf } from "./soap";
import { sameText, type Recipient } from "./state";

export const EWS_PATH = "/EWS/Exchange.asmx";
/** On this day nothing in a tenant can keep EWS open any more (facts: microsoft.md section 2). How they answer then nobody has seen: as where they are off, here. */
const END = Date.parse("2027-04-01");
/** The header and both of its texts: learn.microsoft.com, "Control access to EWS in Exchange", "Understand HTTP 403 responses in Exchange Online". */
const REASON = "x-ews-policy-reason";
const REASONS = { disabled: "EWS is disabled for this user or tenant", blocked: "EWS is blocked by policy for this user or tenant" };
/** As Exchange Online said it to an application without any permission: github.com/otris/ews-cpp/issues/148. */
const NO_PERMISSIONS = '2000008;reason="The token contains no permissions, or permissions can not be understood.";error_category="invalid_grant"';

/**
 * Answers EWS to who looks into a mailbox's inbox with an application's own token. Whose turn it is first (token, switches, mailbox, right to it) is a
 * guess. Changes of rights count at once, as everywhere in this tenant. Undefined: not a call of this.
 */
export function ews(request: Request, world: World): Reply | undefined {
    if (request.url.pathname !== EWS_PATH) {
        return undefined;
    }
    const headers = ids();
    if (request.method !== "POST") {
        return { status: 405, headers, unknown: true };
    }
    const claims = claimsOf(request, world);
    if (!claims) {
        return unauthenticated(headers);
    }
    const { exchange } = world.state;
    const { operation, mailbox: address } = operationOf(request.text);
    const block = world.now().getTime() >= END ? "disabled" : ewsBlock(exchange, claims.appId, { userAgent: request.headers["user-agent"], mailbox: address });
    if (block) {
        return { status: 403, headers: { ...headers, [REASON]: REASONS[block] } };
    }
    if (!hasAnyRight(claims.objectId, world)) {
        const refused = unauthenticated(headers);
        return { ...refused, headers: { ...refused.headers, "x-ms-diagnostics": NO_PERMISSIONS } };
    }
    if (operation !== "GetFolder inbox") {
        return { ...fault("ErrorInvalidRequest", "The request is invalid.", headers), unknown: true };
    }
    if (address === undefined) {
        return fault("ErrorImpersonationRequired", "ExchangeImpersonation SOAP header must be present for this type of OAuth token.", headers);
    }
    return answer(address, claims.appId, world, headers);
}

/**
 * No mailbox: Microsoft, KB 3214326. A mailbox that is closed: a guess, in two forms. Graph says ErrorAccessDenied there (facts: wire.md section 1.10), and
 * a 403 without a reason is "likely an app policy" (David Barrett of Microsoft, github.com/David-Barrett-MS/PowerShell-EWS-Scripts/issues/62).
 */
function answer(address: string, appId: string, world: World, headers: Record<string, string>): Reply {
    const mailbox = world.state.exchange.recipients.find(each => MAILBOXES.includes(each.RecipientTypeDetails) && hasAddress(each, address));
    if (!mailbox) {
        return fault("ErrorNonExistentMailbox", "The SMTP address has no mailbox associated with it.", headers);
    }
    if (mayAccess(world, appId, mailbox.Guid)) {
        return inboxReply(mailbox.Guid, headers);
    }
    return world.behaviour.ewsDenialAs403 ? { status: 403, headers } : fault("ErrorAccessDenied", "Access is denied. Check credentials and try again.", headers);
}

function claimsOf({ headers }: Request, world: World): { appId: string; objectId: string } | undefined {
    const [, token = ""] = /^Bearer (.+)$/i.exec(headers.authorization ?? "") ?? [];
    const claims = world.tokens.claims(token);
    const fresh = claims?.["aud"] === EXCHANGE_AUDIENCE && Number(claims["exp"]) * 1000 >= Date.now();
    return fresh ? { appId: String(claims["appid"]), objectId: String(claims["oid"]) } : undefined;
}

/** A consent, or a role of Exchange for some mailboxes. */
function hasAnyRight(objectId: string, world: World): boolean {
    const assigned = world.state.exchange.assignments.some(({ App, Role }) => sameText(App, objectId) && EWS_ROLES.includes(Role));
    return assigned || rolesOf(objectId, EXCHANGE_APP_ID, world).includes("full_access_as_app");
}

function hasAddress({ PrimarySmtpAddress, ...more }: Recipient, address: string): boolean {
    const others = (more["EmailAddresses"] as string[]).map(each => each.replace(/^smtp:/i, ""));
    return [PrimarySmtpAddress, ...others].some(each => sameText(each, address));
}
