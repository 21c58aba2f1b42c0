import * as pulumi from "@pulumi/pulumi";
import { needPlugin } from "../../internal/plugin";

/** Arguments of `EwsAllowedApplication`. */
export interface EwsAllowedApplicationArgs {
    /** Client id of the application, a GUID. */
    appId: pulumi.Input<string>;
    /** Whether EwsEnabled is kept at true too, which is set after the list. By default false: EwsEnabled stays as it is. */
    enableEws?: pulumi.Input<boolean>;
}

/**
 * One application in the list of those that may use Exchange Web Services. Everybody else's entries stay as they are. In force after up
 * to 24 hours.
 *
 * Source: learn.microsoft.com, "Set-OrganizationConfig" (EwsAllowedAppIDs).
 */
export class EwsAllowedApplication extends pulumi.CustomResource {
    /** Client id of the application, a GUID. */
    declare public readonly appId: pulumi.Output<string>;
    /** Whether EwsEnabled is kept at true too, which is set after the list. By default false: EwsEnabled stays as it is. */
    declare public readonly enableEws: pulumi.Output<boolean>;
    /** EwsEnabled of the organisation: true, false or unset. */
    declare public readonly ewsEnabled: pulumi.Output<string>;
    /** Entries of the list that are no GUID; they are kept. */
    declare public readonly malformedEntries: pulumi.Output<string[]>;

    constructor(name: string, args: EwsAllowedApplicationArgs, opts?: pulumi.CustomResourceOptions) {
        const left = { enableEws: undefined, ewsEnabled: undefined, malformedEntries: undefined };
        needPlugin();
        super("hybrid-identity:exchange:EwsAllowedApplication", name, { ...left, ...args }, opts);
    }
}
