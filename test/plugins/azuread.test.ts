// The calls that the azuread plugin makes, in their order, driven over gRPC against the pretend tenant. The expected lists are what the
// plugin itself was seen to do; AZUREAD_PLUGIN=/path/to/pulumi-resource-azuread runs all of azuread*.test.ts against it (its waits
// cannot be shortened, so the suites allow more time then). What the engine makes of the answers is not proven here.
import * as assert from "node:assert/strict";
import * as fs from "node:fs";
import { timeLimit, unwrap, type Made } from "./support/azuread";
import { useTenant } from "./support/tenant";

const times = (count: number, call: string): string[] => Array<string>(count).fill(call);
const EXCHANGE = "00000002-0000-0ff1-ce00-000000000000";
const FULL_ACCESS = "dc890d15-9560-4a4c-9b7f-a736ec74ec40";

describe("azuread plugin: calls", function () {
    this.timeout(timeLimit);
    const lab = useTenant();

    describe("application", () => {
        const read = ["v GET /applications/{a}", "β GET /applications/{a}?$select=oauth2RequirePostResponse", "v GET /applications/{a}/owners"];

        it("is made, renamed twice, and taken from its maker", async () => {
            const made = await lab.plugin.create("app", { displayName: "MIM mail" });
            assert.deepEqual(lab.calls({ a: String(made.state["objectId"]), caller: lab.tenant.objectId }), [
                "v POST /applications",
                "v PATCH /applications/{a}",
                "v PATCH /applications/{a}",
                "v DELETE /applications/{a}/owners/{caller}/$ref",
                ...read,
            ]);
            assert.equal(made.id, `/applications/${String(made.state["objectId"])}`);
            assert.equal(made.state["displayName"], "MIM mail");
        });

        it("keeps its maker where that is an owner", async () => {
            const made = await lab.plugin.create("app", { displayName: "MIM mail", owners: [lab.tenant.objectId] });
            assert.deepEqual(lab.calls({ a: String(made.state["objectId"]) }), [
                "v POST /applications",
                "v PATCH /applications/{a}",
                "v PATCH /applications/{a}",
                ...read,
            ]);
            assert.deepEqual(made.state["owners"], [lab.tenant.objectId]);
        });

        it("asks for its name in the preview and when it is made, where names must not repeat", async () => {
            const given = { displayName: "Only one", preventDuplicateNames: true };
            const look = "v GET /applications?$filter=displayName eq 'Only one'";
            await lab.plugin.create("app", given, true);
            assert.deepEqual(lab.calls(), [look]);
            await lab.plugin.create("app", given);
            assert.deepEqual(lab.calls().slice(0, 3), [look, look, "v POST /applications"]);
            await assert.rejects(lab.plugin.create("app", given), /was found .* needs to be imported/);
        });

        it("is refreshed with three calls", async () => {
            const app = await lab.app();
            await lab.plugin.read("app", app);
            assert.deepEqual(lab.calls({ a: app.oid }), read);
        });

        it("is updated with one PATCH, nothing before it and no waiting", async () => {
            const app = await lab.app();
            await lab.plugin.update("app", app, { displayName: "MIM mail", notes: "ticket 7" });
            assert.deepEqual(lab.calls({ a: app.oid }), ["v PATCH /applications/{a}", ...read]);
        });

        it("has its owners changed after the PATCH", async () => {
            const [user] = lab.tenant.state.users;
            const app = await lab.app({ owners: [lab.tenant.objectId] });
            await lab.plugin.update("app", app, { displayName: "MIM mail", owners: [String(user?.id)] });
            assert.deepEqual(lab.calls({ a: app.oid, caller: lab.tenant.objectId }), [
                "v PATCH /applications/{a}",
                "v GET /applications/{a}/owners",
                "v POST /applications/{a}/owners/$ref",
                "v DELETE /applications/{a}/owners/{caller}/$ref",
                ...read,
            ]);
        });

        it("has roles switched off before they go", async () => {
            const role = { allowedMemberTypes: ["User"], description: "d", displayName: "n", id: "7a7f9f0e-9c1b-4c33-9d1a-6b1f1a5b7c10", value: "v" };
            const app = await lab.app({ appRoles: [role] });
            await lab.plugin.update("app", app, { displayName: "MIM mail" });
            assert.deepEqual(lab.calls({ a: app.oid }), [
                "v GET /applications/{a}",
                "v PATCH /applications/{a}",
                "v GET /applications/{a}",
                "v PATCH /applications/{a}",
                ...read,
            ]);
        });

        it("is looked for five times after its end", async () => {
            const app = await lab.app();
            await lab.plugin.delete("app", app);
            assert.deepEqual(lab.calls({ a: app.oid }), ["v DELETE /applications/{a}", ...times(5, "v GET /applications/{a}")]);
        });
    });

    describe("service principal", () => {
        const read = [
            "v GET /servicePrincipals/{s}",
            "β GET /servicePrincipals/{s}?$select=samlMetadataUrl",
            "v GET /servicePrincipals/{s}/owners",
        ];

        it("is looked for, made, described, and taken from its maker", async () => {
            const app = await lab.app();
            const made = await lab.plugin.create("principal", { clientId: String(app.state["clientId"]) });
            const names = { s: String(made.state["objectId"]), c: String(app.state["clientId"]), caller: lab.tenant.objectId };
            assert.deepEqual(lab.calls(names), [
                "v GET /servicePrincipals?$filter=appId eq '{c}'",
                "v POST /servicePrincipals",
                "v PATCH /servicePrincipals/{s}",
                "v DELETE /servicePrincipals/{s}/owners/{caller}/$ref",
                ...read,
            ]);
        });

        it("is adopted where it shall be, else refused", async () => {
            const app = await lab.app();
            const principal = await lab.principal(app);
            const clientId = String(app.state["clientId"]);
            const names = { s: principal.oid, c: clientId };
            const look = "v GET /servicePrincipals?$filter=appId eq '{c}'";
            await assert.rejects(lab.plugin.create("principal", { clientId }), /already exists: .* needs to be imported/);
            assert.deepEqual(lab.calls(names), [look]);
            const adopted = await lab.plugin.create("principal", { clientId, useExisting: true });
            assert.deepEqual(lab.calls(names), [look, "v PATCH /servicePrincipals/{s}", ...read]);
            await lab.plugin.delete("principal", adopted);
            assert.deepEqual(lab.calls(names), ["v DELETE /servicePrincipals/{s}"]);
        });

        it("is refreshed, updated and deleted", async () => {
            const app = await lab.app();
            const principal = await lab.principal(app);
            const names = { s: principal.oid };
            await lab.plugin.read("principal", principal);
            assert.deepEqual(lab.calls(names), read);
            await lab.plugin.update("principal", principal, { clientId: String(app.state["clientId"]), accountEnabled: false });
            assert.deepEqual(lab.calls(names), ["v PATCH /servicePrincipals/{s}", ...read]);
            await lab.plugin.delete("principal", principal);
            assert.deepEqual(lab.calls(names), ["v DELETE /servicePrincipals/{s}", ...times(5, "v GET /servicePrincipals/{s}")]);
        });
    });

    describe("credentials", () => {
        const endDate = "2030-01-02T03:04:05Z";
        const look = "v GET /applications/{a}";

        it("password: seen five times, then read; removed without a look before", async () => {
            const app = await lab.app();
            const made = await lab.plugin.create("password", { applicationId: app.id, displayName: "slot 1", endDate });
            assert.deepEqual(lab.calls({ a: app.oid }), [look, "v POST /applications/{a}/addPassword", ...times(6, look)]);
            assert.equal(made.id, `${app.oid}/password/${String(made.state["keyId"])}`);
            assert.equal(made.state["endDate"], endDate);
            assert.ok(String(unwrap(made.state["value"])).length > 10);
            await lab.plugin.read("password", made);
            assert.deepEqual(lab.calls({ a: app.oid }), [look]);
            await lab.plugin.delete("password", made);
            assert.deepEqual(lab.calls({ a: app.oid }), ["v POST /applications/{a}/removePassword", ...times(5, look)]);
        });

        it("certificate: the whole list is sent back with one more, and again with one less", async () => {
            const app = await lab.app();
            const value = fs.readFileSync(lab.tenant.caFile, "utf8"); // any certificate will do
            const made = await lab.plugin.create("certificate", { applicationId: app.id, type: "AsymmetricX509Cert", value, endDate });
            assert.deepEqual(lab.calls({ a: app.oid }), [look, "v PATCH /applications/{a}", ...times(6, look)]);
            assert.equal(made.id, `${app.oid}/certificate/${String(made.state["keyId"])}`);
            assert.equal(unwrap(made.state["value"]), value);
            await lab.plugin.read("certificate", made);
            assert.deepEqual(lab.calls({ a: app.oid }), [look]);
            await lab.plugin.delete("certificate", made);
            assert.deepEqual(lab.calls({ a: app.oid }), [look, "v PATCH /applications/{a}", ...times(5, look)]);
        });

        it("federated credential: polled itself, updated without waiting", async () => {
            const app = await lab.app();
            const issued = { audiences: ["api://AzureADTokenExchange"], issuer: "https://ci.example", subject: "main" };
            const given = { applicationId: app.id, displayName: "ci", ...issued };
            const made = await lab.plugin.create("federated", given);
            const names = { a: app.oid, f: String(made.state["credentialId"]) };
            const its = "v GET /applications/{a}/federatedIdentityCredentials/{f}";
            assert.deepEqual(lab.calls(names), [look, "v POST /applications/{a}/federatedIdentityCredentials", ...times(6, its)]);
            assert.equal(made.id, `${app.oid}/federatedIdentityCredential/${names.f}`);
            await lab.plugin.read("federated", made);
            assert.deepEqual(lab.calls(names), [its]);
            await lab.plugin.update("federated", made, { ...given, subject: "release" });
            assert.deepEqual(lab.calls(names), ["v PATCH /applications/{a}/federatedIdentityCredentials/{f}", its]);
            await lab.plugin.delete("federated", made);
            assert.deepEqual(lab.calls(names), ["v DELETE /applications/{a}/federatedIdentityCredentials/{f}", ...times(5, its)]);
        });
    });

    it("role assignment: no waiting at all", async () => {
        const principal = await lab.principal(await lab.app());
        const exchange = await lab.plugin.invoke("getServicePrincipal", { clientId: EXCHANGE });
        const resourceObjectId = String(exchange["objectId"]);
        assert.deepEqual(lab.calls({ e: resourceObjectId }), [
            `v GET /servicePrincipals?$filter=appId eq '${EXCHANGE}'`,
            "β GET /servicePrincipals/{e}?$select=samlMetadataUrl",
        ]);
        assert.equal((exchange["appRoleIds"] as Record<string, string>)["full_access_as_app"], FULL_ACCESS);
        const given = { appRoleId: FULL_ACCESS, principalObjectId: principal.oid, resourceObjectId };
        const made: Made = await lab.plugin.create("role", given);
        const names = { e: resourceObjectId, r: made.id.split("/").at(-1)! };
        const its = "v GET /servicePrincipals/{e}/appRoleAssignedTo/{r}";
        assert.deepEqual(lab.calls(names), ["v GET /servicePrincipals/{e}", "v POST /servicePrincipals/{e}/appRoleAssignedTo", its]);
        await lab.plugin.read("role", made);
        assert.deepEqual(lab.calls(names), [its]);
        await lab.plugin.delete("role", made);
        assert.deepEqual(lab.calls(names), ["v DELETE /servicePrincipals/{e}/appRoleAssignedTo/{r}"]);
    });

    it("asks nothing for the caller's own configuration and for published ids", async () => {
        const { tenantId, clientId, objectId } = lab.tenant;
        const id = `${tenantId}-${clientId}-${objectId}`;
        assert.deepEqual(await lab.plugin.invoke("getClientConfig"), { clientId, id, objectId, tenantId });
        const { result } = await lab.plugin.invoke("getApplicationPublishedAppIds");
        assert.equal((result as Record<string, string>)["Office365ExchangeOnline"], EXCHANGE);
        assert.deepEqual(lab.calls(), []);
    });
});
