import * as pulumi from "@pulumi/pulumi";
import { show } from "../../../drift/show";
import { Problem } from "../../../drift/types";
import { MailMethod, Mode } from "../../choices";
import { policyOf } from "../../exchange/mailboxScope/migration";
import { checkScopeChoice } from "../../exchange/mailboxScope/scopeChoice";
import { applicationAccess } from "../../exchange/resources/applicationAccess";
import { isLimitDeclared } from "../../exchange/resources/declaredLimits";
import { settled } from "../../internal/inputs";
import { looked } from "../../internal/looks";
import { isOneByOne } from "../../internal/oneByOne";
import { reporter } from "../../internal/report";
import { keepComponent, nameOf, StackResources, stackState } from "../../internal/stackState";
import { keepResources } from "./keptResources";
import type { MailApplicationArgs } from "./mailApplicationArgs";
import type { OwnState } from "./ownState";

/** The value of `mailboxScope` that says: a `MailboxScope` of its own limits the application. */
export const separate = "separate";
const orSeparate = `or "${separate}", where a MailboxScope of its own limits the application; `;

/** The same advice where a scope of its own is refused. */
export function withoutSeparate(message: string): string {
    return message.replace(orSeparate, "").replace(`the mailboxes or "${separate}"`, "the mailboxes");
}

/** Nobody gets a consent for the whole tenant because an argument was left out. With `rbac` and with `audit` none is given. */
export function checkMailboxes({ mailboxScope, mailboxes, allMailboxesReason: reason, method, mode }: MailApplicationArgs): Problem[] {
    const problems: Problem[] = [];
    const report = (property: string, message: string) => problems.push({ property, message });
    if (mailboxes !== undefined && mailboxes !== "all") {
        report("mailboxes", `must be "all", or left out; received ${show(mailboxes)}. Single mailboxes stand in mailboxScope`);
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
            `is missing, and without it the consent full_access_as_app opens every mailbox of the tenant. Name the mailboxes; ${orSeparate}or give mailboxes "all" and allMailboxesReason`,
        );
    } else if (typeof mailboxScope === "string" && mailboxScope !== separate) {
        report("mailboxScope", `must be the mailboxes or "${separate}"; received ${show(mailboxScope)}`);
    } else if (mailboxScope === separate && isOneByOne() && method !== MailMethod.rbac && mode !== Mode.audit) {
        // The scope comes after its application, so whether it still is in the program nobody knows in time.
        report("mailboxScope", `is "${separate}", which needs a program in TypeScript: from another language nothing would notice that the scope is gone and the consent stays. Give the mailboxes here`);
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

/**
 * What limits the application in state must not go while its consent stays: nothing else would hold it back. It is kept, because where the program is a
 * function of the Automation API the engine deletes what a failed one did not register.
 */
export async function requireLimit({ mailboxScope, method }: MailApplicationArgs, { children }: OwnState): Promise<void> {
    const clientId = children.find((one) => typeof one.outputs["clientId"] === "string")?.outputs["clientId"] as string | undefined;
    if (mailboxScope !== separate || method === MailMethod.rbac || clientId === undefined) {
        return;
    }
    // By then the program is built.
    await new Promise((resolve) => setTimeout(resolve, 50));
    const state = await stackState();
    const limits = Object.entries(state).filter(([, { type, outputs = {} }]) => type === policyType && same(outputs["appId"], clientId));
    if (limits.length === 0 || (await isLimitDeclared(clientId))) {
        return;
    }
    const names = limits.map(([urn]) => nameOf(urn));
    limits.filter(([urn]) => !children.some(({ name }) => name === nameOf(urn))).forEach(([urn]) => keepScopeOf(urn, state));
    throw new Error(
        `mailboxScope is "${separate}", and nothing in the program limits the application ${clientId} any more: this run would take away its access policy ` +
            `(${names.join(", ")}) and leave its consent, which then opens every mailbox of the tenant. ` +
            'Declare exchange.MailboxScope with this application; or say mailboxes: "all" with allMailboxesReason; or take the application away first',
    );
}

const policyType = "hybrid-identity:exchange:ApplicationAccessPolicy";

/** A policy, and all of the scope that it belongs to; the policy alone where there is none. */
function keepScopeOf(policy: string, state: StackResources): void {
    const types = policy.slice(0, policy.lastIndexOf("$"));
    const scope = Object.keys(state).find((urn) => urn.startsWith(`${types}::`) && `${nameOf(urn)}-policy` === nameOf(policy));
    const name = scope === undefined ? "" : `${nameOf(scope)}-`;
    const kept = Object.entries(state).filter(([urn]) => urn === policy || (scope !== undefined && urn.startsWith(`${types}$`) && nameOf(urn).startsWith(name)));
    const children = kept.map(([urn, { type, outputs = {} }]) => ({ name: nameOf(urn), type, outputs, ofScope: false }));
    keepResources(name, children, scope === undefined ? undefined : keepComponent(scope, state[scope]?.outputs ?? {}), false);
}

function same(found: unknown, clientId: string): boolean {
    return typeof found === "string" && found.toLowerCase() === clientId.toLowerCase();
}
