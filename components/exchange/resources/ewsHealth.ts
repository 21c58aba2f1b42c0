import * as pulumi from "@pulumi/pulumi";
import { needPlugin } from "../../internal/plugin";

/** Which application and mailbox. */
export interface EwsHealthArgs {
    /** The tenant's id, or one of its domain names. */
    tenantId: pulumi.Input<string>;
    /** Client id of the application, a GUID. */
    clientId: pulumi.Input<string>;
    /** A client secret of the application. */
    clientSecret: pulumi.Input<string>;
    /** SMTP address of the mailbox. */
    mailbox: pulumi.Input<string>;
    /** accessPolicy: the application has the consent full_access_as_app. rbac: it has a role of Exchange Online. By default accessPolicy. */
    method?: pulumi.Input<string>;
    /**
     * What the program calls itself that is to be let in: Exchange Online may let some in only. By default HybridIdentity and the version.
     */
    userAgent?: pulumi.Input<string>;
    /** When something about the access was changed last, UTC. A denial that this may explain is pending. */
    changedAt?: pulumi.Input<string>;
    /** What time it is, UTC. By default what the machine says. */
    now?: pulumi.Input<string>;
}

/** What Entra ID and Exchange Web Services did. */
export interface EwsHealthResult {
    /**
     * healthy: the inbox was opened. failing: it was denied. pending: it was denied, and a change may need until pendingUntil. unknown:
     * nobody said.
     */
    state: string;
    /** What was decisive: token or ews. */
    check: string;
    /** What was seen, without secrets. */
    message: string;
    /** What to do; empty where there is nothing to do. */
    advice: string;
    /** When that was, UTC. */
    time: string;
    /** Until when a change may explain it, UTC. */
    pendingUntil?: string;
}

/**
 * Proves that an application can use Exchange Web Services for a mailbox: a token by its own client secret, and one look into the inbox.
 * Two calls, by the provider "hybrid-identity". Where an argument is not known yet, nothing is asked in a preview and the result is not
 * known either. The result is no secret, although the client secret is: nothing of that is in it.
 */
export function ewsHealth(args: EwsHealthArgs, opts?: pulumi.InvokeOutputOptions): pulumi.Output<EwsHealthResult> {
    const { tenantId, clientId, clientSecret, mailbox, method, userAgent, changedAt, now } = args;
    const given = { tenantId, clientId, clientSecret: pulumi.secret(clientSecret), mailbox, method, userAgent, changedAt, now };
    needPlugin();
    return pulumi.unsecret(pulumi.runtime.invokeOutput<EwsHealthResult>("hybrid-identity:exchange:ewsHealth", given, opts));
}
