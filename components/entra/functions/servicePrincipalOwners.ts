import * as pulumi from "@pulumi/pulumi";
import { needPlugin } from "../../internal/plugin";

/** Whose owners to list. */
export interface ServicePrincipalOwnersArgs {
    /** Object id of a service principal. */
    objectId: string;
}

/** The owners of a service principal. */
export interface ServicePrincipalOwnersResult {
    /** Object ids, in the order of Graph. */
    owners: string[];
}

/** Lists the owners of a service principal. One call of Microsoft Graph, by the provider "hybrid-identity". */
export function servicePrincipalOwners(args: ServicePrincipalOwnersArgs, opts?: pulumi.InvokeOptions): Promise<ServicePrincipalOwnersResult> {
    needPlugin();
    return pulumi.runtime.invoke("hybrid-identity:entra:servicePrincipalOwners", { objectId: args.objectId }, opts);
}
