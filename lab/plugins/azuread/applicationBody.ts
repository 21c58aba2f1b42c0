// An application's inputs as the bodies that the plugin sends: everything when it creates, scalars and what changed when it updates.
import type { Properties, Value } from "../shared/values";
import { object, objects, orNull, sameItem, scopesOf, texts } from "./text";

/** The body of the POST, without owners. */
export function postBody(inputs: Properties): Properties {
    return {
        ...scalars(inputs),
        api: api(inputs, true),
        appRoles: roles(inputs["appRoles"]),
        identifierUris: texts(inputs["identifierUris"]),
        optionalClaims: optionalClaims(inputs["optionalClaims"]),
        ...(inputs["requiredResourceAccesses"] === undefined ? {} : { requiredResourceAccess: accesses(inputs) }),
    };
}

/** The body of the one PATCH of an update. */
export function patchBody(inputs: Properties, state: Properties, changed: Set<string>): Properties {
    const [old, now] = [scopesOf(state), scopesOf(inputs)];
    const sameScopes = old.length === now.length && now.every(one => old.some(other => sameItem(one, other)));
    return {
        ...scalars(inputs),
        api: api(inputs, !sameScopes),
        ...(changed.has("appRoles") ? { appRoles: roles(inputs["appRoles"]) } : {}),
        ...(changed.has("identifierUris") ? { identifierUris: texts(inputs["identifierUris"]) } : {}),
        ...(changed.has("optionalClaims") ? { optionalClaims: optionalClaims(inputs["optionalClaims"]) } : {}),
        ...(changed.has("requiredResourceAccesses") ? { requiredResourceAccess: accesses(inputs) } : {}),
    };
}

function scalars(inputs: Properties): Properties {
    const claims = texts(inputs["groupMembershipClaims"]);
    return {
        "@odata.type": "#microsoft.graph.application",
        description: orNull(inputs["description"]),
        displayName: inputs["displayName"] ?? null,
        groupMembershipClaims: claims.length > 0 ? claims.join(",") : null,
        info: {
            marketingUrl: orNull(inputs["marketingUrl"]),
            privacyStatementUrl: orNull(inputs["privacyStatementUrl"]),
            supportUrl: orNull(inputs["supportUrl"]),
            termsOfServiceUrl: orNull(inputs["termsOfServiceUrl"]),
        },
        isDeviceOnlyAuthSupported: inputs["deviceOnlyAuthEnabled"] ?? false,
        isFallbackPublicClient: inputs["fallbackPublicClientEnabled"] ?? false,
        notes: orNull(inputs["notes"]),
        publicClient: { redirectUris: texts(object(inputs["publicClient"])["redirectUris"]) },
        serviceManagementReference: orNull(inputs["serviceManagementReference"]),
        signInAudience: inputs["signInAudience"] ?? "AzureADMyOrg",
        spa: { redirectUris: texts(object(inputs["singlePageApplication"])["redirectUris"]) },
        tags: texts(inputs["tags"]),
        web: web(inputs["web"]),
    };
}

/** The whole api object; mapped claims are switched on by a call of their own. */
export function api(inputs: Properties, withScopes: boolean): Properties {
    const given = object(inputs["api"]);
    return {
        ...(given["mappedClaimsEnabled"] === true ? {} : { acceptMappedClaims: false }),
        knownClientApplications: texts(given["knownClientApplications"]),
        ...(withScopes ? { oauth2PermissionScopes: objects(given["oauth2PermissionScopes"]).map(enabled) } : {}),
        requestedAccessTokenVersion: given["requestedAccessTokenVersion"] ?? 1,
    };
}

function enabled({ enabled: isEnabled, ...rest }: Properties): Properties {
    return { ...rest, isEnabled: isEnabled ?? true };
}

function roles(given: Value | undefined): Properties[] {
    return objects(given).map(({ value, ...rest }) => enabled({ ...rest, value: orNull(value) }));
}

function accesses(inputs: Properties): Properties[] {
    return objects(inputs["requiredResourceAccesses"]).map(({ resourceAppId, resourceAccesses }) => ({
        resourceAppId: resourceAppId as Value,
        resourceAccess: objects(resourceAccesses),
    }));
}

function optionalClaims(given: Value | undefined): Properties {
    const { accessTokens, idTokens, saml2Tokens } = object(given);
    const list = (name: string, claims: Value | undefined) => (claims === undefined ? {} : { [name]: claims });
    return { ...list("accessToken", accessTokens), ...list("idToken", idTokens), ...list("saml2Token", saml2Tokens) };
}

function web(given: Value | undefined): Properties {
    const { homepageUrl, implicitGrant, logoutUrl, redirectUris } = object(given);
    const { accessTokenIssuanceEnabled, idTokenIssuanceEnabled } = object(implicitGrant);
    return {
        ...(given === undefined ? {} : { homePageUrl: orNull(homepageUrl), logoutUrl: orNull(logoutUrl) }),
        implicitGrantSettings: {
            enableAccessTokenIssuance: accessTokenIssuanceEnabled ?? false,
            enableIdTokenIssuance: idTokenIssuanceEnabled ?? false,
        },
        redirectUris: texts(redirectUris),
    };
}
