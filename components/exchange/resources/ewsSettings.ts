import * as pulumi from "@pulumi/pulumi";

/** Who may use Exchange Web Services. */
export interface EwsSettingsResult {
    /** The organization's switch: `true`, `false` or `unset`. */
    ewsEnabled: string;
    /** Client ids in the list of allowed applications. */
    allowedAppIds: string[];
    /** Entries of that list that are no GUIDs. */
    malformedEntries: string[];
}

/** Reads the organization's switch for Exchange Web Services and the list of allowed applications. */
export function ewsSettings(opts?: pulumi.InvokeOptions): Promise<EwsSettingsResult> {
    return pulumi.runtime.invoke("hybrid-identity:exchange:ewsSettings", {}, opts);
}
