import * as pulumi from "@pulumi/pulumi";

/** Arguments of `ApplicationAccessPolicy`. Exchange changes the description only; every other change makes a new policy before the old one goes. */
export interface ApplicationAccessPolicyArgs {
    /** Client id of the application. */
    appId: pulumi.Input<string>;
    /** `RestrictAccess`: these mailboxes and no others. `DenyAccess`: all but these; it wins over every `RestrictAccess`. Default `RestrictAccess`. */
    accessRight?: pulumi.Input<string>;
    /** SMTP address or GUID of a mail-enabled security group, a user mailbox or a mail user. */
    policyScopeGroupId: pulumi.Input<string>;
    /** Free text. Left out, Exchange writes one and it is not looked at. */
    description?: pulumi.Input<string>;
}

/**
 * Limits what an application with permissions for the whole tenant may reach. In force after 30 minutes or more.
 *
 * Source: learn.microsoft.com, "New-ApplicationAccessPolicy".
 */
export class ApplicationAccessPolicy extends pulumi.CustomResource {
    /** Client id of the application. */
    declare public readonly appId: pulumi.Output<string>;
    /** `RestrictAccess` or `DenyAccess`. */
    declare public readonly accessRight: pulumi.Output<string>;
    /** SMTP address or GUID of a mail-enabled security group, a user mailbox or a mail user. */
    declare public readonly policyScopeGroupId: pulumi.Output<string>;
    /** Free text. */
    declare public readonly description: pulumi.Output<string | undefined>;
    /** What Exchange names the policy by. */
    declare public readonly identity: pulumi.Output<string>;
    /** Name of the group, mailbox or mail user. */
    declare public readonly scopeName: pulumi.Output<string>;
    /** What Exchange names the scope by. */
    declare public readonly scopeIdentity: pulumi.Output<string>;

    constructor(name: string, args: ApplicationAccessPolicyArgs, opts?: pulumi.CustomResourceOptions) {
        const computed = { identity: undefined, scopeName: undefined, scopeIdentity: undefined };
        super("hybrid-identity:exchange:ApplicationAccessPolicy", name, { ...args, ...computed }, opts);
    }
}
