import * as pulumi from "@pulumi/pulumi";

/** Arguments of `ServicePrincipal`. */
export interface ServicePrincipalArgs {
    /** Client id of the application. A change makes a new one. */
    appId: pulumi.Input<string>;
    /** Object id of the enterprise application, not of the app registration. A change makes a new one. */
    objectId: pulumi.Input<string>;
    /** Name in Exchange. */
    displayName?: pulumi.Input<string>;
}

/**
 * Exchange's own entry for an enterprise application of Entra ID; role assignments need it.
 *
 * Source: learn.microsoft.com, "Role Based Access Control for Applications in Exchange Online".
 */
export class ServicePrincipal extends pulumi.CustomResource {
    /** Client id of the application. */
    declare public readonly appId: pulumi.Output<string>;
    /** Object id of the enterprise application. */
    declare public readonly objectId: pulumi.Output<string>;
    /** Name in Exchange. */
    declare public readonly displayName: pulumi.Output<string | undefined>;
    /** What Exchange names it by. */
    declare public readonly identity: pulumi.Output<string>;

    constructor(name: string, args: ServicePrincipalArgs, opts?: pulumi.CustomResourceOptions) {
        super("hybrid-identity:exchange:ServicePrincipal", name, { ...args, identity: undefined }, opts);
    }
}
