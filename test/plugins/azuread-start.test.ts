// How the azuread plugin reaches a tenant: configuration, metadata, tokens, certificates, and what it refuses before it asks.
import * as assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { startTenant, type Tenant } from "../../lab/tenant/tenant";
import { azureNative, isStandIn, Plugin, secret, standIn, timeLimit, unknownText, type Properties } from "./support/azuread";
import { environmentOf } from "./support/tenant";
import { skip } from "../support/skip";

describe("azuread plugin: start", function () {
    this.timeout(timeLimit);
    let tenant: Tenant;
    let plugin: Plugin | undefined;
    before(async () => {
        tenant = await startTenant();
    });
    beforeEach(() => {
        tenant.behaviour.reset();
        tenant.resetCalls();
    });
    afterEach(async () => {
        await plugin?.stop();
        plugin = undefined;
    });
    after(() => tenant?.stop());

    const paths = () => tenant.calls.map(call => `${call.method} ${call.path} ${call.status}`);
    const metadata = "GET /metadata/endpoints?api-version=2022-09-01 200";
    const token = (status = 200) => `POST /${tenant.tenantId}/oauth2/v2.0/token ${status}`;

    it("is version 6.9.1", async () => {
        plugin = await Plugin.launch({});
        assert.equal((await plugin.version()).replace(/^v/, ""), "6.9.1");
    });

    it("asks for metadata and a token, once per process, with everything from the environment", async () => {
        plugin = await Plugin.launch(environmentOf(tenant));
        await plugin.configure();
        const app = await plugin.create("app", { displayName: "MIM mail" });
        await plugin.read("app", app);
        assert.deepEqual(paths().slice(0, 2), [metadata, token()]);
        assert.equal(paths().filter(call => /metadata|token/.test(call)).length, 2);
    });

    it("takes its configuration from the provider's inputs", async () => {
        plugin = await Plugin.launch({ SSL_CERT_FILE: tenant.caFile });
        const { metadataHost, tenantId, clientId, clientSecret } = tenant;
        await plugin.configure({ metadataHost, tenantId, clientId: secret(clientId), clientSecret: secret(clientSecret), useCli: "false" });
        assert.deepEqual(paths(), [metadata, token()]);
    });

    it("finds the authority in SSL_CERT_DIR too, and trusts no other", async () => {
        const { SSL_CERT_FILE: _, ...environment } = environmentOf(tenant);
        plugin = await Plugin.launch({ ...environment, SSL_CERT_DIR: path.dirname(tenant.caFile) });
        await plugin.configure();
        await plugin.stop();
        plugin = await Plugin.launch({ ...environment, NODE_EXTRA_CA_CERTS: tenant.caFile });
        await assert.rejects(plugin.configure(), /x509: certificate signed by unknown authority/);
    });

    it("does not ask for the metadata twice", async () => {
        tenant.behaviour.nextStatus(/metadata/, 503);
        plugin = await Plugin.launch(environmentOf(tenant));
        await assert.rejects(plugin.configure(), /503/);
        assert.equal(tenant.calls.length, 1);
    });

    it("asks again for a token after 503 and 429, not after 401", async () => {
        tenant.behaviour.nextStatus(/token/, 503);
        tenant.behaviour.nextStatus(/token/, 429, { retryAfter: "2" });
        plugin = await Plugin.launch(environmentOf(tenant));
        await plugin.configure();
        assert.deepEqual(paths(), [metadata, token(503), token(429), token()]);
        await plugin.stop();
        tenant.resetCalls();
        tenant.behaviour.expiredSecret = true;
        plugin = await Plugin.launch(environmentOf(tenant));
        await assert.rejects(plugin.configure(), (error: Error) => {
            assert.match(error.message, /AADSTS7000222/);
            assert.ok(!error.message.includes(tenant.clientSecret));
            return true;
        });
        assert.deepEqual(paths(), [metadata, token(401)]);
    });

    it("names what is missing", async function () {
        if (!isStandIn) skip(this, "the plugin itself goes on to look for a logon of the Azure CLI");
        plugin = await Plugin.launch({ ARM_METADATA_HOSTNAME: tenant.metadataHost, ARM_TENANT_ID: tenant.tenantId, ARM_CLIENT_ID: tenant.clientId });
        await assert.rejects(plugin.configure({ useCli: "true" }), /set clientSecret \(ARM_CLIENT_SECRET\)/);
        await assert.rejects(plugin.configure({ clientCertificate: "MIIB" }), /does not take clientCertificate; give a clientSecret/);
        assert.deepEqual(tenant.calls, []);
    });

    it("refuses an unknown cloud before it asks anything", async () => {
        plugin = await Plugin.launch(environmentOf(tenant));
        await assert.rejects(plugin.configure({ environment: "mars" }), /failed to read Azure environment "mars": no environment was found/);
        assert.deepEqual(tenant.calls, []);
    });

    it("starts from a copy of its folder, as the engine installs it", async function () {
        if (!isStandIn || process.platform === "win32") skip(this, "only the stand-in has a shell script; its twin for Windows has not been run");
        for (const program of [standIn, azureNative]) {
            const folder = fs.mkdtempSync(path.join(os.tmpdir(), "plugin home-"));
            try {
                fs.cpSync(path.dirname(program), folder, { recursive: true });
                const copy = await Plugin.launch({ PULUMI_LAB_REPO: path.resolve(__dirname, "../..") }, path.join(folder, path.basename(program)));
                assert.match(await copy.version(), program === standIn ? /^v?6\.9\.1$/ : /^v?3\.28\.0$/);
                await copy.stop();
            } finally {
                fs.rmSync(folder, { recursive: true });
            }
        }
    });

    describe("check", () => {
        const id = "/applications/4f3b7a3e-1c52-4c0a-9a3e-0d6d5b8a2f11";
        for (const [what, type, given, property, count = 1] of [
            ["no name", "app", {}, "displayName"],
            ["an empty name", "app", { displayName: "" }, "displayName"],
            ["an unknown audience", "app", { displayName: "x", signInAudience: "Everybody" }, "signInAudience"],
            ["an unknown property", "app", { displayName: "x", colour: "red" }, "colour"],
            ["a client id that is none", "principal", { clientId: "x" }, "clientId"],
            ["an object id in the place of an id", "password", { applicationId: id.slice(14) }, "applicationId"],
            ["a date of another form", "password", { applicationId: id, endDate: "tomorrow" }, "endDate"],
            ["two end dates", "password", { applicationId: id, endDate: "2030-01-02T03:04:05Z", endDateRelative: "24h" }, "endDate", 2],
            ["a list in the place of a text", "role", { appRoleId: [], principalObjectId: id.slice(14), resourceObjectId: id.slice(14) }, "appRoleId"],
        ] as [string, string, Properties, string, number?][]) {
            it(`refuses ${what}`, async () => {
                plugin = await Plugin.launch({});
                const { failures } = await plugin.check(type, given);
                assert.equal(failures.length, count);
                assert.match(`${failures[0]?.property} ${failures[0]?.reason}`, new RegExp(property));
            });
        }

        it("fills in the defaults, and lets pass what is not known yet", async () => {
            plugin = await Plugin.launch({});
            const { inputs, failures } = await plugin.check("principal", { clientId: unknownText });
            assert.deepEqual(failures, []);
            assert.deepEqual(inputs, { __defaults: ["accountEnabled"], accountEnabled: true, clientId: unknownText });
        });
    });
});
