import assert from "node:assert/strict";
import { askToken, callExchange, send, type Answer } from "../../lab/tenant/client";
import { startTenant, type Tenant } from "../../lab/tenant/tenant";

type Json = Record<string, unknown>;

const APP = "11111111-aaaa-4bbb-8ccc-222222222222";
const GROUP = "mim-mailboxes@contoso.example";
const POLICY = { AppId: [APP], AccessRight: "RestrictAccess", PolicyScopeGroupId: GROUP };
const FILTER = "Alias -eq 'mim'";

describe("how the pretend tenant's Exchange behaves on demand", () => {
    let tenant: Tenant;

    const run = (cmdlet: string, parameters: object = {}): Promise<Answer> => callExchange(tenant, cmdlet, parameters);

    async function statuses(count: number, ...call: [string, object?]): Promise<number[]> {
        const seen: number[] = [];
        for (let at = 0; at < count; at++) {
            seen.push((await run(...call)).status);
        }
        return seen;
    }

    const inner = ({ body }: Answer): Json | undefined => ((body["error"] as Json)["innererror"] as Json)["internalexception"] as Json | undefined;
    const count = async (cmdlet: string): Promise<number> => ((await run(cmdlet)).body["value"] as Json[]).length;

    beforeEach(async () => {
        tenant = await startTenant();
    });

    afterEach(() => tenant.stop());

    it("shows new objects late, of the kinds that it is told to", async () => {
        tenant.behaviour.replicationDelay = { reads: 1, of: ["recipients", "exchangeServicePrincipals"] };
        await run("New-DistributionGroup", { Name: "new", Type: "Security" });
        const policy = { ...POLICY, PolicyScopeGroupId: "new@contoso.example" };
        const early = await run("New-ApplicationAccessPolicy", policy);
        assert.deepEqual([early.status, String(inner(early)?.["type"]).split(".").at(-1)], [400, "ManagementObjectNotFoundException"]);
        assert.deepEqual(await statuses(1, "New-ApplicationAccessPolicy", policy), [200]);
        assert.equal(await count("Get-ApplicationAccessPolicy"), 1);
        await run("New-ServicePrincipal", { AppId: APP, ObjectId: APP });
        assert.deepEqual(await statuses(2, "New-ManagementRoleAssignment", { Role: "Application Mail.Send", App: APP, Force: true }), [404, 200]);
        tenant.behaviour.replicationDelay = { reads: 1, of: ["accessPolicies", "managementScopes", "managementRoleAssignments"] };
        await run("New-ApplicationAccessPolicy", POLICY);
        await run("New-ManagementScope", { Name: "s", RecipientRestrictionFilter: FILTER });
        await run("New-ManagementRoleAssignment", { Name: "a", Role: "Application Mail.Send", App: APP, Force: true });
        for (const [cmdlet, early, late] of [["Get-ApplicationAccessPolicy", 1, 2], ["Get-ManagementScope", 0, 1], ["Get-ManagementRoleAssignment", 1, 2]] as const) {
            assert.deepEqual([await count(cmdlet), await count(cmdlet)], [early, late], cmdlet);
        }
    });

    it("throttles, fails and loses replies in Exchange's words", async () => {
        tenant.behaviour.throttle(1, "7.5", /^\/adminapi\//);
        const throttled = await run("Get-OrganizationConfig");
        assert.deepEqual([throttled.status, throttled.headers["retry-after"], (throttled.body["error"] as Json)["code"]], [429, "7.5", "TooManyRequests"]);
        tenant.behaviour.tooManyAtOnce(1);
        const many = await run("Get-OrganizationConfig");
        assert.deepEqual([many.status, many.headers["retry-after"], many.body], [429, undefined, {}]);
        assert.match(many.text, /^You have reached the maximum number of concurrent requests per tenant/);
        tenant.behaviour.nextCmdlet("New-ApplicationAccessPolicy", 503);
        assert.deepEqual([await statuses(1, "Get-ApplicationAccessPolicy"), await statuses(1, "New-ApplicationAccessPolicy", POLICY)], [[200], [503]]);
        assert.equal(tenant.state.exchange.policies.length, 0);
        tenant.behaviour.nextCmdlet("New-ApplicationAccessPolicy", 503, { executed: true });
        assert.deepEqual([await statuses(1, "New-ApplicationAccessPolicy", POLICY), tenant.state.exchange.policies.length], [[503], 1]);
        const exception = "Microsoft.Exchange.Data.Directory.ADTransientException";
        tenant.behaviour.nextCmdlet("Get-ApplicationAccessPolicy", 500, { exception, message: "try later", times: 2 });
        const failed = await run("Get-ApplicationAccessPolicy");
        assert.deepEqual([failed.status, inner(failed)?.["type"], inner(failed)?.["message"]], [500, exception, "try later"]);
        assert.deepEqual(await statuses(2, "Get-ApplicationAccessPolicy"), [500, 200]);
    });

    it("refuses the right with NUL bytes, and gives lists of one entry bare", async () => {
        tenant.behaviour.nextCmdlet("Get-OrganizationConfig", 403);
        tenant.behaviour.nextCmdlet("Get-OrganizationConfig", 401);
        const [forbidden, unknown] = [await run("Get-OrganizationConfig"), await run("Get-OrganizationConfig")];
        assert.deepEqual([forbidden.status, forbidden.text, unknown.status, unknown.text], [403, "\0".repeat(4096), 401, ""]);
        tenant.behaviour.bareSingles = true;
        const [group] = (await run("Get-DistributionGroup", { Identity: GROUP })).body["value"] as Json[];
        assert.deepEqual([group?.["ManagedBy"], group?.["ManagedBy@odata.type"], group?.["Description"]], ["Organization Management", undefined, []]);
        assert.match(String((await run("Get-ServicePrincipal")).body["@adminapi.warnings"]), /deprecated/);
    });

    it("says in a reply that looks good that something went wrong", async () => {
        tenant.behaviour.nextCmdlet("Get-OrganizationConfig", 200, { message: "half of it failed" });
        const { status, body } = await run("Get-OrganizationConfig");
        assert.deepEqual([status, body["value"], body["@adminapi.errors"]], [200, [], ["half of it failed"]]);
        tenant.behaviour.nextCmdlet("Get-OrganizationConfig", 200, { message: "half of it failed", executed: true });
        const whole = await run("Get-OrganizationConfig");
        assert.deepEqual([(whole.body["value"] as Json[]).length, whole.body["@adminapi.errors"]], [1, ["half of it failed"]]);
    });

    it("answers as older backends, full, dehydrated and freshly hydrated organisations do", async () => {
        tenant.behaviour.notFoundAs500 = true;
        const old = await run("Get-Recipient", { Identity: "nobody" });
        const { code, details } = old.body["error"] as { code: string; details: Json[] };
        assert.deepEqual([old.status, code, inner(old)], [500, "InternalServerError", undefined]);
        assert.match(String(details[0]?.["message"]), /\|Microsoft\.Exchange\.Configuration\.Tasks\.ManagementObjectNotFoundException\|/);
        tenant.behaviour.policyQuota = 0;
        const full = await run("New-ApplicationAccessPolicy", POLICY);
        assert.deepEqual([full.status, inner(full)?.["message"]], [400, "The total size of App Access Policies exceeded the limit."]);
        tenant.state.exchange.organization.IsDehydrated = true;
        const dry = await run("New-ManagementScope", { Name: "s", RecipientRestrictionFilter: FILTER });
        assert.match(String(inner(dry)?.["type"]), /\.InvalidOperationInDehydratedContextException$/);
        assert.deepEqual(await statuses(2, "Enable-OrganizationCustomization"), [200, 400]);
        assert.deepEqual(await statuses(1, "New-ManagementScope", { Name: "s", RecipientRestrictionFilter: FILTER }), [200]);
        await run("New-ServicePrincipal", { AppId: APP, ObjectId: APP });
        tenant.behaviour.delegatingRoleMissing = true;
        const fresh = await run("New-ManagementRoleAssignment", { Role: "Application Mail.Send", App: APP, Force: true });
        assert.match(String(inner(fresh)?.["message"]), /^You must be assigned a delegating role assignment/);
        tenant.behaviour.groupNameSuffix = true;
        const { body } = await run("New-DistributionGroup", { Name: "new" });
        assert.match(String((body["value"] as Json[])[0]?.["Name"]), /^new\d{14}$/);
    });

    it("hands out long lists in pages to who posts the same again", async () => {
        tenant.behaviour.pageSize = 4;
        const all = { CmdletInput: { CmdletName: "Get-Recipient", Parameters: { ResultSize: "Unlimited" } } };
        const { body: token } = await askToken(tenant, tenant, "https://outlook.office365.com");
        const post = (path: string, body: object): Promise<Answer> => send(tenant, "POST", path, body, { authorization: `Bearer ${String(token["access_token"])}` });
        const first = await post(`/adminapi/beta/${tenant.tenantId}/InvokeCommand`, all);
        const next = String(first.body["@odata.nextLink"]);
        assert.equal(new URL(next).host, tenant.metadataHost);
        assert.match(next, /InvokeCommand\?%24skiptoken=/);
        const second = await post(next, all);
        const names = [first, second].map(({ body }) => (body["value"] as Json[]).map(each => each["Alias"]));
        assert.deepEqual(names, [["mim", "mim2", "ceo", "office"], ["mim-mailboxes", "all-staff", "projects"]]);
        assert.equal(second.body["@odata.nextLink"], undefined);
        const other = await post(next, { CmdletInput: { CmdletName: "Get-Recipient", Parameters: {} } });
        assert.deepEqual([other.status, inner(other)?.["message"]], [400, "Expired or Invalid pagination request. Default Expiry time is 00:30:00"]);
        assert.equal((await run("Get-Recipient")).body["@odata.nextLink"], undefined);
    });

    it("lets somebody else write between a read and a write, or right after it", async () => {
        const { organization } = tenant.state.exchange;
        const list = async (): Promise<unknown> => ((await run("Get-OrganizationConfig", { RetrieveEwsOperationAccessPolicy: true })).body["value"] as Json[])[0]?.["EwsAllowedAppIDs"];
        tenant.behaviour.onCmdlet("Set-OrganizationConfig", () => (organization.EwsAllowedAppIDs = "theirs"));
        assert.equal(await list(), null);
        await run("Set-OrganizationConfig", { EwsAllowedAppIDs: "ours" });
        assert.equal(await list(), "ours");
        tenant.behaviour.onCmdlet("Set-OrganizationConfig", () => (organization.EwsAllowedAppIDs = "theirs"), "after");
        await run("Set-OrganizationConfig", { EwsAllowedAppIDs: "ours" });
        assert.equal(await list(), "theirs");
        await run("Set-OrganizationConfig", { EwsAllowedAppIDs: "ours" });
        assert.equal(await list(), "ours", "it happens once");
    });

    it("remembers which cmdlets were run, with what", async () => {
        await run("Get-OrganizationConfig", { RetrieveEwsOperationAccessPolicy: true });
        const { cmdlet, parameters, status } = tenant.calls.at(-1) ?? {};
        assert.deepEqual([cmdlet, parameters, status], ["Get-OrganizationConfig", { RetrieveEwsOperationAccessPolicy: true }, 200]);
    });
});
