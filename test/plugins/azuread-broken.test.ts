// How the azuread plugin bears a tenant that is slow, busy, or refuses. The waits themselves are shortened and not measured here.
import * as assert from "node:assert/strict";
import { timeLimit } from "./support/azuread";
import { useTenant } from "./support/tenant";

const times = (count: number, call: string): string[] => Array<string>(count).fill(call);

describe("azuread plugin: a tenant in trouble", function () {
    this.timeout(timeLimit);
    const lab = useTenant();
    const given = { displayName: "MIM mail" };
    const posts = (calls: string[]) => calls.filter(call => call === "v POST /applications").length;

    for (const [status, more] of [
        [429, { retryAfter: "3" }],
        [429, { retryAfter: "Wed, 21 Oct 2026 07:28:00 GMT" }],
        [408, {}],
        [424, {}],
        [503, {}],
    ] as const) {
        it(`tries again after ${status}${"retryAfter" in more ? `, Retry-After ${more.retryAfter}` : ""}`, async () => {
            lab.tenant.behaviour.nextStatus(/\/applications$/, status, { ...more, times: 2 });
            await lab.plugin.create("app", given);
            assert.equal(posts(lab.calls()), 3);
        });
    }

    for (const status of [401, 403, 409, 501]) {
        it(`gives up after one ${status}`, async () => {
            lab.tenant.behaviour.nextStatus(/\/applications$/, status, { code: "Some_Code", message: "some words" });
            const words = new RegExp(`unexpected status ${status} \\(${status} [A-Za-z ]+\\) with error: Some_Code: some words`);
            await assert.rejects(lab.plugin.create("app", given), words);
            assert.deepEqual(lab.calls(), ["v POST /applications"]);
        });
    }

    it("makes a second application where the reply to the first was lost", async () => {
        const before = lab.tenant.state.applications.length;
        lab.tenant.behaviour.serverErrors(1, { executed: true, path: /\/applications$/, method: "POST" });
        await lab.plugin.create("app", given);
        assert.equal(lab.tenant.state.applications.length, before + 2);
    });

    it("renames a new application until it is found", async () => {
        lab.tenant.behaviour.nextStatus(/\/applications\/[^/]+$/, 404, { method: "PATCH", times: 3 });
        const made = await lab.plugin.create("app", given);
        assert.equal(made.error, undefined);
        assert.deepEqual(lab.calls({ a: String(made.state["objectId"]) }).slice(0, 6), ["v POST /applications", ...times(5, "v PATCH /applications/{a}")]);
    });

    it("keeps an application whose maker could not be removed, with the failure", async () => {
        lab.tenant.behaviour.nextStatus(/owners/, 403, { method: "DELETE" });
        const made = await lab.plugin.create("app", given);
        assert.match(made.error ?? "", /unexpected status 403/);
        assert.match(made.id, /^\/applications\/[0-9a-f-]{36}$/);
        const updated = await lab.plugin.update("app", made, given);
        const found = await lab.plugin.read("app", updated);
        assert.deepEqual(await lab.plugin.diff("app", found!, given), { owners: "DELETE" });
    });

    it("forgets an application that its last look does not find", async () => {
        const before = lab.tenant.state.applications.length;
        lab.tenant.behaviour.nextStatus(/\/applications\/[^/?]+$/, 404, { method: "GET" });
        await assert.rejects(lab.plugin.create("app", given), /expected non-nil error with nil state/);
        assert.equal(lab.tenant.state.applications.length, before + 1);
    });

    for (const path of [/^\/beta\//, /owners$/]) {
        it(`keeps an application where ${path} is not found after its creation`, async () => {
            lab.tenant.behaviour.nextStatus(path, 404, { method: "GET" });
            const made = await lab.plugin.create("app", given);
            assert.match(made.error ?? "", /unexpected status 404/);
            assert.notEqual(made.id, "");
        });
    }

    it("waits for the application before it makes its service principal", async () => {
        const app = await lab.app();
        const message = `The appId '${String(app.state["clientId"])}' of the service principal does not reference a valid application object.`;
        lab.tenant.behaviour.nextStatus(/\/servicePrincipals$/, 400, { method: "POST", times: 2, code: "Request_BadRequest", message });
        const made = await lab.plugin.create("principal", { clientId: String(app.state["clientId"]) });
        assert.equal(made.error, undefined);
        assert.equal(lab.calls().filter(call => call === "v POST /servicePrincipals").length, 3);
    });

    it("keeps a service principal that could not be described", async () => {
        const app = await lab.app();
        lab.tenant.behaviour.nextStatus(/\/servicePrincipals\/[^/]+$/, 404, { method: "PATCH" });
        const made = await lab.plugin.create("principal", { clientId: String(app.state["clientId"]) });
        assert.match(made.error ?? "", /Timed out/);
        assert.match(made.id, /^\/servicePrincipals\//);
    });

    it("looks five times in a row for a password, however late it comes", async () => {
        const app = await lab.app();
        lab.tenant.behaviour.replicationDelay = { reads: 3, of: ["credentials"] };
        await lab.plugin.create("password", { applicationId: app.id });
        const look = "v GET /applications/{a}";
        assert.deepEqual(lab.calls({ a: app.oid }), [look, "v POST /applications/{a}/addPassword", ...times(3 + 5 + 1, look)]);
    });

    it("does not ask a second time for a password that is refused", async () => {
        const app = await lab.app();
        lab.tenant.behaviour.nextStatus(/addPassword$/, 404);
        await assert.rejects(lab.plugin.create("password", { applicationId: app.id }), /unexpected status 404/);
        assert.equal(lab.calls().filter(call => call.includes("addPassword")).length, 1);
    });

    it("loses a password when the application is not found while it waits", async () => {
        const app = await lab.app();
        const found = new RegExp(`/applications/${app.oid}$`);
        const creation = lab.plugin.create("password", { applicationId: app.id });
        while (!lab.tenant.calls.some(({ path }) => path.endsWith("addPassword"))) await new Promise(resolve => setImmediate(resolve));
        lab.tenant.behaviour.nextStatus(found, 404, { method: "GET" });
        await assert.rejects(creation, /unexpected status 404|nil state/);
        assert.equal(lab.tenant.state.applications.find(({ id }) => id === app.oid)?.passwordCredentials.length, 1);
    });

    it("waits until five looks in a row find nothing after a deletion", async () => {
        const app = await lab.app();
        lab.tenant.behaviour.nextStatus(new RegExp(`/applications/${app.oid}$`), 200, { method: "GET", times: 2 });
        await lab.plugin.delete("app", app);
        assert.deepEqual(lab.calls({ a: app.oid }), ["v DELETE /applications/{a}", ...times(7, "v GET /applications/{a}")]);
    });

    it("works on the credentials of one application one after another", async () => {
        const app = await lab.app();
        const made = await Promise.all([1, 2].map(slot => lab.plugin.create("password", { applicationId: app.id, displayName: `slot ${slot}` })));
        assert.equal(made.length, 2);
        const look = "v GET /applications/{a}";
        const one = [look, "v POST /applications/{a}/addPassword", ...times(6, look)];
        assert.deepEqual(lab.calls({ a: app.oid }), [...one, ...one]);
    });
});
