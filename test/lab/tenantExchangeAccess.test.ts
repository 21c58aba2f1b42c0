import assert from "node:assert/strict";
import { callExchange, callGraph } from "../../lab/tenant/client";
import { startTenant, type Tenant } from "../../lab/tenant/tenant";

type Json = Record<string, unknown>;

const MIM = "mim@contoso.example";
const CEO = "ceo@contoso.example";
const EWS = "Application EWS.AccessAsApp";
const GROUP = "mim-mailboxes@contoso.example";
const BYPASS = { BypassSecurityGroupManagerCheck: true };

describe("what EWS of the pretend tenant would really allow", () => {
    let tenant: Tenant;
    let appId: string;
    let objectId: string;

    async function run(cmdlet: string, parameters: object): Promise<Json[]> {
        const { status, body } = await callExchange(tenant, cmdlet, parameters);
        assert.ok(status < 300, `${cmdlet}: ${status} ${JSON.stringify(body)}`);
        return (body["value"] ?? []) as Json[];
    }

    const may = (...mailboxes: string[]): boolean[] => mailboxes.map(each => tenant.mayAccess(appId, each));
    const policy = (AccessRight: string, PolicyScopeGroupId: string, AppId = appId): Promise<Json[]> =>
        run("New-ApplicationAccessPolicy", { AppId: [AppId], AccessRight, PolicyScopeGroupId });
    const consent = async (): Promise<void> => {
        const exchange = tenant.state.servicePrincipals.find(({ displayName }) => displayName === "Office 365 Exchange Online");
        const assignment = { appRoleId: "dc890d15-9560-4a4c-9b7f-a736ec74ec40", principalId: objectId, resourceId: exchange?.id };
        assert.equal((await callGraph(tenant, "POST", `/v1.0/servicePrincipals/${exchange?.id}/appRoleAssignedTo`, assignment)).status, 201);
    };
    const tested = async (mailbox: string): Promise<unknown> => (await run("Test-ApplicationAccessPolicy", { Identity: mailbox, AppId: appId }))[0]?.["AccessCheckResult"];

    beforeEach(async () => {
        tenant = await startTenant();
        const { body: app } = await callGraph(tenant, "POST", "/v1.0/applications", { displayName: "MIM mail" });
        appId = String(app["appId"]);
        const { body: principal } = await callGraph(tenant, "POST", "/v1.0/servicePrincipals", { appId });
        objectId = String(principal["id"]);
    });

    afterEach(() => tenant.stop());

    it("opens every mailbox by consent, and none without", async () => {
        assert.deepEqual(may(MIM, CEO), [false, false]);
        await consent();
        assert.deepEqual(may(MIM, CEO, "nobody@contoso.example"), [true, true, false]);
        await callGraph(tenant, "PATCH", `/v1.0/servicePrincipals/${objectId}`, { accountEnabled: false });
        assert.deepEqual(may(MIM, CEO), [false, false]);
    });

    it("limits consent by policies, which know nested groups, and where a denial wins", async () => {
        await consent();
        await policy("RestrictAccess", GROUP);
        assert.deepEqual(may(MIM, CEO, "mim2@contoso.example"), [true, false, false]);
        assert.deepEqual([await tested(MIM), await tested(CEO)], ["Granted", "Denied"]);
        await run("New-DistributionGroup", { Name: "inner", Type: "Security", Members: [CEO, GROUP] });
        // A circle must not keep it busy for ever.
        await run("Add-DistributionGroupMember", { Identity: GROUP, Member: "inner", ...BYPASS });
        assert.deepEqual(may(MIM, CEO, "mim2@contoso.example"), [true, true, false]);
        await policy("RestrictAccess", "mim2@contoso.example");
        await policy("DenyAccess", CEO, "*");
        assert.deepEqual(may(MIM, CEO, "mim2@contoso.example"), [true, false, true]);
        assert.equal(await tested(CEO), "Denied");
        await run("Remove-DistributionGroup", { Identity: GROUP, Confirm: false, ...BYPASS });
        assert.deepEqual(may(MIM, "mim2@contoso.example"), [false, true], "a policy whose group is gone lets nobody in");
    });

    it("adds role assignments to consent; their groups count with direct members only", async () => {
        await run("New-ServicePrincipal", { AppId: appId, ObjectId: objectId });
        const assign = (more: object): Promise<Json[]> => run("New-ManagementRoleAssignment", { Role: EWS, App: objectId, Force: true, ...more });
        const [group] = await run("Get-DistributionGroup", { Identity: GROUP });
        const filter = `MemberOfGroup -eq '${String(group?.["DistinguishedName"])}'`;
        await run("New-ManagementScope", { Name: "MIM", RecipientRestrictionFilter: filter });
        const [made] = await assign({ CustomResourceScope: "MIM" });
        assert.deepEqual(may(MIM, CEO), [true, false]);
        await run("New-DistributionGroup", { Name: "inner", Type: "Security", Members: [CEO] });
        await run("Add-DistributionGroupMember", { Identity: GROUP, Member: "inner", ...BYPASS });
        assert.deepEqual(may(MIM, CEO), [true, false]);
        const test = async (Resource?: string): Promise<unknown[][]> => {
            const rows = await run("Test-ServicePrincipalAuthorization", { Identity: objectId, ...(Resource ? { Resource } : {}) });
            return rows.map(row => ["RoleName", "GrantedPermissions", "AllowedResourceScope", "ScopeType", "InScope"].map(each => row[each]));
        };
        const row = [EWS, "EWS.AccessAsApp", "MIM", "CustomRecipientScope"];
        assert.deepEqual([await test(MIM), await test(CEO), await test()], [[[...row, "True"]], [[...row, "False"]], [[...row, "Not Run"]]]);
        await run("Set-DistributionGroup", { Identity: GROUP, Name: "MIM renamed", ...BYPASS });
        assert.deepEqual(may(MIM), [false], "the filter names a group that is called otherwise now");
        await run("Remove-ManagementRoleAssignment", { Identity: made?.["Guid"], Confirm: false });
        await assign({ RecipientGroupScope: "inner" });
        assert.deepEqual(may(MIM, CEO), [false, true]);
        await assign({ Role: "Application Mail.Send" });
        assert.deepEqual(may(MIM), [false], "Mail.Send opens nothing to EWS");
        await assign({ Role: "Application Exchange Full Access", RecipientAdministrativeUnitScope: "aaaa" });
        tenant.state.exchange.recipients.find(({ Name }) => Name === "mim")?.administrativeUnits.push("AAAA");
        assert.deepEqual(may(MIM, "mim2@contoso.example"), [true, false]);
        await consent();
        assert.deepEqual(may("mim2@contoso.example"), [true], "consent is not limited by assignments");
        await policy("RestrictAccess", GROUP);
        assert.deepEqual(may("mim2@contoso.example", CEO), [false, true], "a policy does not limit assignments");
    });

    it("answers EWS as EwsEnabled and the list say", () => {
        const cases: Array<[boolean | null, string | null, boolean]> = [
            [null, null, true],
            [null, "another", true],
            [true, `another, ${appId.toUpperCase()}`, true],
            [true, "another", false],
            [true, "", false],
            [true, null, false],
            [false, appId, false],
        ];
        for (const [EwsEnabled, EwsAllowedAppIDs, expected] of cases) {
            Object.assign(tenant.state.exchange.organization, { EwsEnabled, EwsAllowedAppIDs });
            assert.equal(tenant.mayUseEws(appId), expected, `${String(EwsEnabled)}, ${String(EwsAllowedAppIDs)}`);
        }
    });

    it("lets a probe look after every change, and not after looks", async () => {
        const seen: boolean[] = [];
        await consent();
        tenant.onChange = () => seen.push(tenant.mayAccess(appId, CEO));
        await run("Get-ApplicationAccessPolicy", {});
        assert.deepEqual(seen, []);
        const [made] = await policy("RestrictAccess", GROUP);
        await run("Remove-ApplicationAccessPolicy", { Identity: made?.["Identity"], Confirm: false });
        assert.deepEqual(seen, [false, true]);
    });
});
