import * as pulumi from "@pulumi/pulumi";
import { needPlugin } from "../../internal/plugin";

/** Arguments of `ManagementScope`. */
export interface ManagementScopeArgs {
    /** Name, 1 to 64 characters. */
    name: pulumi.Input<string>;
    /**
     * OPATH filter, for example: MemberOfGroup -eq 'CN=...'. Direct members only. Spaces, quotes, outer parentheses and the case of
     * operators make no difference.
     */
    recipientRestrictionFilter: pulumi.Input<string>;
    /** Organisational unit under which the filter looks. */
    recipientRoot?: pulumi.Input<string>;
    /** Whether only assignments with this scope reach its recipients. */
    exclusive?: pulumi.Input<boolean>;
}

/**
 * A set of recipients that role assignments are limited to. A change is felt by every assignment that uses it.
 *
 * Source: learn.microsoft.com, "New-ManagementScope".
 */
export class ManagementScope extends pulumi.CustomResource {
    /** Name, 1 to 64 characters. */
    declare public readonly name: pulumi.Output<string>;
    /**
     * OPATH filter, for example: MemberOfGroup -eq 'CN=...'. Direct members only. Spaces, quotes, outer parentheses and the case of
     * operators make no difference.
     */
    declare public readonly recipientRestrictionFilter: pulumi.Output<string>;
    /** Organisational unit under which the filter looks. */
    declare public readonly recipientRoot: pulumi.Output<string | undefined>;
    /** Whether only assignments with this scope reach its recipients. */
    declare public readonly exclusive: pulumi.Output<boolean | undefined>;
    /** The scope's Guid. */
    declare public readonly guid: pulumi.Output<string>;
    /** The filter as the service holds it. */
    declare public readonly recipientFilter: pulumi.Output<string>;

    constructor(name: string, args: ManagementScopeArgs, opts?: pulumi.CustomResourceOptions) {
        const left = { recipientRoot: undefined, exclusive: undefined, guid: undefined, recipientFilter: undefined };
        needPlugin();
        super("hybrid-identity:exchange:ManagementScope", name, { ...left, ...args }, opts);
    }
}
