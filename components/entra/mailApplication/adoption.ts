import * as azuread from "@pulumi/azuread";
import * as pulumi from "@pulumi/pulumi";
import { appRoleAssignments, GivenAppRole } from "../functions/appRoleAssignments";
import type { CallerRightsResult } from "../functions/callerRights";
import { said } from "../../internal/looks";
import { OwnState, ownState } from "./ownState";
import { missingOwnership } from "./rights";

/** How each resource comes to what the tenant has already; empty options where nothing is adopted. */
export interface Adoption {
    application: pulumi.CustomResourceOptions;
    servicePrincipal: pulumi.CustomResourceOptions;
    consent: pulumi.CustomResourceOptions;
}

/** Existing objects are imported under their ids, which only the tenant knows; once they are in state the option does nothing. */
export async function adoption(clientId: string | undefined, rights: CallerRightsResult, parent: pulumi.ComponentResource): Promise<Adoption> {
    const state = await ownState(parent);
    if (clientId === undefined) {
        return { application: {}, ...(await takenOver(state, parent)) };
    }
    const managed = managedClientId(clientId, state);
    let application: azuread.GetApplicationResult;
    let principal: azuread.GetServicePrincipalResult | undefined;
    let assignments: GivenAppRole[];
    try {
        // One after the other, so that an application that is missing is said once.
        application = await findApplication(clientId, parent);
        principal = await findServicePrincipal(clientId, parent);
        assignments = principal === undefined ? [] : await givenRoles(principal.objectId, parent);
    } catch (error) {
        const remedy = managed === undefined ? "" : '. If it was deleted, leave "adopt" out, and a new application is made';
        throw new Error(`"adopt" names the client id ${clientId}, and that application cannot be read: ${said(error as Error)}${remedy}`);
    }
    const problem = missingOwnership(rights, clientId, application.owners);
    if (problem !== undefined) {
        throw new Error(problem);
    }
    return { application: { import: application.id }, servicePrincipal: { import: principal?.id }, consent: importGiven(assignments) };
}

/** The client id of the application that is in state, if one is. Importing another one in its place would delete it, so that is refused. */
export function managedClientId(adopt: string | undefined, { children }: OwnState): string | undefined {
    const managed = children.find((one) => one.type === "azuread:index/application:Application")?.outputs["clientId"] as string | undefined;
    if (managed !== undefined && adopt !== undefined && adopt.toLowerCase() !== managed.toLowerCase()) {
        throw new Error(`"adopt" names the client id ${adopt}, and this stack manages the application ${managed}; name that one, or leave "adopt" out`);
    }
    return managed;
}

/** Rejects where the tenant has none, or does not tell. */
export function findApplication(clientId: string, parent: pulumi.Resource): Promise<azuread.GetApplicationResult> {
    return azuread.getApplication({ clientId }, { parent });
}

/** An application that was made without the portal may have none. */
export async function findServicePrincipal(clientId: string, parent: pulumi.Resource): Promise<azuread.GetServicePrincipalResult | undefined> {
    try {
        return await azuread.getServicePrincipal({ clientId }, { parent });
    } catch (error) {
        if ((error as Error).message.includes("No service principal found")) {
            return undefined;
        }
        throw error;
    }
}

/** The application permissions that a service principal was given. */
export async function givenRoles(principalObjectId: string, parent: pulumi.Resource): Promise<GivenAppRole[]> {
    return (await appRoleAssignments({ principalObjectId }, { parent })).assignments;
}

/**
 * What the application in state has in the tenant, but not in state: the service principal of a run that was killed before it noted it, or a consent
 * that somebody gave in the portal. A second one would be refused. Only asked for while state lacks one of them; where a refresh of this very run drops
 * a consent that was given anew, the run ends at the second one, and the next one finds it here.
 */
async function takenOver({ children }: OwnState, parent: pulumi.Resource): Promise<Omit<Adoption, "application">> {
    const outputsOf = (type: string) => children.find((one) => one.type === `azuread:index/${type}`)?.outputs;
    const clientId = outputsOf("application:Application")?.["clientId"];
    const noted = outputsOf("servicePrincipal:ServicePrincipal");
    const consented = outputsOf("appRoleAssignment:AppRoleAssignment") !== undefined;
    if (typeof clientId !== "string" || (noted !== undefined && consented)) {
        return { servicePrincipal: {}, consent: {} };
    }
    const found = noted === undefined ? await findServicePrincipal(clientId, parent) : undefined;
    const objectId = found?.objectId ?? noted?.["objectId"];
    try {
        const given = consented || typeof objectId !== "string" ? [] : await givenRoles(objectId, parent);
        return { servicePrincipal: { import: found?.id }, consent: importGiven(given) };
    } catch (error) {
        if ((error as Error).message.includes("404 Request_ResourceNotFound")) {
            // Deleted outside: the service principal is made again, and its consent with it.
            return { servicePrincipal: {}, consent: {} };
        }
        throw error;
    }
}

/** Which assignment it is, stands in the inputs, and a transform is the one that sees them. */
function importGiven(assignments: GivenAppRole[]): pulumi.CustomResourceOptions {
    const idOf = ({ appRoleId, resourceObjectId }: Record<string, unknown>) => {
        const given = assignments.find((one) => one.appRoleId === appRoleId && one.resourceObjectId === resourceObjectId);
        return given && `/servicePrincipals/${given.resourceObjectId}/appRoleAssignedTo/${given.id}`;
    };
    return { transforms: [({ props, opts }) => ({ props, opts: { ...opts, import: idOf(props) } })] };
}
