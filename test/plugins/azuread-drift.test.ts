// What the azuread plugin makes of changes from outside: the table of observed drift, one row a case. A row holds for the plugin's
// refresh and diff; how the engine shows it is not proven here.
import * as assert from "node:assert/strict";
import type { JavaScriptValue } from "google-protobuf/google/protobuf/struct_pb";
import { timeLimit, type Made, type Properties } from "./support/azuread";
import { useTenant } from "./support/tenant";

const EXCHANGE = "00000002-0000-0ff1-ce00-000000000000";
const FULL_ACCESS = "dc890d15-9560-4a4c-9b7f-a736ec74ec40";
const OTHER_ROLE = "dc50a0fb-09a3-484d-be87-e023b12c6440";

describe("azuread plugin: drift", function () {
    this.timeout(timeLimit);
    const lab = useTenant();
    const given = {
        displayName: "MIM mail",
        requiredResourceAccesses: [{ resourceAppId: EXCHANGE, resourceAccesses: [{ id: FULL_ACCESS, type: "Role" }] }],
    };
    const applicationOf = ({ oid }: { oid: string }) => lab.tenant.state.applications.find(({ id }) => id === oid)!;
    const principalOf = ({ oid }: { oid: string }) => lab.tenant.state.servicePrincipals.find(({ id }) => id === oid)!;

    async function shown(type: string, made: Made, inputs: Properties, ignored?: string[]): Promise<Record<string, string>> {
        const found = await lab.plugin.read(type, made);
        assert.ok(found, "the object is gone");
        return lab.plugin.diff(type, found, inputs, ignored);
    }

    it("application: nothing changed, and the empty lists of the first refresh do not count", async () => {
        const app = await lab.app(given);
        for (const name of ["owners", "identifierUris", "groupMembershipClaims"]) assert.equal(app.state[name], undefined, name);
        const found = await lab.plugin.read("app", app);
        for (const name of ["owners", "identifierUris", "groupMembershipClaims"]) assert.deepEqual(found?.state[name], [], name);
        assert.deepEqual(found?.inputs, app.inputs);
        assert.deepEqual(await lab.plugin.diff("app", found!, given), {});
    });

    const access = (id: string) => ({ resourceAppId: EXCHANGE, resourceAccess: [{ id, type: "Role" }] });
    for (const [what, change, expected] of [
        ["displayName", { displayName: "Other" }, { displayName: "UPDATE" }],
        ["notes", { notes: "by hand" }, { notes: "DELETE" }],
        ["signInAudience", { signInAudience: "AzureADMultipleOrgs" }, { signInAudience: "UPDATE" }],
        ["a permission added", { requiredResourceAccess: [access(FULL_ACCESS), access(OTHER_ROLE)] }, { "requiredResourceAccesses[1]": "DELETE" }],
        ["all permissions removed", { requiredResourceAccess: [] }, { "requiredResourceAccesses[0]": "ADD" }],
        ["a redirect URI", { web: { redirectUris: ["https://evil.example/"] } }, { web: "DELETE" }],
        ["tags that are not configured", { tags: ["by hand"] }, {}],
    ] as [string, object, Record<string, string>][]) {
        it(`application: ${what}`, async () => {
            const app = await lab.app(given);
            Object.assign(applicationOf(app), change);
            assert.deepEqual(await shown("app", app, given), expected);
        });
    }

    it("application: an owner added goes again", async () => {
        const app = await lab.app(given);
        const owner = String(lab.tenant.state.users[0]?.id);
        applicationOf(app).owners.push(owner);
        const found = await lab.plugin.read("app", app);
        assert.deepEqual(await lab.plugin.diff("app", found!, given), { owners: "DELETE" });
        const preview = await lab.plugin.update("app", found!, given, true);
        assert.equal(preview.state["owners"], undefined);
        await lab.plugin.update("app", found!, given);
        assert.deepEqual(applicationOf(app).owners, []);
    });

    it("application: a PATCH of one thing leaves the rest as it is", async () => {
        const app = await lab.app(given);
        const updated = await lab.plugin.update("app", app, { ...given, notes: "ticket 7" });
        assert.deepEqual(updated.state["requiredResourceAccesses"], given.requiredResourceAccesses);
        assert.deepEqual(applicationOf(app)["requiredResourceAccess"], [access(FULL_ACCESS)]);
    });

    const lists = { tags: [], identifierUris: [], web: { redirectUris: [] }, publicClient: { redirectUris: [] }, singlePageApplication: { redirectUris: [] } };
    // What a refresh makes of the inputs is what the engine takes for unchanged where every change is ignored: the inputs of before.
    for (const [what, change, inputs, expected] of [
        ["displayName", { displayName: "Other" }, { displayName: "Other" }, []],
        ["signInAudience", { signInAudience: "AzureADMultipleOrgs" }, { signInAudience: "AzureADMultipleOrgs" }, []],
        ["public client", { isFallbackPublicClient: true }, { fallbackPublicClientEnabled: true }, []],
        ["all permissions removed", { requiredResourceAccess: [] }, { requiredResourceAccesses: [] }, []],
        ["a permission added", { requiredResourceAccess: [access(FULL_ACCESS), access(OTHER_ROLE)] }, {}, ["requiredResourceAccesses"]],
        ["tags", { tags: ["by hand"] }, {}, ["tags"]],
        ["identifier URIs", { identifierUris: ["api://x"] }, {}, ["identifierUris"]],
        ["redirect URIs of the web", { web: { redirectUris: ["https://evil.example/"] } }, {}, ["web"]],
        ["redirect URIs of a public client", { publicClient: { redirectUris: ["https://evil.example/"] } }, {}, ["publicClient"]],
        ["redirect URIs of a page", { spa: { redirectUris: ["https://evil.example/"] } }, {}, ["singlePageApplication"]],
        ["notes that nobody gave", { notes: "by hand" }, {}, ["notes"]],
        ["homepage", { web: { homePageUrl: "https://x.example/" } }, {}, ["web"]],
    ] as [string, object, Properties, string[]][]) {
        const follows = expected.length === 0 ? "the inputs follow" : "only the state follows, and unchanged inputs put it back";
        it(`a refresh with ${what}: ${follows}`, async () => {
            const whole = { ...given, ...lists, fallbackPublicClientEnabled: false };
            const app = await lab.app(whole);
            Object.assign(applicationOf(app), change);
            const found = await lab.plugin.read("app", app);
            assert.deepEqual(found?.inputs, { ...app.inputs, ...inputs });
            const names = (changes: Record<string, string>) => [...new Set(Object.keys(changes).map(path => path.split(/[.[]/)[0]))];
            for (const ignored of [[], ["*"]]) assert.deepEqual(names(await lab.plugin.diff("app", found!, found!.inputs, ignored)), expected);
            assert.deepEqual(await lab.plugin.diff("app", found!, found!.inputs, ["*", ...Object.keys(found!.state)]), {});
        });
    }

    it("what is ignored does not count, and is not repaired", async () => {
        const app = await lab.app(given);
        applicationOf(app).displayName = "Other";
        assert.deepEqual(await shown("app", app, given, ["displayName"]), {});
    });

    it("service principal: switched off, assignment required, notes and description; not its name", async () => {
        const app = await lab.app(given);
        const principal = await lab.principal(app);
        const inputs = { clientId: String(app.state["clientId"]) };
        assert.deepEqual(await shown("principal", principal, inputs), {});
        Object.assign(principalOf(principal), { displayName: "Other", tags: ["by hand"] });
        assert.deepEqual(await shown("principal", principal, inputs), {});
        Object.assign(principalOf(principal), { accountEnabled: false, appRoleAssignmentRequired: true, notes: "n", description: "d" });
        assert.deepEqual(await shown("principal", principal, inputs), {
            accountEnabled: "UPDATE",
            appRoleAssignmentRequired: "DELETE",
            description: "DELETE",
            notes: "DELETE",
        });
    });

    const endDate = "2030-01-02T03:04:05Z";
    it("password: a foreign one is invisible; name and end date replace, as does another writing of the same date", async () => {
        const app = await lab.app(given);
        const inputs = { applicationId: app.id, displayName: "slot 1", endDate };
        const made = await lab.plugin.create("password", inputs);
        await lab.plugin.create("password", { ...inputs, displayName: "by hand" });
        assert.deepEqual(await shown("password", made, inputs), {});
        const [credential] = applicationOf(app).passwordCredentials;
        credential!.displayName = "renamed";
        assert.deepEqual(await shown("password", made, inputs), { displayName: "UPDATE_REPLACE" });
        credential!.displayName = "slot 1";
        credential!.endDateTime = "2030-01-02T03:04:05.0000000Z";
        assert.deepEqual(await shown("password", made, inputs), { endDate: "UPDATE_REPLACE" });
        applicationOf(app).passwordCredentials.shift();
        assert.equal(await lab.plugin.read("password", made), undefined);
    });

    it("password: dates and name that are not configured are what the service says", async () => {
        const app = await lab.app(given);
        const inputs = { applicationId: app.id };
        const made = await lab.plugin.create("password", inputs);
        Object.assign(applicationOf(app).passwordCredentials[0]!, { displayName: "by hand", endDateTime: "2031-01-01T00:00:00Z" });
        assert.deepEqual(await shown("password", made, inputs), {});
        const rotated: JavaScriptValue = { slot: "2" };
        const changed = await lab.plugin.diff("password", made, { ...inputs, rotateWhenChanged: rotated });
        assert.deepEqual(changed, { rotateWhenChanged: "ADD_REPLACE" });
    });

    it("federated credential: subject and description in place, name by replacement", async () => {
        const app = await lab.app(given);
        const inputs = { applicationId: app.id, displayName: "ci", audiences: ["api://AzureADTokenExchange"], issuer: "https://ci.example", subject: "main" };
        const made = await lab.plugin.create("federated", inputs);
        Object.assign(applicationOf(app).federatedIdentityCredentials[0]!, { subject: "evil", description: "by hand" });
        assert.deepEqual(await shown("federated", made, inputs), { description: "DELETE", subject: "UPDATE" });
        assert.deepEqual(await lab.plugin.diff("federated", made, { ...inputs, displayName: "cd" }), { displayName: "UPDATE_REPLACE" });
    });

    it("an application that is gone takes all with it but the certificate, whose refresh fails", async () => {
        const app = await lab.app(given);
        const password = await lab.plugin.create("password", { applicationId: app.id });
        const value = "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n";
        const inputs = { applicationId: app.id, value, encoding: "pem" };
        const certificate = { id: `${app.oid}/certificate/9a2c6f5e-0b5e-4f62-8f5b-6f1f0a1b2c3d`, state: inputs, inputs };
        await lab.plugin.delete("app", app);
        assert.equal(await lab.plugin.read("app", app), undefined);
        assert.equal(await lab.plugin.read("password", password), undefined);
        await assert.rejects(lab.plugin.read("certificate", certificate), /Retrieving Application .* unexpected status 404 \(404 Not Found\)/);
        await assert.rejects(lab.plugin.delete("certificate", certificate), /unexpected status 404/);
        await assert.rejects(lab.plugin.delete("app", app), /unexpected status 404 \(404 Not Found\) with error: Request_ResourceNotFound: /);
        await assert.rejects(lab.plugin.delete("password", password), /unexpected status 404/);
    });

    it("import: by the ids that resources have, nothing else, and no password", async () => {
        const app = await lab.app(given);
        const found = await lab.plugin.read("app", { id: app.id });
        assert.equal(found?.state["clientId"], app.state["clientId"]);
        assert.deepEqual(await lab.plugin.diff("app", found!, given), {});
        const password = await lab.plugin.create("password", { applicationId: app.id });
        lab.calls();
        assert.equal(await lab.plugin.read("app", { id: app.oid }), undefined);
        assert.equal(await lab.plugin.read("principal", { id: app.oid }), undefined);
        assert.equal(await lab.plugin.read("password", { id: password.id }), undefined);
        // What another program wrote into the state is no id at all.
        await assert.rejects(lab.plugin.read("password", { ...password, id: `/applications/${password.id}` }), /unable to parse/);
        assert.deepEqual(lab.calls(), []);
    });
});
