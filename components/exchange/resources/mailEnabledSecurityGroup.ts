import * as pulumi from "@pulumi/pulumi";

/** Arguments of `MailEnabledSecurityGroup`. Each is changed in place; what is left out is not looked at. */
export interface MailEnabledSecurityGroupArgs {
    /** Name in Exchange; Exchange may add to it. */
    name: pulumi.Input<string>;
    /** Mail nickname. */
    alias?: pulumi.Input<string>;
    /** Name in address lists. */
    displayName?: pulumi.Input<string>;
    /** The group's own address. */
    primarySmtpAddress?: pulumi.Input<string>;
    /** Owners. */
    managedBy?: pulumi.Input<pulumi.Input<string>[]>;
    /** SMTP addresses or GUIDs of the members, in any order. */
    members?: pulumi.Input<pulumi.Input<string>[]>;
    /** Members that nobody declared: `report` leaves and lists them, `remove` takes them out. Default `report`. */
    foreignMembers?: pulumi.Input<string>;
    /** Free text. */
    notes?: pulumi.Input<string>;
    /** Refuse mail from outside. Default true. */
    requireSenderAuthentication?: pulumi.Input<boolean>;
    /** Leave the group out of address lists. */
    hiddenFromAddressLists?: pulumi.Input<boolean>;
}

/**
 * A mail-enabled security group, which Microsoft Graph cannot make.
 *
 * Source: learn.microsoft.com, "New-DistributionGroup".
 */
export class MailEnabledSecurityGroup extends pulumi.CustomResource {
    /** Name in Exchange. */
    declare public readonly name: pulumi.Output<string>;
    /** Mail nickname. */
    declare public readonly alias: pulumi.Output<string | undefined>;
    /** Name in address lists. */
    declare public readonly displayName: pulumi.Output<string | undefined>;
    /** The group's own address. */
    declare public readonly primarySmtpAddress: pulumi.Output<string | undefined>;
    /** Owners. */
    declare public readonly managedBy: pulumi.Output<string[] | undefined>;
    /** SMTP addresses or GUIDs of the members. */
    declare public readonly members: pulumi.Output<string[] | undefined>;
    /** What becomes of members that nobody declared. */
    declare public readonly foreignMembers: pulumi.Output<string>;
    /** Free text. */
    declare public readonly notes: pulumi.Output<string | undefined>;
    /** Refuse mail from outside. */
    declare public readonly requireSenderAuthentication: pulumi.Output<boolean>;
    /** Leave the group out of address lists. */
    declare public readonly hiddenFromAddressLists: pulumi.Output<boolean | undefined>;
    /** The group's GUID in Exchange. */
    declare public readonly guid: pulumi.Output<string>;
    /** The group's object id in Entra ID. */
    declare public readonly externalDirectoryObjectId: pulumi.Output<string>;
    /** What filters name the group by; it changes when the group is moved or renamed. */
    declare public readonly distinguishedName: pulumi.Output<string>;
    /** SMTP addresses of members that nobody declared. */
    declare public readonly unmanagedMembers: pulumi.Output<string[]>;

    constructor(name: string, args: MailEnabledSecurityGroupArgs, opts?: pulumi.CustomResourceOptions) {
        const computed = { guid: undefined, externalDirectoryObjectId: undefined, distinguishedName: undefined, unmanagedMembers: undefined };
        super("hybrid-identity:exchange:MailEnabledSecurityGroup", name, { ...args, ...computed }, opts);
    }
}
