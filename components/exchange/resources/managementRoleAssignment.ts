import * as pulumi from "@pulumi/pulumi";
import { needPlugin } from "../../internal/plugin";

/** Arguments of `ManagementRoleAssignment`. Every change makes a new assignment. Exactly one of the three scopes. */
export interface ManagementRoleAssignmentArgs {
    /** Name, 1 to 64 characters. By default the resource's name and 7 hexadecimal digits. */
    name?: pulumi.Input<string>;
    /** Role, for example Application EWS.AccessAsApp. */
    role: pulumi.Input<string>;
    /** Object id of the service principal, a GUID. */
    app: pulumi.Input<string>;
    /** Name of a management scope. */
    customResourceScope?: pulumi.Input<string>;
    /** Id of an administrative unit of Entra ID. */
    recipientAdministrativeUnitScope?: pulumi.Input<string>;
    /** Group whose direct members are the recipients. */
    recipientGroupScope?: pulumi.Input<string>;
}

/**
 * Gives an application a role of Exchange for some mailboxes. In force after 30 minutes to 2 hours. Adds to what Entra ID consents to.
 *
 * Source: learn.microsoft.com, "Role Based Access Control for Applications in Exchange Online".
 */
export class ManagementRoleAssignment extends pulumi.CustomResource {
    /** Name, 1 to 64 characters. By default the resource's name and 7 hexadecimal digits. */
    declare public readonly name: pulumi.Output<string>;
    /** Role, for example Application EWS.AccessAsApp. */
    declare public readonly role: pulumi.Output<string>;
    /** Object id of the service principal, a GUID. */
    declare public readonly app: pulumi.Output<string>;
    /** Name of a management scope. */
    declare public readonly customResourceScope: pulumi.Output<string | undefined>;
    /** Id of an administrative unit of Entra ID. */
    declare public readonly recipientAdministrativeUnitScope: pulumi.Output<string | undefined>;
    /** Group whose direct members are the recipients. */
    declare public readonly recipientGroupScope: pulumi.Output<string | undefined>;
    /** The assignment's Guid. */
    declare public readonly guid: pulumi.Output<string>;
    /** When it was made, in UTC, where the service tells it. */
    declare public readonly createdAt: pulumi.Output<string | undefined>;

    constructor(name: string, args: ManagementRoleAssignmentArgs, opts?: pulumi.CustomResourceOptions) {
        const scopes = { customResourceScope: undefined, recipientAdministrativeUnitScope: undefined, recipientGroupScope: undefined };
        const left = { name: undefined, ...scopes, guid: undefined, createdAt: undefined };
        needPlugin();
        super("hybrid-identity:exchange:ManagementRoleAssignment", name, { ...left, ...args }, opts);
    }
}
