// Whether an application reaches a mailbox, as the service itself judges. Ahead of what EWS does for up to two hours after a change.
// https://learn.microsoft.com/powershell/module/exchangepowershell/test-serviceprincipalauthorization
import { NotFoundError } from "../clients/errors";
import { call } from "../resources/cmdlets";
import { checked, guid, text } from "../resources/inputs";
import type { Context } from "../resources/resource";
import type { Properties } from "../values";
import type { ProviderFunction } from "./function";

interface PolicyTest {
    AccessCheckResult?: unknown;
}

interface RoleTest {
    RoleName?: string | null;
    AllowedResourceScope?: string | null;
    /** "True", "False" or "Not Run". */
    InScope?: unknown;
}

/** The roles that open a mailbox to EWS. */
export const ewsRoles = ["Application EWS.AccessAsApp", "Application Exchange Full Access"];

/** `hybrid-identity:exchange:testMailboxAccess`. */
export const testMailboxAccess: ProviderFunction = {
    check: args =>
        checked(args, [
            { property: "appId", expected: "the application's client id, a GUID", accepts: guid },
            { property: "mailbox", expected: "a mailbox's SMTP address or GUID", accepts: text() },
            { property: "method", expected: '"accessPolicy" or "rbac"', accepts: value => value === "accessPolicy" || value === "rbac" },
            {
                property: "servicePrincipalId",
                expected: 'the object id of the enterprise application, a GUID, which method "rbac" needs',
                optional: args["method"] !== "rbac",
                accepts: guid,
            },
        ]),
    run: (args, context) => (args["method"] === "rbac" ? byRole(args, context) : byPolicy(args, context)),
};

async function byPolicy({ appId, mailbox }: Properties, context: Context): Promise<Properties> {
    const exchange = await context.exchange(context.signal);
    const [row] = await exchange.run<PolicyTest>("Test-ApplicationAccessPolicy", { Identity: mailbox, AppId: appId }, call(context));
    const said = typeof row?.AccessCheckResult === "string" ? row.AccessCheckResult : "";
    const access = { granted: "granted", denied: "denied" }[said.toLowerCase()] ?? "notRun";
    return { access, detail: said === "" ? "the service gave no result" : `AccessCheckResult ${said}` };
}

async function byRole({ servicePrincipalId, mailbox }: Properties, context: Context): Promise<Properties> {
    const exchange = await context.exchange(context.signal);
    const id = String(servicePrincipalId);
    const parameters = { Identity: id, Resource: mailbox };
    const rows = await exchange.run<RoleTest>("Test-ServicePrincipalAuthorization", parameters, call(context)).catch((error: unknown) => {
        // Where it is the mailbox that is not there, nothing was tested.
        if (error instanceof NotFoundError && error.text.toLowerCase().includes(id.toLowerCase())) return undefined;
        throw error;
    });
    if (!rows) return { access: "denied", detail: `Exchange Online does not know the enterprise application ${id}` };
    const open = rows.filter(({ RoleName }) => ewsRoles.some(role => role.toLowerCase() === RoleName?.toLowerCase()));
    const results = open.map(({ InScope }) => String(InScope).toLowerCase());
    // One role that reaches the mailbox is enough, whatever the others do.
    const access = results.includes("true") ? "granted" : results.every(result => result === "false") ? "denied" : "notRun";
    const detail = open.map(row => `${row.RoleName} (${row.AllowedResourceScope ?? "no scope"}): InScope ${String(row.InScope)}`);
    return { access, detail: detail.join("; ") || `no role that opens mailboxes to EWS (${ewsRoles.join(", ")})` };
}
