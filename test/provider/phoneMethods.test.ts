// PhoneMethods against the pretend tenant: what is set, what is left alone, what is refused, and what is said of it.
import * as assert from "node:assert/strict";
import { callGraph } from "../../lab/tenant/client";
import { phoneMethod } from "../../lab/tenant/graph/phoneMethods";
import { DEFAULT_ROLES, MFA_ROLES } from "../../lab/tenant/seed";
import { phoneMethods } from "../../provider/resources/phoneMethods";
import { Unfinished } from "../../provider/resources/resource";
import { unknown, type Properties, type Value } from "../../provider/values";
import { People, upn } from "./support/people";

const number = (at: number): string => `+49 151 ${String(10_000_000 + at)}`;
const stored = (at: number): string => `+49 151${10_000_000 + at}`;
const table = (...people: number[]): Properties => Object.fromEntries(people.map(at => [upn(at), number(at)]));
const range = (many: number): number[] => Array.from({ length: many }, (_, at) => at);
const standard = { whenDifferent: "report", removeOnDestroy: false };
/** As if it were set an hour ago, when Graph has shown it long since. */
const old = (ownNumbers: Value | undefined): Properties =>
    Object.fromEntries(Object.entries(ownNumbers as { [id: string]: string }).map(([id, own]) => [id, own.replace(/ (\d+)/, (_, minute) => ` ${Number(minute) - 60}`)]));
const counts = (state: Properties): Properties => Object.fromEntries(Object.entries(state).filter(([, value]) => typeof value === "number" && value > 0));

