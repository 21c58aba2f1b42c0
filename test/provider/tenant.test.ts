// The provider against the pretend tenant: what the tenant has is what the function lists, and what the tenant refuses is told.
import * as assert from "node:assert/strict";
import { callGraph } from "../../lab/tenant/client";
import { startTenant, type Tenant } from "../../lab/tenant/tenant";
import { credentials, Plugin, type Properties } from "./support/plugin";

describe("provider: with the pretend tenant", function () {
    this.timeout(30_000);
    let tenant: Tenant;
    let plugin: Plugin;
    let application: { id: string; appId: string };

    const post = async (path: string, body: object) => (await callGraph(tenant, "POST", `/v1.0/${path}`, body)).body;
    const ask = async () => (await plugin.invoke(credentials, { clientId: application.appId })).result;

    before(async () => {
        tenant = await startTenant();
        plugin = await Plugin.start(tenant.environment);
        application = (await post("applications", { displayName: "MIM mail" })) as { id: string; appId: string };
    });
    beforeEach(async () => {
        await plugin.configure();
        tenant.resetCalls();
    });
    after(async () => {
        await plugin?.stop();
        await tenant?.stop();
        assert.deepEqual(tenant.unknownCalls, []);
    });

    it("an application without credentials has none", async () => {
        const none = { objectId: application.id, displayName: "MIM mail", passwords: [], certificates: [], federated: [] };
        assert.deepEqual(await ask(), none);
    });

    it("lists secrets and federated credentials that somebody added by hand", async () => {
        const dates = { startDateTime: "2026-10-01T00:00:00Z", endDateTime: "2027-10-01T00:00:00Z" };
        const secret = await post(`applications/${application.id}/addPassword`, { passwordCredential: { displayName: "by hand", ...dates } });
        const issuer = { issuer: "https://token.actions.githubusercontent.com", subject: "repo:contoso/mim:ref:refs/heads/main" };
        const path = `applications/${application.id}/federatedIdentityCredentials`;
        const federated = await post(path, { name: "main", ...issuer, audiences: ["api://AzureADTokenExchange"] });
        const found = await ask();
        assert.deepEqual(found["passwords"], [{ keyId: secret["keyId"], displayName: "by hand", hint: secret["hint"], ...dates }]);
        assert.deepEqual(found["federated"], [{ id: federated["id"], name: "main", ...issuer }]);
        assert.equal(JSON.stringify(found).includes(String(secret["secretText"])), false);
    });

    it("tells the rights of the caller, as they are when the token is given", async () => {
        const rights = async () => (await plugin.invoke("hybrid-identity:entra:callerRights", {})).result;
        const all = ["AppRoleAssignment.ReadWrite.All", "Application.ReadWrite.All", "Directory.Read.All"];
        assert.deepEqual(await rights(), { objectId: tenant.objectId, roles: all, directoryRoles: [], delegated: false });
        tenant.grant(["Application.ReadWrite.OwnedBy"]);
        await plugin.configure();
        assert.deepEqual((await rights())["roles"], ["Application.ReadWrite.OwnedBy"]);
        tenant.grant(all);
    });

    it("waits while it is throttled", async () => {
        tenant.behaviour.throttle(1);
        assert.equal((await ask())["objectId"], application.id);
        assert.deepEqual(tenant.calls.filter(({ path }) => path.startsWith("/v1.0/applications(")).map(({ status }) => status), [429, 200]);
    });

    it("a missing consent and an expired secret are told apart from an application that is not there", async () => {
        tenant.behaviour.consentMissing = true;
        await assert.rejects(ask(), /403 Authorization_RequestDenied: .*lacks Application\.Read\.All/);
        tenant.behaviour.consentMissing = false;
        tenant.behaviour.expiredSecret = true;
        await plugin.configure();
        await assert.rejects(ask(), /AADSTS7000222: .*Used: clientSecret \(ARM_CLIENT_SECRET\)/);
        tenant.behaviour.expiredSecret = false;
        const missing: Properties = { clientId: "00000000-1111-4222-8333-444444444444" };
        await assert.rejects(plugin.invoke(credentials, missing), /404 Request_ResourceNotFound: the tenant has no application with the client id 0{8}-/);
    });
});
