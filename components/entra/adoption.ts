import * as azuread from "@pulumi/azuread";
import * as pulumi from "@pulumi/pulumi";
import { appRoleAssignments, GivenAppRole } from "./appRoleAssignments";

/** How each resource comes to what the tenant has already; empty options where nothing is adopted. */
export interface Adoption {
    application: pulumi.CustomResourceOptions;
    servicePrincipal: pulumi.CustomResourceOptions;
    consent: pulumi.CustomResourceOptions;
}

/** Existing objects are imported under their ids, which only the tenant knows; once they are in state the option does nothing. */
export function adoption(name: string, clientId: string | undefined, parent: pulumi.Resource): Adoption {
    if (clientId === undefined) {
        return { application: {}, servicePrincipal: {}, consent: {} };
    }
    const application = azuread.getApplication({ clientId }, { parent }).catch((error: Error) => {
        throw new pulumi.RunError(`${name}: "adopt" names the client id ${clientId}, and that application cannot be read: ${error.message}`);
    });
    // All is asked here, because a transform may not ask; and one after the other, so that an application that is missing is said once.
    const principal = application.then(() => servicePrincipal(clientId, parent));
    const assignments = principal.then((one) => (one === undefined ? [] : givenRoles(one.objectId, parent)));
    return {
        application: importAs(async () => (await application).id),
        servicePrincipal: importAs(async () => (await principal)?.id),
        consent: importAs(async ({ appRoleId, resourceObjectId }) => {
            const given = (await assignments).find((one) => one.appRoleId === appRoleId && one.resourceObjectId === resourceObjectId);
            return given && `/servicePrincipals/${given.resourceObjectId}/appRoleAssignedTo/${given.id}`;
        }),
    };
}

async function givenRoles(principalObjectId: string, parent: pulumi.Resource): Promise<GivenAppRole[]> {
    return (await appRoleAssignments({ principalObjectId }, { parent })).assignments;
}

/** An application that was made without the portal may have none; it is made then. */
async function servicePrincipal(clientId: string, parent: pulumi.Resource): Promise<azuread.GetServicePrincipalResult | undefined> {
    try {
        return await azuread.getServicePrincipal({ clientId }, { parent });
    } catch (error) {
        if ((error as Error).message.includes("No service principal found")) {
            return undefined;
        }
        throw error;
    }
}

function importAs(idOf: (inputs: Record<string, unknown>) => Promise<string | undefined>): pulumi.CustomResourceOptions {
    return { transforms: [async ({ props, opts }) => ({ props, opts: { ...opts, import: await idOf(props) } })] };
}
