import assert from "node:assert/strict";
import { askToken, callGraph, send, type Answer } from "../../lab/tenant/client";
import { startTenant, type Tenant } from "../../lab/tenant/tenant";

const OWNED_BY = ["Application.ReadWrite.OwnedBy"];

describe("how the pretend tenant behaves on demand", () => {
    let tenant: Tenant;

    const graph = (method: string, path: string, body?: object): Promise<Answer> => callGraph(tenant, method, `/v1.0/${path}`, body);

    async function newApp(): Promise<string> {
        const { status, body } = await graph("POST", "applications", { displayName: "MIM mail" });
        assert.equal(status, 201);
        return `applications/${String(body["id"])}`;
    }

    const statuses = async (count: number, ...call: [string, string, object?]): Promise<number[]> => {
        const seen: number[] = [];
        for (let at = 0; at < count; at++) {
            seen.push((await graph(...call)).status);
        }
        return seen;
    };

    beforeEach(async () => {
        tenant = await startTenant();
    });

    afterEach(() => tenant.stop());

    it("shows new objects late, and the secrets among them", async () => {
        tenant.behaviour.replicationDelay = { reads: 2, of: ["applications"] };
        const app = await newApp();
        assert.deepEqual(await statuses(3, "GET", app), [404, 404, 200]);
        tenant.behaviour.replicationDelay = { reads: 1, of: ["credentials"] };
        const { body } = await graph("POST", `${app}/addPassword`, { passwordCredential: {} });
        const listed = async (): Promise<unknown[]> => {
            const read = await graph("GET", app);
            return (read.body["passwordCredentials"] as Array<{ keyId: string }>).map(each => each.keyId);
        };
        assert.deepEqual([await listed(), await listed()], [[], [body["keyId"]]]);
    });

    it("throttles so many calls of Graph, and none for tokens", async () => {
        tenant.behaviour.throttle(2, "7");
        const { status, headers, body } = await graph("GET", "applications");
        assert.deepEqual([status, headers["retry-after"], (body["error"] as { code: string }).code], [429, "7", "TooManyRequests"]);
        assert.deepEqual(await statuses(2, "GET", "applications"), [429, 200]);
    });

    it("fails without doing the work, or having done it", async () => {
        const count = (): number => tenant.state.applications.length;
        tenant.behaviour.serverErrors(1);
        assert.deepEqual([await statuses(1, "POST", "applications", { displayName: "a" }), count()], [[503], 1]);
        tenant.behaviour.serverErrors(1, { executed: true, method: "POST" });
        assert.deepEqual([await statuses(2, "GET", "applications"), count()], [[200, 200], 1]);
        assert.deepEqual([await statuses(2, "POST", "applications", { displayName: "a" }), count()], [[503, 201], 3]);
    });

    it("answers the next call of a path as it is told, and then as ever", async () => {
        const app = await newApp();
        tenant.behaviour.nextStatus(/addPassword$/, 403, { code: "Authorization_RequestDenied", message: "no" });
        assert.equal((await graph("GET", app)).status, 200);
        const { status, body } = await graph("POST", `${app}/addPassword`, {});
        const { code, message, innerError } = body["error"] as { code: string; message: string; innerError: object };
        assert.deepEqual([status, code, message], [403, "Authorization_RequestDenied", "no"]);
        assert.deepEqual(Object.keys(innerError), ["date", "request-id", "client-request-id"]);
        assert.equal((await graph("POST", `${app}/addPassword`, {})).status, 200);
    });

    it("refuses what the caller has no right to", async () => {
        const foreign = await newApp();
        const exchange = tenant.state.servicePrincipals.find(({ displayName }) => displayName === "Office 365 Exchange Online");
        const consent = { appRoleId: exchange?.appRoles[0]?.id, principalId: tenant.objectId, resourceId: exchange?.id };
        tenant.grant(OWNED_BY);
        const own = await newApp();
        assert.deepEqual(await statuses(1, "PATCH", foreign, { notes: "x" }), [403]);
        assert.deepEqual(await statuses(1, "PATCH", own, { notes: "x" }), [204]);
        assert.deepEqual(await statuses(1, "POST", `servicePrincipals/${exchange?.id}/appRoleAssignedTo`, consent), [403]);
        // What azuread does after it made an application whose owners do not name the caller: it shuts itself out.
        assert.deepEqual(await statuses(2, "DELETE", `${own}/owners/${tenant.objectId}/$ref`), [204, 403]);
        assert.deepEqual(await statuses(1, "DELETE", own), [403]);
        tenant.grant(["AppRoleAssignment.ReadWrite.All", "Application.Read.All"]);
        assert.deepEqual(await statuses(1, "POST", "applications", { displayName: "a" }), [403]);
        assert.deepEqual(await statuses(1, "POST", `servicePrincipals/${exchange?.id}/appRoleAssignedTo`, consent), [201]);
        tenant.behaviour.consentMissing = true;
        const { status, body } = await graph("GET", "applications");
        assert.deepEqual([status, (body["error"] as { code: string }).code], [403, "Authorization_RequestDenied"]);
        assert.throws(() => tenant.grant(["Application.ReadWrite"]), /has no role "Application.ReadWrite"; it has Application.Read.All/);
    });

    it("answers calls that it does not know as Graph would, and remembers them", async () => {
        assert.deepEqual(await statuses(1, "GET", "teams/1"), [400]);
        assert.deepEqual(await statuses(1, "GET", "applications?$filter=startswith(displayName,'a')"), [400]);
        assert.deepEqual(await statuses(1, "PUT", "applications"), [405]);
        assert.deepEqual(await statuses(1, "GET", "organization?$expand=all"), [400]);
        assert.deepEqual(await statuses(1, "POST", "applications", { displayName: "a", passwordCredentials: [{ displayName: "s" }] }), [400]);
        assert.deepEqual(
            tenant.unknownCalls.map(({ method, path }) => `${method} ${path}`),
            [
                "GET /v1.0/teams/1",
                "GET /v1.0/applications?$filter=startswith(displayName,%27a%27)",
                "PUT /v1.0/applications",
                "GET /v1.0/organization?$expand=all",
                "POST /v1.0/applications",
            ],
        );
    });

    it("wants a token of its own", async () => {
        const code = async (authorization?: string): Promise<[number, unknown]> => {
            const { status, body } = await send(tenant, "GET", "/v1.0/applications", undefined, authorization === undefined ? {} : { authorization });
            return [status, (body["error"] as { message: string }).message];
        };
        const { body } = await askToken(tenant);
        const { body: arm } = await askToken(tenant, tenant, "https://management.azure.com");
        assert.deepEqual(await code(), [401, "Access token is empty."]);
        assert.deepEqual(await code(`Bearer ${String(body["access_token"])}x`), [401, "Access token validation failure. Invalid signature."]);
        assert.deepEqual(await code(`Bearer ${String(arm["access_token"])}`), [401, "Access token validation failure. Invalid audience."]);
    });
});
