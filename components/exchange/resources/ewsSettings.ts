import * as pulumi from "@pulumi/pulumi";
import { needPlugin } from "../../internal/plugin";

/** Who may use Exchange Web Services. */
export interface EwsSettingsResult {
    /** EwsEnabled: true, false or unset. */
    ewsEnabled: string;
    /** Client ids of the applications that may use EWS. */
    allowedAppIds: string[];
    /** Entries of the list that are no GUID. */
    malformedEntries: string[];
    /** EwsApplicationAccessPolicy: EnforceAllowList, EnforceBlockList or none. */
    userAgentPolicy: string;
    /** EwsAllowList: user agents. */
    allowedUserAgents: string[];
    /** EwsBlockList: user agents. */
    blockedUserAgents: string[];
}

/** Reads the organization's switch for Exchange Web Services and the list of allowed applications. */
export function ewsSettings(opts?: pulumi.InvokeOptions): Promise<EwsSettingsResult> {
    needPlugin();
    return pulumi.runtime.invoke("hybrid-identity:exchange:ewsSettings", {}, opts);
}
