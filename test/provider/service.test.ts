// The provider as the engine sees it, over gRPC, against a fake cloud: settings, tokens, the function, and what it does not have.
import * as assert from "node:assert/strict";
import { once } from "node:events";
import * as fs from "node:fs";
import * as path from "node:path";
import { accessToken, clientId, clientSecret, Fake, refusal, tenantId } from "./support/fake";
import { credentials, folder, Plugin, secret, unknownText, type Properties } from "./support/plugin";

const wanted = "12345678-abcd-4bcd-8bcd-1234567890ab";
const application = {
    "@odata.context": "x",
    id: "object-1",
    displayName: "MIM mail",
    passwordCredentials: [
        { keyId: "k1", displayName: "2026-q4", hint: "abc", startDateTime: "2026-10-01T00:00:00Z", endDateTime: "2027-01-14T00:00:00Z", secretText: null },
        { keyId: "k2", displayName: null, hint: null, startDateTime: "2026-01-01T00:00:00.1234567Z", endDateTime: "2028-01-01T00:00:00Z", customKeyIdentifier: null },
    ],
    keyCredentials: [
        { keyId: "c1", displayName: "CN=mim", key: null, customKeyIdentifier: "3q2+796tvu/erb7v3q2+796tvu8=", endDateTime: "2027-01-01T00:00:00Z" },
        { keyId: "c2", displayName: null, key: null, customKeyIdentifier: "bXkga2V5", endDateTime: "2027-01-01T00:00:00Z" },
    ],
    federatedIdentityCredentials: [{ id: "f1", name: "main", issuer: "https://issuer.example", subject: "repo:a/b", audiences: ["api://x"] }],
};

