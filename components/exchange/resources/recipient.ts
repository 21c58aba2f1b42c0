import * as pulumi from "@pulumi/pulumi";

/** Which recipient to look up. */
export interface RecipientArgs {
    /** SMTP address or GUID. */
    identity: string;
}

/** A recipient of Exchange; all but `found` is missing when there is none. */
export interface RecipientResult {
    /** Whether Exchange knows it. */
    found: boolean;
    /** Its GUID in Exchange. */
    guid?: string;
    /** Its object id in Entra ID. */
    externalDirectoryObjectId?: string;
    /** What filters name it by. */
    distinguishedName?: string;
    /** Its name in address lists. */
    displayName?: string;
    /** Its main address. */
    primarySmtpAddress?: string;
    /** For example `MailUniversalSecurityGroup`. */
    recipientTypeDetails?: string;
    /** Whether an access policy may name it. */
    isValidSecurityPrincipal?: boolean;
}

/** Looks a recipient up in Exchange. */
export function recipient(args: RecipientArgs, opts?: pulumi.InvokeOptions): Promise<RecipientResult> {
    return pulumi.runtime.invoke("hybrid-identity:exchange:recipient", { identity: args.identity }, opts);
}
