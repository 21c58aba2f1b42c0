import * as pulumi from "@pulumi/pulumi";

/** Arguments of `ManagementRoleAssignment`. Every change makes a new assignment. Exactly one of the three scopes. */
export interface ManagementRoleAssignmentArgs {
    /** Name in Exchange, at most 64 characters. Default the resource's name with a random ending. */
    name?: pulumi.Input<string>;
    /** The role, for example `Application EWS.AccessAsApp`. */
    role: pulumi.Input<string>;
    /** Object id of the service principal. */
    app: pulumi.Input<string>;
    /** Name of a management scope. */
    customResourceScope?: pulumi.Input<string>;
    /** Id of an administrative unit. */
    recipientAdministrativeUnitScope?: pulumi.Input<string>;
    /** A group; only direct members count. */
    recipientGroupScope?: pulumi.Input<string>;
}

/**
 * Gives an application a role of Exchange for some mailboxes. In force after 30 minutes to 2 hours. Adds to what Entra ID consents to.
 *
 * Source: learn.microsoft.com, "Role Based Access Control for Applications in Exchange Online".
 */
export class ManagementRoleAssignment extends pulumi.CustomResource {
    /** Name in Exchange. */
    declare public readonly name: pulumi.Output<string>;
    /** The role. */
    declare public readonly role: pulumi.Output<string>;
    /** Object id of the service principal. */
    declare public readonly app: pulumi.Output<string>;
    /** Name of a management scope. */
    declare public readonly customResourceScope: pulumi.Output<string | undefined>;
    /** Id of an administrative unit. */
    declare public readonly recipientAdministrativeUnitScope: pulumi.Output<string | undefined>;
    /** A group; only direct members count. */
    declare public readonly recipientGroupScope: pulumi.Output<string | undefined>;
    /** The assignment's GUID. */
    declare public readonly guid: pulumi.Output<string>;
    /** When it was made, UTC; missing when Exchange does not tell it. */
    declare public readonly createdAt: pulumi.Output<string | undefined>;

    constructor(name: string, args: ManagementRoleAssignmentArgs, opts?: pulumi.CustomResourceOptions) {
        super("hybrid-identity:exchange:ManagementRoleAssignment", name, { name: undefined, ...args, guid: undefined, createdAt: undefined }, opts);
    }
}
