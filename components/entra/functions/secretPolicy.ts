import * as pulumi from "@pulumi/pulumi";
import { needPlugin } from "../../internal/plugin";

/** Whose secrets. */
export interface SecretPolicyArgs {
    /** Object id of an application; left out for one that is yet to be made. */
    objectId?: string;
}

/** What the tenant's app management policies say; empty where they say nothing, or may not be read. */
export interface SecretPolicyResult {
    /** Name of the policy that forbids client secrets. */
    forbiddenBy?: string;
    /** How long a client secret may be valid, in whole days. */
    longestDays?: number;
    /** Name of the policy that says so. */
    limitedBy?: string;
}

/**
 * Reads what is allowed of an application's client secrets. Needs Policy.Read.All (or Policy.Read.ApplicationConfiguration) of Microsoft
 * Graph. Up to three calls, by the provider "hybrid-identity".
 */
export function secretPolicy(args: SecretPolicyArgs, opts?: pulumi.InvokeOptions): Promise<SecretPolicyResult> {
    needPlugin();
    return pulumi.runtime.invoke("hybrid-identity:entra:secretPolicy", { objectId: args.objectId }, opts);
}
