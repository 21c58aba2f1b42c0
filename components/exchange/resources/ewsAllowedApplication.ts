import * as pulumi from "@pulumi/pulumi";

/** Arguments of `EwsAllowedApplication`. */
export interface EwsAllowedApplicationArgs {
    /** Client id of the application. A change makes a new entry before the old one goes. */
    appId: pulumi.Input<string>;
    /** Also switch EWS on for the organization, after the entry was written. Never switched off again. Default false. */
    enableEws?: pulumi.Input<boolean>;
}

/**
 * One application in the list of those that may use Exchange Web Services. Everybody else's entries stay as they are. In force after up to 24 hours.
 *
 * Source: learn.microsoft.com, "Set-OrganizationConfig" (EwsAllowedAppIDs).
 */
export class EwsAllowedApplication extends pulumi.CustomResource {
    /** Client id of the application. */
    declare public readonly appId: pulumi.Output<string>;
    /** Also switch EWS on for the organization. */
    declare public readonly enableEws: pulumi.Output<boolean>;
    /** The organization's switch: `true`, `false` or `unset`. */
    declare public readonly ewsEnabled: pulumi.Output<string>;
    /** Entries of the list that are no GUIDs; they stay. */
    declare public readonly malformedEntries: pulumi.Output<string[]>;

    constructor(name: string, args: EwsAllowedApplicationArgs, opts?: pulumi.CustomResourceOptions) {
        super("hybrid-identity:exchange:EwsAllowedApplication", name, { ...args, ewsEnabled: undefined, malformedEntries: undefined }, opts);
    }
}
