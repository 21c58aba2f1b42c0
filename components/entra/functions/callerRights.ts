import * as pulumi from "@pulumi/pulumi";
import { needPlugin } from "../../internal/plugin";

/** What the account that runs Pulumi may do, as its token says. */
export interface CallerRightsResult {
    /** Object id of the user or service principal. */
    objectId: string;
    /** Its application permissions of Microsoft Graph, sorted. */
    roles: string[];
    /** Template ids of its directory roles, sorted; they give rights beside the permissions. */
    directoryRoles: string[];
    /** Whether it acts for a user; then the user's rights count, which the token does not tell. */
    delegated: boolean;
}

/** Reads the claims of the access token that the provider "hybrid-identity" uses. No call of Microsoft Graph. */
export function callerRights(opts?: pulumi.InvokeOptions): Promise<CallerRightsResult> {
    needPlugin();
    return pulumi.runtime.invoke("hybrid-identity:entra:callerRights", {}, opts);
}
