import { randomUUID } from "node:crypto";
import type { Json } from "../http";
import type { AppRole, ServicePrincipal } from "../state";
import { merged } from "./merge";

/** The application behind a service principal, which may be one of another tenant. */
interface Backing {
    appId: string;
    displayName: string | null;
    [property: string]: unknown;
}

/** A service principal with everything that Graph fills in, much of it copied from the application (facts: azuread-observed.md section 5). */
export function newServicePrincipal(given: Json, application: Backing, { now, tenantId }: { now: Date; tenantId: string }): ServicePrincipal {
    const servicePrincipal: ServicePrincipal = {
        id: randomUUID(),
        deletedDateTime: null,
        accountEnabled: true,
        alternativeNames: [],
        appDisplayName: application.displayName,
        appDescription: null,
        appId: application.appId,
        applicationTemplateId: null,
        appOwnerOrganizationId: tenantId,
        appRoleAssignmentRequired: false,
        createdDateTime: now.toISOString(),
        description: null,
        disabledByMicrosoftStatus: null,
        displayName: application.displayName,
        homepage: null,
        loginUrl: null,
        logoutUrl: null,
        notes: null,
        notificationEmailAddresses: [],
        preferredSingleSignOnMode: null,
        preferredTokenSigningKeyThumbprint: null,
        replyUrls: [],
        servicePrincipalNames: [application.appId],
        servicePrincipalType: "Application",
        signInAudience: application["signInAudience"] ?? "AzureADMultipleOrgs",
        tags: [],
        tokenEncryptionKeyId: null,
        samlMetadataUrl: null,
        samlSingleSignOnSettings: null,
        addIns: [],
        appRoles: (application["appRoles"] ?? []) as AppRole[],
        info: { logoUrl: null, marketingUrl: null, privacyStatementUrl: null, supportUrl: null, termsOfServiceUrl: null },
        keyCredentials: [],
        oauth2PermissionScopes: [],
        passwordCredentials: [],
        resourceSpecificApplicationPermissions: [],
        verifiedPublisher: { displayName: null, verifiedPublisherId: null, addedDateTime: null },
        owners: [],
        appRoleAssignedTo: [],
    };
    return merged(servicePrincipal, given);
}
