// One id in the list that the whole organisation shares, against the pretend tenant: nobody's entry is ever lost, and the list is never
// empty while EWS is on.
import * as assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { AuthenticationError, AuthorizationError, ServiceError } from "../../provider/clients/errors";
import { ewsAllowedApplication } from "../../provider/resources/ewsAllowedApplication";
import { appIdsOf } from "../../provider/resources/ewsList";
import { Unfinished, type Context } from "../../provider/resources/resource";
import { unknown, type Properties } from "../../provider/values";
import { drift } from "./support/drift";
import { Exchange } from "./support/exchange";

const token = "hybrid-identity:exchange:EwsAllowedApplication";
const mim = "11111111-aaaa-4bbb-8ccc-000000000001";
const crm = "22222222-AAAA-4BBB-8CCC-000000000002";
const declared = { appId: mim, enableEws: false };

describe("EWS allowed application", function () {
    this.timeout(60_000);
    let exchange: Exchange;
    const organization = () => exchange.tenant.state.exchange.organization;
    const holds = (EwsAllowedAppIDs: string | null, EwsEnabled: boolean | null) =>
        Object.assign(organization(), { EwsAllowedAppIDs, EwsEnabled });
    const create = (inputs: Properties = declared) => ewsAllowedApplication.create(inputs, exchange.context);
    const remove = (appId: string, context = exchange.context) => ewsAllowedApplication.delete(appId.toLowerCase(), { appId }, context);
    const see = (inputs: Properties = declared) => {
        exchange.newRun();
        return drift(token, mim, inputs, exchange.context);
    };
    // A process of its own whose cmdlets arrive late, in any order with those of others. What takes 5 s takes 160 ms.
    const slow = async (): Promise<Context> => {
        exchange.newRun();
        const client = await exchange.context.exchange();
        const run = async (...given: Parameters<typeof client.run>) => sleep(Math.random() * 40).then(() => client.run(...given));
        const late = Object.assign(Object.create(client) as typeof client, { run });
        return { ...exchange.context, exchange: async () => late, wait: milliseconds => sleep((milliseconds * 160) / 5_000) };
    };
    const ids = () => appIdsOf(organization().EwsAllowedAppIDs ?? "").sort();
    const writes = () => exchange.cmdlets.filter(name => name.startsWith("Set-"));

    before(async () => (exchange = await Exchange.start()));
    beforeEach(() => {
        exchange.reset();
        exchange.tenant.onChange = undefined;
        holds(null, null);
    });
    after(() => exchange.stop());

    it("adds the id at the end and leaves every byte of the others, also of what is no id", async () => {
        const before = ` ${crm} ,Contoso CRM,{bad},`;
        holds(before, true);
        const { id, state } = await create();
        assert.equal(organization().EwsAllowedAppIDs, `${before},${mim}`);
        assert.deepEqual([id, state], [mim, { ...declared, ewsEnabled: "true", malformedEntries: ["Contoso CRM", "{bad}"] }]);
        assert.deepEqual(await see(), {});
        await remove(mim);
        assert.equal(organization().EwsAllowedAppIDs, before);
    });

    it("reads the list as the service wraps it, and writes nothing where the id is there in another case", async () => {
        holds(mim.toUpperCase(), null);
        exchange.tenant.behaviour.allowListInArray = true;
        assert.deepEqual((await create()).state, { ...declared, ewsEnabled: "unset", malformedEntries: [] });
        assert.deepEqual(writes(), []);
        assert.deepEqual(exchange.waits, []);
    });

    it("switches EWS on only where asked, after the list holds the id", async () => {
        const seen: unknown[] = [];
        const look = () => seen.push([organization().EwsAllowedAppIDs, organization().EwsEnabled]);
        exchange.tenant.behaviour.onCmdlet("Set-OrganizationConfig", look, "after");
        exchange.tenant.behaviour.onCmdlet("Set-OrganizationConfig", look, "after");
        const { state } = await create({ appId: mim, enableEws: true });
        assert.deepEqual(seen, [[mim, null], [mim, true]]);
        assert.deepEqual(state, { appId: mim, enableEws: true, ewsEnabled: "true", malformedEntries: [] });
    });

    it("keeps the id in state although EWS could not be switched on", async () => {
        exchange.tenant.behaviour.onCmdlet(
            "Set-OrganizationConfig",
            () => exchange.tenant.behaviour.nextCmdlet("Set-OrganizationConfig", 403, { plain: "\0\0" }),
            "after",
        );
        const on = { appId: mim, enableEws: true };
        const error: unknown = await create(on).then(() => assert.fail("no error"), (thrown: unknown) => thrown);
        assert.ok(error instanceof Unfinished, String(error));
        assert.deepEqual([error.found.id, error.found.state["ewsEnabled"]], [mim, "unset"]);
        assert.deepEqual(await see(on), { enableEws: "UPDATE" });
    });

    it("gives up a write that has to wait, and merges with what the list is after that", async () => {
        holds(crm, true);
        const client = await exchange.context.exchange();
        let waiting = true;
        const run = (...[cmdlet, parameters, call]: Parameters<typeof client.run>) => {
            if (!cmdlet.startsWith("Set-") || !waiting) return client.run(cmdlet, parameters, call);
            waiting = false;
            holds(`${crm},Payroll`, true);
            return new Promise<never>((_, reject) => call.signal!.addEventListener("abort", () => reject(new Error("cancelled"))));
        };
        const busy = Object.assign(Object.create(client) as typeof client, { run });
        await ewsAllowedApplication.create(declared, { ...exchange.context, exchange: async () => busy });
        assert.equal(organization().EwsAllowedAppIDs, `${crm},Payroll,${mim}`);
    });

    it("shows that somebody removed the id, and that somebody switched EWS off where it was to be on", async () => {
        const on = { appId: mim, enableEws: true };
        await create(on);
        for (const enabled of [false, null]) {
            holds(mim, enabled);
            assert.deepEqual(await see(on), { enableEws: "UPDATE" });
            assert.deepEqual(await see(), {});
        }
        await ewsAllowedApplication.update(mim, on, on, exchange.context);
        assert.equal(organization().EwsEnabled, true);
        assert.deepEqual(await see(on), {});
        holds(crm, true);
        assert.equal(await see(on), "gone");
    });

    it("is imported by the application's id", async () => {
        holds(`${crm},${mim}`, true);
        exchange.newRun();
        const found = await ewsAllowedApplication.read(mim.toUpperCase(), undefined, exchange.context);
        assert.equal(found?.id, mim);
        assert.deepEqual(found?.inputs, { appId: mim.toUpperCase(), enableEws: false });
        assert.equal(await ewsAllowedApplication.read("33333333-aaaa-4bbb-8ccc-000000000003", undefined, exchange.context), undefined);
    });

    it("refuses to remove the last id while EWS is on, and says what to do instead", async () => {
        for (const list of [mim, `${mim},Contoso CRM`, `,${mim.toUpperCase()},`]) {
            holds(list, true);
            await assert.rejects(remove(mim), /last application id.*EwsEnabled is \$true.*blocks EWS for everyone/);
            await assert.rejects(remove(mim), /Allow another application first.*set EwsEnabled to \$false yourself.*retainOnDelete/);
            assert.equal(organization().EwsAllowedAppIDs, list);
        }
        assert.deepEqual(writes(), []);
    });

    it("removes the last id where EWS is off or unset, and leaves the switch alone", async () => {
        for (const enabled of [false, null]) {
            holds(mim, enabled);
            await remove(mim);
            assert.deepEqual([organization().EwsAllowedAppIDs, organization().EwsEnabled], [null, enabled]);
            await remove(mim);
        }
        assert.equal(writes().length, 2);
    });

    it("puts the last id back where somebody switches EWS on at that moment", async () => {
        holds(mim, null);
        exchange.tenant.behaviour.onCmdlet("Set-OrganizationConfig", () => (organization().EwsEnabled = true));
        await assert.rejects(remove(mim), /last application id/);
        assert.deepEqual([organization().EwsAllowedAppIDs, organization().EwsEnabled], [mim, true]);
    });

    it("merges again where somebody else writes in between, before or after", async () => {
        for (const when of ["before", "after"] as const) {
            holds(crm, true);
            exchange.tenant.behaviour.onCmdlet("Set-OrganizationConfig", () => holds(`${crm},Payroll`, true), when);
            await create();
            assert.ok(appIdsOf(organization().EwsAllowedAppIDs!).includes(mim), when);
            assert.equal(organization().EwsAllowedAppIDs!.startsWith(crm), true);
        }
        assert.equal(organization().EwsAllowedAppIDs, `${crm},Payroll,${mim}`);
    });

    it("gives up with a reason where somebody else keeps writing", async () => {
        holds(crm, true);
        const { behaviour } = exchange.tenant;
        for (let times = 0; times < 20; times++) behaviour.onCmdlet("Set-OrganizationConfig", () => holds(crm, true), "after");
        await assert.rejects(create(), /EwsAllowedAppIDs: could not allow 1111.*somebody else keeps writing it/);
        assert.equal(organization().EwsAllowedAppIDs, crm);
        assert.ok(exchange.waits.every(wait => wait >= 5_000 && wait <= 7_000));
    });

    it("sees what a lost reply has done", async () => {
        for (const executed of [true, false]) {
            holds(crm, true);
            exchange.tenant.behaviour.nextCmdlet("Set-OrganizationConfig", 503, { executed });
            await create();
            assert.equal(organization().EwsAllowedAppIDs, `${crm},${mim}`);
            exchange.tenant.behaviour.nextCmdlet("Set-OrganizationConfig", 503, { executed });
            await remove(mim);
            assert.equal(organization().EwsAllowedAppIDs, crm);
        }
    });

    it("never takes a refusal, a foreign 404 or a broken service for an empty list", async () => {
        holds(`${crm},${mim}`, true);
        const faults = [
            [401, { plain: "" }, AuthenticationError],
            [403, { plain: "\0\0" }, AuthorizationError],
            [404, { plain: "no" }, ServiceError],
            [400, {}, ServiceError],
        ] as const;
        const works = [
            () => create({ ...declared, appId: crm.replace("2", "3") }),
            () => remove(mim),
            () => ewsAllowedApplication.read(mim, declared, exchange.context),
        ];
        for (const [status, more, kind] of faults) {
            for (const work of works) {
                exchange.newRun();
                exchange.tenant.behaviour.nextCmdlet("Get-OrganizationConfig", status, more);
                await assert.rejects(work(), kind, String(status));
            }
        }
        exchange.tenant.behaviour.nextCmdlet("Get-OrganizationConfig", 200, { plain: '{"value":[]}' });
        await assert.rejects(remove(mim), /no organisation/);
        assert.deepEqual(writes(), []);
    });

    it("two writers at once: no id is lost, none that was removed stays, and the list is never empty", async () => {
        const empty: string[] = [];
        exchange.tenant.onChange = () => {
            const list = organization().EwsAllowedAppIDs ?? "";
            if (appIdsOf(list).length === 0) empty.push(list);
        };
        const writers = [await slow(), await slow()] as const;
        const kept = `${crm},Contoso CRM`;
        for (let round = 0; round < 8; round++) {
            holds(kept, true);
            const id = (first: number) => `${first}0000000-0000-4000-8000-00000000000${round}`;
            const [one, two, three] = [id(1), id(2), id(3)] as const;
            const allow = (context: Context, appId: string) => ewsAllowedApplication.create({ appId, enableEws: false }, context);
            await Promise.all([allow(writers[0], one), allow(writers[1], two)]);
            assert.deepEqual(ids(), [one, two, crm.toLowerCase()], `round ${round}`);
            await Promise.all([remove(one, writers[0]), allow(writers[1], three)]);
            assert.deepEqual(ids(), [two, crm.toLowerCase(), three], `round ${round}`);
            await Promise.all([remove(two, writers[0]), remove(three, writers[1])]);
            assert.equal(organization().EwsAllowedAppIDs, kept);
        }
        assert.deepEqual(empty, []);
    });

    it("two that remove the last two ids at once leave one of them, and one is refused", async () => {
        const writers = [await slow(), await slow()] as const;
        for (let round = 0; round < 5; round++) {
            holds(`${crm},${mim}`, true);
            const done = await Promise.allSettled([remove(crm, writers[0]), remove(mim, writers[1])]);
            assert.deepEqual(done.map(({ status }) => status).sort(), ["fulfilled", "rejected"]);
            assert.equal(ids().length, 1);
        }
    });

    it("several in one run take turns and share what they read", async () => {
        holds(crm, true);
        const five = Array.from({ length: 5 }, (_, index) => `44444444-0000-4000-8000-00000000000${index}`);
        await Promise.all(five.map(appId => create({ appId, enableEws: false })));
        assert.deepEqual(ids(), [crm.toLowerCase(), ...five]);
        assert.equal(writes().length, 5);
        exchange.newRun();
        exchange.tenant.resetCalls();
        await Promise.all(five.map(id => drift(token, id, { appId: id, enableEws: false }, exchange.context)));
        assert.deepEqual(exchange.cmdlets, ["Get-OrganizationConfig"]);
    });

    it("names what is wrong before anything is called", () => {
        assert.deepEqual(ewsAllowedApplication.check({ appId: unknown, enableEws: unknown }), []);
        assert.deepEqual(ewsAllowedApplication.check({ appId: "mim", enableEws: "yes" }), [
            { property: "appId", reason: 'expected the application\'s client id, a GUID; received "mim"' },
            { property: "enableEws", reason: 'expected true or false; received "yes"' },
        ]);
        assert.deepEqual(ewsAllowedApplication.defaults!({ appId: mim }, "ews", new Uint8Array(), undefined), declared);
        assert.equal(ewsAllowedApplication.deleteBeforeReplace!(declared, { appId: mim.toUpperCase() }), true);
        assert.equal(ewsAllowedApplication.deleteBeforeReplace!(declared, { appId: crm }), false);
    });
});
