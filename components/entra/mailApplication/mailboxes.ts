import * as pulumi from "@pulumi/pulumi";
import { Problem } from "../../../drift/types";
import { MailMethod, Mode } from "../../choices";
import { policyOf } from "../../exchange/mailboxScope/migration";
import { checkScopeChoice } from "../../exchange/mailboxScope/scopeChoice";
import { applicationAccess } from "../../exchange/resources/applicationAccess";
import { settled } from "../../internal/inputs";
import { looked } from "../../internal/looks";
import { reporter } from "../../internal/report";
import type { MailApplicationArgs } from "./mailApplicationArgs";

/** The value of `mailboxScope` that says: a `MailboxScope` of its own limits the application. */
export const separate = "separate";

/** Nobody gets a consent for the whole tenant because an argument was left out. With `rbac` and with `audit` none is given. */
export function checkMailboxes({ mailboxScope, mailboxes, allMailboxesReason: reason, method, mode }: MailApplicationArgs): Problem[] {
    const problems: Problem[] = [];
    const report = (property: string, message: string) => problems.push({ property, message });
    if (mailboxes !== undefined && mailboxes !== "all") {
        report("mailboxes", `must be "all", or left out; received ${JSON.stringify(mailboxes)}. Single mailboxes stand in mailboxScope`);
    } else if (mailboxes !== undefined && mailboxScope !== undefined) {
        report("mailboxes", 'is "all" beside mailboxScope; leave one of them out');
    } else if (mailboxes !== undefined && method !== undefined && method !== MailMethod.accessPolicy) {
        report("mailboxes", `is "all" beside the method ${JSON.stringify(method)}, which gives no consent for all mailboxes; leave one of them out`);
    }
    if (mailboxes === "all" && (typeof reason !== "string" || reason.trim() === "")) {
        report("allMailboxesReason", 'is missing; with mailboxes "all" say why every mailbox of the tenant has to be open');
    } else if (mailboxes === undefined && reason !== undefined) {
        report("allMailboxesReason", 'is for mailboxes "all" only; leave it out');
    }
    if (mailboxScope === separate ? method === MailMethod.migrate : mailboxScope === undefined && method === MailMethod.migrate) {
        report("mailboxScope", `is ${mailboxScope === separate ? `"${separate}"` : "missing"}; the method "migrate" needs the mailboxes that the application may open`);
    } else if (mailboxScope === undefined && mailboxes === undefined && method !== MailMethod.rbac && mode !== Mode.audit) {
        report(
            "mailboxScope",
            "is missing, and without it the consent full_access_as_app opens every mailbox of the tenant. Name the mailboxes; or " +
                `"${separate}", where a MailboxScope of its own limits the application; or give mailboxes "all" and allMailboxesReason`,
        );
    } else if (typeof mailboxScope === "string" && mailboxScope !== separate) {
        report("mailboxScope", `must be the mailboxes or "${separate}"; received ${JSON.stringify(mailboxScope)}`);
    } else if (typeof mailboxScope === "object") {
        problems.push(...checkScopeChoice(mailboxScope, { path: "mailboxScope." }));
    }
    return problems;
}

/** In every run: an application that can open everything is not to be forgotten. */
export function warnOfAll(name: string, { mailboxes, allMailboxesReason }: MailApplicationArgs, component: pulumi.Resource): void {
    if (mailboxes === "all") {
        reporter.warn(`${name}: the application may open EVERY mailbox of the tenant (mailboxes "all"). Reason: ${allMailboxesReason}`, component);
    }
}

/** A scope of its own is made after the application, and nothing here holds the consent back until then. */
export async function warnUntilLimited(name: string, clientId: pulumi.Output<string>, component: pulumi.Resource): Promise<void> {
    const appId = await settled(clientId);
    const policies = appId === undefined ? [] : (await looked(name, applicationAccess({ appId }, { parent: component }))).policies;
    if (appId === undefined || policyOf(policies, appId) === undefined) {
        reporter.warn(
            `${name}: when this run began no access policy limited the application, and its consent opens every mailbox of the tenant until ` +
                `one does (mailboxScope "${separate}"). With the mailboxes in mailboxScope the consent waits for the policy`,
            component,
        );
    }
}
