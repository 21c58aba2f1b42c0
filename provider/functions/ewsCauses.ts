// Why an application cannot use EWS for a mailbox, by what Entra ID and EWS said: the message of what was seen, and what to do.
import { AuthenticationError, AuthorizationError, CallError, NotFoundError } from "../clients/errors";

/** Whose access it is about, and by which right. */
export interface EwsAccess {
    clientId: string;
    mailbox: string;
    method: string;
}

/** What keeps an application from using EWS. */
export interface Cause {
    message: string;
    advice: string;
    /** Whether nothing about the application is said by it. */
    unknown?: boolean;
    /** How long a change may take that mends it, in milliseconds; without it none of a change's waiting times explains it. */
    settlesMs?: number;
}

const hour = 60 * 60 * 1000;
/** How long a change may take to be in force. */
export const settling = {
    /** The list of applications, and the switches beside it: Microsoft, "Control access to EWS in Exchange". */
    ews: 24 * hour,
    /** Access policies and roles: Microsoft, "Role Based Access Control for Applications in Exchange Online". */
    mailbox: 2 * hour,
    /** A consent shows in tokens after seconds to tens of minutes; the same is presumed of new applications and secrets. */
    directory: hour,
};

/** The day on which Exchange Web Services in Exchange Online end, UTC. Source: Microsoft, message centre MC1227454. */
export const endsOn = "2027-04-01";
const waysOut = "MIM can send mail over an SMTP relay (without approvals by mail), or over an Exchange server on premises, whose EWS stay";
const again = "Nothing is known about the application's access; run again";

// https://learn.microsoft.com/entra/identity-platform/reference-error-codes
const refusals: { [code: string]: (clientId: string) => Omit<Cause, "message"> } = {
    AADSTS7000215: clientId => ({
        advice:
            `Give the value of a client secret of the application ${clientId}, not the secret's id; a value is shown only once, so make ` +
            "a new secret where it is lost",
        settlesMs: settling.directory,
    }),
    AADSTS7000222: clientId => ({ advice: `Make a new client secret for the application ${clientId} and put it in place` }),
    AADSTS700016: clientId => ({
        advice: `The tenant has no application ${clientId}: check tenantId and clientId, and whether the application was deleted`,
        settlesMs: settling.directory,
    }),
    AADSTS7000229: clientId => ({
        advice: `The application ${clientId} has no service principal (enterprise application) in the tenant: make it, and consent`,
        settlesMs: settling.directory,
    }),
    AADSTS7000112: clientId => ({ advice: `The enterprise application of ${clientId} is disabled: enable it` }),
    AADSTS90002: () => ({ advice: "There is no such tenant in this cloud: check tenantId and the provider's environment" }),
};
// By the same page these pass by themselves; the last one is of applications that ask too often.
const passing = ["AADSTS90006", "AADSTS90024", "AADSTS90033", "AADSTS50196"];

/** Why Entra ID gave no token. */
export function tokenCause(error: CallError, clientId: string): Cause {
    const { code = "", message } = error;
    if (!(error instanceof AuthenticationError) || passing.includes(code)) return { message, advice: again, unknown: true };
    return { message, ...(refusals[code]?.(clientId) ?? { advice: `Look up ${code} in Microsoft's list of AADSTS error codes` }) };
}

/** Why a token opens no mailbox. */
export function consentCause(roles: string[], clientId: string): Cause {
    const message = `the token lacks the permission full_access_as_app; it has ${roles.length > 0 ? roles.join(", ") : "none"}`;
    return { message, advice: consentAdvice(clientId), settlesMs: settling.directory };
}

/** Why EWS did not show the inbox. */
export function ewsCause(error: CallError, access: EwsAccess): Cause {
    const { message, text } = error;
    if (error instanceof AuthenticationError) return { message, ...unaccepted(text, access) };
    if (error instanceof NotFoundError) {
        const advice = `Check the address ${access.mailbox}, and that it is a mailbox in Exchange Online, with a licence`;
        return { message, advice };
    }
    if (!(error instanceof AuthorizationError)) return { message, advice: again, unknown: true };
    if (/EWS is disabled/i.test(text)) {
        const advice =
            "Set EwsEnabled of the organisation (Set-OrganizationConfig, or the component EwsAccess) and of the mailbox " +
            "(Set-CASMailbox) to true; no list helps while one of them is false";
        return { message, advice, settlesMs: settling.ews };
    }
    if (/EWS is blocked by policy/i.test(text)) {
        const advice =
            `Put the application ${access.clientId} into EwsAllowedAppIDs (the component EwsAccess does). Where it is there, look at ` +
            "EwsApplicationAccessPolicy, EwsAllowList and EwsBlockList of organisation and mailbox: they go by the program's user agent";
        return { message, advice, settlesMs: settling.ews };
    }
    return { message, advice: scopeAdvice(access), settlesMs: settling.mailbox };
}

/** Why nobody has to be asked any more. */
export function endCause(): Cause {
    return { message: `Exchange Web Services in Exchange Online ended on ${endsOn}; nothing was asked`, advice: waysOut };
}

function unaccepted(text: string, access: EwsAccess): Omit<Cause, "message"> {
    if (/2000008|contains no permissions/.test(text)) {
        return { advice: access.method === "rbac" ? scopeAdvice(access) : consentAdvice(access.clientId), settlesMs: settling.mailbox };
    }
    const advice = "Check that the tenant is the one of the mailbox, and that the provider's environment is the tenant's cloud";
    return { advice, settlesMs: settling.directory };
}

function consentAdvice(clientId: string): string {
    return (
        `Give the application ${clientId} the application permission full_access_as_app of Office 365 Exchange Online, with an ` +
        "administrator's consent"
    );
}

function scopeAdvice({ clientId, mailbox, method }: EwsAccess): string {
    return method === "rbac"
        ? `${mailbox} is closed to the application ${clientId}: it needs the role Application EWS.AccessAsApp with the mailbox in its ` +
              "scope; groups count with their direct members only"
        : `${mailbox} is closed to the application ${clientId}: look at its access policies (Get-ApplicationAccessPolicy). The mailbox ` +
              "has to be in the group of one with RestrictAccess where there is any, and in none with DenyAccess";
}
