import * as azuread from "@pulumi/azuread";

// The same resources as a user would write them without this library. Nothing in it rotates, and foreign secrets stay unseen.
const published = azuread.getApplicationPublishedAppIdsOutput();
const exchange = azuread.getServicePrincipalOutput({ clientId: published.result.apply((ids) => ids["Office365ExchangeOnline"]!) });
const roleId = exchange.appRoleIds.apply((roles) => roles["full_access_as_app"]!);
const owners = [azuread.getClientConfigOutput().objectId];

const application = new azuread.Application("mail", {
    displayName: "MIM mail",
    owners,
    requiredResourceAccesses: [{ resourceAppId: exchange.clientId, resourceAccesses: [{ id: roleId, type: "Role" }] }],
});
const principal = new azuread.ServicePrincipal("mail", { clientId: application.clientId, owners });
new azuread.AppRoleAssignment("mail", { principalObjectId: principal.objectId, resourceObjectId: exchange.objectId, appRoleId: roleId });
new azuread.ApplicationPassword("mail", { applicationId: application.id, endDate: "2027-12-31T00:00:00Z" });
