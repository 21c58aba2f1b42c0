// PerUserMfa against the pretend tenant: which states satisfy which, what is changed, and what is said of it.
import * as assert from "node:assert/strict";
import { DEFAULT_ROLES, MFA_ROLES } from "../../lab/tenant/seed";
import { perUserMfa } from "../../provider/resources/perUserMfa";
import { Unfinished } from "../../provider/resources/resource";
import { unknown, type Properties } from "../../provider/values";
import { People, upn } from "./support/people";

const counts = (state: Properties): Properties => Object.fromEntries(Object.entries(state).filter(([, value]) => typeof value === "number" && value > 0));

describe("provider: PerUserMfa", function () {
    this.timeout(60_000);
    let people: People;
    const { create, read, update, foresee } = perUserMfa;
    const states = (): (string | undefined)[] => people.tenant.state.users.map(({ perUserMfaState }) => perUserMfaState);
    const declared = (perUserMfaState: string, many = people.tenant.state.users.length): Properties => ({
        perUserMfaState,
        users: Array.from({ length: many }, (_, at) => upn(at)),
    });
    const failing = async (work: Promise<unknown>): Promise<Error> => work.then(() => assert.fail("it did not fail"), (error: Error) => error);

    before(async () => (people = await People.start()));
    beforeEach(() => {
        people.reset(3);
        ["disabled", "enabled", "enforced"].forEach((state, at) => (people.user(at).perUserMfaState = state));
    });
    afterEach(() => assert.deepEqual(people.tenant.unknownCalls, []));
    after(() => people?.stop());

    it("warns once of Conditional Access, and of nothing where MFA is taken away", async () => {
        await foresee!(declared("disabled"), {}, people.context);
        assert.deepEqual(people.told, ["MFA state of 3 people: 1 as declared; 2 not as declared: p1@hybrididentity.example (enabled), p2@hybrididentity.example (enforced)"]);
        for (let run = 0; run < 2; run++) await foresee!(declared("enabled"), {}, people.context);
        const advice = people.told.filter(text => text.startsWith("! Microsoft's advice is Conditional Access"));
        assert.equal(advice.length, 1);
        assert.deepEqual(states(), ["disabled", "enabled", "enforced"]);
    });

    it("says in a preview of whom nothing is known yet, and of the others what it will do", async () => {
        await foresee!({ users: [upn(0), upn(1), unknown, unknown], perUserMfaState: "disabled" }, {}, people.context);
        assert.deepEqual(people.told, ["users: of 2 people it is not known before the update", `MFA state of 2 people: 1 as declared; 1 not as declared: ${upn(1)} (enabled)`]);
        people.newRun();
        await foresee!({ users: [upn(0)], perUserMfaState: unknown }, {}, people.context);
        assert.deepEqual(people.told, ["perUserMfaState: not known before the update, so nothing is known of what it does to whom"]);
    });

    for (const [wanted, after] of [
        ["enabled", ["enabled", "enabled", "enforced"]],
        ["enforced", ["enforced", "enforced", "enforced"]],
        ["disabled", ["disabled", "disabled", "disabled"]],
    ] as const) {
        it(`brings everybody to ${wanted}${wanted === "enabled" ? ", which enforced is too" : ""}`, async () => {
            const { state } = await create(declared(wanted), people.context);
            assert.deepEqual([states(), counts(state)], [after, { asDeclared: 3 }]);
        });
    }

    it("changes nobody who is as declared", async () => {
        await create(declared("enabled"), people.context);
        people.tenant.resetCalls();
        await create(declared("enabled"), people.context);
        assert.equal(people.batches, 2, "one to know them and one to read");
    });

    it("finds drift, says whose, and mends it; who is no longer named stays", async () => {
        const { id, state } = await create(declared("enabled"), people.context);
        assert.deepEqual(perUserMfa.unsettled!(state), []);
        people.user(1).perUserMfaState = "disabled";
        const seen = (await read(id, declared("enabled"), people.context))!;
        assert.deepEqual([counts(seen.state), perUserMfa.unsettled!(seen.state)], [{ asDeclared: 2, different: 1 }, ["different", "next"]]);
        assert.equal(people.told.at(-1), "! MFA state of 3 people: 2 as declared; 1 not as declared: p1@hybrididentity.example (disabled)");
        await foresee!(declared("enabled", 1), {}, people.context);
        assert.equal(people.told.at(-1), "MFA state of 1 person: 1 as declared");
        people.user(2).perUserMfaState = "disabled";
        people.newRun();
        await update(id, seen.state, declared("enabled", 2), people.context);
        assert.equal(people.told[0], `users: 1 no longer declared, and left as they are: ${upn(2)}`);
        assert.deepEqual(states(), ["enabled", "enabled", "disabled"]);
        await perUserMfa.delete(id, seen.state, people.context);
        assert.deepEqual(states(), ["enabled", "enabled", "disabled"]);
    });

    it("takes a group's members", async () => {
        people.user(2).userType = "Guest";
        const fromGroup = people.group(people.tenant.state.users.map(({ id }) => id));
        const { state } = await create({ perUserMfaState: "enabled", fromGroup }, people.context);
        assert.deepEqual([states(), counts(state)], [["enabled", "enabled", "enforced"], { asDeclared: 2, refused: 1 }]);
    });

    it("lets a stack go on whose group is gone, and takes nobody for fine", async () => {
        const fromGroup = people.group(people.tenant.state.users.map(({ id }) => id));
        const inputs = { perUserMfaState: "enabled", fromGroup };
        const { id, state } = await create(inputs, people.context);
        people.tenant.state.groups = [];
        const { state: seen } = (await read(id, inputs, people.context, state))!;
        assert.deepEqual([counts(seen), perUserMfa.unsettled!(seen)], [{ unknown: 3 }, ["unknown"]]);
        assert.match(people.told.at(-1)!, /^! fromGroup: the tenant has no group .*\. Nothing is known of anybody until then$/);
        await assert.rejects(foresee!(inputs, seen, people.context), /the tenant has no group/);
    });

    it("refuses guests, strangers and twins before anything is changed", async () => {
        people.user(1).userType = "Guest";
        const users = [...(declared("enabled")["users"] as string[]), "gone@hybrididentity.example", people.user(2).id];
        const { message } = await failing(create({ perUserMfaState: "enabled", users }, people.context));
        assert.match(message, /^users: gone@.*: no such user.*\nusers: p1@.*: a guest.*\nusers: [\da-f-]{36}: named twice.*\nNothing was changed/);
        assert.deepEqual(states(), ["disabled", "enabled", "enforced"]);
        const said = perUserMfa.check({ perUserMfaState: "on", users: [upn(0), upn(0)], fromGroup: "x" }).map(({ property }) => property);
        assert.deepEqual(said, ["fromGroup", "perUserMfaState"]);
        assert.match(perUserMfa.check({ perUserMfaState: "enabled", users: [upn(0), upn(0)] })[0]!.reason, /named twice: p0@/);
    });

    it("names the right that is missing: one to read, another one to write", async () => {
        people.tenant.grant([...DEFAULT_ROLES, "Policy.ReadWrite.AuthenticationMethod"]);
        assert.match((await failing(create(declared("enabled"), people.context))).message, /lacks Policy\.Read\.All of Microsoft Graph; a Privileged Role Administrator/);
        const { state: unread } = (await read("id", declared("enabled"), people.context))!;
        assert.deepEqual([counts(unread), people.told.at(-1)!.slice(0, 2)], [{ unknown: 1 }, "! "]);
        people.tenant.grant([...DEFAULT_ROLES, "Policy.Read.All"]);
        people.newRun();
        await foresee!(declared("enabled"), {}, people.context);
        assert.match(people.told.at(-1)!, /^! The update needs Policy\.ReadWrite\.AuthenticationMethod of Microsoft Graph, which the token/);
        const error = (await failing(create(declared("enabled"), people.context))) as Unfinished;
        assert.match(error.message, /^1 of 3 people not enabled, or not known: p0@\S+ \(disabled; 403 .*lacks Policy\.ReadWrite\.AuthenticationMethod of Microsoft Graph/);
        assert.deepEqual(counts(error.found.state), { asDeclared: 2, different: 1 });
        people.tenant.grant([...DEFAULT_ROLES, ...MFA_ROLES]);
    });

    it("tells a tenant without such states from people who are not there", async () => {
        people.tenant.behaviour.requirementsMissing = true;
        const { message } = await failing(create(declared("enabled"), people.context));
        assert.equal(message, "perUserMfaState: Graph's beta says 404 of authentication/requirements, although the user is there: some tenants do not have it. Use Conditional Access in this tenant");
        const { state: nowhere } = (await read("id", declared("enabled"), people.context))!;
        assert.deepEqual([counts(nowhere), perUserMfa.unsettled!(nowhere)], [{ unknown: 3 }, ["unknown"]], "a stack can still take it out");
        people.tenant.behaviour.requirementsMissing = false;
        const inputs = declared("enabled");
        people.tenant.state.users.splice(0, 1);
        people.tenant.behaviour.nextStatus(/\/p1%40.*\/requirements$/, 404, { code: "ResourceNotFound" });
        const { state } = (await read("id", inputs, people.context))!;
        assert.deepEqual(counts(state), { asDeclared: 1, refused: 1, unknown: 1 });
        assert.match(people.told.at(-1)!, /1 cannot be changed, and the next change fails until they are taken out of users: p0@/);
        assert.match(String((state["people"] as { unknown: string[] }).unknown), /^p1@\S+ \(Graph's beta says 404/);
    });

    it("goes on after a write that failed", async () => {
        people.tenant.behaviour.nextStatus(/\/p0%40.*\/requirements$/, 503, { method: "PATCH", times: 5 });
        const error = (await failing(create(declared("enabled"), people.context))) as Unfinished;
        assert.deepEqual([error.found.state["different"], people.waits], [1, [1000, 2000, 4000, 8000]]);
        const { state } = await update(error.found.id, error.found.state, declared("enabled"), people.context);
        assert.deepEqual(counts(state), { asDeclared: 3 });
    });

    /** What somebody else does while Graph has asked to wait. */
    const whileWaiting = (act: () => void) => ({ ...people.context, wait: async () => act() });

    it("looks again before it writes after a wait: enforced, which came meanwhile, stays", async () => {
        people.tenant.behaviour.nextStatus(/\/p0%40.*\/requirements$/, 429, { method: "PATCH" });
        const { state } = await create(declared("enabled"), whileWaiting(() => (people.user(0).perUserMfaState = "enforced")));
        assert.deepEqual([states(), counts(state)], [["enforced", "enabled", "enforced"], { asDeclared: 3 }]);
    });

    it("still changes whoever came into another state meanwhile, and takes nobody for fine who cannot be read again", async () => {
        people.tenant.behaviour.nextStatus(/\/p1%40.*\/requirements$/, 429, { method: "PATCH" });
        const { state } = await create(declared("disabled"), whileWaiting(() => (people.user(1).perUserMfaState = "enforced")));
        assert.deepEqual([states(), counts(state)], [["disabled", "disabled", "disabled"], { asDeclared: 3 }]);
        people.tenant.behaviour.nextStatus(/\/p0%40.*\/requirements$/, 429, { method: "PATCH" });
        const unreadable = () => people.tenant.behaviour.nextStatus(/\/p0%40.*\/requirements$/, 400, { method: "GET" });
        const error = (await failing(create(declared("enabled"), whileWaiting(unreadable)))) as Unfinished;
        assert.deepEqual([states(), counts(error.found.state)], [["disabled", "enabled", "enabled"], { asDeclared: 2, unknown: 1 }]);
        assert.match(error.message, /^1 of 3 people not enabled, or not known: p0@\S+ \(400/);
    });
});
