// azure-native:keyvault:Secret over gRPC against the pretend tenant's Azure Resource Manager and vault. AZURE_NATIVE_PLUGIN names the
// plugin itself, which was not measured: these lists come from its documentation and source.
import * as assert from "node:assert/strict";
import { startTenant, type Tenant } from "../../lab/tenant/tenant";
import { azureNative, Plugin, secret, unwrap, type Properties } from "./support/azuread";
import { environmentOf } from "./support/tenant";

const type = "azure-native:keyvault:Secret";

describe("azure-native plugin: keyvault.Secret", function () {
    this.timeout(20_000);
    let tenant: Tenant;
    let plugin: Plugin;
    before(async () => {
        tenant = await startTenant();
        const [, , subscription] = String(tenant.state.vaults[0]?.id).split("/");
        plugin = await Plugin.launch({ ...environmentOf(tenant), ARM_SUBSCRIPTION_ID: subscription }, azureNative);
        await plugin.configure();
    });
    after(async () => {
        await plugin?.stop();
        await tenant?.stop();
    });
    beforeEach(() => tenant.resetCalls());
    afterEach(() => assert.deepEqual(tenant.unknownCalls, []));

    const given = (name: string, more: Properties = {}): Properties => ({
        resourceGroupName: "identity",
        vaultName: "hybrid-identity-lab",
        secretName: name,
        properties: secret({ value: "s3cret", contentType: "client secret", attributes: { expires: 1900000000 }, ...more }),
    });
    const vault = () => String(tenant.state.vaults[0]?.id);
    const methods = () => tenant.calls.map(({ method, path }) => `${method} ${path.split("?")[0]?.replace(vault(), "{vault}")}`);
    const login = () => [`GET /${tenant.tenantId}/v2.0/.well-known/openid-configuration`, `POST /${tenant.tenantId}/oauth2/v2.0/token`];

    it("makes a secret that is not there yet, and keeps its value out of the outputs", async () => {
        const made = await plugin.create(type, given("one"));
        assert.deepEqual(methods(), [...login(), "GET {vault}/secrets/one", "PUT {vault}/secrets/one"]);
        assert.equal(made.id, `${vault()}/secrets/one`);
        const told = unwrap(made.state["properties"]) as Properties;
        assert.deepEqual(Object.keys(told).sort(), ["attributes", "contentType", "secretUri", "secretUriWithVersion"]);
        assert.equal((told["attributes"] as Properties)["expires"], 1900000000);
        assert.ok(!JSON.stringify(made.state).includes("s3cret"));
        assert.equal(tenant.state.vaults[0]?.secrets["one"]?.attributes.exp, 1900000000);
    });

    it("refuses one that is there", async () => {
        await plugin.create(type, given("two"));
        await assert.rejects(plugin.create(type, given("two")), /cannot create already existing resource/);
    });

    it("sees a changed expiry, not a changed value", async () => {
        const made = await plugin.create(type, given("three"));
        const kept = tenant.state.vaults[0]?.secrets["three"];
        kept!.valueHash = "another";
        kept!.attributes.exp = 1800000000;
        const found = await plugin.read(type, made);
        assert.deepEqual(await plugin.diff(type, found!, given("three")), { "properties.attributes.expires": "UPDATE" });
        tenant.resetCalls();
        await plugin.update(type, found!, given("three"));
        assert.deepEqual(methods(), ["PUT {vault}/secrets/three"]);
        assert.equal(tenant.state.vaults[0]?.secrets["three"]?.attributes.exp, 1900000000);
    });

    it("shows a new value as a change, and another name as a replacement", async () => {
        const made = await plugin.create(type, given("four"));
        assert.deepEqual(await plugin.diff(type, made, given("four")), {});
        assert.deepEqual(await plugin.diff(type, made, given("four", { value: "new" })), { "properties.value": "UPDATE" });
        assert.deepEqual(await plugin.diff(type, made, given("five")), { secretName: "UPDATE_REPLACE" });
    });

    it("deletes in the vault itself, which refuses first", async () => {
        const made = await plugin.create(type, given("six"));
        tenant.resetCalls();
        await plugin.delete(type, made);
        assert.deepEqual(methods(), ["DELETE /secrets/six", ...login(), "DELETE /secrets/six"]);
        assert.equal(tenant.state.vaults[0]?.secrets["six"]?.deleted, true);
        assert.equal(await plugin.read(type, made), undefined);
        await plugin.delete(type, made); // what is gone is fine
    });

    it("is imported with its place, without its value", async () => {
        const made = await plugin.create(type, given("seven"));
        const found = await plugin.read(type, { id: made.id });
        const { resourceGroupName, vaultName, secretName } = found!.inputs;
        assert.deepEqual([resourceGroupName, vaultName, secretName], ["identity", "hybrid-identity-lab", "seven"]);
    });
});
