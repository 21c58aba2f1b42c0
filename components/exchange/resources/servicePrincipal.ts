import * as pulumi from "@pulumi/pulumi";
import { needPlugin } from "../../internal/plugin";

/** Arguments of `ServicePrincipal`. */
export interface ServicePrincipalArgs {
    /** Client id of the application, a GUID. */
    appId: pulumi.Input<string>;
    /** Object id of the enterprise application (service principal), a GUID; not the one of the app registration. */
    objectId: pulumi.Input<string>;
    /** Name in Exchange Online. */
    displayName?: pulumi.Input<string>;
}

/**
 * Exchange's own entry for an enterprise application of Entra ID; role assignments need it.
 *
 * Source: learn.microsoft.com, "Role Based Access Control for Applications in Exchange Online".
 */
export class ServicePrincipal extends pulumi.CustomResource {
    /** Client id of the application, a GUID. */
    declare public readonly appId: pulumi.Output<string>;
    /** Object id of the enterprise application (service principal), a GUID; not the one of the app registration. */
    declare public readonly objectId: pulumi.Output<string>;
    /** Name in Exchange Online. */
    declare public readonly displayName: pulumi.Output<string | undefined>;
    /** Its Identity in Exchange Online. */
    declare public readonly identity: pulumi.Output<string>;

    constructor(name: string, args: ServicePrincipalArgs, opts?: pulumi.CustomResourceOptions) {
        needPlugin();
        super("hybrid-identity:exchange:ServicePrincipal", name, { displayName: undefined, identity: undefined, ...args }, opts);
    }
}
