import * as pulumi from "@pulumi/pulumi";
import { needPlugin } from "../../internal/plugin";
import { declareLimit } from "./declaredLimits";

/** Arguments of `ApplicationAccessPolicy`. Only the description is changed in place; else a new policy is made before the old one goes. */
export interface ApplicationAccessPolicyArgs {
    /** Client id of the application, a GUID. */
    appId: pulumi.Input<string>;
    /**
     * RestrictAccess: the application reaches only mailboxes of the scope. DenyAccess: it does not reach them. A denial beats a
     * restriction. By default RestrictAccess.
     */
    accessRight?: pulumi.Input<string>;
    /** SMTP address or GUID of a mail-enabled security group, a user mailbox or a mail user. Members of nested groups count. */
    policyScopeGroupId: pulumi.Input<string>;
    /** Free text. */
    description?: pulumi.Input<string>;
}

/**
 * Limits what an application with permissions for the whole tenant may reach. In force after 30 minutes or more.
 *
 * Source: learn.microsoft.com, "New-ApplicationAccessPolicy".
 */
export class ApplicationAccessPolicy extends pulumi.CustomResource {
    /** Client id of the application, a GUID. */
    declare public readonly appId: pulumi.Output<string>;
    /**
     * RestrictAccess: the application reaches only mailboxes of the scope. DenyAccess: it does not reach them. A denial beats a
     * restriction. By default RestrictAccess.
     */
    declare public readonly accessRight: pulumi.Output<string>;
    /** SMTP address or GUID of a mail-enabled security group, a user mailbox or a mail user. Members of nested groups count. */
    declare public readonly policyScopeGroupId: pulumi.Output<string>;
    /** Free text. */
    declare public readonly description: pulumi.Output<string | undefined>;
    /** The policy's Identity: organisation, client id and scope. */
    declare public readonly identity: pulumi.Output<string>;
    /** Name of the group or mailbox, as the service tells it. */
    declare public readonly scopeName: pulumi.Output<string>;
    /** Identity of the group or mailbox, as the service tells it. */
    declare public readonly scopeIdentity: pulumi.Output<string>;

    constructor(name: string, args: ApplicationAccessPolicyArgs, opts?: pulumi.CustomResourceOptions) {
        declareLimit(args.appId);
        const computed = { identity: undefined, scopeName: undefined, scopeIdentity: undefined };
        const left = { accessRight: undefined, description: undefined, ...computed };
        needPlugin();
        super("hybrid-identity:exchange:ApplicationAccessPolicy", name, { ...left, ...args }, opts);
    }
}
