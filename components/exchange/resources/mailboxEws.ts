import * as pulumi from "@pulumi/pulumi";
import { needPlugin } from "../../internal/plugin";

/** Which mailbox to look at. */
export interface MailboxEwsArgs {
    /** SMTP address or GUID of the mailbox. */
    mailbox: string;
}

/** A mailbox's own switches for Exchange Web Services. */
export interface MailboxEwsResult {
    /** EwsEnabled of the mailbox: true, false or unset. */
    ewsEnabled: string;
    /** EwsApplicationAccessPolicy: EnforceAllowList, EnforceBlockList or none. */
    userAgentPolicy: string;
    /** EwsAllowList: user agents. */
    allowedUserAgents: string[];
    /** EwsBlockList: user agents. */
    blockedUserAgents: string[];
}

/** Reads a mailbox's own switches for Exchange Web Services (`Get-CASMailbox`). */
export function mailboxEws(args: MailboxEwsArgs, opts?: pulumi.InvokeOptions): Promise<MailboxEwsResult> {
    needPlugin();
    return pulumi.runtime.invoke("hybrid-identity:exchange:mailboxEws", { mailbox: args.mailbox }, opts);
}
