import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import https from "node:https";
import { askToken, send, type Answer } from "../../lab/tenant/client";
import { fingerprint } from "../../lab/tenant/state";
import { startTenant, type Tenant } from "../../lab/tenant/tenant";

describe("the pretend tenant's vault", () => {
    let tenant: Tenant;

    beforeEach(async () => {
        tenant = await startTenant();
        tenant.clock = () => new Date("2026-11-22T00:00:00Z");
    });

    afterEach(() => tenant.stop());

    async function arm(method: string, path: string, body?: object): Promise<Answer> {
        const { body: token } = await askToken(tenant, tenant, "https://management.azure.com");
        return send(tenant, method, `${path}?api-version=2024-11-01`, body, { authorization: `Bearer ${String(token["access_token"])}` });
    }

    /** The data plane has a host name of its own, which not every machine resolves. */
    function dataPlane(method: string, path: string, token?: string): Promise<{ status?: number; challenge?: string }> {
        const { port } = new URL(tenant.url);
        const name = "hybrid-identity-lab.vault.localhost";
        const headers = { host: `${name}:${port}`, ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) };
        return new Promise((resolve, reject) => {
            const options = { host: "127.0.0.1", port, path, method, headers, servername: name, ca: readFileSync(tenant.caFile), agent: false } as const;
            https
                .request(options, response => {
                    response.resume();
                    resolve({ status: response.statusCode, challenge: response.headers["www-authenticate"] });
                })
                .on("error", reject)
                .end();
        });
    }

    it("keeps secrets, a version for each value, and never tells the value", async () => {
        const vault = tenant.state.vaults[0];
        const path = `${vault?.id}/secrets/mim-mail`;
        assert.equal((await arm("GET", path)).status, 404);
        const properties = { value: "hush-1", contentType: "text/plain", attributes: { exp: 1_800_000_000 } };
        const made = await arm("PUT", path, { properties, tags: { a: "b" } });
        assert.equal(made.status, 201);
        const read = await arm("GET", path);
        assert.deepEqual(read.body, made.body);
        const { secretUriWithVersion, ...rest } = read.body["properties"] as Record<string, unknown>;
        const uri = `https://hybrid-identity-lab.vault.localhost:${new URL(tenant.url).port}/secrets/mim-mail`;
        assert.deepEqual(rest, {
            attributes: { enabled: true, created: 1_795_305_600, exp: 1_800_000_000, updated: 1_795_305_600 },
            contentType: "text/plain",
            secretUri: uri,
        });
        assert.match(String(secretUriWithVersion), new RegExp(`^${uri}/[0-9a-f]{32}$`));
        const again = await arm("PUT", path, { properties: { ...properties, value: "hush-2" } });
        assert.equal(again.status, 200);
        const version = (answer: Answer): unknown => (answer.body["properties"] as Record<string, unknown>)["secretUriWithVersion"];
        assert.notEqual(version(again), version(made));
        const patched = await arm("PATCH", path, { properties: { contentType: "other" } });
        assert.equal(version(patched), version(again));
        assert.equal(vault?.secrets["mim-mail"]?.valueHash, fingerprint("hush-2"));
        assert.equal(JSON.stringify([made.body, read.body, again.body, patched.body, tenant.state]).includes("hush"), false);
    });

    it("deletes softly, on the vault's own address, and then keeps the name", async () => {
        const path = `${tenant.state.vaults[0]?.id}/secrets/mim-mail`;
        await arm("PUT", path, { properties: { value: "hush" } });
        const first = await dataPlane("DELETE", "/secrets/mim-mail?api-version=7.4");
        assert.equal(first.status, 401);
        assert.equal(first.challenge, `Bearer authorization="${tenant.url}/${tenant.tenantId}", resource="https://vault.localhost"`);
        const { body: token } = await askToken(tenant, tenant, "https://vault.localhost");
        const remove = (): ReturnType<typeof dataPlane> => dataPlane("DELETE", "/secrets/mim-mail?api-version=7.4", String(token["access_token"]));
        assert.deepEqual([(await remove()).status, (await remove()).status], [200, 404]);
        assert.equal((await arm("GET", path)).status, 404);
        assert.equal((await arm("PUT", path, { properties: { value: "hush" } })).status, 409);
    });

    it("wants a token for Azure, a vault that is there, and a version of the interface that it knows", async () => {
        const path = `${tenant.state.vaults[0]?.id}/secrets/a`;
        assert.equal((await send(tenant, "GET", `${path}?api-version=2024-11-01`)).status, 401);
        assert.equal((await arm("GET", path.replace("hybrid-identity-lab", "other"))).status, 404);
        assert.deepEqual(tenant.unknownCalls, []);
        assert.equal((await arm("DELETE", path)).status, 405);
        assert.deepEqual(tenant.unknownCalls.map(({ method }) => method), ["DELETE"]);
    });
});
