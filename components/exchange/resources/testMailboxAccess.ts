import * as pulumi from "@pulumi/pulumi";
import { needPlugin } from "../../internal/plugin";

/** Which access to test. */
export interface TestMailboxAccessArgs {
    /** Client id of the application, a GUID. */
    appId: string;
    /** SMTP address or GUID of the mailbox. */
    mailbox: string;
    /** accessPolicy: what access policies say. rbac: what role assignments say. */
    method: string;
    /** Object id of the enterprise application; needed for rbac. */
    servicePrincipalId?: string;
}

/** What Exchange answers. */
export interface TestMailboxAccessResult {
    /** granted, denied, or notRun where the service did not say. */
    access: string;
    /** What the service said. */
    detail: string;
}

/**
 * Asks Exchange whether an application may open a mailbox (`Test-ApplicationAccessPolicy`, `Test-ServicePrincipalAuthorization`). The
 * answer is ahead of what is in force by up to 2 hours.
 */
export function testMailboxAccess(args: TestMailboxAccessArgs, opts?: pulumi.InvokeOptions): Promise<TestMailboxAccessResult> {
    const { appId, mailbox, method, servicePrincipalId } = args;
    needPlugin();
    return pulumi.runtime.invoke("hybrid-identity:exchange:testMailboxAccess", { appId, mailbox, method, servicePrincipalId }, opts);
}
