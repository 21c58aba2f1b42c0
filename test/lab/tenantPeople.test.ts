import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { callGraph, type Answer } from "../../lab/tenant/client";
import { DEFAULT_ROLES, MFA_ROLES } from "../../lab/tenant/seed";
import { startTenant, type Tenant } from "../../lab/tenant/tenant";
import type { Json } from "../../lab/tenant/http";

const MOBILE = "3179e48a-750b-4051-897c-87b9720928f7";
const alex = "alex.admin@hybrididentity.example";
const path = `users/${alex}/authentication/phoneMethods`;

describe("the pretend tenant's people", () => {
    let tenant: Tenant;

    const graph = (method: string, at: string, body?: object): Promise<Answer> => callGraph(tenant, method, `/${at.startsWith("beta/") ? "" : "v1.0/"}${at}`, body);
    const codeOf = ({ status, body }: Answer): unknown[] => [status, (body["error"] as { code: string } | undefined)?.code];
    const phone = (phoneNumber: string, phoneType = "mobile"): object => ({ phoneNumber, phoneType });
    const batch = async (requests: object[], version = ""): Promise<Json[]> => {
        const { status, body } = await graph("POST", `${version}$batch`, { requests });
        assert.equal(status, 200, JSON.stringify(body));
        return body["responses"] as Json[];
    };

    before(async () => {
        tenant = await startTenant();
        tenant.grant([...DEFAULT_ROLES, ...MFA_ROLES]);
    });
    beforeEach(() => {
        tenant.behaviour.reset();
        tenant.state.users.forEach(user => (user.phoneMethods = []));
    });
    after(() => tenant.stop());

    it("have one phone of each type, the alternate one only beside a mobile one, under ids that are the same for all", async () => {
        assert.deepEqual(codeOf(await graph("POST", path, phone("+1 5555550100", "alternateMobile"))), [400, "Request_BadRequest"]);
        const { status, body } = await graph("POST", path, phone("+1 5555550100"));
        assert.deepEqual([status, body["id"], body["smsSignInState"]], [201, MOBILE, "notAllowedByPolicy"]);
        await graph("POST", path, phone("+1 5555550101", "alternateMobile"));
        for (const [conflict, expected] of [[false, [400, "badRequest"]], [true, [409, "conflict"]]] as const) {
            tenant.behaviour.duplicatePhoneAs409 = conflict;
            assert.deepEqual(codeOf(await graph("POST", path, phone("+1 5555550102"))), expected);
        }
        assert.deepEqual(codeOf(await graph("PATCH", `${path}/${MOBILE}`, phone("+1 5555550103", "office"))), [400, "Request_BadRequest"]);
        assert.equal((await graph("PATCH", `${path}/${MOBILE}`, { phoneNumber: "+1 5555550103" })).status, 204);
        assert.equal((await graph("DELETE", `${path}/${MOBILE}`)).status, 400, "an alternate one is there");
        const listed = (await graph("GET", path)).body["value"] as Json[];
        assert.deepEqual(listed.map(each => each["phoneNumber"]), ["+1 5555550103", "+1 5555550101"]);
        assert.equal((await graph("DELETE", `${path}/b6332ec1-7057-4abe-9331-3d72feddfe41`)).status, 204);
        assert.equal((await graph("DELETE", `${path}/${MOBILE}`)).status, 204);
        assert.deepEqual(codeOf(await graph("PATCH", `${path}/${MOBILE}`, { phoneNumber: "+1 5555550103" })), [404, "Request_ResourceNotFound"]);
    });

    it("give numbers with a country code and a blank after it", async () => {
        for (const number of ["+15555550100", "5555550100", "+1 555 5550100"]) {
            assert.equal((await graph("POST", path, phone(number))).status, 400, number);
        }
        assert.equal((await graph("POST", path, phone("+1 5555550100x123"))).status, 201);
    });

    it("have a number that is stored although 409 is said, where people sign in by SMS", async () => {
        tenant.behaviour.smsSignIn = true;
        await graph("POST", path, phone("+1 5555550100"));
        const other = path.replace("alex.admin", "robin.owner");
        assert.deepEqual(codeOf(await graph("POST", other, phone("+1 5555550100"))), [409, "phoneNumberNotUnique"]);
        assert.equal(((await graph("GET", other)).body["value"] as Json[]).length, 1);
    });

    it("show a new number late", async () => {
        tenant.behaviour.replicationDelay = { reads: 1, of: ["phoneMethods"] };
        await graph("POST", path, phone("+1 5555550100"));
        const seen = async (): Promise<number> => ((await graph("GET", path)).body["value"] as Json[]).length;
        assert.deepEqual([await seen(), await seen()], [0, 1]);
    });

    it("have an MFA state in beta alone, which some tenants do not have", async () => {
        const at = `users/${alex}/authentication/requirements`;
        assert.equal((await graph("GET", at)).status, 400);
        assert.equal((await graph("GET", `beta/${at}`)).body["perUserMfaState"], "disabled");
        assert.equal((await graph("PATCH", `beta/${at}`, { perUserMfaState: "enabled" })).status, 204);
        assert.equal((await graph("PATCH", `beta/${at}`, { perUserMfaState: "on" })).status, 400);
        assert.equal((await graph("GET", `beta/${at}`)).body["perUserMfaState"], "enabled");
        tenant.behaviour.requirementsMissing = true;
        assert.equal((await graph("GET", `beta/${at}`)).status, 404);
    });

    it("are members of groups, nested and page by page, of whom the id alone is told to who may not read users", async () => {
        const [one, two] = tenant.state.users.map(({ id }) => id) as [string, string];
        const [inner, outer] = [randomUUID(), randomUUID()];
        tenant.state.groups = [{ id: inner, displayName: "Inner", members: [two, outer] }, { id: outer, displayName: "Outer", members: [one, inner] }];
        const members = async (list: string): Promise<Json[]> => (await graph("GET", `groups/${outer}/${list}?$select=id,userPrincipalName&$top=2`)).body["value"] as Json[];
        assert.deepEqual((await members("members")).map(({ id }) => id), [one, inner]);
        const { body } = await graph("GET", `groups/${outer}/transitiveMembers?$select=id,userPrincipalName&$top=2`);
        assert.deepEqual([(body["value"] as Json[])[0], typeof body["@odata.nextLink"]], [{ "@odata.type": "#microsoft.graph.user", id: one, userPrincipalName: alex }, "string"]);
        tenant.grant(["GroupMember.Read.All"]);
        assert.deepEqual((await members("members"))[0], { "@odata.type": "#microsoft.graph.user", id: one });
        tenant.grant(DEFAULT_ROLES);
        assert.equal((await graph("GET", path)).status, 403);
        assert.equal((await graph("GET", `beta/users/${alex}/authentication/requirements`)).status, 403);
        tenant.grant([...DEFAULT_ROLES, ...MFA_ROLES]);
    });

    it("are asked about in batches: each call is answered for itself, in another order, and some meet faults", async () => {
        tenant.behaviour.nextStatus(/robin.*phoneMethods/, 429, { retryAfter: "7" });
        const json = { "Content-Type": "application/json" };
        const other = path.replace("alex.admin", "robin.owner");
        const found = await batch([
            { id: "a", method: "GET", url: `/${path}` },
            { id: "b", method: "GET", url: `/${other}` },
            { id: "c", method: "POST", url: `/${path}`, headers: json, body: phone("+1 5555550100") },
            { id: "d", method: "GET", url: "/users/nobody", headers: {} },
            { id: "e", method: "GET", url: `/${path}`, dependsOn: ["d"] },
        ]);
        assert.deepEqual(found.map(({ id, status }) => [id, status]), [["e", 424], ["d", 404], ["c", 201], ["b", 429], ["a", 200]]);
        assert.equal((found[3]!["headers"] as Json)["retry-after"], "7");
        assert.equal(tenant.calls.at(-1)?.path, "/v1.0/$batch");
    });

    it("are not answered in a batch that is too long, has an id twice, or a body without its type", async () => {
        const get = (id: number) => ({ id: String(id), method: "GET", url: "/users" });
        const long = Array.from({ length: 21 }, (_, at) => get(at));
        const untyped = [{ id: "1", method: "PATCH", url: "/users/x", body: {} }];
        for (const requests of [long, [get(1), get(1)], untyped, [7]]) {
            assert.equal((await graph("POST", "$batch", { requests })).status, 400);
        }
    });
});
