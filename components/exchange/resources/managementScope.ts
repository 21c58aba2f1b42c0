import * as pulumi from "@pulumi/pulumi";

/** Arguments of `ManagementScope`. */
export interface ManagementScopeArgs {
    /** Name in Exchange, 1 to 64 characters. */
    name: pulumi.Input<string>;
    /** Which recipients, in OPATH: `MemberOfGroup -eq '<distinguished name>'` sees direct members only. */
    recipientRestrictionFilter: pulumi.Input<string>;
    /** Only recipients below this organizational unit. */
    recipientRoot?: pulumi.Input<string>;
    /** Nobody without an exclusive scope of their own may touch these recipients. A change makes a new one. */
    exclusive?: pulumi.Input<boolean>;
}

/**
 * A set of recipients that role assignments are limited to. A change is felt by every assignment that uses it.
 *
 * Source: learn.microsoft.com, "New-ManagementScope".
 */
export class ManagementScope extends pulumi.CustomResource {
    /** Name in Exchange. */
    declare public readonly name: pulumi.Output<string>;
    /** Which recipients, in OPATH. */
    declare public readonly recipientRestrictionFilter: pulumi.Output<string>;
    /** Only recipients below this organizational unit. */
    declare public readonly recipientRoot: pulumi.Output<string | undefined>;
    /** Nobody without an exclusive scope of their own may touch these recipients. */
    declare public readonly exclusive: pulumi.Output<boolean | undefined>;
    /** The scope's GUID. */
    declare public readonly guid: pulumi.Output<string>;
    /** The filter as Exchange writes it. */
    declare public readonly recipientFilter: pulumi.Output<string>;

    constructor(name: string, args: ManagementScopeArgs, opts?: pulumi.CustomResourceOptions) {
        super("hybrid-identity:exchange:ManagementScope", name, { ...args, guid: undefined, recipientFilter: undefined }, opts);
    }
}
