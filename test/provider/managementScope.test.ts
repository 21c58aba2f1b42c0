// Management scopes against the pretend tenant, which writes filters in its own way.
import * as assert from "node:assert/strict";
import { AuthenticationError, AuthorizationError, ServiceError } from "../../provider/clients/errors";
import { managementScope } from "../../provider/resources/managementScope";
import { unknown, type Properties } from "../../provider/values";
import { drift } from "./support/drift";
import { Exchange } from "./support/exchange";

const token = "hybrid-identity:exchange:ManagementScope";
const group = "CN=MIM mailboxes,OU=contoso.onmicrosoft.com,DC=PROD,DC=OUTLOOK,DC=COM";
const declared = { name: "MIM", recipientRestrictionFilter: `(MemberOfGroup  -eq '${group}')`, exclusive: false };

describe("management scope", function () {
    this.timeout(20_000);
    let exchange: Exchange;
    const scopes = () => exchange.tenant.state.exchange.scopes;
    const create = (inputs = declared) => managementScope.create(inputs, exchange.context);
    const see = (id: string, inputs: Properties = declared) => {
        exchange.newRun();
        return drift(token, id, inputs, exchange.context);
    };

    before(async () => (exchange = await Exchange.start()));
    beforeEach(() => {
        exchange.reset();
        exchange.tenant.state.exchange.scopes = [];
    });
    after(() => exchange.stop());

    it("is made once, and then nothing is left to do", async () => {
        const { id, state } = await create();
        const [scope] = scopes();
        assert.deepEqual([scopes().length, id, state["guid"], scope!.Name], [1, scope!.Guid, scope!.Guid, "MIM"]);
        assert.equal(state["recipientFilter"], scope!.RecipientFilter);
        assert.notEqual(scope!.RecipientFilter, declared.recipientRestrictionFilter);
        assert.deepEqual(await see(id), {});
        assert.deepEqual(await see(id, { ...declared, recipientRestrictionFilter: `( memberOfGroup  -EQ "${group}" )` }), {});
    });

    it("shows every property that somebody changed, and that it is gone", async () => {
        const inputs = { ...declared, recipientRoot: "contoso.example/Users" };
        const { id } = await create(inputs);
        const scope = scopes()[0]!;
        const tampering = [
            ["Name", "Other", "name", "UPDATE"],
            ["RecipientFilter", `((MemberOfGroup -eq '${group}') -or (Name -like '*'))`, "recipientRestrictionFilter", "UPDATE"],
            ["RecipientRoot", "contoso.example/All", "recipientRoot", "UPDATE"],
            ["RecipientRoot", "", "recipientRoot", "ADD"],
            ["Exclusive", true, "exclusive", "UPDATE_REPLACE"],
        ] as const;
        for (const [property, value, input, kind] of tampering) {
            const before = scope[property];
            Object.assign(scope, { [property]: value });
            assert.deepEqual(await see(id, inputs), { [input]: kind }, property);
            Object.assign(scope, { [property]: before });
        }
        assert.deepEqual(await see(id, inputs), {});
        exchange.tenant.state.exchange.scopes = [];
        assert.equal(await see(id, inputs), "gone");
    });

    it("updates in place what was changed, the name too", async () => {
        const { id } = await create();
        const now = { ...declared, name: "MIM 2", recipientRestrictionFilter: "Name -eq 'mim'", recipientRoot: "contoso.example/Users" };
        const { state } = await managementScope.update(id, declared, now, exchange.context);
        assert.equal(state["name"], "MIM 2");
        assert.equal(scopes()[0]!.Guid, id);
        assert.deepEqual(await see(id, now), {});
    });

    it("is imported by its Guid with what it would have to be declared with", async () => {
        const { id } = await create({ ...declared, exclusive: true });
        exchange.newRun();
        const found = await managementScope.read(id.toUpperCase(), undefined, exchange.context);
        assert.deepEqual(found?.inputs, { name: "MIM", recipientRestrictionFilter: scopes()[0]!.RecipientFilter, exclusive: true });
        assert.equal(await managementScope.read("00000000-0000-4000-8000-000000000000", undefined, exchange.context), undefined);
    });

    it("is found again after a reply was lost, and made where nothing was done", async () => {
        for (const executed of [true, false]) {
            exchange.tenant.state.exchange.scopes = [];
            exchange.tenant.behaviour.nextCmdlet("New-ManagementScope", 503, { executed });
            if (executed) assert.equal((await create()).id, scopes()[0]!.Guid);
            else {
                await assert.rejects(create(), /New-ManagementScope/);
                assert.equal((await create()).id, scopes()[0]!.Guid);
            }
            assert.equal(scopes().length, 1);
        }
    });

    it("refuses a name that another scope has, and says how to take that one over", async () => {
        const { id } = await create();
        const other = { ...declared, name: "mim", recipientRestrictionFilter: "Name -like '*'" };
        const reason = new RegExp(`^Error: name: the tenant has a management scope "MIM" already, .*import it \\(id ${id}\\)`);
        await assert.rejects(create(other), reason);
        assert.equal(scopes().length, 1);
        assert.equal((await create()).id, id);
    });

    it("deletes it, and is content where it is gone", async () => {
        const { id, state } = await create();
        exchange.tenant.behaviour.nextCmdlet("Remove-ManagementScope", 503, { executed: true });
        await managementScope.delete(id, state, exchange.context);
        assert.equal(scopes().length, 0);
        await managementScope.delete(id, state, exchange.context);
    });

    it("never takes a refusal, a foreign 404 or a broken service for absence", async () => {
        const { id } = await create();
        const faults = [
            [401, { plain: "" }, AuthenticationError],
            [403, { plain: "\0\0\0\0" }, AuthorizationError],
            [404, { plain: "<html>Not found</html>" }, ServiceError],
            [400, {}, ServiceError],
        ] as const;
        for (const [status, more, kind] of faults) {
            exchange.newRun();
            exchange.tenant.behaviour.nextCmdlet("Get-ManagementScope", status, more);
            await assert.rejects(managementScope.read(id, declared, exchange.context), kind, String(status));
            exchange.tenant.behaviour.nextCmdlet("Remove-ManagementScope", status, more);
            await assert.rejects(managementScope.delete(id, declared, exchange.context), kind, String(status));
        }
        assert.equal(scopes().length, 1);
    });

    it("200 of them are read with one call", async () => {
        const inputs = Array.from({ length: 200 }, (_, index) => ({ ...declared, name: `MIM ${index}` }));
        const ids = await Promise.all(inputs.map(async each => (await create(each)).id));
        exchange.newRun();
        exchange.tenant.resetCalls();
        const seen = await Promise.all(ids.map((id, index) => drift(token, id, inputs[index]!, exchange.context)));
        assert.deepEqual(new Set(seen.map(each => JSON.stringify(each))), new Set(["{}"]));
        assert.deepEqual(exchange.cmdlets, ["Get-ManagementScope"]);
    });

    it("names what is wrong before anything is called", () => {
        const check = (inputs: Properties) => managementScope.check(inputs).map(({ property, reason }) => `${property}: ${reason}`);
        assert.deepEqual(check(declared), []);
        assert.deepEqual(check({ name: "x".repeat(64), recipientRestrictionFilter: unknown, recipientRoot: unknown }), []);
        const [name] = check({ ...declared, name: "x".repeat(65) });
        assert.match(name!, /^name: expected a name of 1 to 64 characters, .* received "x{65}"$/);
        for (const [inputs, reason] of [
            [{ ...declared, name: " " }, /^name: .* received " "$/],
            [{ ...declared, recipientRestrictionFilter: "(A -eq 'a'" }, /^recipientRestrictionFilter: .*pair.* received "\(A -eq 'a'"$/],
            [{ ...declared, recipientRestrictionFilter: "" }, /^recipientRestrictionFilter: /],
            [{ ...declared, exclusive: "yes" }, /^exclusive: expected true or false; received "yes"$/],
            [{ ...declared, recipientRoot: "" }, /^recipientRoot: /],
        ] as const) {
            const found = check(inputs);
            assert.equal(found.length, 1);
            assert.match(found[0]!, reason);
        }
    });

    it("goes first only where the new one has its name", () => {
        assert.equal(managementScope.deleteBeforeReplace!(declared, { ...declared, name: "mim", exclusive: true }), true);
        assert.equal(managementScope.deleteBeforeReplace!(declared, { ...declared, name: "other", exclusive: true }), false);
        const name = "MIM";
        assert.deepEqual(managementScope.defaults!({ name }, "scope", new Uint8Array(), undefined), { name, exclusive: false });
    });
});
