import { randomUUID } from "node:crypto";
import type { Json } from "../http";
import type { Application } from "../state";
import { merged } from "./merge";

/**
 * An application with everything that Graph fills in. Absent is not the same as null: without `groupMembershipClaims: null` azuread would see a
 * change in every preview (facts: azuread-observed.md section 5).
 */
export function newApplication(given: Json, { now, domain }: { now: Date; domain: string }): Application {
    const application: Application = {
        id: randomUUID(),
        deletedDateTime: null,
        appId: randomUUID(),
        applicationTemplateId: null,
        disabledByMicrosoftStatus: null,
        createdDateTime: now.toISOString(),
        displayName: null,
        description: null,
        groupMembershipClaims: null,
        identifierUris: [],
        isDeviceOnlyAuthSupported: null,
        isFallbackPublicClient: null,
        notes: null,
        publisherDomain: domain,
        serviceManagementReference: null,
        signInAudience: "AzureADMyOrg",
        tags: [],
        tokenEncryptionKeyId: null,
        samlMetadataUrl: null,
        defaultRedirectUri: null,
        certification: null,
        optionalClaims: null,
        addIns: [],
        api: {
            acceptMappedClaims: null,
            knownClientApplications: [],
            requestedAccessTokenVersion: null,
            oauth2PermissionScopes: [],
            preAuthorizedApplications: [],
        },
        appRoles: [],
        info: { logoUrl: null, marketingUrl: null, privacyStatementUrl: null, supportUrl: null, termsOfServiceUrl: null },
        keyCredentials: [],
        parentalControlSettings: { countriesBlockedForMinors: [], legalAgeGroupRule: "Allow" },
        passwordCredentials: [],
        publicClient: { redirectUris: [] },
        requiredResourceAccess: [],
        verifiedPublisher: { displayName: null, verifiedPublisherId: null, addedDateTime: null },
        web: {
            homePageUrl: null,
            logoutUrl: null,
            redirectUris: [],
            implicitGrantSettings: { enableAccessTokenIssuance: false, enableIdTokenIssuance: false },
            redirectUriSettings: [],
        },
        spa: { redirectUris: [] },
        oauth2RequirePostResponse: false,
        owners: [],
        federatedIdentityCredentials: [],
    };
    return merged(application, given);
}
