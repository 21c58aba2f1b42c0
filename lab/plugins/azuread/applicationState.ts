// An application as Graph tells it, as state.
import type { Properties, Value } from "../shared/values";
import { object, objects, orEmpty, texts } from "./text";

/** The outputs that are no inputs. */
export const outputs = ["appRoleIds", "clientId", "disabledByMicrosoft", "logoUrl", "oauth2PermissionScopeIds", "objectId", "publisherDomain"];

/** The state, from the application, from what only beta tells, and from its owners. */
export function stateOf(app: Properties, beta: Properties, owners: string[]): Properties {
    const { info, api, web, spa, publicClient, optionalClaims: claims } = app;
    const { marketingUrl, privacyStatementUrl, supportUrl, termsOfServiceUrl, logoUrl } = object(info);
    const exposed = object(api);
    const scopes = objects(exposed["oauth2PermissionScopes"]).map(enabled);
    const roles = objects(app["appRoles"]).map(appRole);
    return {
        api: {
            knownClientApplications: texts(exposed["knownClientApplications"]),
            mappedClaimsEnabled: exposed["acceptMappedClaims"] ?? false,
            oauth2PermissionScopes: scopes,
            requestedAccessTokenVersion: exposed["requestedAccessTokenVersion"] ?? 1,
        },
        appRoleIds: idsByValue(roles),
        appRoles: roles,
        clientId: orEmpty(app["appId"]),
        description: orEmpty(app["description"]),
        deviceOnlyAuthEnabled: app["isDeviceOnlyAuthSupported"] ?? false,
        disabledByMicrosoft: orEmpty(app["disabledByMicrosoftStatus"]),
        displayName: orEmpty(app["displayName"]),
        fallbackPublicClientEnabled: app["isFallbackPublicClient"] ?? false,
        groupMembershipClaims: membershipClaims(app["groupMembershipClaims"]),
        identifierUris: texts(app["identifierUris"]),
        logoUrl: orEmpty(logoUrl),
        marketingUrl: orEmpty(marketingUrl),
        notes: orEmpty(app["notes"]),
        oauth2PermissionScopeIds: idsByValue(scopes),
        oauth2PostResponseRequired: beta["oauth2RequirePostResponse"] ?? false,
        objectId: orEmpty(app["id"]),
        optionalClaims: {
            accessTokens: objects(object(claims)["accessToken"]),
            idTokens: objects(object(claims)["idToken"]),
            saml2Tokens: objects(object(claims)["saml2Token"]),
        },
        owners,
        privacyStatementUrl: orEmpty(privacyStatementUrl),
        publicClient: { redirectUris: texts(object(publicClient)["redirectUris"]) },
        publisherDomain: orEmpty(app["publisherDomain"]),
        requiredResourceAccesses: objects(app["requiredResourceAccess"]).map(({ resourceAppId, resourceAccess }) => ({
            resourceAccesses: objects(resourceAccess).map(({ id, type }) => ({ id: orEmpty(id), type: orEmpty(type) })),
            resourceAppId: orEmpty(resourceAppId),
        })),
        serviceManagementReference: orEmpty(app["serviceManagementReference"]),
        signInAudience: orEmpty(app["signInAudience"]),
        singlePageApplication: { redirectUris: texts(object(spa)["redirectUris"]) },
        supportUrl: orEmpty(supportUrl),
        tags: texts(app["tags"]),
        termsOfServiceUrl: orEmpty(termsOfServiceUrl),
        web: webOf(object(web)),
    };
}

// Missing (not null) becomes one empty claim, which every later preview shows as a change: the plugin does so.
function membershipClaims(given: Value | undefined): Value {
    return given === null ? [] : String(given ?? "").split(",");
}

function webOf(web: Properties): Properties {
    const implicit = object(web["implicitGrantSettings"]);
    return {
        homepageUrl: orEmpty(web["homePageUrl"]),
        implicitGrant: {
            accessTokenIssuanceEnabled: implicit["enableAccessTokenIssuance"] ?? false,
            idTokenIssuanceEnabled: implicit["enableIdTokenIssuance"] ?? false,
        },
        logoutUrl: orEmpty(web["logoutUrl"]),
        redirectUris: texts(web["redirectUris"]),
    };
}

function enabled(given: Properties): Properties {
    const { isEnabled, "@odata.type": _, origin: _1, lang: _2, ...rest } = given;
    const told = Object.entries(rest).map(([name, value]) => [name, orEmpty(value)]);
    return { ...Object.fromEntries(told), enabled: isEnabled ?? false };
}

/** An app role, of an application or of a service principal. */
export function appRole(role: Properties): Properties {
    const { allowedMemberTypes, description, displayName, id, value } = role;
    return {
        allowedMemberTypes: texts(allowedMemberTypes),
        description: orEmpty(description),
        displayName: orEmpty(displayName),
        enabled: role["isEnabled"] ?? false,
        id: orEmpty(id),
        value: orEmpty(value),
    };
}

/** A delegated permission, of an application or of a service principal. */
export const permissionScope = enabled;

/** The ids of roles or permissions by the value that tokens carry. */
export function idsByValue(items: Properties[]): Properties {
    const named = items.filter(({ value, id }) => typeof value === "string" && value !== "" && typeof id === "string");
    return Object.fromEntries(named.map(({ value, id }) => [value as string, id as Value]));
}
