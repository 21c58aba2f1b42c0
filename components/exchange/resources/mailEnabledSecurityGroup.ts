import * as pulumi from "@pulumi/pulumi";
import { needPlugin } from "../../internal/plugin";

/** Arguments of `MailEnabledSecurityGroup`. Each is changed in place; what is left out is not looked at. */
export interface MailEnabledSecurityGroupArgs {
    /** Name. The service may add to it. */
    name: pulumi.Input<string>;
    /** Alias. */
    alias?: pulumi.Input<string>;
    /** Name shown in address lists. */
    displayName?: pulumi.Input<string>;
    /** SMTP address. */
    primarySmtpAddress?: pulumi.Input<string>;
    /** Owners: SMTP addresses or GUIDs, in any order. */
    managedBy?: pulumi.Input<pulumi.Input<string>[]>;
    /** Members: SMTP addresses or GUIDs, in any order. */
    members?: pulumi.Input<pulumi.Input<string>[]>;
    /**
     * What happens to members that are not declared. report: they are listed in unmanagedMembers. remove: they are drift and removed. By
     * default report.
     */
    foreignMembers?: pulumi.Input<string>;
    /** Free text. */
    notes?: pulumi.Input<string>;
    /** Whether only senders of the organisation reach the group by mail. By default true. */
    requireSenderAuthentication?: pulumi.Input<boolean>;
    /** Whether address lists leave the group out. */
    hiddenFromAddressLists?: pulumi.Input<boolean>;
}

/**
 * A mail-enabled security group, which Microsoft Graph cannot make.
 *
 * Source: learn.microsoft.com, "New-DistributionGroup".
 */
export class MailEnabledSecurityGroup extends pulumi.CustomResource {
    /** Name. The service may add to it. */
    declare public readonly name: pulumi.Output<string>;
    /** Alias. */
    declare public readonly alias: pulumi.Output<string | undefined>;
    /** Name shown in address lists. */
    declare public readonly displayName: pulumi.Output<string | undefined>;
    /** SMTP address. */
    declare public readonly primarySmtpAddress: pulumi.Output<string | undefined>;
    /** Owners: SMTP addresses or GUIDs, in any order. */
    declare public readonly managedBy: pulumi.Output<string[] | undefined>;
    /** Members: SMTP addresses or GUIDs, in any order. */
    declare public readonly members: pulumi.Output<string[] | undefined>;
    /**
     * What happens to members that are not declared. report: they are listed in unmanagedMembers. remove: they are drift and removed. By
     * default report.
     */
    declare public readonly foreignMembers: pulumi.Output<string>;
    /** Free text. */
    declare public readonly notes: pulumi.Output<string | undefined>;
    /** Whether only senders of the organisation reach the group by mail. By default true. */
    declare public readonly requireSenderAuthentication: pulumi.Output<boolean>;
    /** Whether address lists leave the group out. */
    declare public readonly hiddenFromAddressLists: pulumi.Output<boolean | undefined>;
    /** The group's Guid in Exchange Online. */
    declare public readonly guid: pulumi.Output<string>;
    /** The group's object id in Entra ID. */
    declare public readonly externalDirectoryObjectId: pulumi.Output<string>;
    /** The group's distinguished name, for filters of management scopes. */
    declare public readonly distinguishedName: pulumi.Output<string>;
    /** SMTP addresses of members that nobody declared. */
    declare public readonly unmanagedMembers: pulumi.Output<string[]>;

    constructor(name: string, args: MailEnabledSecurityGroupArgs, opts?: pulumi.CustomResourceOptions) {
        const left = {
            alias: undefined,
            displayName: undefined,
            primarySmtpAddress: undefined,
            managedBy: undefined,
            members: undefined,
            foreignMembers: undefined,
            notes: undefined,
            requireSenderAuthentication: undefined,
            hiddenFromAddressLists: undefined,
            guid: undefined,
            externalDirectoryObjectId: undefined,
            distinguishedName: undefined,
            unmanagedMembers: undefined,
        };
        needPlugin();
        super("hybrid-identity:exchange:MailEnabledSecurityGroup", name, { ...left, ...args }, opts);
    }
}
