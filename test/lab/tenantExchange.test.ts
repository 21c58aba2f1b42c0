import assert from "node:assert/strict";
import { askToken, callExchange, send, type Answer } from "../../lab/tenant/client";
import { startTenant, type Tenant } from "../../lab/tenant/tenant";

type Json = Record<string, unknown>;

const APP = "11111111-aaaa-4bbb-8ccc-222222222222";
const OBJECT = "33333333-aaaa-4bbb-8ccc-444444444444";
const GROUP = "mim-mailboxes@contoso.example";
const BYPASS = { BypassSecurityGroupManagerCheck: true };

describe("the pretend tenant's Exchange admin endpoint", () => {
    let tenant: Tenant;

    async function ok(cmdlet: string, parameters: object = {}): Promise<Json[]> {
        const { status, body } = await callExchange(tenant, cmdlet, parameters);
        assert.ok(status === 200 || status === 204, `${cmdlet}: ${status} ${JSON.stringify(body)}`);
        assert.equal(body["@adminapi.confirmationmessage"], undefined, `${cmdlet} asks back`);
        return (body["value"] ?? []) as Json[];
    }

    /** Status, last part of the exception's type, and what is said. */
    async function refused(cmdlet: string, parameters: object = {}): Promise<[number, string, string]> {
        const { status, body } = await callExchange(tenant, cmdlet, parameters);
        const { innererror } = body["error"] as { innererror: { internalexception: { type: string; message: string } } };
        return [status, innererror.internalexception.type.split(".").at(-1) ?? "", innererror.internalexception.message];
    }

    const names = (found: Json[]): unknown[] => found.map(each => each["Name"]);
    const newPolicy = (more: object = {}): Promise<Json[]> =>
        ok("New-ApplicationAccessPolicy", { AppId: [APP], AccessRight: "RestrictAccess", PolicyScopeGroupId: GROUP, ...more });

    beforeEach(async () => {
        tenant = await startTenant();
        tenant.clock = () => new Date("2026-11-22T08:30:00Z");
    });

    afterEach(() => {
        assert.deepEqual(tenant.unknownCalls, []);
        return tenant.stop();
    });

    it("wraps what a cmdlet found, and says what JSON does not", async () => {
        const { status, headers, body } = await callExchange(tenant, "Get-Recipient", { Identity: "ceo@contoso.example" });
        const ceo = tenant.state.exchange.recipients.find(each => each.Name === "ceo");
        const [found] = body["value"] as Json[];
        assert.deepEqual([status, body["@adminapi.warnings"], body["adminapi.warnings@odata.type"]], [200, [], "#Collection(String)"]);
        assert.equal(body["@odata.context"], `${tenant.url}/adminapi/beta/${tenant.tenantId}/$metadata#Collection(Exchange.GenericHashTable)`);
        assert.match(String(headers["request-id"]), /^[0-9a-f-]{36}$/);
        assert.deepEqual([found?.["Guid@data.type"], found?.["Guid"]], ["System.Guid", ceo?.Guid]);
        assert.deepEqual([found?.["EmailAddresses@odata.type"], found?.["EmailAddresses"]], ["#Collection(String)", ["SMTP:ceo@contoso.example"]]);
        assert.deepEqual([found?.["WhenChangedUTC@data.type"], found?.["RecipientTypeDetails"]], ["System.DateTime", "UserMailbox"]);
        assert.equal("sid" in (found ?? {}), false);
        const only = await callExchange(tenant, "Get-Recipient", { Identity: ceo?.ExternalDirectoryObjectId }, "?$select=Alias,DistinguishedName");
        assert.deepEqual((only.body["value"] as Json[]).map(Object.keys), [["DistinguishedName", "Alias"]]);
    });

    it("tells what an access policy may be made of", async () => {
        const found = await ok("Get-Recipient", { ResultSize: "Unlimited" });
        assert.deepEqual(found.map(each => [each["PrimarySmtpAddress"], each["RecipientTypeDetails"], each["IsValidSecurityPrincipal"]]), [
            ["mim@contoso.example", "UserMailbox", true],
            ["mim2@contoso.example", "UserMailbox", true],
            ["ceo@contoso.example", "UserMailbox", true],
            ["office@contoso.example", "SharedMailbox", false],
            ["mim-mailboxes@contoso.example", "MailUniversalSecurityGroup", true],
            ["all-staff@contoso.example", "MailUniversalDistributionGroup", false],
            ["projects@contoso.example", "GroupMailbox", false],
        ]);
    });

    it("words its errors as the service does", async () => {
        const absent = await callExchange(tenant, "Get-Recipient", { Identity: "nobody@contoso.example" });
        const type = "Microsoft.Exchange.Configuration.Tasks.ManagementObjectNotFoundException";
        const text = /couldn't be performed because object 'nobody@contoso.example' couldn't be found on '/;
        const error = absent.body["error"] as { code: string; message: string; details: Json[]; innererror: { internalexception: Json } };
        assert.deepEqual([absent.status, error.code, error.message], [404, "NotFound", "Error executing cmdlet"]);
        assert.match(String(error.details[0]?.["message"]), new RegExp(`^Ex6F9304\\|${type}\\|The operation ${text.source}`));
        assert.deepEqual([error.innererror.internalexception["type"], absent.headers["x-exceptiontype"]], [type, "ManagementObjectNotFoundException"]);

        const strange = await callExchange(tenant, "Get-ApplicationAccessPolicy", { ResultSize: "Unlimited" });
        const { message, details } = strange.body["error"] as { message: string; details: Json[] };
        assert.deepEqual([strange.status, message], [400, "Invalid Operation"]);
        assert.equal(
            details[0]?.["message"],
            "|Microsoft.Exchange.AdminApi.CommandInvocation.AmbiguousParameterSetException|Parameter set cannot be resolved using the specified " +
                "named parameters. Invalid cmdlet parameters specified. ResultSize",
        );

        const scalar = await callExchange(tenant, "New-ApplicationAccessPolicy", { AppId: APP, AccessRight: "RestrictAccess", PolicyScopeGroupId: GROUP });
        assert.equal("details" in (scalar.body["error"] as Json), false);
        const right = { AppId: [APP], AccessRight: "Allow", PolicyScopeGroupId: GROUP };
        const cases: Array<[string, object, number, string, RegExp]> = [
            ["New-ApplicationAccessPolicy", { ...right, AppId: APP }, 400, "ParameterTransformationException", /'AppId'.*System\.String\[\]/],
            ["New-ApplicationAccessPolicy", right, 400, "ParameterTransformationException", /Allow.*RestrictAccess, DenyAccess/],
            ["New-ApplicationAccessPolicy", { AppId: [APP] }, 400, "AmbiguousParameterSetException", /AccessRight, PolicyScopeGroupId/],
            ["Set-OrganizationConfig", { EwsEnabled: "true" }, 400, "ParameterTransformationException", /'EwsEnabled'.*System\.Boolean/],
            ["Set-OrganizationConfig", { EwsAllowedAppIDs: [APP] }, 400, "ParameterTransformationException", /'EwsAllowedAppIDs'.*System\.String"/],
            ["Remove-ApplicationAccessPolicy", { Identity: "x", Confirm: false }, 404, "ManagementObjectNotFoundException", /'x'/],
        ];
        for (const [cmdlet, parameters, ...expected] of cases) {
            const [status, name, said] = await refused(cmdlet, parameters);
            assert.deepEqual([status, name], expected.slice(0, 2), cmdlet);
            assert.match(said, expected[2]);
        }
    });

    it("keeps access policies, lists all for an identity that is none, and removes only when told for sure", async () => {
        const [made] = await newPolicy();
        const group = tenant.state.exchange.recipients.find(({ PrimarySmtpAddress }) => PrimarySmtpAddress === GROUP);
        const raw = `${group?.sid};${group?.ExternalDirectoryObjectId}`;
        assert.deepEqual(
            [made?.["Identity"], made?.["ScopeIdentityRaw"], made?.["ScopeName"], made?.["ShardType"], made?.["IsValid"], made?.["ObjectState"]],
            [`${tenant.state.exchange.organization.Guid}\\${APP}:${raw}`, raw, "MIM mailboxes", "All", true, "Unchanged"],
        );
        assert.match(String(made?.["Description"]), /RestrictAccess; ShardType: All$/);
        await newPolicy({ AppId: ["*"], PolicyScopeGroupId: "ceo@contoso.example", AccessRight: "DenyAccess", Description: "nobody reads the boss" });
        assert.equal((await ok("Get-ApplicationAccessPolicy", { Identity: "bogus" })).length, 2);
        assert.equal((await ok("Get-ApplicationAccessPolicy", { Identity: made?.["Identity"] })).length, 1);
        const twin = { AppId: [APP.toUpperCase()], AccessRight: "DenyAccess", PolicyScopeGroupId: group?.Guid };
        assert.deepEqual((await refused("New-ApplicationAccessPolicy", twin)).slice(0, 2), [400, "ADObjectAlreadyExistsException"]);
        for (const scope of ["all-staff@contoso.example", "projects@contoso.example", "office@contoso.example"]) {
            assert.match((await refused("New-ApplicationAccessPolicy", { ...twin, PolicyScopeGroupId: scope }))[2], /isn't a security principal/);
        }
        await ok("Set-ApplicationAccessPolicy", { Identity: made?.["Identity"], Description: "by hand" });
        assert.equal(tenant.state.exchange.policies[0]?.Description, "by hand");
        assert.deepEqual((await refused("Set-ApplicationAccessPolicy", { Identity: made?.["Identity"], AccessRight: "DenyAccess" }))[1], "AmbiguousParameterSetException");
        const asked = await callExchange(tenant, "Remove-ApplicationAccessPolicy", { Identity: made?.["Identity"] });
        assert.deepEqual([asked.status, asked.body["value"], tenant.state.exchange.policies.length], [200, [], 2]);
        assert.match(String(asked.body["@adminapi.confirmationmessage"]), /Are you sure/);
        await ok("Remove-ApplicationAccessPolicy", { Identity: made?.["Identity"], Confirm: false });
        assert.deepEqual(tenant.state.exchange.policies.map(({ AppId }) => AppId), ["*"]);
    });

    it("keeps pointers to service principals, scopes and role assignments", async () => {
        const [pointer] = await ok("New-ServicePrincipal", { AppId: APP, ObjectId: OBJECT, DisplayName: "MIM mail" });
        assert.deepEqual([pointer?.["AppId"], pointer?.["ObjectId"], pointer?.["DisplayName"]], [APP, OBJECT, "MIM mail"]);
        assert.equal((await refused("New-ServicePrincipal", { AppId: APP, ObjectId: APP }))[1], "ADObjectAlreadyExistsException");
        await ok("Set-ServicePrincipal", { Identity: OBJECT.toUpperCase(), DisplayName: "MIM" });
        assert.deepEqual((await ok("Get-ServicePrincipal")).map(each => each["DisplayName"]), ["MIM"]);
        const [group] = await ok("Get-DistributionGroup", { Identity: GROUP });
        const filter = `(MemberOfGroup  -EQ "${String(group?.["DistinguishedName"])}")`;
        const [scope] = await ok("New-ManagementScope", { Name: "MIM", RecipientRestrictionFilter: filter });
        assert.equal(scope?.["RecipientFilter"], `MemberOfGroup -eq '${String(group?.["DistinguishedName"])}'`);
        assert.deepEqual([scope?.["ScopeRestrictionType"], scope?.["Exclusive"], scope?.["RecipientRoot"]], ["RecipientScope", false, ""]);
        const given = { Name: "MIM-1", Role: "Application EWS.AccessAsApp", App: OBJECT, CustomResourceScope: "mim", Force: true };
        const [assignment] = await ok("New-ManagementRoleAssignment", given);
        const shown = ["Name", "Role", "App", "RoleAssigneeType", "CustomResourceScope", "RecipientWriteScope", "WhenCreatedUTC"];
        assert.deepEqual(
            shown.map(each => assignment?.[each]),
            ["MIM-1", "Application EWS.AccessAsApp", OBJECT, "ServicePrincipal", "MIM", "CustomRecipientScope", "2026-11-22T08:30:00.000Z"],
        );
        assert.deepEqual(names(await ok("Get-ManagementRoleAssignment", { RoleAssignee: APP })), ["MIM-1"]);
        assert.deepEqual(await ok("Get-ManagementRoleAssignment", { RoleAssigneeType: "RoleGroup" }), []);
        const cases: Array<[string, object, number, string]> = [
            ["New-ManagementRoleAssignment", given, 400, "ADObjectAlreadyExistsException"],
            ["New-ManagementRoleAssignment", { ...given, Name: "a".repeat(65) }, 400, "DataValidationException"],
            ["New-ManagementRoleAssignment", { ...given, Name: "b", App: APP.replace("1", "9") }, 404, "ManagementObjectNotFoundException"],
            ["New-ManagementRoleAssignment", { ...given, Name: "b", Role: "Mail Recipients" }, 404, "ManagementObjectNotFoundException"],
            ["New-ManagementRoleAssignment", { ...given, Name: "b", CustomResourceScope: "no" }, 404, "ManagementObjectNotFoundException"],
            ["New-ManagementRoleAssignment", { ...given, Name: "b", RecipientGroupScope: GROUP }, 400, "AmbiguousParameterSetException"],
            ["New-ManagementScope", { Name: "s".repeat(65), RecipientRestrictionFilter: filter }, 400, "DataValidationException"],
            ["New-ManagementScope", { Name: "mim", RecipientRestrictionFilter: filter }, 400, "ADObjectAlreadyExistsException"],
            ["New-ManagementScope", { Name: "x", RecipientRestrictionFilter: "MemberOfGroup is x" }, 400, "ParsingException"],
            ["Remove-ManagementScope", { Identity: "MIM", Confirm: false }, 400, "TaskInvalidOperationException"],
        ];
        for (const [cmdlet, parameters, ...expected] of cases) {
            assert.deepEqual((await refused(cmdlet, parameters)).slice(0, 2), expected, JSON.stringify(parameters));
        }
        await ok("Set-ManagementScope", { Identity: scope["Guid"], Name: "MIM 2", RecipientRestrictionFilter: "Alias -eq 'a' -or alias -like 'b*'" });
        assert.deepEqual((await ok("Get-ManagementScope")).map(each => each["RecipientFilter"]), ["((Alias -eq 'a') -or (alias -like 'b*'))"]);
        assert.deepEqual((await ok("Get-ManagementRoleAssignment")).map(each => each["CustomResourceScope"]), ["MIM 2"]);
        await ok("Remove-ManagementRoleAssignment", { Identity: assignment?.["Guid"], Confirm: false });
        await ok("Remove-ManagementScope", { Identity: "MIM 2", Confirm: false });
        await ok("Remove-ServicePrincipal", { Identity: OBJECT, Confirm: false });
        const { assignments, scopes, servicePrincipals } = tenant.state.exchange;
        assert.deepEqual([assignments, scopes, servicePrincipals], [[], [], []]);
    });

    it("keeps groups for whoever says that it need not be their manager", async () => {
        const given = { Name: "MIM service mailboxes", Alias: "mim-service", Type: "Security", Members: ["mim2@contoso.example"], ManagedBy: ["ceo"], Notes: "n" };
        const [made] = await ok("New-DistributionGroup", given);
        const id = made?.["Guid"];
        assert.deepEqual(
            [made?.["GroupType"], made?.["PrimarySmtpAddress"], made?.["ManagedBy"], made?.["RequireSenderAuthenticationEnabled"]],
            ["Universal, SecurityEnabled", "mim-service@contoso.example", ["ceo"], true],
        );
        assert.equal((await refused("New-DistributionGroup", given))[1], "ADObjectAlreadyExistsException");
        const address = { Name: "other", PrimarySmtpAddress: "CEO@contoso.example" };
        assert.equal((await refused("New-DistributionGroup", address))[1], "ProxyAddressExistsException");
        assert.equal((await refused("Set-DistributionGroup", { Identity: id, DisplayName: "x" }))[1], "OperationRequiresGroupManagerException");
        assert.equal((await refused("Set-DistributionGroup", { Identity: id, Notes: "x", ...BYPASS }))[1], "AmbiguousParameterSetException");
        await ok("Set-Group", { Identity: id, Notes: "by hand", ...BYPASS });
        assert.deepEqual([(await ok("Get-Group", { Identity: id }))[0]?.["Notes"], (await ok("Get-DistributionGroup", { Identity: id }))[0]?.["Notes"]], ["by hand", undefined]);
        const change = { "@odata.type": "#Exchange.GenericHashTable", add: ["mim"], remove: ["ceo"] };
        await ok("Set-DistributionGroup", { Identity: id, Name: "Renamed", PrimarySmtpAddress: "renamed@contoso.example", ManagedBy: change, ...BYPASS });
        const [now] = await ok("Get-DistributionGroup", { Identity: "mim-service@contoso.example" });
        assert.deepEqual([now?.["Name"], now?.["ManagedBy"], now?.["EmailAddresses"]], ["Renamed", ["mim"], ["SMTP:renamed@contoso.example", "smtp:mim-service@contoso.example"]]);
        assert.match(String(now?.["DistinguishedName"]), /^CN=Renamed,/);
        await ok("Add-DistributionGroupMember", { Identity: id, Member: "office@contoso.example", ...BYPASS });
        assert.equal((await refused("Add-DistributionGroupMember", { Identity: id, Member: "office", ...BYPASS }))[1], "MemberAlreadyExistsException");
        assert.deepEqual(names(await ok("Get-DistributionGroupMember", { Identity: id, ResultSize: "Unlimited" })), ["mim2", "office"]);
        await ok("Remove-DistributionGroupMember", { Identity: id, Member: "office", Confirm: false, ...BYPASS });
        assert.equal((await refused("Remove-DistributionGroupMember", { Identity: id, Member: "office", Confirm: false, ...BYPASS }))[1], "MemberNotFoundException");
        await ok("Update-DistributionGroupMember", { Identity: id, Members: ["ceo", "mim"], Confirm: false, ...BYPASS });
        assert.deepEqual(names(await ok("Get-DistributionGroupMember", { Identity: id })), ["ceo", "mim"]);
        await ok("Remove-DistributionGroup", { Identity: id, Confirm: false, ...BYPASS });
        assert.deepEqual(names(await ok("Get-DistributionGroup")), ["MIM mailboxes", "All staff"]);
    });

    it("hides the list of applications from who does not ask for it, and overwrites it whole", async () => {
        const asked = { RetrieveEwsOperationAccessPolicy: true };
        await ok("Set-OrganizationConfig", { EwsAllowedAppIDs: `${APP},not an id` });
        await ok("Set-OrganizationConfig", { EwsEnabled: true });
        const told = async (parameters: object): Promise<unknown[]> => {
            const [found] = await ok("Get-OrganizationConfig", parameters);
            return [found?.["EwsEnabled"], found?.["EwsAllowedAppIDs"]];
        };
        assert.deepEqual([await told({}), await told(asked)], [[true, null], [true, `${APP},not an id`]]);
        tenant.behaviour.allowListInArray = true;
        assert.deepEqual(await told(asked), [true, [`${APP},not an id`]]);
        await ok("Set-OrganizationConfig", { EwsEnabled: null, EwsAllowedAppIDs: null });
        assert.deepEqual(await told(asked), [null, null]);
    });

    it("tells callers apart by what they lack", async () => {
        const plain = await send(tenant, "POST", `/adminapi/beta/${tenant.tenantId}/InvokeCommand`, {});
        assert.deepEqual([plain.status, plain.text], [401, ""]);
        const { body: graph } = await askToken(tenant);
        const wrong = await send(tenant, "POST", `/adminapi/beta/${tenant.tenantId}/InvokeCommand`, {}, { authorization: `Bearer ${String(graph["access_token"])}` });
        assert.equal(wrong.status, 401);
        tenant.state.exchange.administrators = [];
        const half: Answer = await callExchange(tenant, "Get-OrganizationConfig");
        assert.deepEqual([half.status, half.text], [403, "\0".repeat(4096)]);
        tenant.behaviour.consentMissing = true;
        assert.equal((await callExchange(tenant, "Get-OrganizationConfig")).status, 401);
    });

    it("answers a cmdlet that it does not know like a missing right, and another tenant with an odd 404", async () => {
        const { status, text } = await callExchange(tenant, "Get-TransportRule");
        assert.deepEqual([status, text], [403, "\0".repeat(4096)]);
        const { body: token } = await askToken(tenant, tenant, "https://outlook.office365.com");
        const authorization = `Bearer ${String(token["access_token"])}`;
        const other = await send(tenant, "POST", `/adminapi/beta/${APP}/InvokeCommand`, { CmdletInput: { CmdletName: "Get-OrganizationConfig", Parameters: {} } }, { authorization });
        assert.deepEqual([other.status, other.body["error"]], [404, { code: "NotFound", message: "The requested resource was not found." }]);
        assert.deepEqual(tenant.unknownCalls.splice(0).map(({ cmdlet }) => cmdlet), ["Get-TransportRule", "Get-OrganizationConfig"]);
    });
});
