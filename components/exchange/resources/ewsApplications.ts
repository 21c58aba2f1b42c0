import * as pulumi from "@pulumi/pulumi";
import { needPlugin } from "../../internal/plugin";

/** An application that may open mailboxes over EWS. */
export interface EwsApplication {
    /** Client id. */
    appId: string;
    /** Its name. */
    displayName: string;
    /** full_access_as_app, or the role of Exchange. */
    right: string;
}

/** Which applications may open mailboxes over EWS. */
export interface EwsApplicationsResult {
    /** By client id. */
    applications: EwsApplication[];
}

/** Lists the applications that have a right of their own to open mailboxes over EWS. Whether they use it is not known. */
export function ewsApplications(opts?: pulumi.InvokeOptions): Promise<EwsApplicationsResult> {
    needPlugin();
    return pulumi.runtime.invoke("hybrid-identity:exchange:ewsApplications", {}, opts);
}
