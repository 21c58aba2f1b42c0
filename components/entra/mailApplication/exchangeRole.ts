import * as azuread from "@pulumi/azuread";
import * as pulumi from "@pulumi/pulumi";

/** An application permission of Office 365 Exchange Online. */
export interface ExchangeRole {
    resourceAppId: string;
    resourceObjectId: string;
    roleId: string;
}

/** Looks a permission up in the tenant: object ids differ from tenant to tenant. Rejects with RunError where the tenant does not have it. */
export function exchangeRole(role: string, parent: pulumi.Resource): pulumi.Output<ExchangeRole> {
    const published = azuread.getApplicationPublishedAppIdsOutput({ parent });
    const clientId = published.result.apply((ids) => ids["Office365ExchangeOnline"]!);
    return azuread.getServicePrincipalOutput({ clientId }, { parent }).apply((exchange) => {
        const roleId = exchange.appRoleIds[role];
        if (roleId === undefined) {
            const known = Object.keys(exchange.appRoleIds).sort().join(", ");
            throw new pulumi.RunError(`Office 365 Exchange Online has no application permission "${role}" in this tenant; it has ${known}`);
        }
        return { resourceAppId: exchange.clientId, resourceObjectId: exchange.objectId, roleId };
    });
}
