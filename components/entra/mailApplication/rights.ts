import * as pulumi from "@pulumi/pulumi";
import { MailMethod } from "../../choices";
import { callerRights, CallerRightsResult } from "../functions/callerRights";
import { servicePrincipalOwners } from "../functions/servicePrincipalOwners";

/** Each of these is enough to make an application; the first is the least. */
const makeApplications = ["Application.ReadWrite.OwnedBy", "Application.ReadWrite.All", "Directory.ReadWrite.All"];
const consent = "AppRoleAssignment.ReadWrite.All";
/** Each of these is enough to name a person as an owner; the first is the least. */
const readPeople = ["User.Read.All", "User.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All"];

/**
 * The permissions that `MailApplication` needs and the caller lacks. `people`: owners that are no service principals. Empty for a user and for an account with directory roles: what they may do stands in no token.
 */
export function missingRights(
    { roles, directoryRoles, delegated }: CallerRightsResult,
    method: MailMethod = MailMethod.accessPolicy,
    people: string[] = [],
): string[] {
    if (delegated || directoryRoles.length > 0) {
        return [];
    }
    return [
        ...(makeApplications.some((one) => roles.includes(one)) ? [] : ["Application.ReadWrite.OwnedBy (or Application.ReadWrite.All)"]),
        ...(method === MailMethod.rbac || roles.includes(consent) ? [] : [consent]),
        ...(people.length === 0 || readPeople.some((one) => roles.includes(one)) ? [] : [`User.Read.All (because of ${people.join(", ")} in "owners")`]),
    ];
}

/** Why an application that exists cannot be changed by somebody who may change only what he owns; undefined if it can. */
export function missingOwnership({ objectId, roles, directoryRoles, delegated }: CallerRightsResult, clientId: string, owners: string[]): string | undefined {
    const others = makeApplications.slice(1);
    if (delegated || directoryRoles.length > 0 || owners.includes(objectId) || others.some((one) => roles.includes(one))) {
        return undefined;
    }
    return (
        `the service principal ${objectId} that runs Pulumi may change only applications that it owns (${makeApplications[0]}), and it is no owner of ${clientId}. ` +
        `One of its owners or an Application Administrator can make it one, of the application and of its service principal; or a Privileged Role Administrator gives it ${others[0]}`
    );
}

/** Rejects with the name of the right that is missing: Graph says no more than "insufficient privileges", and that only once something was written. */
export async function requireRights(method: MailMethod | undefined, owners: string[], parent: pulumi.Resource): Promise<CallerRightsResult> {
    const rights = await callerRights({ parent });
    // Whoever has all rights is asked nothing more.
    const people = missingRights(rights, method, owners).length > 0 ? await peopleAmong(owners.filter((one) => one !== rights.objectId), parent) : [];
    const missing = missingRights(rights, method, people);
    if (missing.length > 0) {
        const what = missing.length === 1 ? "an application permission" : "application permissions";
        throw new Error(
            `the service principal ${rights.objectId} that runs Pulumi lacks ${missing.join(" and ")}, ${what} of Microsoft Graph. A Privileged Role Administrator or ` +
                "Global Administrator can give it (admin consent); a new token is needed after that",
        );
    }
    return rights;
}

/** Owners are people or service principals, and only the latter can be read without a right to read people. */
async function peopleAmong(owners: string[], parent: pulumi.Resource): Promise<string[]> {
    const isPerson = (objectId: string) =>
        servicePrincipalOwners({ objectId }, { parent }).then(() => false, (error: Error) => error.message.includes("404 Request_ResourceNotFound"));
    const people = await Promise.all(owners.map(isPerson));
    return owners.filter((_, at) => people[at]);
}
