// The inputs of azuread:index/application:Application.
import type { Field, Fields } from "../shared/schema";
import { valid } from "./text";

const noStandIn = "the stand-in of the azuread plugin does not take this input; use the plugin itself";
const text: Field = { kind: "string" };
const flag: Field = { kind: "boolean" };
const redirectUris: Field = { kind: "strings", set: true };
const claims: Field = {
    kind: [
        {
            additionalProperties: { kind: "strings" },
            essential: { kind: "boolean", default: false },
            name: { kind: "string", required: true },
            source: text,
        },
    ],
};
const scope: Fields = {
    adminConsentDescription: text,
    adminConsentDisplayName: text,
    enabled: { kind: "boolean", default: true },
    id: { kind: "string", required: true, invalid: valid.uuid },
    type: { kind: "string", default: "User", invalid: valid.oneOf("Admin", "User") },
    userConsentDescription: text,
    userConsentDisplayName: text,
    value: text,
};
const role: Fields = {
    allowedMemberTypes: { kind: "strings", required: true, set: true },
    description: { kind: "string", required: true },
    displayName: { kind: "string", required: true },
    enabled: { kind: "boolean", default: true },
    id: { kind: "string", required: true, invalid: valid.uuid },
    value: text,
};
const access: Fields = {
    id: { kind: "string", required: true, invalid: valid.uuid },
    type: { kind: "string", required: true, invalid: valid.oneOf("Role", "Scope") },
};
const audiences = ["AzureADMyOrg", "AzureADMultipleOrgs", "AzureADandPersonalMicrosoftAccount", "PersonalMicrosoftAccount"];

export const fields: Fields = {
    api: {
        kind: {
            knownClientApplications: { kind: "strings", set: true },
            mappedClaimsEnabled: flag,
            oauth2PermissionScopes: { kind: [scope], set: true },
            requestedAccessTokenVersion: { kind: "number", default: 1 },
        },
    },
    appRoles: { kind: [role], set: true },
    description: text,
    deviceOnlyAuthEnabled: flag,
    displayName: { kind: "string", required: true, invalid: valid.filled },
    fallbackPublicClientEnabled: flag,
    featureTags: { kind: [{}], refused: noStandIn },
    groupMembershipClaims: { kind: "strings", set: true, late: true },
    identifierUris: { kind: "strings", set: true, late: true },
    logoImage: { kind: "string", refused: noStandIn },
    marketingUrl: text,
    notes: text,
    oauth2PostResponseRequired: flag,
    optionalClaims: { kind: { accessTokens: claims, idTokens: claims, saml2Tokens: claims } },
    owners: { kind: "strings", set: true, late: true },
    password: { kind: {}, refused: noStandIn },
    preventDuplicateNames: { kind: "boolean", default: false, kept: true },
    privacyStatementUrl: text,
    publicClient: { kind: { redirectUris } },
    requiredResourceAccesses: {
        kind: [
            {
                resourceAccesses: { kind: [access], required: true },
                resourceAppId: { kind: "string", required: true },
            },
        ],
        set: true,
    },
    serviceManagementReference: text,
    signInAudience: { kind: "string", default: "AzureADMyOrg", invalid: valid.oneOf(...audiences) },
    singlePageApplication: { kind: { redirectUris } },
    supportUrl: text,
    tags: { kind: "strings", set: true, computed: true },
    templateId: { kind: "string", refused: noStandIn },
    termsOfServiceUrl: text,
    web: {
        kind: {
            homepageUrl: text,
            implicitGrant: { kind: { accessTokenIssuanceEnabled: flag, idTokenIssuanceEnabled: flag } },
            logoutUrl: text,
            redirectUris,
        },
    },
};
