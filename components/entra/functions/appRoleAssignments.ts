import * as pulumi from "@pulumi/pulumi";
import { needPlugin } from "../../internal/plugin";

/** Whose permissions to list. */
export interface AppRoleAssignmentsArgs {
    /** Object id of a service principal. */
    principalObjectId: string;
}

/** An application permission that a service principal has. */
export interface GivenAppRole {
    /** The assignment's id. */
    id: string;
    /** The permission's id. */
    appRoleId: string;
    /** Object id of the service principal whose permission it is. */
    resourceObjectId: string;
}

/** All application permissions of a service principal. */
export interface AppRoleAssignmentsResult {
    /** In the order of Graph. */
    assignments: GivenAppRole[];
}

/** Lists the application permissions that a service principal was given. One call of Microsoft Graph, by the provider "hybrid-identity". */
export function appRoleAssignments(args: AppRoleAssignmentsArgs, opts?: pulumi.InvokeOptions): Promise<AppRoleAssignmentsResult> {
    needPlugin();
    return pulumi.runtime.invoke("hybrid-identity:entra:appRoleAssignments", { principalObjectId: args.principalObjectId }, opts);
}
