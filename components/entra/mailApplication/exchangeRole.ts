import * as azuread from "@pulumi/azuread";
import * as pulumi from "@pulumi/pulumi";

/** An application permission of Office 365 Exchange Online. */
export interface ExchangeRole {
    resourceAppId: string;
    resourceObjectId: string;
    roleId: string;
}

/**
 * Looks a permission up in the tenant: object ids differ from tenant to tenant. Rejects with RunError where the tenant does not have it. No outputs:
 * each of them would tell a failure once more.
 */
export async function exchangeRole(role: string, parent: pulumi.Resource): Promise<ExchangeRole> {
    const { result } = await azuread.getApplicationPublishedAppIds({ parent });
    const exchange = await azuread.getServicePrincipal({ clientId: result["Office365ExchangeOnline"]! }, { parent });
    const roleId = exchange.appRoleIds[role];
    if (roleId === undefined) {
        const known = Object.keys(exchange.appRoleIds).sort().join(", ");
        throw new pulumi.RunError(`Office 365 Exchange Online has no application permission "${role}" in this tenant; it has ${known}`);
    }
    return { resourceAppId: exchange.clientId, resourceObjectId: exchange.objectId, roleId };
}
