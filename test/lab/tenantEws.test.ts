import assert from "node:assert/strict";
import { askToken, callExchange, callGraph, send, type Answer } from "../../lab/tenant/client";
import { startTenant, type Tenant } from "../../lab/tenant/tenant";

const MIM = "mim@contoso.example";
const CEO = "ceo@contoso.example";
const ENDPOINT = "/EWS/Exchange.asmx";

describe("EWS of the pretend tenant", () => {
    let tenant: Tenant;
    let secret: { clientId: string; clientSecret: string };
    let objectId: string;

    const consent = async (): Promise<void> => {
        const exchange = tenant.state.servicePrincipals.find(({ displayName }) => displayName === "Office 365 Exchange Online");
        const assignment = { appRoleId: "dc890d15-9560-4a4c-9b7f-a736ec74ec40", principalId: objectId, resourceId: exchange?.id };
        assert.equal((await callGraph(tenant, "POST", `/v1.0/servicePrincipals/${exchange?.id}/appRoleAssignedTo`, assignment)).status, 201);
    };

    const soap = (mailbox?: string, operation = "GetFolder"): string =>
        '<?xml version="1.0"?><soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/" xmlns:t="t" xmlns:m="m"><soap:Header>' +
        (mailbox === undefined ? "" : `<t:ExchangeImpersonation><t:ConnectingSID><t:SmtpAddress>${mailbox}</t:SmtpAddress></t:ConnectingSID></t:ExchangeImpersonation>`) +
        `</soap:Header><soap:Body><m:${operation}><m:FolderIds><t:DistinguishedFolderId Id="inbox"/></m:FolderIds></m:${operation}></soap:Body></soap:Envelope>`;

    async function look(mailbox?: string, more: { token?: string; agent?: string; operation?: string } = {}): Promise<Answer> {
        const { token = String((await askToken(tenant, secret, "https://outlook.office365.com")).body["access_token"]), agent = "a test" } = more;
        const headers = { authorization: `Bearer ${token}`, "content-type": "text/xml", "user-agent": agent };
        return send(tenant, "POST", ENDPOINT, soap(mailbox, more.operation), headers);
    }
    /** The error's code in SOAP, or what the header says, after the status. */
    const told = ({ status, headers, text }: Answer): string =>
        [status, headers["x-ews-policy-reason"] ?? /<e:ResponseCode[^>]*>(\w+)</.exec(text)?.[1] ?? /ResponseClass="(\w+)"/.exec(text)?.[1]].filter(Boolean).join(" ");

    beforeEach(async () => {
        tenant = await startTenant();
        const { body: app } = await callGraph(tenant, "POST", "/v1.0/applications", { displayName: "MIM mail" });
        const { body: password } = await callGraph(tenant, "POST", `/v1.0/applications/${String(app["id"])}/addPassword`, { passwordCredential: { displayName: "mim" } });
        secret = { clientId: String(app["appId"]), clientSecret: String(password["secretText"]) };
        objectId = String((await callGraph(tenant, "POST", "/v1.0/servicePrincipals", { appId: secret.clientId })).body["id"]);
    });

    afterEach(async () => {
        await tenant.stop();
    });

    it("opens the inbox of a mailbox to a consented application, and changes nothing", async () => {
        await consent();
        let changes = 0;
        tenant.onChange = () => changes++;
        const { status, headers, text } = await look(MIM);
        assert.deepEqual([status, headers["content-type"], changes], [200, "text/xml; charset=utf-8", 0]);
        assert.match(text, /<m:GetFolderResponseMessage ResponseClass="Success"><m:ResponseCode>NoError<.*<t:FolderId Id="[\w=]+"/);
        assert.deepEqual(tenant.unknownCalls, []);
    });

    it("takes no token of another service, none that somebody made, and none at all", async () => {
        await consent();
        const graph = String((await askToken(tenant, secret)).body["access_token"]);
        assert.deepEqual([(await look(MIM, { token: graph })).status, (await look(MIM, { token: "eyJhbGciOiJub25lIn0.e30." })).status], [401, 401]);
        const bare = await send(tenant, "POST", ENDPOINT, soap(MIM), { "content-type": "text/xml" });
        assert.deepEqual([bare.status, bare.headers["x-ms-diagnostics"]], [401, undefined]);
        assert.match(String(bare.headers["www-authenticate"]), /^Bearer /);
    });

    it("says to an application without consent or role that its token has no permissions", async () => {
        const { status, headers } = await look(MIM);
        assert.equal(status, 401);
        assert.match(String(headers["x-ms-diagnostics"]), /^2000008;reason="The token contains no permissions/);
    });

    it("says by a header whether it is off or a list leaves the application out, for organisation and mailbox", async () => {
        await consent();
        const { organization, recipients } = tenant.state.exchange;
        const own = recipients.find(({ Name }) => Name === "mim")?.clientAccess;
        assert.ok(own);
        const disabled = "403 EWS is disabled for this user or tenant";
        const blocked = "403 EWS is blocked by policy for this user or tenant";
        const agents = { EwsApplicationAccessPolicy: "EnforceAllowList", EwsAllowList: ["MIM*"] };
        const none = { EwsApplicationAccessPolicy: null, EwsAllowList: [] };
        const cases: Array<[object, object, object, string]> = [
            [organization, { EwsEnabled: false }, { EwsEnabled: null }, disabled],
            [organization, { EwsEnabled: true }, { EwsEnabled: null }, blocked],
            [organization, { EwsEnabled: true, EwsAllowedAppIDs: secret.clientId }, { EwsEnabled: null, EwsAllowedAppIDs: null }, "200 Success"],
            [organization, agents, none, blocked],
            [own, { EwsEnabled: false }, { EwsEnabled: null }, disabled],
            [own, agents, none, blocked],
        ];
        for (const [settings, during, after, expected] of cases) {
            Object.assign(settings, during);
            assert.equal(told(await look(MIM)), expected, JSON.stringify(during));
            Object.assign(settings, after);
        }
        Object.assign(own, agents);
        assert.deepEqual([told(await look(MIM, { agent: "MIM 4.6" })), told(await look(CEO))], ["200 Success", "200 Success"]);
    });

    it("closes the mailboxes that a policy leaves out, in one of two forms", async () => {
        await consent();
        const policy = { AppId: [secret.clientId], AccessRight: "RestrictAccess", PolicyScopeGroupId: "mim-mailboxes@contoso.example" };
        assert.equal((await callExchange(tenant, "New-ApplicationAccessPolicy", policy)).status, 200);
        assert.deepEqual([told(await look(MIM)), told(await look(CEO))], ["200 Success", "500 ErrorAccessDenied"]);
        tenant.behaviour.ewsDenialAs403 = true;
        assert.deepEqual([told(await look(MIM)), told(await look(CEO))], ["200 Success", "403"]);
    });

    it("opens by a role what the role reaches, without consent", async () => {
        await callExchange(tenant, "New-ServicePrincipal", { AppId: secret.clientId, ObjectId: objectId });
        const role = { Role: "Application EWS.AccessAsApp", App: objectId, RecipientGroupScope: "MIM mailboxes", Force: true };
        assert.equal((await callExchange(tenant, "New-ManagementRoleAssignment", role)).status, 200);
        assert.deepEqual([told(await look(MIM)), told(await look(CEO))], ["200 Success", "500 ErrorAccessDenied"]);
    });

    it("knows mailboxes by their addresses, and no groups", async () => {
        await consent();
        for (const nobody of ["nobody@contoso.example", "mim-mailboxes@contoso.example", "mim"]) {
            assert.equal(told(await look(nobody)), "500 ErrorNonExistentMailbox", nobody);
        }
        assert.deepEqual([told(await look("MIM@CONTOSO.EXAMPLE")), told(await look())], ["200 Success", "500 ErrorImpersonationRequired"]);
    });

    it("is off for good from the first of April 2027", async () => {
        await consent();
        Object.assign(tenant.state.exchange.organization, { EwsEnabled: true, EwsAllowedAppIDs: secret.clientId });
        const at = async (time: string): Promise<string> => {
            tenant.clock = () => new Date(time);
            return told(await look(MIM));
        };
        assert.deepEqual([await at("2027-03-31T23:59:59Z"), await at("2027-04-01T00:00:00Z")], ["200 Success", "403 EWS is disabled for this user or tenant"]);
    });

    it("fails as it is told to, and notes what it does not know", async () => {
        await consent();
        tenant.behaviour.nextStatus(/^\/EWS\//, 503, { retryAfter: "9" });
        const broken = await look(MIM);
        assert.deepEqual([broken.status, broken.headers["retry-after"]], [503, "9"]);
        assert.equal(told(await look(MIM, { operation: "CreateItem" })), "500 ErrorInvalidRequest");
        assert.deepEqual(tenant.unknownCalls.map(({ path }) => path), [ENDPOINT]);
    });
});