describe("provider: over gRPC", function () {
    this.timeout(30_000);
    let fake: Fake;
    let plugin: Plugin;
    const own: Plugin[] = [];
    const start = async (environment: NodeJS.ProcessEnv) => {
        const started = await Plugin.start(environment);
        own.push(started);
        return started;
    };
    before(async () => {
        fake = await Fake.start();
        plugin = await start({ SSL_CERT_FILE: fake.authority });
    });
    after(async () => {
        await Promise.all(own.map(started => started.stop()));
        await fake.stop();
    });
    beforeEach(() => {
        fake.reset();
        fake.graph = () => ({ body: application });
    });

    const inputs = (more: Properties = {}) => ({ tenantId, clientId, clientSecret: secret(clientSecret), metadataHost: fake.host, ...more });
    const ask = (id: string = wanted, of = plugin) => of.invoke(credentials, { clientId: id });

    it("tells its version and schema", async () => {
        const read = (name: string) => JSON.parse(fs.readFileSync(path.join(folder, name), "utf8")) as Properties;
        const { version } = read("../package.json");
        assert.equal(await plugin.version(), version);
        const [schema, components] = [read("schema.json"), read("components.json")] as { types: object; resources: object }[];
        const both = { types: { ...schema!.types, ...components!.types }, resources: { ...schema!.resources, ...components!.resources } };
        assert.deepEqual(await plugin.schema(), { ...schema, ...both, version });
    });

    it("lists all credentials with one call of Graph", async () => {
        assert.equal((await plugin.configure(inputs())).acceptsecrets, true);
        const { result } = await ask();
        assert.deepEqual(result, {
            objectId: "object-1",
            displayName: "MIM mail",
            passwords: [
                { keyId: "k1", displayName: "2026-q4", startDateTime: "2026-10-01T00:00:00Z", endDateTime: "2027-01-14T00:00:00Z", hint: "abc" },
                { keyId: "k2", startDateTime: "2026-01-01T00:00:00.1234567Z", endDateTime: "2028-01-01T00:00:00Z" },
            ],
            certificates: [
                { keyId: "c1", displayName: "CN=mim", endDateTime: "2027-01-01T00:00:00Z", thumbprint: "DEADBEEFDEADBEEFDEADBEEFDEADBEEFDEADBEEF" },
                { keyId: "c2", endDateTime: "2027-01-01T00:00:00Z" },
            ],
            federated: [{ id: "f1", name: "main", issuer: "https://issuer.example", subject: "repo:a/b" }],
        });
        const query = "$select=id,displayName,passwordCredentials,keyCredentials&$expand=federatedIdentityCredentials";
        assert.deepEqual(fake.asked, [`GET /v1.0/applications(appId='${wanted}')?${query}`]);
    });

    it("asks for metadata and a token once, with the secret in the form only", async () => {
        await plugin.configure(inputs());
        assert.deepEqual(fake.calls, []);
        await Promise.all([ask(), ask(), ask()]);
        assert.equal(fake.metadataRequests, 1);
        const [first, ...others] = fake.tokenRequests;
        assert.deepEqual(others, []);
        const form = new URLSearchParams(first?.body);
        assert.equal(form.get("client_id"), clientId);
        assert.equal(form.get("client_secret"), clientSecret);
        assert.equal(form.get("grant_type"), "client_credentials");
        assert.deepEqual(form.get("scope")?.split(" ").includes(`${fake.origin}/.default`), true);
        assert.equal(first?.headers.authorization, undefined);
    });

    describe("the caller's rights", () => {
        const rights = "hybrid-identity:entra:callerRights";
        const give = (token: string) => (fake.token = () => ({ body: { token_type: "Bearer", expires_in: 3599, access_token: token } }));
        const claims = (content: object) => give(`eyJhbGciOiJub25lIn0.${Buffer.from(JSON.stringify(content)).toString("base64url")}.c2lnbmF0dXJl`);
        const none = { objectId: "o", roles: [], directoryRoles: [], delegated: false };
        beforeEach(() => plugin.configure(inputs()));
        afterEach(() => give(accessToken));

        const table: [string, object, object][] = [
            ["an application without rights", { oid: "o", idtyp: "app" }, none],
            ["permissions, sorted", { oid: "o", roles: ["b", "a"] }, { ...none, roles: ["a", "b"] }],
            ["directory roles, and not what stands for none", { oid: "o", wids: ["0997a1d0-0d1d-4acb-b408-d5ca73121e90", "r"] }, { ...none, directoryRoles: ["r"] }],
            ["a user", { oid: "o", idtyp: "user" }, { ...none, delegated: true }],
            ["a user of an older token", { oid: "o", scp: "User.Read" }, { ...none, delegated: true }],
        ];
        for (const [what, content, expected] of table) {
            it(`tells ${what}`, async () => {
                claims(content);
                assert.deepEqual((await plugin.invoke(rights, {})).result, expected);
            });
        }

        it("calls no Graph and shares the token with the other functions", async () => {
            await Promise.all([plugin.invoke(rights, {}), ask(), plugin.invoke(rights, {})]);
            assert.equal(fake.tokenRequests.length, 1);
            assert.equal(fake.asked.length, 1);
        });

        it("refuses a token without claims, and does not print it", async () => {
            give("opaque-token-of-the-tenant");
            await assert.rejects(plugin.invoke(rights, {}), { message: "the token for Microsoft Graph has no claims that can be read" });
        });
    });

    it("lists the application permissions of a service principal", async () => {
        await plugin.configure(inputs());
        fake.graph = () => ({ body: { value: [{ id: "a1", appRoleId: "r1", resourceId: "exchange", principalType: "ServicePrincipal" }] } });
        const { result } = await plugin.invoke("hybrid-identity:entra:appRoleAssignments", { principalObjectId: wanted });
        assert.deepEqual(result, { assignments: [{ id: "a1", appRoleId: "r1", resourceObjectId: "exchange" }] });
        assert.deepEqual(fake.asked, [`GET /v1.0/servicePrincipals/${wanted}/appRoleAssignments`]);
        const { failures } = await plugin.invoke("hybrid-identity:entra:appRoleAssignments", { principalObjectId: "x/y" });
        assert.deepEqual(failures.map(({ property }) => property), ["principalObjectId"]);
    });

    it("lists the owners of a service principal", async () => {
        await plugin.configure(inputs());
        fake.graph = () => ({ body: { value: [{ id: "o1" }, { id: "o2" }] } });
        const { result } = await plugin.invoke("hybrid-identity:entra:servicePrincipalOwners", { objectId: wanted });
        assert.deepEqual(result, { owners: ["o1", "o2"] });
        assert.deepEqual(fake.asked, [`GET /v1.0/servicePrincipals/${wanted}/owners?$select=id`]);
        const { failures } = await plugin.invoke("hybrid-identity:entra:servicePrincipalOwners", { objectId: "x/y" });
        assert.deepEqual(failures.map(({ property }) => property), ["objectId"]);
    });

    describe("policy about secrets", () => {
        const standard = "/v1.0/policies/defaultAppManagementPolicy";
        const own = `/v1.0/applications/${wanted}/appManagementPolicies`;
        const created = `/v1.0/applications/${wanted}?$select=createdDateTime`;
        const addition = { restrictionType: "passwordAddition", state: "enabled", maxLifetime: null };
        const lifetime = (maxLifetime: string) => ({ restrictionType: "passwordLifetime", state: "enabled", maxLifetime });
        const all = (...passwordCredentials: object[]) => ({ displayName: "all", isEnabled: true, applicationRestrictions: { passwordCredentials } });
        const some = (...passwordCredentials: object[]) => ({ value: [{ displayName: "some", isEnabled: true, restrictions: { passwordCredentials } }] });
        const table: [string, { [path: string]: object }, object][] = [
            ["nothing", { [standard]: all() }, {}],
            ["switched off", { [standard]: { ...all(addition), isEnabled: false } }, {}],
            ["a restriction switched off", { [standard]: all({ ...addition, state: "disabled" }) }, {}],
            ["secrets of another kind", { [standard]: all({ ...addition, restrictionType: "customPasswordAddition" }) }, {}],
            ["forbidden", { [standard]: all(addition) }, { forbiddenBy: "all" }],
            ["a lifetime", { [standard]: all(lifetime("P90D")) }, { longestDays: 90, limitedBy: "all" }],
            ["a lifetime to the second", { [standard]: all(lifetime("P4DT12H30M5S")) }, { longestDays: 4, limitedBy: "all" }],
            ["a policy of the application", { [standard]: all(addition, lifetime("P9D")), [own]: some(lifetime("P1Y")) }, { forbiddenBy: "all", longestDays: 365, limitedBy: "some" }],
            ["an exemption", { [standard]: all(addition), [own]: some({ ...addition, state: "disabled" }) }, {}],
            [
                "for newer applications",
                { [standard]: all({ ...addition, restrictForAppsCreatedAfterDateTime: "2026-01-01T00:00:00Z" }), [created]: { createdDateTime: "2025-06-01T00:00:00Z" } },
                {},
            ],
            [
                "for applications such as this",
                { [standard]: all({ ...addition, restrictForAppsCreatedAfterDateTime: "2025-01-01T00:00:00Z" }), [created]: { createdDateTime: "2025-06-01T00:00:00Z" } },
                { forbiddenBy: "all" },
            ],
        ];
        for (const [what, replies, expected] of table) {
            it(what, async () => {
                await plugin.configure(inputs());
                fake.graph = ({ url }) => ({ body: replies[decodeURIComponent(url)] ?? { value: [] } });
                assert.deepEqual((await plugin.invoke("hybrid-identity:entra:secretPolicy", { objectId: wanted })).result, expected);
            });
        }

        it("says nothing where it may not be read", async () => {
            await plugin.configure(inputs());
            fake.graph = () => ({ status: 403, body: { error: { code: "Authorization_RequestDenied", message: "no" } } });
            assert.deepEqual((await plugin.invoke("hybrid-identity:entra:secretPolicy", {})).result, {});
        });
    });

    it("takes everything from azuread's environment variables", async () => {
        const variables = { ARM_TENANT_ID: tenantId, ARM_CLIENT_ID: clientId, ARM_CLIENT_SECRET: clientSecret, ARM_METADATA_HOSTNAME: fake.host };
        const other = await start({ NODE_EXTRA_CA_CERTS: fake.authority, ...variables });
        await other.configure();
        assert.equal((await ask(wanted, other)).result["objectId"], "object-1");
    });

    it("proves itself with the token of a build service", async () => {
        const file = path.join(path.dirname(fake.authority), "token");
        fs.writeFileSync(file, "the.build.token\n");
        await plugin.configure({ tenantId, clientId, useOidc: "true", oidcTokenFilePath: file, metadataHost: fake.host });
        await ask();
        const form = new URLSearchParams(fake.tokenRequests[0]?.body);
        assert.equal(form.get("client_assertion"), "the.build.token");
        assert.equal(form.get("client_secret"), null);
    });

    it("asks the build service for that token", async () => {
        fake.graph = ({ url }) => ({ body: url.startsWith("/v1.0/id-token") ? { value: "asked.for.token" } : application });
        const oidcRequestUrl = `${fake.origin}/v1.0/id-token?api-version=2.0`;
        await plugin.configure({ tenantId, clientId, useOidc: true, oidcRequestUrl, oidcRequestToken: "bearer-of-the-build", metadataHost: fake.host });
        await ask();
        const asked = fake.calls.find(({ url }) => url.startsWith("/v1.0/id-token"));
        assert.equal(asked?.url, "/v1.0/id-token?api-version=2.0&audience=api%3A%2F%2FAzureADTokenExchange");
        assert.equal(asked?.headers.authorization, "Bearer bearer-of-the-build");
        assert.equal(new URLSearchParams(fake.tokenRequests[0]?.body).get("client_assertion"), "asked.for.token");
    });

    it("a refused secret is named with the reason and without the secret", async () => {
        const error_description = `AADSTS7000222: The provided client secret keys for app '${clientId}' are expired. ${clientSecret}`;
        fake.token = () => ({ status: 401, body: { error: "invalid_client", error_description, error_codes: [7000222] } });
        await plugin.configure(inputs());
        await assert.rejects(ask(), (error: Error) => {
            assert.match(error.message, /^token for https:\/\/localhost:\d+\/\.default from https:\/\/localhost:\d+: .*AADSTS7000222.*Used: clientSecret/);
            assert.equal(error.message.includes(clientSecret), false);
            return true;
        });
        fake.token = () => ({ body: { token_type: "Bearer", expires_in: 3599, access_token: accessToken } });
        assert.equal((await ask()).result["objectId"], "object-1");
    });

    it("names a tenant that the login service does not know", async () => {
        await plugin.configure({ ...inputs(), tenantId: "99999999-1111-4222-8333-444455556666" });
        await assert.rejects(ask(), /The login service knows no tenant "99999999-1111-4222-8333-444455556666", perhaps; check tenantId \(ARM_TENANT_ID\)\. Used: clientSecret/);
    });

    it("names the setting that is missing, and the credential", async () => {
        await plugin.configure({ clientId, clientSecret, metadataHost: fake.host });
        await assert.rejects(ask(), /tenantId \(ARM_TENANT_ID\) is not set/);
        await plugin.configure({ tenantId, clientId, useCli: "false", metadataHost: fake.host });
        await assert.rejects(ask(), /there is no credential\. Set clientSecret, clientCertificatePath, useOidc, useMsi or useCli/);
    });

    it("a certificate in a form that it cannot read is named, with what makes one that it can", async () => {
        const file = path.join(path.dirname(fake.authority), "pipeline.pfx");
        fs.writeFileSync(file, Buffer.from([0x30, 0x82, 0x01]));
        await plugin.configure({ tenantId, clientId, clientCertificatePath: file, metadataHost: fake.host });
        await assert.rejects(ask(), /pipeline\.pfx is no PEM file .*openssl pkcs12 .*Used: the certificate of clientCertificatePath/);
        assert.deepEqual(fake.tokenRequests, []);
    });

    it("an application that is not there is named by its client id; a missing right is no absence", async () => {
        await plugin.configure(inputs());
        fake.graph = () => refusal(404, "Request_ResourceNotFound", "Resource does not exist");
        await assert.rejects(ask(), {
            message: `applicationCredentials: 404 Request_ResourceNotFound: the tenant has no application with the client id ${wanted} (request-id r-1)`,
        });
        fake.graph = () => refusal(403, "Authorization_RequestDenied", "Insufficient privileges");
        await assert.rejects(ask(), /lacks Application\.Read\.All \(or Application\.ReadWrite\.OwnedBy\) of Microsoft Graph/);
    });

    it("metadata without the addresses, or in clear, is refused", async () => {
        fake.metadata = { authentication: { loginEndpoint: "http://localhost:1" } };
        await plugin.configure(inputs());
        await assert.rejects(ask(), /the metadata of localhost:\d+ has no HTTPS address in authentication\.loginEndpoint/);
        assert.deepEqual(fake.tokenRequests, []);
    });

    it("checks arguments before anything is called", async () => {
        await plugin.configure(inputs());
        const { failures } = await ask("x')/owners");
        assert.deepEqual(failures, [{ property: "clientId", reason: `expected the application's client id, a GUID; received "x')/owners"` }]);
        const secretId = await plugin.invoke(credentials, { clientId: secret("hunter2") });
        assert.deepEqual(secretId.failures, [{ property: "clientId", reason: "expected the application's client id, a GUID; received a secret" }]);
        assert.deepEqual(fake.calls, []);
    });

    it("checks settings, marks the secrets, and drops what is no setting of its own", async () => {
        const given = { tenantId, clientSecret, oidcToken: unknownText, useCli: "false", hosts: "a project's own", mode: "audit", version: "0.1.0" };
        assert.deepEqual(await plugin.checkConfig(given), {
            inputs: { tenantId, clientSecret: secret(clientSecret), oidcToken: secret(unknownText), useCli: "false", version: "0.1.0" },
            failures: [],
        });
        const wrong = { metadataHost: "https://localhost", exchangeHost: "https://localhost", useOidc: "yes", clientSecret: secret(5), tenantId: "a/b" };
        const { failures } = await plugin.checkConfig(wrong);
        const host = `expected a host name, with a port if need be, without "https://" and without a path; received "https://localhost"`;
        assert.deepEqual(failures, [
            { property: "tenantId", reason: "expected the tenant's id or one of its domain names" },
            { property: "clientSecret", reason: "expected a text" },
            { property: "useOidc", reason: "expected true or false" },
            { property: "metadataHost", reason: host },
            { property: "exchangeHost", reason: host },
        ]);
    });

    it("says what it does not have", async () => {
        const fresh = await start({});
        await assert.rejects(ask(wanted, fresh), /asked for hybrid-identity:entra:applicationCredentials before it was configured/);
        const version = await plugin.version();
        const unimplemented = 12;
        const noFunction = `hybrid-identity ${version} has no function "hybrid-identity:entra:other"`;
        await assert.rejects(plugin.invoke("hybrid-identity:entra:other", {}), { code: unimplemented, message: noFunction });
        const noType = `hybrid-identity ${version} has no resource type "hybrid-identity:exchange:Mailbox"`;
        await assert.rejects(plugin.create("a:b:C$hybrid-identity:exchange:Mailbox"), { code: unimplemented, message: noType });
    });

    it("ends a call when it is cancelled, and itself on a signal", async () => {
        const other = await start({ SSL_CERT_FILE: fake.authority });
        await other.configure(inputs());
        fake.graph = () => refusal(503, "x", "busy", { "retry-after": "50" });
        const asked = assert.rejects(ask(wanted, other), /aborted|cancelled/);
        await until(() => fake.asked.length > 0);
        await other.cancel();
        await asked;
        if (process.platform === "win32") return;
        other.process.kill("SIGTERM");
        assert.deepEqual(await once(other.process, "exit"), [0, null]);
    });
});

async function until(done: () => boolean): Promise<void> {
    for (let left = 500; !done(); left--) {
        if (left === 0) throw new Error("what was waited for did not happen");
        await new Promise(resolve => setTimeout(resolve, 20));
    }
}
