import type * as azuread from "@pulumi/azuread";

type Facts = Record<string, unknown>;

/** A property that no program declares here, what `up` makes of it, and where the tenant tells it. */
type Row<T> = [property: string, emptied: unknown, found: (one: T) => unknown];

/**
 * azuread sends every property with each update, so that `up` empties what nobody declared: an audit has to say so beforehand. Each row by the name
 * that the resource has for it; test/engine/auditDrift.test.ts holds them against what is sent.
 */
const application: Row<azuread.GetApplicationResult>[] = [
    ["api.knownClientApplications", [], (one) => sorted(one.apis[0]?.knownClientApplications)],
    ["api.mappedClaimsEnabled", false, (one) => one.apis[0]?.mappedClaimsEnabled ?? false],
    ["api.oauth2PermissionScopes", [], (one) => sorted(one.apis[0]?.oauth2PermissionScopes.map(({ id, value }) => value || id))],
    ["api.requestedAccessTokenVersion", 1, (one) => one.apis[0]?.requestedAccessTokenVersion ?? 1],
    ["appRoles", [], (one) => sorted(one.appRoles.map(({ id, value }) => value || id))],
    ["description", "", (one) => one.description],
    ["deviceOnlyAuthEnabled", false, (one) => one.deviceOnlyAuthEnabled],
    ["groupMembershipClaims", [], (one) => sorted(one.groupMembershipClaims.filter(Boolean))],
    ["marketingUrl", "", (one) => one.marketingUrl],
    ["notes", "", (one) => one.notes],
    ["oauth2PostResponseRequired", false, (one) => one.oauth2PostResponseRequired],
    ["optionalClaims.accessTokens", [], (one) => claims(one, "accessTokens")],
    ["optionalClaims.idTokens", [], (one) => claims(one, "idTokens")],
    ["optionalClaims.saml2Tokens", [], (one) => claims(one, "saml2Tokens")],
    ["privacyStatementUrl", "", (one) => one.privacyStatementUrl],
    ["serviceManagementReference", "", (one) => one.serviceManagementReference],
    ["supportUrl", "", (one) => one.supportUrl],
    ["termsOfServiceUrl", "", (one) => one.termsOfServiceUrl],
    ["web.homepageUrl", "", (one) => one.webs[0]?.homepageUrl ?? ""],
    ["web.implicitGrant.accessTokenIssuanceEnabled", false, (one) => one.webs[0]?.implicitGrants[0]?.accessTokenIssuanceEnabled ?? false],
    ["web.implicitGrant.idTokenIssuanceEnabled", false, (one) => one.webs[0]?.implicitGrants[0]?.idTokenIssuanceEnabled ?? false],
    ["web.logoutUrl", "", (one) => one.webs[0]?.logoutUrl ?? ""],
];

const principal: Row<azuread.GetServicePrincipalResult>[] = [
    ["servicePrincipal.alternativeNames", [], (one) => sorted(one.alternativeNames)],
    ["servicePrincipal.description", "", (one) => one.description],
    ["servicePrincipal.loginUrl", "", (one) => one.loginUrl],
    ["servicePrincipal.notes", "", (one) => one.notes],
    ["servicePrincipal.notificationEmailAddresses", [], (one) => sorted(one.notificationEmailAddresses)],
    ["servicePrincipal.preferredSingleSignOnMode", "", (one) => one.preferredSingleSignOnMode],
    ["servicePrincipal.samlSingleSignOn.relayState", "", (one) => one.samlSingleSignOns[0]?.relayState ?? ""],
];

/** What `up` makes of all that is not declared. */
export const emptied: Facts = Object.fromEntries([...application, ...principal].map(([property, value]) => [property, value]));

/** The same as the tenant has it. */
export function undeclared(one: azuread.GetApplicationResult, its: azuread.GetServicePrincipalResult | undefined): Facts {
    return { ...told(application, one), ...(its && told(principal, its)) };
}

function told<T>(rows: Row<T>[], one: T): Facts {
    return Object.fromEntries(rows.map(([property, , found]) => [property, found(one)]));
}

function claims({ optionalClaims }: azuread.GetApplicationResult, kind: "accessTokens" | "idTokens" | "saml2Tokens"): string[] {
    return sorted(optionalClaims[0]?.[kind]?.map((one) => one.name));
}

function sorted(texts: string[] | undefined): string[] {
    return [...(texts ?? [])].sort();
}
