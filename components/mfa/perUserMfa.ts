import * as pulumi from "@pulumi/pulumi";
import { needPlugin } from "../internal/plugin";

/** Arguments of `PerUserMfa`. */
export interface PerUserMfaArgs {
    /** Users by object id or user principal name. Either this or fromGroup. */
    users?: pulumi.Input<pulumi.Input<string>[]>;
    /** Object id of an Entra group. Its members, nested ones too, are the people. */
    fromGroup?: pulumi.Input<string>;
    /** enabled, disabled or enforced. enforced counts as enabled: Entra ID makes it of enabled. */
    perUserMfaState: pulumi.Input<string>;
}

/**
 * The MFA state of single users, for tenants that still use it. It is in Graph's beta alone, and Microsoft advises Conditional Access.
 *
 * Source: learn.microsoft.com, "Update authentication method states" of Microsoft Graph.
 */
export class PerUserMfa extends pulumi.CustomResource {
    /** Users by object id or user principal name. Either this or fromGroup. */
    declare public readonly users: pulumi.Output<string[] | undefined>;
    /** Object id of an Entra group. Its members, nested ones too, are the people. */
    declare public readonly fromGroup: pulumi.Output<string | undefined>;
    /** enabled, disabled or enforced. enforced counts as enabled: Entra ID makes it of enabled. */
    declare public readonly perUserMfaState: pulumi.Output<string>;
    /** How many are in the state. */
    declare public readonly asDeclared: pulumi.Output<number>;
    /** How many are in another state, which the next update changes. */
    declare public readonly different: pulumi.Output<number>;
    /** How many can have none. */
    declare public readonly refused: pulumi.Output<number>;
    /** Of how many it could not be read. */
    declare public readonly unknown: pulumi.Output<number>;
    /** Who the others are, by the names of the counts: at most 50 of each, and how many more there are. */
    declare public readonly people: pulumi.Output<{ [kind: string]: string[] }>;
    /** Whom the next update changes: at most 50, and how many more there are. */
    declare public readonly next: pulumi.Output<string[]>;

    constructor(name: string, args: PerUserMfaArgs, opts?: pulumi.CustomResourceOptions) {
        const left = {
            users: undefined,
            fromGroup: undefined,
            asDeclared: undefined,
            different: undefined,
            refused: undefined,
            unknown: undefined,
            people: undefined,
            next: undefined,
        };
        needPlugin();
        super("hybrid-identity:mfa:PerUserMfa", name, { ...left, ...args }, opts);
    }
}
