import * as pulumi from "@pulumi/pulumi";
import { needPlugin } from "../../internal/plugin";

/** Which recipient to look up. */
export interface RecipientArgs {
    /** SMTP address, GUID, alias or name. */
    identity: string;
}

/** A recipient of Exchange; all but `found` is missing when there is none. */
export interface RecipientResult {
    /** Whether there is such a recipient. */
    found: boolean;
    /** Its Guid in Exchange Online. */
    guid?: string;
    /** Its object id in Entra ID. */
    externalDirectoryObjectId?: string;
    /** Its distinguished name. */
    distinguishedName?: string;
    /** Its name in address lists. */
    displayName?: string;
    /** Its SMTP address. */
    primarySmtpAddress?: string;
    /** What it is, for example MailUniversalSecurityGroup. */
    recipientTypeDetails?: string;
    /** Whether an access policy can have it as its scope. */
    isValidSecurityPrincipal?: boolean;
}

/** Looks a recipient up in Exchange. */
export function recipient(args: RecipientArgs, opts?: pulumi.InvokeOptions): Promise<RecipientResult> {
    needPlugin();
    return pulumi.runtime.invoke("hybrid-identity:exchange:recipient", { identity: args.identity }, opts);
}
