// A service principal as Graph tells it, as state and as what the data source gives.
import type { Properties } from "../shared/values";
import { appRole, idsByValue, permissionScope } from "./applicationState";
import { object, objects, orEmpty, texts } from "./text";

/** The outputs that are no inputs. */
export const outputs = [
    "appRoleIds",
    "appRoles",
    "applicationTenantId",
    "displayName",
    "homepageUrl",
    "logoutUrl",
    "oauth2PermissionScopeIds",
    "oauth2PermissionScopes",
    "objectId",
    "redirectUris",
    "samlMetadataUrl",
    "servicePrincipalNames",
    "signInAudience",
    "type",
];

/** The state, from the service principal and from what only beta tells. */
export function stateOf(principal: Properties, beta: Properties): Properties {
    const roles = objects(principal["appRoles"]).map(appRole);
    // Applications call them api.oauth2PermissionScopes, service principals oauth2PermissionScopes.
    const scopes = objects(principal["oauth2PermissionScopes"]).map(permissionScope);
    return {
        accountEnabled: principal["accountEnabled"] ?? false,
        alternativeNames: texts(principal["alternativeNames"]),
        appRoleAssignmentRequired: principal["appRoleAssignmentRequired"] ?? false,
        appRoleIds: idsByValue(roles),
        appRoles: roles,
        applicationTenantId: orEmpty(principal["appOwnerOrganizationId"]),
        clientId: orEmpty(principal["appId"]),
        description: orEmpty(principal["description"]),
        displayName: orEmpty(principal["displayName"]),
        homepageUrl: orEmpty(principal["homepage"]),
        loginUrl: orEmpty(principal["loginUrl"]),
        logoutUrl: orEmpty(principal["logoutUrl"]),
        notes: orEmpty(principal["notes"]),
        notificationEmailAddresses: texts(principal["notificationEmailAddresses"]),
        oauth2PermissionScopeIds: idsByValue(scopes),
        oauth2PermissionScopes: scopes,
        objectId: orEmpty(principal["id"]),
        preferredSingleSignOnMode: orEmpty(principal["preferredSingleSignOnMode"]),
        redirectUris: texts(principal["replyUrls"]),
        samlMetadataUrl: orEmpty(beta["samlMetadataUrl"]),
        samlSingleSignOn: { relayState: orEmpty(object(principal["samlSingleSignOnSettings"])["relayState"]) },
        servicePrincipalNames: texts(principal["servicePrincipalNames"]),
        signInAudience: orEmpty(principal["signInAudience"]),
        tags: texts(principal["tags"]),
        type: orEmpty(principal["servicePrincipalType"]),
    };
}
