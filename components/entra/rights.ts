import * as pulumi from "@pulumi/pulumi";
import { MailMethod } from "../choices";
import { plainError } from "../internal/report";
import { callerRights, CallerRightsResult } from "./callerRights";

/** Each of these is enough to make an application; the first is the least. */
const makeApplications = ["Application.ReadWrite.OwnedBy", "Application.ReadWrite.All", "Directory.ReadWrite.All"];
const consent = "AppRoleAssignment.ReadWrite.All";

/**
 * The permissions that `MailApplication` needs and the caller lacks. Empty for a user and for an account with directory roles: what they may do stands in no token.
 */
export function missingRights({ roles, directoryRoles, delegated }: CallerRightsResult, method: MailMethod = MailMethod.accessPolicy): string[] {
    if (delegated || directoryRoles.length > 0) {
        return [];
    }
    return [
        ...(makeApplications.some((one) => roles.includes(one)) ? [] : ["Application.ReadWrite.OwnedBy (or Application.ReadWrite.All)"]),
        ...(method === MailMethod.rbac || roles.includes(consent) ? [] : [consent]),
    ];
}

/** Rejects with the name of the right that is missing: Graph says no more than "insufficient privileges", and that only once something was written. */
export async function requireRights(name: string, method: MailMethod | undefined, parent: pulumi.Resource): Promise<void> {
    const rights = await callerRights({ parent });
    const missing = missingRights(rights, method);
    if (missing.length > 0) {
        const what = missing.length === 1 ? "an application permission" : "application permissions";
        throw plainError(
            `${name}: the service principal ${rights.objectId} that runs Pulumi lacks ${missing.join(" and ")}, ${what} of Microsoft Graph. A Privileged Role Administrator or ` +
                "Global Administrator can give it (admin consent); a new token is needed after that",
        );
    }
}
