// Exchange Online's service principals against the pretend tenant.
import * as assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { servicePrincipal } from "../../provider/resources/servicePrincipal";
import type { Properties } from "../../provider/values";
import { Exchange } from "./support/exchange";

const appId = "0a1b2c3d-1111-4222-8333-444455556666";
const objectId = "AAAABBBB-1111-4222-8333-444455556666";

describe("provider: exchange ServicePrincipal", () => {
    let exchange: Exchange;
    const inputs = (more: Properties = {}): Properties => ({ appId, objectId, displayName: "MIM mail", ...more });
    const create = (more: Properties = {}) => servicePrincipal.create(inputs(more), exchange.context);
    const stored = () => exchange.tenant.state.exchange.servicePrincipals;

    before(async () => {
        exchange = await Exchange.start();
    });
    beforeEach(() => {
        stored().length = 0;
        exchange.reset();
    });
    after(async () => {
        const { unknownCalls } = exchange.tenant;
        await exchange.stop();
        assert.deepEqual(unknownCalls, []);
    });

    it("checks its inputs", () => {
        const check = (given: Properties) => servicePrincipal.check(given).map(({ property }) => property);
        assert.deepEqual(check(inputs()), []);
        assert.deepEqual(check({ appId, objectId }), []);
        assert.deepEqual(check({ appId: "MIM", objectId: 7, displayName: "" }), ["appId", "objectId", "displayName"]);
        assert.deepEqual(check({}), ["appId", "objectId"]);
    });

    it("is made, read, renamed and removed", async () => {
        const made = await create();
        const declared = inputs();
        assert.deepEqual(made, { id: objectId.toLowerCase(), inputs: declared, state: { ...declared, identity: objectId } });
        exchange.newRun();
        assert.deepEqual(await servicePrincipal.read(made.id, undefined, exchange.context), made);
        const renamed = await servicePrincipal.update(made.id, made.state, inputs({ displayName: "MIM" }), exchange.context);
        assert.equal(renamed.inputs["displayName"], "MIM");
        assert.deepEqual(stored().map(({ DisplayName }) => DisplayName), ["MIM"]);
        await servicePrincipal.delete(made.id, made.state, exchange.context);
        await servicePrincipal.delete(made.id, made.state, exchange.context);
        assert.deepEqual(stored(), []);
        exchange.newRun();
        assert.equal(await servicePrincipal.read(made.id, made.inputs, exchange.context), undefined);
    });

    it("takes over the same one, and finds again what a lost reply made", async () => {
        const first = await create();
        exchange.newRun();
        assert.equal((await create({ displayName: "MIM" })).id, first.id);
        assert.deepEqual(stored().map(({ DisplayName }) => DisplayName), ["MIM"]);
        stored().length = 0;
        exchange.newRun();
        exchange.tenant.behaviour.nextCmdlet("New-ServicePrincipal", 503, { executed: true });
        await create();
        assert.equal(stored().length, 1);
    });

    it("waits for an enterprise application that is too new", async () => {
        const exception = "Microsoft.Exchange.Configuration.Tasks.ManagementObjectNotFoundException";
        exchange.tenant.behaviour.nextCmdlet("New-ServicePrincipal", 404, { exception, message: "couldn't be found on 'DC'" });
        await create();
        assert.deepEqual(exchange.waits, [15_000]);
    });

    it("names the usual mistake, and changes nothing", async () => {
        await create();
        await assert.rejects(
            create({ objectId: randomUUID() }),
            /^Error: objectId: .*object id AAAABBBB-.* not of the app registration, .*Remove-ServicePrincipal/,
        );
        await assert.rejects(create({ appId: randomUUID() }), /^Error: objectId: /);
        assert.equal(stored().length, 1);
        assert.equal(servicePrincipal.deleteBeforeReplace!(inputs(), inputs({ objectId: randomUUID() })), true);
        assert.equal(servicePrincipal.deleteBeforeReplace!(inputs(), inputs({ objectId: randomUUID(), appId: randomUUID() })), false);
    });

    it("a refusal is no absence", async () => {
        const made = await create();
        exchange.newRun();
        exchange.tenant.behaviour.nextCmdlet("Get-ServicePrincipal", 403, {});
        await assert.rejects(servicePrincipal.read(made.id, made.inputs, exchange.context), /Get-ServicePrincipal: 403/);
        exchange.tenant.behaviour.nextCmdlet("Remove-ServicePrincipal", 403, {});
        await assert.rejects(servicePrincipal.delete(made.id, made.state, exchange.context), /Remove-ServicePrincipal: 403/);
    });

    it("refuses to rename what is gone", async () => {
        await assert.rejects(servicePrincipal.update(objectId, inputs(), inputs(), exchange.context), /any more; refresh the stack/);
    });
});
