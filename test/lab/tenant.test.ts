import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { callGraph, type Answer } from "../../lab/tenant/client";
import { startTenant, type Tenant } from "../../lab/tenant/tenant";

const EXCHANGE = "00000002-0000-0ff1-ce00-000000000000";
const FULL_ACCESS = "dc890d15-9560-4a4c-9b7f-a736ec74ec40";

describe("the pretend tenant's Graph", () => {
    let tenant: Tenant;

    const graph = (method: string, path: string, body?: object): Promise<Answer> => callGraph(tenant, method, `/v1.0/${path}`, body);

    async function ok(method: string, path: string, body?: object): Promise<Record<string, unknown>> {
        const answer = await graph(method, path, body);
        assert.ok(answer.status < 300, `${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
        return answer.body;
    }

    async function refused(method: string, path: string, body?: object): Promise<[number, string]> {
        const answer = await graph(method, path, body);
        return [answer.status, (answer.body["error"] as { code: string }).code];
    }

    const newApp = async (more: object = {}): Promise<{ id: string; appId: string }> =>
        (await ok("POST", "applications", { displayName: "MIM mail", ...more })) as { id: string; appId: string };

    beforeEach(async () => {
        tenant = await startTenant();
    });

    afterEach(async () => {
        const { unknownCalls } = tenant;
        await tenant.stop();
        assert.deepEqual(unknownCalls, []);
    });

    it("makes an application with every property that Graph fills in, and changes only what a PATCH sends", async () => {
        const { status, body, headers } = await graph("POST", "applications", {
            "@odata.type": "#microsoft.graph.application",
            displayName: "MIM mail",
            web: { redirectUris: ["https://mim.example/"] },
            "owners@odata.bind": [`${tenant.url}/v1.0/directoryObjects/${tenant.objectId}`],
        });
        assert.equal(status, 201);
        assert.match(String(headers["content-type"]), /^application\/json;/);
        assert.equal(body["groupMembershipClaims"], null);
        assert.equal(body["oauth2RequirePostResponse"], undefined);
        assert.equal(body["owners"], undefined);
        assert.equal(body["@odata.type"], undefined);
        const path = `applications/${String(body["id"])}`;
        assert.equal((await graph("PATCH", path, { notes: "n", web: { homePageUrl: "https://home.example/" } })).status, 204);
        const after = await ok("GET", path);
        assert.equal(after["displayName"], "MIM mail");
        assert.equal(after["notes"], "n");
        assert.deepEqual(after["web"], {
            homePageUrl: "https://home.example/",
            logoutUrl: null,
            redirectUris: ["https://mim.example/"],
            implicitGrantSettings: { enableAccessTokenIssuance: false, enableIdTokenIssuance: false },
            redirectUriSettings: [],
        });
        assert.deepEqual((await callGraph(tenant, "GET", `/beta/${path}?$select=oauth2RequirePostResponse`)).body, {
            "@odata.context": `${tenant.url}/beta/$metadata#applications/$entity`,
            oauth2RequirePostResponse: false,
        });
    });

    it("adds and removes owners, the caller among them", async () => {
        const { id } = await newApp({ "owners@odata.bind": [`${tenant.url}/v1.0/directoryObjects/${tenant.objectId}`] });
        const owners = `applications/${id}/owners`;
        const robin = tenant.state.users[1]?.id ?? "";
        const bind = { "@odata.id": `${tenant.url}/v1.0/directoryObjects/${robin}` };
        assert.equal((await graph("POST", `${owners}/$ref`, bind)).status, 204);
        assert.deepEqual(await refused("POST", `${owners}/$ref`, bind), [400, "Request_BadRequest"]);
        assert.equal((await graph("DELETE", `${owners}/${tenant.objectId}/$ref`)).status, 204);
        assert.deepEqual(await refused("DELETE", `${owners}/${tenant.objectId}/$ref`), [404, "Request_ResourceNotFound"]);
        const [owner, ...others] = (await ok("GET", owners))["value"] as Array<Record<string, unknown>>;
        assert.deepEqual([owner?.["@odata.type"], owner?.["displayName"], others.length], ["#microsoft.graph.user", "Robin Owner", 0]);
    });

    it("tells a secret once, echoes its end as it was sent, and knows it until it is removed", async () => {
        const { id } = await newApp();
        tenant.clock = () => new Date("2026-11-22T08:00:00.000Z");
        const sent = { passwordCredential: { displayName: "s", endDateTime: "2027-02-01T00:00:00Z" } };
        const { secretText, keyId, hint, ...rest } = await ok("POST", `applications/${id}/addPassword`, sent);
        assert.match(String(secretText), /^.{40}$/);
        assert.equal(hint, String(secretText).slice(0, 3));
        assert.equal(rest["endDateTime"], "2027-02-01T00:00:00Z");
        assert.equal(rest["startDateTime"], "2026-11-22T08:00:00.000Z");
        const read = await ok("GET", `applications/${id}`);
        assert.deepEqual(read["passwordCredentials"], [
            {
                keyId,
                displayName: "s",
                hint,
                startDateTime: "2026-11-22T08:00:00.000Z",
                endDateTime: "2027-02-01T00:00:00Z",
                customKeyIdentifier: null,
                secretText: null,
            },
        ]);
        assert.equal(JSON.stringify(tenant.state).includes(String(secretText)), false);
        assert.equal((await graph("POST", `applications/${id}/removePassword`, { keyId })).status, 204);
        assert.deepEqual(await refused("POST", `applications/${id}/removePassword`, { keyId }), [400, "Request_BadRequest"]);
        tenant.behaviour.longestSecretDays = 70;
        assert.deepEqual(await refused("POST", `applications/${id}/addPassword`, sent), [400, "CredentialInvalidLifetimeAsPerAppPolicy"]);
    });

    it("keeps certificates that a PATCH sends back without their keys", async () => {
        const { id } = await newApp();
        const path = `applications/${id}`;
        const key = readFileSync(tenant.caFile).toString("base64");
        const first = { keyId: "0b8f0c32-7b1f-4a55-9f2b-9a3a5f3f0001", type: "AsymmetricX509Cert", usage: "Verify", key, endDateTime: "2030-01-01T00:00:00Z" };
        assert.equal((await graph("PATCH", path, { keyCredentials: [first] })).status, 204);
        const [read] = (await ok("GET", path))["keyCredentials"] as Array<Record<string, unknown>>;
        assert.deepEqual([read?.["keyId"], read?.["key"], read?.["endDateTime"]], [first.keyId, null, "2030-01-01T00:00:00Z"]);
        const second = { type: "AsymmetricX509Cert", usage: "Verify", key };
        assert.equal((await graph("PATCH", path, { keyCredentials: [read, second] })).status, 204);
        const both = (await ok("GET", `${path}?$select=keyCredentials`))["keyCredentials"] as Array<Record<string, unknown>>;
        assert.deepEqual(both.map(each => each["key"]), [key, key]);
        assert.deepEqual(await refused("PATCH", path, { keyCredentials: [{ ...second, key: "bm8=" }] }), [400, "KeyCredentialsInvalidCertificate"]);
    });

    it("makes, changes and deletes federated identity credentials, and refuses a second one alike", async () => {
        const { id } = await newApp();
        const path = `applications/${id}/federatedIdentityCredentials`;
        const given = { name: "pipeline", issuer: "https://issuer.example", subject: "repo:a", audiences: ["api://AzureADTokenExchange"], description: "" };
        const made = await ok("POST", path, given);
        assert.deepEqual(await refused("POST", path, { ...given, name: "other" }), [409, "Request_MultipleObjectsWithSameKeyValue"]);
        const { "@odata.context": _, ...plain } = made;
        const expanded = await ok("GET", `applications/${id}?$select=id&$expand=federatedIdentityCredentials`);
        assert.deepEqual([expanded["id"], expanded["federatedIdentityCredentials"], Object.keys(expanded).length], [id, [plain], 3]);
        assert.equal((await graph("PATCH", `${path}/${String(made["id"])}`, { ...given, subject: "repo:b" })).status, 204);
        assert.equal((await ok("GET", `${path}/${String(made["id"])}`))["subject"], "repo:b");
        assert.equal((await graph("DELETE", `${path}/${String(made["id"])}`)).status, 204);
        assert.deepEqual(await refused("GET", `${path}/${String(made["id"])}`), [404, "Request_ResourceNotFound"]);
    });

    it("gives consent for a role of Exchange Online, and takes it away with the application", async () => {
        const { id, appId } = await newApp();
        assert.deepEqual(await refused("POST", "servicePrincipals", { appId: "11111111-1111-4111-8111-111111111111" }), [400, "Request_BadRequest"]);
        const made = await ok("POST", "servicePrincipals", { appId, samlSingleSignOnSettings: {}, tags: [] });
        assert.deepEqual([made["displayName"], made["accountEnabled"]], ["MIM mail", true]);
        assert.deepEqual(await refused("POST", "servicePrincipals", { appId }), [409, "Request_MultipleObjectsWithSameKeyValue"]);
        // As azuread sends it: $ as %24, blanks as +, quotes as %27.
        const { value } = await ok("GET", `servicePrincipals?%24filter=appId+eq+%27${EXCHANGE}%27`);
        const [exchange, ...others] = value as Array<{ id: string; displayName: string; appRoles: Array<{ id: string; value: string }> }>;
        assert.equal(others.length, 0);
        assert.equal(exchange?.displayName, "Office 365 Exchange Online");
        assert.deepEqual(exchange.appRoles.map(role => [role.value, role.id]), [
            ["full_access_as_app", FULL_ACCESS],
            ["Exchange.ManageAsApp", "dc50a0fb-09a3-484d-be87-e023b12c6440"],
        ]);
        const assignments = `servicePrincipals/${exchange.id}/appRoleAssignedTo`;
        const assignment = { appRoleId: FULL_ACCESS, principalId: made["id"], resourceId: exchange.id };
        const { id: assigned } = await ok("POST", assignments, assignment);
        assert.deepEqual(await refused("POST", assignments, assignment), [400, "Request_BadRequest"]);
        assert.equal((await ok("GET", `${assignments}/${String(assigned)}`))["principalDisplayName"], "MIM mail");
        assert.equal((await graph("DELETE", `applications/${id}`)).status, 204);
        const left = (await ok("GET", assignments))["value"] as Array<{ principalDisplayName: string }>;
        assert.deepEqual(left.map(each => each.principalDisplayName), ["Lab pipeline"]);
        assert.deepEqual(await refused("GET", `servicePrincipals/${String(made["id"])}`), [404, "Request_ResourceNotFound"]);
        assert.deepEqual(await refused("DELETE", `applications/${id}`), [404, "Request_ResourceNotFound"]);
    });

    it("lists page by page, by name", async () => {
        for (const displayName of ["a", "b", "O'Neil"]) {
            await newApp({ displayName });
        }
        tenant.behaviour.pageSize = 2;
        const names = (body: Record<string, unknown>): string[] => (body["value"] as Array<{ displayName: string }>).map(each => each.displayName);
        const first = await ok("GET", "applications");
        assert.deepEqual(names(first), ["Lab pipeline", "a"]);
        const next = new URL(String(first["@odata.nextLink"]));
        const last = await ok("GET", next.pathname.replace("/v1.0/", "") + next.search);
        assert.deepEqual([names(last), last["@odata.nextLink"]], [["b", "O'Neil"], undefined]);
        assert.deepEqual(names(await ok("GET", "applications?$filter=displayName eq 'O''Neil'")), ["O'Neil"]);
    });

    it("finds users, what is behind an id, and applications by their other key", async () => {
        const robin = tenant.state.users[1]?.id ?? "";
        assert.equal((await ok("GET", `users/${robin}`))["userPrincipalName"], "robin.owner@hybrididentity.example");
        assert.equal((await ok("GET", "users/Robin.Owner@hybrididentity.example?$select=id"))["id"], robin);
        assert.equal((await ok("GET", `directoryObjects/${tenant.objectId}`))["@odata.type"], "#microsoft.graph.servicePrincipal");
        assert.deepEqual(await refused("GET", "users/nobody"), [404, "Request_ResourceNotFound"]);
        assert.deepEqual(await refused("GET", "me"), [400, "BadRequest"]);
        const { id, appId } = await newApp();
        assert.equal((await ok("GET", `applications(appId='${appId}')?$select=id`))["id"], id);
        assert.equal(((await ok("GET", "organization"))["value"] as Array<{ id: string }>)[0]?.id, tenant.tenantId);
    });

    it("tells its policy about secrets to who may read policies, and acts by it", async () => {
        assert.deepEqual(await refused("GET", "policies/defaultAppManagementPolicy"), [403, "Authorization_RequestDenied"]);
        tenant.grant(["Application.ReadWrite.All", "Policy.Read.All"]);
        const policy = async () => (await ok("GET", "policies/defaultAppManagementPolicy")) as { isEnabled: boolean; applicationRestrictions: { passwordCredentials: object[] } };
        assert.equal((await policy()).isEnabled, false);
        Object.assign(tenant.behaviour, { longestSecretDays: 70, secretsForbidden: true });
        assert.deepEqual((await policy()).applicationRestrictions.passwordCredentials, [
            { restrictionType: "passwordLifetime", state: "enabled", maxLifetime: "P70D" },
            { restrictionType: "passwordAddition", state: "enabled", maxLifetime: null },
        ]);
        const { id } = await newApp();
        assert.deepEqual((await ok("GET", `applications/${id}/appManagementPolicies`))["value"], []);
        const refusal = await refused("POST", `applications/${id}/addPassword`, { passwordCredential: { displayName: "x" } });
        assert.deepEqual(refusal, [400, "CredentialTypeNotAllowedAsPerAppPolicy"]);
    });

    it("refuses names that the directory would not take", async () => {
        for (const displayName of ["", "x".repeat(257), 7]) {
            assert.deepEqual(await refused("POST", "applications", { displayName }), [400, "Request_BadRequest"]);
        }
        assert.deepEqual(await refused("POST", "applications", {}), [400, "Request_BadRequest"]);
    });

    it("lets roles be removed only after they were turned off", async () => {
        const roleId = "0b8f0c32-7b1f-4a55-9f2b-9a3a5f3f0002";
        const role = { id: roleId, value: "r", displayName: "r", description: "r", isEnabled: true, allowedMemberTypes: ["Application"] };
        const { id } = await newApp({ appRoles: [role] });
        assert.deepEqual(await refused("PATCH", `applications/${id}`, { appRoles: [] }), [400, "CannotDeleteOrUpdateEnabledEntitlement"]);
        assert.equal((await graph("PATCH", `applications/${id}`, { appRoles: [{ ...role, isEnabled: false }] })).status, 204);
        assert.equal((await graph("PATCH", `applications/${id}`, { appRoles: [] })).status, 204);
    });

    it("logs every call as it came", async () => {
        tenant.resetCalls();
        await graph("GET", `servicePrincipals?%24filter=appId+eq+%27${EXCHANGE}%27`);
        assert.deepEqual(tenant.calls, [
            { method: "POST", path: `/${tenant.tenantId}/oauth2/v2.0/token`, status: 200 },
            { method: "GET", path: `/v1.0/servicePrincipals?%24filter=appId+eq+%27${EXCHANGE}%27`, status: 200 },
        ]);
    });
});
