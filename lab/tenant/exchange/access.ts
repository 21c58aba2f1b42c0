import { rolesOf } from "../login";
import { EXCHANGE_APP_ID } from "../seed";
import type { World } from "../world";
import { matcher } from "./filter";
import { byGuid, sameText, type Assignment, type ExchangeState, type Policy, type Recipient, type UserAgents } from "./state";

/** The roles that open a mailbox to EWS, with what each grants. */
export const EWS_ROLES = ["Application EWS.AccessAsApp", "Application Exchange Full Access"];

/**
 * Whether EWS would open a mailbox (its address or any other name) to an application's own token: by consent to full_access_as_app, as far
 * as access policies leave it, or by a role assignment (facts: microsoft.md section 3). Whether EWS is on at all is `mayUseEws`.
 */
export function mayAccess(world: World, appId: string, mailbox: string): boolean {
    const { exchange, servicePrincipals } = world.state;
    const principal = servicePrincipals.find(each => sameText(each.appId, appId));
    const recipient = exchange.recipients.find(each => names(each).some(name => sameText(name, mailbox)));
    if (!principal?.accountEnabled || !recipient) {
        return false;
    }
    const consent = rolesOf(principal.id, EXCHANGE_APP_ID, world).includes("full_access_as_app");
    const assigned = exchange.assignments.filter(({ App, Role }) => sameText(App, principal.id) && EWS_ROLES.includes(Role));
    return (consent && policiesAllow(exchange, appId, recipient)) || assigned.some(each => reaches(exchange, each, recipient));
}

/** How somebody comes to EWS: as which program, and for which mailbox. */
export interface EwsCall {
    userAgent?: string;
    mailbox?: string;
}

/** Whether EWS answers an application at all (the table in facts: microsoft.md section 2), its program and for its mailbox. */
export function mayUseEws(exchange: ExchangeState, appId: string, call: EwsCall = {}): boolean {
    return ewsBlock(exchange, appId, call) === undefined;
}

/** Why EWS does not answer an application: it is off, or a list of applications or of programs leaves it out. Undefined: it answers. */
export function ewsBlock({ organization, recipients }: ExchangeState, appId: string, { userAgent, mailbox }: EwsCall): "disabled" | "blocked" | undefined {
    const { EwsEnabled: enabled, EwsAllowedAppIDs: list } = organization;
    const own = recipients.find(each => names(each).some(name => sameText(name, mailbox)))?.clientAccess;
    if (enabled === false || own?.EwsEnabled === false) {
        return "disabled";
    }
    const listed = enabled === null || (list ?? "").split(",").some(each => sameText(each.trim(), appId));
    return listed && [organization, ...(own ? [own] : [])].every(each => mayProgram(each, userAgent ?? "")) ? undefined : "blocked";
}

/** Entries may have asterisks (docs of Set-OrganizationConfig, EwsAllowList). */
function mayProgram({ EwsApplicationAccessPolicy: policy, EwsAllowList: allowed, EwsBlockList: blocked }: UserAgents, userAgent: string): boolean {
    const pattern = (entry: string): RegExp => new RegExp(`^${entry.replace(/[.+?^${}()|[\]\\]/g, "\\$&").replaceAll("*", ".*")}$`, "i");
    const isIn = (list: string[]): boolean => list.some(entry => pattern(entry).test(userAgent));
    return policy === "EnforceAllowList" ? isIn(allowed) : policy !== "EnforceBlockList" || !isIn(blocked);
}

/** What the access policies leave of a consent: none denies, and where some restrict, one has the mailbox in its scope. */
export function policiesAllow(exchange: ExchangeState, appId: string, mailbox: Recipient): boolean {
    const policies = exchange.policies.filter(each => each.AppId === "*" || sameText(each.AppId, appId));
    const scopeOf = ({ ScopeIdentityRaw }: Policy): Recipient | undefined =>
        exchange.recipients.find(each => each.ExternalDirectoryObjectId === ScopeIdentityRaw.split(";")[1]);
    const inScope = (right: string): boolean[] =>
        policies.filter(({ AccessRight }) => AccessRight === right).map(each => covers(exchange, scopeOf(each), mailbox));
    const restricting = inScope("RestrictAccess");
    return !inScope("DenyAccess").includes(true) && (restricting.length === 0 || restricting.includes(true));
}

/** Whether a role assignment reaches a mailbox. Groups count with their direct members only. */
export function reaches(exchange: ExchangeState, { scope }: Assignment, mailbox: Recipient): boolean {
    switch (scope?.kind) {
        case undefined:
            return true;
        case "group":
            return byGuid(exchange.recipients, scope.id)?.members?.includes(mailbox.Guid) ?? false;
        case "unit":
            return mailbox.administrativeUnits.some(each => sameText(each, scope.id));
        case "scope":
            return matcher(byGuid(exchange.scopes, scope.id)?.RecipientFilter ?? "")(mailbox, exchange.recipients);
    }
}

/** By what a recipient is meant. */
export function names(recipient: Recipient): string[] {
    const addresses = (recipient["EmailAddresses"] as string[]).map(each => each.replace(/^smtp:/i, ""));
    const { Guid, ExternalDirectoryObjectId, DistinguishedName, PrimarySmtpAddress, Name, Alias, DisplayName } = recipient;
    return [Guid, ExternalDirectoryObjectId, DistinguishedName, PrimarySmtpAddress, Name, Alias, DisplayName, ...addresses];
}

/** The object itself, or somebody in it at any depth. */
function covers(exchange: ExchangeState, scope: Recipient | undefined, mailbox: Recipient, seen: Recipient[] = []): boolean {
    if (!scope || seen.includes(scope)) {
        return false;
    }
    const members = (scope.members ?? []).map(each => byGuid(exchange.recipients, each));
    return scope === mailbox || members.some(each => covers(exchange, each, mailbox, [...seen, scope]));
}