describe("provider: PhoneMethods", function () {
    this.timeout(60_000);
    let people: People;
    const { create, read, update, foresee } = phoneMethods;
    const phonesOf = (at: number): string[] => (people.user(at).phoneMethods ?? []).map(({ phoneNumber }) => phoneNumber);
    const has = (at: number, text: string): void => void (people.user(at).phoneMethods = [phoneMethod(text)]);
    const make = (phones: Properties, more: Properties = {}) => create({ ...standard, phones, ...more }, people.context);
    const failing = async (work: Promise<unknown>): Promise<Error> => work.then(() => assert.fail("it did not fail"), (error: Error) => error);

    before(async () => (people = await People.start()));
    beforeEach(() => people.reset(5));
    afterEach(() => {
        const said = JSON.stringify(people.told);
        assert.doesNotMatch(said, /1000000|5555550/, "numbers are in no message");
        assert.deepEqual(people.tenant.unknownCalls, []);
    });
    after(() => people?.stop());

    it("sets what is missing, in Graph's form, and leaves what people have", async () => {
        has(1, stored(1));
        has(2, "+1 5555550017");
        const { id, state } = await make(table(0, 1, 2));
        assert.deepEqual([phonesOf(0), phonesOf(1), phonesOf(2)], [[stored(0)], [stored(1)], ["+1 5555550017"]]);
        assert.deepEqual(counts(state), { set: 1, alreadySet: 1, different: 1 });
        assert.deepEqual((state["people"] as Properties)["different"], [`${upn(2)} (has ***17, declared ***02)`]);
        assert.match(people.told.at(-1)!, /^! Phone numbers of 3 people: 2 set; 1 with another number, which stays: p2@\S+ \(has \*\*\*17, declared \*\*\*02\)$/);
        assert.match(id, /^[\da-f-]{36}$/);
    });

    it("keeps no number in state beside the table, which is secret", async () => {
        has(1, "+1 5555550017");
        const { state } = await make(table(0, 1));
        const { phones: _, ...rest } = state;
        assert.doesNotMatch(JSON.stringify(rest), /1000000|5555550/);
        assert.deepEqual(Object.keys(state["ownNumbers"] as object), [people.user(0).id]);
        assert.deepEqual(state["objectIds"], { [upn(0)]: people.user(0).id });
    });

    it("says in a preview what it will do, and does nothing", async () => {
        has(1, stored(1));
        has(2, "+1 5555550017");
        people.tenant.behaviour.nextStatus(/p3%40.*\/phoneMethods/, 500, { times: 9 });
        await foresee!({ ...standard, phones: table(0, 1, 2, 3) }, {}, people.context);
        assert.deepEqual(phonesOf(0), []);
        const said = people.told.at(-1)!;
        assert.match(said, /^! Phone numbers of 4 people: 1 to be set: p0@\S+; 1 set; 1 with another number, which stays: p2@.*; 1 unknown: p3@\S+ \(500 /);
    });

    it("says in a preview of whom nothing is known yet, and of the others what it will do", async () => {
        const phones = { ...table(0), [upn(1)]: unknown };
        await foresee!({ ...standard, phones }, {}, people.context);
        assert.deepEqual(people.told, ["phones: of 1 person it is not known before the update", `Phone numbers of 1 person: 1 to be set: ${upn(0)}; 0 set; 0 with another number`]);
        await assert.rejects(foresee!({ ...standard, phones: { ...phones, "gone@hybrididentity.example": number(2) } }, {}, people.context), /no such user/);
        for (const property of ["phones", "fromGroup", "whenDifferent", "replaceReason"]) {
            people.newRun();
            await foresee!({ ...standard, ...(property === "fromGroup" ? {} : { phones }), [property]: unknown }, {}, people.context);
            assert.deepEqual(people.told, [`${property}: not known before the update, so nothing is known of what it does to whom`]);
        }
    });

    it("finds what somebody removed, and sets it again", async () => {
        const inputs = { ...standard, phones: table(0, 1) };
        const { id, state } = await create(inputs, people.context);
        assert.deepEqual(phoneMethods.unsettled!(state), []);
        people.user(0).phoneMethods = [];
        const seen = (await read(id, inputs, people.context, state))!;
        assert.deepEqual([counts(seen.state), phoneMethods.unsettled!(seen.state)], [{ set: 1, toSet: 1 }, ["toSet", "next"]]);
        const again = await update(id, { ...seen.state, ...inputs }, inputs, people.context);
        assert.deepEqual([phonesOf(0), counts(again.state)], [[stored(0)], { set: 2 }]);
    });

    it("changes a number that it set itself and nobody else changed", async () => {
        const inputs = { ...standard, phones: table(0, 1) };
        const { id, state } = await create(inputs, people.context);
        has(1, "+1 5555550017");
        const news = { ...standard, phones: { [upn(0)]: number(8), [upn(1)]: number(9) } };
        const { state: after } = await update(id, state, news, people.context);
        assert.deepEqual([phonesOf(0), phonesOf(1)], [[stored(8)], ["+1 5555550017"]]);
        assert.deepEqual(counts(after), { set: 1, different: 1 });
    });

    it("knows what it set whatever the person is called by, in a table or as a member", async () => {
        const { id, state } = await make(table(0, 1));
        const ids = [people.user(0).id, people.user(1).id.toUpperCase()];
        const byId = { ...standard, phones: { [ids[0]!]: number(0), [ids[1]!]: number(8) } };
        const { state: after } = await update(id, state, byId, people.context);
        assert.deepEqual([phonesOf(1), counts(after), Object.keys(after["ownNumbers"] as object).length], [[stored(8)], { set: 2 }, 2]);
        people.user(0).mobilePhone = number(7);
        people.user(1).mobilePhone = number(8);
        const { state: asMembers } = await update(id, after, { ...standard, fromGroup: people.group(ids.map(one => one.toLowerCase())) }, people.context);
        assert.deepEqual([phonesOf(0), counts(asMembers)], [[stored(7)], { set: 2 }]);
        assert.doesNotMatch(people.told.join("\n"), /no longer declared/);
        const seen = (await read(id, { ...standard, phones: { [upn(0)]: number(7), [ids[1]!]: number(8) } }, people.context, asMembers))!;
        assert.deepEqual(counts(seen.state), { set: 2 }, "without asking who they are");
    });

    it("holds a number that was seen to be another for the person's, also when it is back", async () => {
        const inputs = { ...standard, phones: table(0, 1), removeOnDestroy: true };
        const { id, state } = await create(inputs, people.context);
        has(0, "+1 5555550017");
        people.user(1).phoneMethods = [];
        const { state: seen } = (await read(id, inputs, people.context, { ...state, ownNumbers: old(state["ownNumbers"]) }))!;
        [0, 1].forEach(at => has(at, stored(at)));
        const { state: later } = (await read(id, inputs, people.context, seen))!;
        assert.deepEqual([counts(later), later["ownNumbers"]], [{ alreadySet: 2 }, {}]);
        await phoneMethods.delete(id, later, people.context);
        assert.deepEqual([phonesOf(0), phonesOf(1)], [[stored(0)], [stored(1)]]);
    });

    it("does not forget members who are none for a time, and tells of a group that is empty", async () => {
        people.user(0).mobilePhone = number(0);
        const members = [people.user(0).id];
        const fromGroup = people.group(members);
        const inputs = { ...standard, fromGroup, removeOnDestroy: true };
        const { id, state } = await create(inputs, people.context);
        people.tenant.state.groups[0]!.members = [];
        const { state: empty } = (await read(id, inputs, people.context, state))!;
        assert.equal(people.told.at(-1), `! fromGroup: the group ${fromGroup} has no members who are users`);
        people.tenant.state.groups[0]!.members = members;
        people.user(0).userType = "Guest";
        const { state: guest } = (await read(id, inputs, people.context, empty))!;
        assert.deepEqual([empty["ownNumbers"], guest["ownNumbers"]], [state["ownNumbers"], state["ownNumbers"]]);
        await phoneMethods.delete(id, guest, people.context);
        assert.deepEqual(phonesOf(0), []);
    });

    it("tells who is declared no longer, whoever else is called otherwise now, and what a removal took", async () => {
        const { id, state } = await make(table(0, 1, 2, 3));
        const news = { ...standard, removeOnDestroy: true, phones: { [people.user(0).id]: unknown, ...table(2, 3) } };
        await foresee!(news, state, people.context);
        const said = `phones: 1 no longer declared, and left as they are: ${upn(1)}`;
        assert.ok(people.told.includes(said), people.told.join("\n"));
        people.newRun();
        const { state: after } = await update(id, state, { ...news, phones: { [people.user(0).id]: number(0), ...table(2, 3) } }, people.context);
        assert.deepEqual([people.told[0], counts(after)], [said, { set: 3 }]);
        has(2, "+1 5555550017");
        await phoneMethods.delete(id, after, people.context);
        assert.equal(people.told.at(-1), "Phone numbers that this resource set: 2 removed; 1 changed by now, or gone");
        assert.deepEqual([0, 1, 2, 3].map(at => phonesOf(at).length), [0, 1, 1, 0]);
    });

    it("removes no number of somebody whom the same run declared in another resource, as where it was renamed", async () => {
        const { id, state } = await make(table(0, 1), { removeOnDestroy: true });
        people.newRun();
        const { id: other, state: renamed } = await make({ [upn(0)]: number(8) }, { removeOnDestroy: true });
        await phoneMethods.delete(id, state, people.context);
        assert.deepEqual([counts(renamed), phonesOf(0), phonesOf(1)], [{ different: 1 }, [stored(0)], []]);
        assert.equal(people.told.at(-1), "Phone numbers that this resource set: 1 removed; 1 kept, since this run declared them in another resource");
        await phoneMethods.delete(other, renamed, people.context);
        people.newRun();
        await phoneMethods.delete(id, state, people.context);
        assert.deepEqual(phonesOf(0), [], "a run that declares nobody");
    });

    it("removes no number of a member whom the same run declared in another resource, where the directory has no number any more", async () => {
        people.user(0).mobilePhone = number(0);
        const inputs = { ...standard, fromGroup: people.group([people.user(0).id]), removeOnDestroy: true };
        const { id, state } = await create(inputs, people.context);
        people.newRun();
        people.user(0).mobilePhone = null;
        const { state: renamed } = await create(inputs, people.context);
        await phoneMethods.delete(id, state, people.context);
        assert.deepEqual([counts(renamed), phonesOf(0)], [{ refused: 1 }, [stored(0)]]);
    });

    it("replaces what people registered only with a reason, which stands in state", async () => {
        has(0, "+1 5555550017");
        const check = (more: Properties) => phoneMethods.check({ ...standard, phones: table(0), ...more }).map(({ property }) => property);
        assert.deepEqual(check({ whenDifferent: "replace" }), ["replaceReason"]);
        assert.deepEqual(check({ replaceReason: "why" }), ["replaceReason"]);
        assert.deepEqual(check({ whenDifferent: "replace", replaceReason: " " }), ["replaceReason"]);
        assert.deepEqual(check({ whenDifferent: "replace", replaceReason: "CHG-1234567 of 2026-11-30, 10 people" }), []);
        assert.deepEqual(check({ whenDifferent: "replace", replaceReason: `for ${number(0)}` }), ["replaceReason"], "it stands in clear in state");
        const { state } = await make(table(0), { whenDifferent: "replace", replaceReason: "provider changed, CHG-1" });
        assert.deepEqual([phonesOf(0), state["replaceReason"], counts(state)], [[stored(0)], "provider changed, CHG-1", { set: 1 }]);
        assert.equal(people.told[0], `Phone numbers that people had registered: 1 replaced: ${upn(0)} (***17 is replaced by ***00)`);
    });

    it("tells two numbers apart whose last digits are the same, and one person from more", async () => {
        has(0, "+1 5555550100");
        const { state } = await make(table(0));
        assert.equal(people.told.at(-1), `! Phone numbers of 1 person: 0 set; 1 with another number, which stays: ${upn(0)} (has ***00, declared another ***00)`);
        const inputs = { ...standard, whenDifferent: "replace", replaceReason: "CHG-1", phones: table(0) };
        const { id, state: replaced } = await update("id", { ...state }, inputs, people.context);
        assert.ok(people.told.includes(`Phone numbers that people had registered: 1 replaced: ${upn(0)} (***00 is replaced by another ***00)`));
        await foresee!({ ...standard, phones: { [upn(0)]: number(100) } }, replaced, people.context);
        assert.match(people.told.at(-1)!, /\(\*\*\*00, which this resource set, becomes another \*\*\*00\)/);
        people.tenant.behaviour.nextStatus(/phoneMethods\/3179/, 429, { method: "PATCH", retryAfter: "200" });
        people.context.wait = async () => has(0, "+1 5555550200");
        const { state: met } = await update(id, replaced, { ...standard, phones: { [upn(0)]: number(100) } }, people.context);
        assert.deepEqual((met["people"] as Properties)["different"], [`${upn(0)} (has ***00 since this run began, declared another ***00)`]);
        people.tenant.behaviour.nextStatus(/\/p1%40.*\/phoneMethods$/, 403, { method: "POST", code: "Authorization_RequestDenied" });
        assert.match((await failing(make(table(1)))).message, /^1 of 1 person: the number is not set/);
    });

    it("is silent about numbers that differ where they are kept", async () => {
        has(0, "+1 5555550017");
        const { id, state } = await make(table(0), { whenDifferent: "keep" });
        assert.deepEqual([people.told, counts(state)], [[], { different: 1 }]);
        await read(id, { ...standard, whenDifferent: "keep", phones: table(0) }, people.context, state);
        assert.deepEqual(people.told, []);
    });

    it("refuses guests, strangers and twins, all of them and before anything is changed", async () => {
        people.user(1).userType = "Guest";
        people.user(1).userPrincipalName = "guest_contoso.com#EXT#@hybrididentity.example";
        const twins = { [upn(2)]: number(2), [people.user(2).id]: number(2) };
        const phones = { [upn(0)]: number(0), [people.user(1).userPrincipalName]: number(1), ...twins, "gone@hybrididentity.example": number(3) };
        const lines = [
            "phones: gone@hybrididentity.example: no such user: unknown or deleted",
            "phones: guest_contoso.com#EXT#@hybrididentity.example: a guest, who signs in elsewhere",
            `phones: ${people.user(2).id}: named twice, by id and by name`,
            "Nothing was changed. Take them out of phones, or correct them",
        ];
        for (const work of [make(phones), foresee!({ ...standard, phones }, {}, people.context)]) {
            assert.deepEqual((await failing(work)).message.split("\n"), lines);
        }
        assert.deepEqual(phonesOf(0), []);
    });

    it("refuses numbers without country code and users named twice, by name and without a number", () => {
        const phones = { [upn(0)]: "0151 2345678", [upn(0).toUpperCase()]: "+49 (0) 151 2345678", [upn(1)]: "+999 2345678", [upn(4)]: " ", "p 2": "+49 151 2345678", [upn(3)]: number(3) };
        const failures = phoneMethods.check({ ...standard, phones });
        const said = failures.map(({ property, reason }) => `${property}: ${reason}`);
        const form = 'expected "+", the country code and the number; the number of each of these';
        assert.deepEqual(said, [
            "phones: expected object ids and user principal names; received p 2",
            `phones: the same user is named twice: ${upn(0).toUpperCase()}`,
            `phones: ${form} has no country code: it has to begin with "+": ${upn(0)}`,
            `phones: ${form} has "(0)", which is not dialled from abroad: ${upn(0).toUpperCase()}`,
            `phones: ${form} has no country code that is assigned after "+": ${upn(1)}`,
            `phones: ${form} is empty: ${upn(4)}`,
        ]);
        // A line of a table that was not taken apart.
        for (const name of [`${upn(0)}|+4915110000000`, `${upn(0)}:+4915110000000`, `+4915110000000=${upn(0)}`, `${upn(0)}\u200b`]) {
            assert.match(phoneMethods.check({ ...standard, phones: { [name]: number(0) } })[0]!.reason, /^expected object ids and user principal names/, name);
        }
        const many = Object.fromEntries(range(400).map(at => [upn(at), "0151"]));
        const { reason } = phoneMethods.check({ ...standard, phones: many })[0]!;
        assert.match(reason, /^.{1,500}$/);
        assert.match(reason, /, and 3\d\d more$/);
        assert.deepEqual(phoneMethods.check({ ...standard }).map(({ reason }) => reason), ["expected either phones or fromGroup; received neither"]);
    });

    it("takes the numbers of a group's members from the directory, page by page, and says whose cannot be had", async () => {
        people.reset(8);
        people.tenant.behaviour.largestPage = 2;
        const numbers = [number(0), "0151 2345678", null, number(3), number(4)];
        numbers.forEach((mobilePhone, at) => (people.user(at).mobilePhone = mobilePhone));
        people.user(4).userType = "Guest";
        const inner = people.group([people.user(3).id, people.user(4).id]);
        const fromGroup = people.group([...[0, 1, 2].map(at => people.user(at).id), inner]);
        const { state } = await create({ ...standard, fromGroup }, people.context);
        assert.deepEqual([phonesOf(0), phonesOf(3), counts(state)], [[stored(0)], [stored(3)], { set: 2, refused: 3 }]);
        assert.deepEqual((state["people"] as Properties)["refused"], [
            `${upn(4)} (a guest, who signs in elsewhere)`,
            `${upn(1)} (mobilePhone has no country code: it has to begin with "+")`,
            `${upn(2)} (mobilePhone is empty)`,
        ]);
        assert.equal(people.tenant.calls.filter(({ path }) => path.includes("/transitiveMembers")).length, 3);
    });

    it("waits for a group that the same run made, and names one that the tenant does not have", async () => {
        people.user(0).mobilePhone = number(0);
        const fromGroup = people.group([people.user(0).id]);
        const [group] = people.tenant.state.groups.splice(0, 1);
        const { wait } = people.context;
        people.context.wait = milliseconds => (people.waits.length === 1 && people.tenant.state.groups.push(group!), wait(milliseconds));
        assert.deepEqual(counts((await create({ ...standard, fromGroup }, people.context)).state), { set: 1 });
        assert.equal(people.waits.length, 2);
        await assert.rejects(foresee!({ ...standard, fromGroup: people.user(0).id }, {}, people.context), /^NotFoundError: fromGroup: the tenant has no group [\da-f-]{36}; correct the id/);
    });

    it("lets a stack go on whose group is gone: nothing is known, nothing forgotten, and it can be destroyed", async () => {
        [0, 1].forEach(at => (people.user(at).mobilePhone = number(at)));
        const fromGroup = people.group([people.user(0).id, people.user(1).id]);
        const inputs = { ...standard, fromGroup, removeOnDestroy: true };
        const { id, state } = await create(inputs, people.context);
        people.tenant.state.groups = [];
        const { state: seen } = (await read(id, inputs, people.context, state))!;
        assert.deepEqual([counts(seen), phoneMethods.unsettled!(seen), seen["ownNumbers"]], [{ unknown: 2 }, ["unknown"], state["ownNumbers"]]);
        assert.match(people.told.at(-1)!, /^! fromGroup: the tenant has no group [\da-f-]{36}; correct the id, .*\. Nothing is known of anybody until then$/);
        assert.match(String((seen["people"] as Properties)["unknown"]), /^everybody \(the tenant has no group /);
        await assert.rejects(foresee!(inputs, seen, people.context), /the tenant has no group/);
        await phoneMethods.delete(id, seen, people.context);
        assert.deepEqual([phonesOf(0), phonesOf(1)], [[], []]);
    });

    it("does not take a member whom it may not read for one without a number", async () => {
        people.user(0).mobilePhone = number(0);
        const fromGroup = people.group([people.user(0).id]);
        people.tenant.grant(["GroupMember.Read.All", ...MFA_ROLES]);
        const error = (await failing(create({ ...standard, fromGroup }, people.context))) as Unfinished;
        assert.deepEqual(counts(error.found.state), { unknown: 1 });
        assert.match(error.message, /User\.Read\.All of Microsoft Graph/);
    });

    it("does not forget what it set for members whom it may not read, or whose number the directory has no longer", async () => {
        [0, 1].forEach(at => (people.user(at).mobilePhone = number(at)));
        const fromGroup = people.group([people.user(0).id, people.user(1).id]);
        const inputs = { ...standard, fromGroup, removeOnDestroy: true };
        const { id, state } = await create(inputs, people.context);
        people.user(1).mobilePhone = null;
        const { state: seen } = (await read(id, inputs, people.context, state))!;
        people.tenant.grant(["GroupMember.Read.All", ...MFA_ROLES]);
        const { state: unread } = (await read(id, inputs, people.context, seen))!;
        assert.deepEqual([counts(seen), counts(unread), unread["ownNumbers"]], [{ set: 1, refused: 1 }, { unknown: 2 }, state["ownNumbers"]]);
        await phoneMethods.delete(id, unread, people.context);
        assert.deepEqual([phonesOf(0), phonesOf(1)], [[], []]);
    });

    it("keeps in state what it set when the run is cancelled while it waits", async () => {
        people.tenant.behaviour.nextStatus(/\/p1%40.*\/phoneMethods$/, 429, { method: "POST", retryAfter: "5" });
        people.context.wait = () => Promise.reject(new Error("cancelled while it waited"));
        const error = (await failing(make(table(0, 1)))) as Unfinished;
        assert.match(error.message, /^1 of 2 people: .*p1@\S+ \(cancelled while it waited\)/);
        assert.deepEqual(counts(error.found.state), { set: 1, toSet: 1 });
    });

    it("overwrites and removes no number that the person registered while Graph throttled", async () => {
        const inputs = { ...standard, phones: table(0, 1) };
        const { id, state } = await create(inputs, people.context);
        const registers = (method: string) => {
            people.tenant.behaviour.nextStatus(/\/phoneMethods\/3179/, 429, { method, retryAfter: "200", times: 2 });
            people.context.wait = async () => has(0, "+1 5555550017");
        };
        registers("PATCH");
        const { state: after } = await update(id, state, { ...standard, phones: { [upn(0)]: number(8), [upn(1)]: number(9) } }, people.context);
        assert.deepEqual([phonesOf(0), phonesOf(1), counts(after)], [["+1 5555550017"], [stored(9)], { set: 1, different: 1 }]);
        has(0, stored(0));
        has(1, stored(1));
        registers("DELETE");
        await phoneMethods.delete(id, { ...state, removeOnDestroy: true }, people.context);
        assert.deepEqual([phonesOf(0), phonesOf(1)], [["+1 5555550017"], []]);
        assert.equal(people.told.at(-1), "Phone numbers that this resource set: 1 removed; 1 changed by now, or gone");
    });

    it("overwrites and removes no number that the person registered while others were looked at", async () => {
        const inputs = { ...standard, phones: table(0, 1) };
        const { id, state } = await create(inputs, people.context);
        people.tenant.behaviour.nextStatus(/\/p1%40.*\/phoneMethods$/, 429, { method: "GET", retryAfter: "200" });
        people.context.wait = async () => has(0, "+1 5555550017");
        const { state: after } = await update(id, state, { ...standard, phones: { [upn(0)]: number(8), [upn(1)]: number(9) } }, people.context);
        assert.deepEqual([phonesOf(0), phonesOf(1), counts(after)], [["+1 5555550017"], [stored(9)], { set: 1, different: 1 }]);
        has(0, stored(0));
        has(1, stored(1));
        people.tenant.behaviour.nextStatus(new RegExp(`${people.user(1).id}/authentication/phoneMethods$`), 429, { method: "GET", retryAfter: "200" });
        await phoneMethods.delete(id, { ...state, removeOnDestroy: true }, people.context);
        assert.deepEqual([phonesOf(0), phonesOf(1)], [["+1 5555550017"], []]);
    });

    it("overwrites and removes no number that the person registered while Graph failed as a whole", async () => {
        const { id, state } = await make(table(0, 1));
        const graph = await people.context.graph();
        const post = graph.post.bind(graph);
        const failsOnce = (method: string) => {
            // The request that writes fails, and only the first time.
            graph.post = (path, body, more) => {
                if (!JSON.stringify(body).includes(method)) return post(path, body, more);
                graph.post = post;
                people.tenant.behaviour.nextStatus(/\$batch$/, 503, { retryAfter: "30" });
                return post(path, body, more);
            };
            people.context.wait = async milliseconds => void (people.waits.push(milliseconds), has(0, "+1 5555550017"));
        };
        failsOnce("PATCH");
        const { state: after } = await update(id, state, { ...standard, phones: { [upn(0)]: number(8), [upn(1)]: number(9) } }, people.context);
        assert.deepEqual([phonesOf(0), phonesOf(1), counts(after), people.waits], [["+1 5555550017"], [stored(9)], { set: 1, different: 1 }, [30_000]]);
        has(0, stored(0));
        has(1, stored(1));
        failsOnce("DELETE");
        await phoneMethods.delete(id, { ...state, removeOnDestroy: true }, people.context);
        assert.deepEqual([phonesOf(0), phonesOf(1)], [["+1 5555550017"], []]);
    });

    it("does not forget what it set where Graph does not show it yet", async () => {
        people.tenant.behaviour.replicationDelay = { reads: 2, of: ["phoneMethods"] };
        const inputs = { ...standard, phones: table(0), removeOnDestroy: true };
        const { id, state } = await create(inputs, people.context);
        const { state: unseen } = (await read(id, inputs, people.context, state))!;
        assert.deepEqual([counts(unseen), unseen["next"], unseen["ownNumbers"]], [{ toSet: 1 }, [`${upn(0)} (a number was set by this resource less than 15 minutes ago: not shown by Graph yet, or changed since)`], state["ownNumbers"]]);
        const { state: again } = await update(id, { ...unseen, ...inputs }, inputs, people.context);
        assert.deepEqual([counts(again), again["ownNumbers"]], [{ set: 1 }, state["ownNumbers"]]);
        const { state: changed } = await update(id, { ...again, ...inputs }, { ...inputs, phones: { [upn(0)]: number(8) } }, people.context);
        has(0, stored(0));
        const { state: stale } = (await read(id, { ...inputs, phones: { [upn(0)]: number(8) } }, people.context, changed))!;
        assert.deepEqual([counts(stale), stale["ownNumbers"]], [{ different: 1 }, changed["ownNumbers"]], "the number from before");
        const late = "a number was set by this resource less than 15 minutes ago: not shown by Graph yet, or changed since";
        assert.deepEqual((stale["people"] as Properties)["different"], [`${upn(0)} (has ***00, declared ***08; ${late})`]);
        people.user(0).phoneMethods = [];
        const { state: none } = (await read(id, { ...inputs, phones: { [upn(0)]: number(8) } }, people.context, stale))!;
        assert.deepEqual([none["next"], none["ownNumbers"]], [[`${upn(0)} (${late})`], changed["ownNumbers"]], "none, and not the one from before");
        await phoneMethods.delete(id, stale, people.context);
        assert.equal(people.told.at(-1), `! Phone numbers that this resource set: 0 removed; 1 perhaps left, ${late}: ${upn(0)}`);
        has(0, stored(8));
        await phoneMethods.delete(id, stale, people.context);
        assert.deepEqual(phonesOf(0), []);
    });

    it("does not take for its own the declared number that the person registered meanwhile", async () => {
        has(0, "+1 5555550017");
        people.tenant.behaviour.nextStatus(/\/phoneMethods\/3179/, 429, { method: "PATCH", retryAfter: "200" });
        people.context.wait = async () => has(0, stored(0));
        const { state } = await make(table(0), { whenDifferent: "replace", replaceReason: "CHG-1" });
        assert.deepEqual([counts(state), state["ownNumbers"]], [{ alreadySet: 1 }, {}]);
    });

    it("changes no number that somebody registered, whatever fails and whoever registers while it waits", async () => {
        for (let seed = 1; seed <= 12; seed++) {
            let random = seed * 7_919;
            const pick = (of: number): number => Math.floor(((random = (random * 1_103_515_245 + 12_345) % 2 ** 31) / 2 ** 31) * of);
            people.reset(12);
            const registered = new Map<number, string>();
            const register = (): void => {
                const [at, text] = [pick(12), `+1 5555550${100 + pick(900)}`];
                has(at, text);
                registered.set(at, text);
            };
            const failures = (): void => {
                for (let left = pick(6); left > 0; left--) {
                    const path = [/phoneMethods$/, /phoneMethods\/3179/, /\$batch$/][pick(3)]!;
                    people.tenant.behaviour.nextStatus(path, [429, 500, 503, 403, 400][pick(5)]!, { times: 1 + pick(3), executed: pick(2) === 0, code: "x" });
                }
            };
            let found: { id: string; state: Properties } | undefined;
            for (let step = 0; step < 6; step++) {
                const inputs = { ...standard, removeOnDestroy: true, phones: Object.fromEntries(range(12).map(at => [upn(at), number(at + 100 * (step >> 1))])) };
                people.newRun();
                people.context.wait = async () => register();
                register();
                failures();
                const before = found;
                const next = before === undefined ? create(inputs, people.context) : update(before.id, { ...before.state, ...inputs }, inputs, people.context);
                found = await next.catch((error: unknown) => (error instanceof Unfinished ? error.found : before));
                people.tenant.behaviour.reset();
            }
            failures();
            if (found) await phoneMethods.delete(found.id, found.state, people.context).catch(() => undefined);
            for (const [at, text] of registered) assert.deepEqual(phonesOf(at), [text], `seed ${seed}`);
        }
    });

    it("does not take for its own the declared number of somebody whom it sent nothing of, since Graph failed before", async () => {
        people.reset(200);
        const graph = await people.context.graph();
        const post = graph.post.bind(graph);
        graph.post = (path, body, more) => {
            if (!JSON.stringify(body).includes("POST")) return post(path, body, more);
            graph.post = post;
            has(199, stored(199));
            people.tenant.behaviour.nextStatus(/\$batch$/, 503);
            return post(path, body, more);
        };
        const error = (await failing(make(table(...range(200))))) as Unfinished;
        const { alreadySet, ownNumbers } = error.found.state;
        assert.deepEqual([alreadySet, Object.keys(ownNumbers as object).includes(people.user(199).id)], [1, false]);
    });

    it("sets the numbers of the others where the second look at one is refused", async () => {
        const { id, state } = await make(table(0));
        const graph = await people.context.graph();
        const post = graph.post.bind(graph);
        graph.post = (path, body, more) => {
            const text = JSON.stringify(body);
            // The look just before the request that writes.
            if (text.includes("/phoneMethods") && !text.includes("p1%40")) people.tenant.behaviour.nextStatus(/\/p0%40.*\/phoneMethods$/, 403, { method: "GET" });
            return post(path, body, more);
        };
        const error = (await failing(update(id, state, { ...standard, phones: { ...table(1), [upn(0)]: number(8) } }, people.context))) as Unfinished;
        assert.deepEqual([phonesOf(0), phonesOf(1), counts(error.found.state)], [[stored(0)], [stored(1)], { set: 1, toSet: 1 }]);
        assert.match(error.message, /^1 of 2 people: .*p0@\S+ \(not sent: it changed since it was looked at, or could not be looked at again\)/);
    });

    it("takes a number for removed whose removal was carried out with the reply lost", async () => {
        const { id, state } = await make(table(0));
        people.tenant.behaviour.nextStatus(/\/phoneMethods\/3179/, 503, { method: "DELETE", executed: true });
        await phoneMethods.delete(id, { ...state, removeOnDestroy: true }, people.context);
        assert.deepEqual(phonesOf(0), []);
    });

    it("asks again only what was throttled, and not before the time that each was told", async () => {
        people.reset(30);
        people.tenant.behaviour.nextStatus(/\/p3%40.*\/phoneMethods$/, 429, { retryAfter: "7", times: 2 });
        people.tenant.behaviour.nextStatus(/\/p5%40.*\/phoneMethods$/, 429, { retryAfter: "11" });
        const { state } = await make(table(...range(30)));
        assert.deepEqual([counts(state), people.waits], [{ set: 30 }, [11_000, 7_000]]);
        // Two to know them, two to read and two to set, and two more for those that were throttled.
        assert.equal(people.batches, 8);
    });

    it("waits minutes where Graph asks for them, and says so", async () => {
        people.tenant.behaviour.nextStatus(/\/p0%40.*\/phoneMethods$/, 429, { retryAfter: "200", times: 6 });
        assert.deepEqual(counts((await make(table(0))).state), { set: 1 });
        assert.deepEqual([people.waits, people.told.includes("Graph asks to wait 200 s")], [Array(6).fill(200_000), true]);
        people.tenant.behaviour.nextStatus(/\$batch$/, 429, { retryAfter: "300" });
        await read("id", { ...standard, phones: table(0) }, people.context, {});
        assert.equal(people.waits.at(-1), 300_000, "of a batch as a whole too");
        people.tenant.behaviour.nextStatus(/\/p1%40.*\/phoneMethods$/, 429, { retryAfter: "301" });
        assert.match((await failing(make(table(1)))).message, /p1@\S+ \(429 TooManyRequests/);
    });

    for (const status of [424, 503]) {
        it(`asks again what was not read, with ${status}`, async () => {
            people.tenant.behaviour.nextStatus(/\/p3%40.*\/phoneMethods$/, status);
            assert.deepEqual(counts((await make(table(3))).state), { set: 1 });
        });
    }

    for (const conflict of [true, false]) {
        it(`reads again what somebody else set in between, before it counts as failure: ${conflict ? 409 : 400}`, async () => {
            people.tenant.behaviour.duplicatePhoneAs409 = conflict;
            // The look that comes first does not see them yet.
            people.tenant.behaviour.replicationDelay = { reads: 1, of: ["phoneMethods"] };
            const register = (at: number, phoneNumber: string) =>
                callGraph(people.tenant, "POST", `/v1.0/users/${upn(at)}/authentication/phoneMethods`, { phoneNumber, phoneType: "mobile" });
            await register(0, stored(0));
            await register(1, "+1 5555550017");
            const { state } = await make(table(0, 1));
            assert.deepEqual([counts(state), phonesOf(0), phonesOf(1)], [{ alreadySet: 1, different: 1 }, [stored(0)], ["+1 5555550017"]]);
        });
    }

    it("takes 409 phoneNumberNotUnique for set where the number stands there", async () => {
        people.tenant.behaviour.smsSignIn = true;
        const { state } = await make({ [upn(0)]: number(0), [upn(1)]: number(0) });
        assert.deepEqual([counts(state), phonesOf(1)], [{ set: 2 }, [stored(0)]]);
    });

    it("takes a reply that was lost for done where the number stands there, and asks no POST twice", async () => {
        people.tenant.behaviour.nextStatus(/\/p0%40.*\/phoneMethods$/, 503, { method: "POST", executed: true });
        people.tenant.behaviour.nextStatus(/\/p1%40.*\/phoneMethods$/, 503, { method: "POST", times: 9 });
        const error = (await failing(make(table(0, 1)))) as Unfinished;
        assert.ok(error instanceof Unfinished);
        assert.deepEqual([counts(error.found.state), phonesOf(0)], [{ set: 1, toSet: 1 }, [stored(0)]]);
        assert.match(error.message, /^1 of 2 people: the number is not set, or not known: p1@\S+ \(503 ServiceUnavailable: .*The next run goes on where this one ended$/);
        assert.equal(people.tenant.behaviour.faults[0]?.times, 8, "one POST for the second");
        people.tenant.behaviour.reset();
        const after = await update(error.found.id, error.found.state, { ...standard, phones: table(0, 1) }, people.context);
        assert.deepEqual(counts(after.state), { set: 2 });
    });

    it("hides a number that Graph repeats in a refusal", async () => {
        people.tenant.behaviour.nextStatus(/\/p0%40.*\/phoneMethods$/, 400, { method: "POST", code: "badRequest", message: `The number ${stored(0)} is invalid.` });
        const { message } = await failing(make(table(0)));
        assert.match(message, /p0@\S+ \(400 badRequest: The number \*\*\*00 is invalid\.\)/);
    });

    it("hides a number that Graph repeats where it refuses to tell the members", async () => {
        people.tenant.behaviour.nextStatus(/\/transitiveMembers/, 400, { code: "BadRequest", message: `Unexpected ${stored(0)} in the reply.` });
        const { message } = await failing(read("id", { ...standard, fromGroup: people.group([]) }, people.context, {}));
        assert.match(message, /400 BadRequest: Unexpected \*\*\*00 in the reply\./);
    });

    it("hides a number that Graph repeats where it refuses a batch as a whole", async () => {
        people.tenant.behaviour.nextStatus(/\$batch$/, 400, { code: "BadRequest", message: `Unexpected ${stored(0)} in the payload.` });
        const { message } = await failing(read("id", { ...standard, phones: table(0) }, people.context, {}));
        assert.match(message, /400 BadRequest: Unexpected \*\*\*00 in the payload\./);
    });

    it("names the right that is missing, to read and to write", async () => {
        people.tenant.grant(DEFAULT_ROLES);
        const { message } = await failing(make(table(0)));
        assert.match(message, /Whoever Pulumi runs as lacks UserAuthenticationMethod\.ReadWrite\.All of Microsoft Graph .* a Privileged Role Administrator or Global Administrator/);
        people.tenant.grant([...DEFAULT_ROLES, ...MFA_ROLES]);
        people.tenant.behaviour.nextStatus(/phoneMethods$/, 403, { method: "POST", times: 2, code: "Authorization_RequestDenied" });
        const error = (await failing(make(table(0, 1)))) as Unfinished;
        assert.deepEqual(counts(error.found.state), { toSet: 2 });
        assert.match(error.message, /lacks UserAuthenticationMethod\.ReadWrite\.All/);
        people.tenant.behaviour.reset();
        people.tenant.behaviour.nextStatus(/p0%40.*phoneMethods$/, 403, { method: "POST", code: "Authorization_RequestDenied" });
        const one = await failing(make(table(0, 1)));
        assert.doesNotMatch(one.message, /lacks/);
        assert.match(one.message, /p0@\S+ \(403 .*Others could be changed, so the right is there: .*Privileged Authentication Administrator/);
        const { id, state } = await make(table(0));
        people.tenant.behaviour.nextStatus(/phoneMethods\/3179/, 403, { method: "DELETE", code: "Authorization_RequestDenied" });
        const removal = failing(phoneMethods.delete(id, { ...state, removeOnDestroy: true }, people.context));
        assert.match((await removal).message, /update first\. .*lacks UserAuthenticationMethod\.ReadWrite\.All/);
        people.tenant.grant(MFA_ROLES);
        assert.match((await failing(make(table(0)))).message, /lacks User\.Read\.All of Microsoft Graph/);
    });

    it("lets a stack go on that has lost the right: nothing is known, and nothing forgotten", async () => {
        const inputs = { ...standard, phones: table(0, 1) };
        const { id, state } = await create(inputs, people.context);
        people.tenant.grant(DEFAULT_ROLES);
        const { state: seen } = (await read(id, inputs, people.context, state))!;
        assert.deepEqual([counts(seen), phoneMethods.unsettled!(seen), seen["ownNumbers"]], [{ unknown: 2 }, ["unknown"], state["ownNumbers"]]);
        assert.match(people.told.at(-1)!, /^! GET .*lacks UserAuthenticationMethod\.ReadWrite\.All of Microsoft Graph .* can grant it\. Nothing is known of anybody until then$/);
        await assert.rejects(foresee!(inputs, seen, people.context), /lacks UserAuthenticationMethod/);
        await assert.rejects(phoneMethods.delete(id, { ...seen, removeOnDestroy: true }, people.context), /lacks UserAuthenticationMethod/);
        people.tenant.grant([...DEFAULT_ROLES, ...MFA_ROLES]);
        people.tenant.behaviour.nextStatus(/\/phoneMethods$/, 403, { times: 4, code: "Authorization_RequestDenied", message: `Not for ${stored(0)}.` });
        const { state: repeated } = (await read(id, inputs, people.context, state))!;
        assert.deepEqual((repeated["people"] as Properties)["unknown"], ["everybody (Not for ***00.)"]);
        await assert.rejects(foresee!(inputs, seen, people.context), /403 Authorization_RequestDenied: Not for \*\*\*00\. /);
    });

    it("says in a preview of something to set that the token lacks the right", async () => {
        people.tenant.grant([...DEFAULT_ROLES, ...MFA_ROLES]);
        const lack = "! The update needs UserAuthenticationMethod.ReadWrite.All of Microsoft Graph, which the token of whoever Pulumi runs as does not have";
        await foresee!({ ...standard, phones: table(0) }, {}, people.context);
        assert.ok(!people.told.includes(lack));
        people.tenant.grant([...DEFAULT_ROLES, "UserAuthenticationMethod.Read.All"]);
        people.newRun();
        has(1, stored(1));
        await foresee!({ ...standard, phones: table(1) }, {}, people.context);
        assert.ok(!people.told.includes(lack), "nothing is to be set");
        await foresee!({ ...standard, phones: table(0) }, {}, people.context);
        assert.equal(people.told.at(-1), lack);
    });

    it("takes an answer without the list, or without the number, for none", async () => {
        people.tenant.behaviour.nextStatus(/\/p0%40.*\/phoneMethods$/, 200);
        has(1, stored(1));
        Object.assign(people.user(1).phoneMethods![0]!, { phoneNumber: null });
        const { state } = (await read("id", { ...standard, phones: table(0, 1) }, people.context, {}))!;
        assert.deepEqual([counts(state), (state["people"] as Properties)["unknown"]], [
            { unknown: 2 },
            [`${upn(0)} (Graph's answer has no list of phone methods)`, `${upn(1)} (Graph has a mobile number and does not tell it)`],
        ]);
    });

    it("takes who could not be read for neither set nor gone, and a user who was deleted for refused", async () => {
        const inputs = { ...standard, phones: table(0, 1, 2) };
        const { id, state } = await create(inputs, people.context);
        people.tenant.behaviour.nextStatus(/\/p1%40.*\/phoneMethods$/, 403);
        people.tenant.state.users.splice(2, 1);
        const { state: seen } = (await read(id, inputs, people.context, state))!;
        assert.deepEqual([counts(seen), phoneMethods.unsettled!(seen)], [{ set: 1, unknown: 1, refused: 1 }, ["unknown"]]);
        assert.match(people.told.at(-1)!, /^! .*1 cannot be set, and the next change fails until they are taken out of phones: p2@\S+ \(no such user: unknown or deleted\); 1 unknown: p1@\S+ \(403 /);
        assert.deepEqual(seen["ownNumbers"], state["ownNumbers"], "what it set is not forgotten");
    });

    it("removes nothing when it goes, unless asked, and then what it set itself and is unchanged", async () => {
        has(1, stored(1));
        const { id, state } = await make(table(0, 1, 2, 3));
        has(2, "+1 5555550017");
        await phoneMethods.delete(id, state, people.context);
        assert.deepEqual([0, 1, 2, 3].map(at => phonesOf(at).length), [1, 1, 1, 1]);
        people.user(3)["defaultMethod"] = "mobile";
        const { message } = await failing(phoneMethods.delete(id, { ...state, removeOnDestroy: true }, people.context));
        assert.match(message, /^Numbers not removed, 1 of 3: p3@\S+ \(400 Request_BadRequest: The default method of a user cannot be deleted\.\)\. Run again/);
        assert.deepEqual([0, 1, 2, 3].map(at => phonesOf(at).length), [0, 1, 1, 1]);
        people.user(3)["defaultMethod"] = undefined;
        await phoneMethods.delete(id, { ...state, removeOnDestroy: true }, people.context);
        assert.deepEqual(phonesOf(3), []);
    });

    it("is not imported", async () => {
        await assert.rejects(read("id", undefined, people.context), /^Error: PhoneMethods cannot be imported\. Declare it/);
    });

    it("looks at 10,000 people without a change in 500 batches, says how far it is, and keeps little of each", async () => {
        people.reset(10_000);
        range(10_000).forEach(at => has(at, stored(at)));
        const inputs = { ...standard, phones: table(...range(10_000)) };
        const { state } = (await read("id", inputs, people.context, {}))!;
        assert.deepEqual([counts(state), people.batches], [{ alreadySet: 10_000 }, 500]);
        assert.equal(people.told.length, 19);
        assert.match(people.told[0]!, /^read the phone methods: 500 of 10000 people, after \d+ s$/);
        people.told.length = 0;
        assert.equal((state["people"] as { [kind: string]: string[] })["alreadySet"]!.at(-1), "and 9950 more");
        // As a run has it that declares them for the first time: who they are is told by 11 pages of the directory.
        people.tenant.resetCalls();
        await foresee!({ ...inputs, phones: { ...inputs.phones, [upn(0)]: number(77) } }, {}, people.context);
        assert.deepEqual([people.batches, people.tenant.calls.filter(({ path }) => path.startsWith("/v1.0/users?")).length], [500, 11]);
        await assert.rejects(foresee!({ ...inputs, phones: { ...inputs.phones, "gone@hybrididentity.example": number(1), [people.user(5).id]: number(1) } }, {}, people.context), (error: Error) => {
            return /^phones: gone@\S+: no such user.*\nphones: [\da-f-]{36}: named twice/.test(error.message);
        });
    });
});
