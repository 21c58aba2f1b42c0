// Assignments of application roles against the pretend tenant.
import * as assert from "node:assert/strict";
import { AuthenticationError, AuthorizationError, NotFoundError, ServiceError } from "../../provider/clients/errors";
import { managementRoleAssignment } from "../../provider/resources/managementRoleAssignment";
import { managementScope } from "../../provider/resources/managementScope";
import { servicePrincipal } from "../../provider/resources/servicePrincipal";
import { unknown, type Properties } from "../../provider/values";
import { drift } from "./support/drift";
import { Exchange } from "./support/exchange";

const token = "hybrid-identity:exchange:ManagementRoleAssignment";
const app = "0a0a0a0a-0000-4000-8000-000000000001";
const other = "0a0a0a0a-0000-4000-8000-000000000002";
const declared = { name: "MIM-1234567", role: "Application EWS.AccessAsApp", app, customResourceScope: "MIM" };
const seed = new Uint8Array([1, 2, 3, 4]);

describe("management role assignment", function () {
    this.timeout(20_000);
    let exchange: Exchange;
    const assignments = () => exchange.tenant.state.exchange.assignments;
    const create = (inputs: Properties = declared) => managementRoleAssignment.create(inputs, exchange.context);
    const see = (id: string, inputs: Properties = declared) => {
        exchange.newRun();
        return drift(token, id, inputs, exchange.context);
    };
    const defaults = (inputs: Properties, olds?: Properties) => managementRoleAssignment.defaults!(inputs, "mim-ews", seed, olds)["name"];

    before(async () => {
        exchange = await Exchange.start();
        exchange.newRun();
        for (const [appId, objectId] of [[app.replace("0001", "1001"), app], [other.replace("0002", "1002"), other]] as const) {
            await servicePrincipal.create({ appId, objectId, displayName: `MIM ${objectId.at(-1)}` }, exchange.context);
        }
        for (const name of ["MIM", "Everyone"]) {
            await managementScope.create({ name, recipientRestrictionFilter: `Name -like '${name}*'`, exclusive: false }, exchange.context);
        }
    });
    beforeEach(() => {
        exchange.reset();
        exchange.tenant.state.exchange.assignments = [];
    });
    after(() => exchange.stop());

    it("is made once, and then nothing is left to do", async () => {
        const { id, state } = await create();
        const [made] = assignments();
        assert.deepEqual([assignments().length, id, made!.Name, made!.App], [1, made!.Guid, "MIM-1234567", app]);
        assert.equal(Number.isNaN(Date.parse(String(state["createdAt"]))), false);
        assert.deepEqual(await see(id), {});
        const otherwise = { app: app.toUpperCase(), role: "application ews.accessasapp", customResourceScope: "mim" };
        assert.deepEqual(await see(id, { ...declared, ...otherwise }), {});
    });

    it("may be scoped by a group, by any of its identifiers, or by an administrative unit", async () => {
        const group = exchange.tenant.state.exchange.recipients.find(({ Alias }) => Alias === "mim-mailboxes")!;
        const { customResourceScope: _, ...unscoped } = declared;
        const ids = [group.PrimarySmtpAddress, group.Guid.toUpperCase(), group.ExternalDirectoryObjectId, group.DistinguishedName];
        for (const recipientGroupScope of ids) {
            exchange.tenant.state.exchange.assignments = [];
            const inputs = { ...unscoped, recipientGroupScope };
            const { id } = await create(inputs);
            assert.deepEqual(await see(id, inputs), {}, recipientGroupScope);
            assert.deepEqual(await see(id), { customResourceScope: "ADD_REPLACE" });
            const elsewhere = { ...unscoped, recipientGroupScope: "all-staff@contoso.example" };
            assert.deepEqual(await see(id, elsewhere), { recipientGroupScope: "UPDATE_REPLACE" });
        }
        exchange.tenant.state.exchange.assignments = [];
        const inputs = { ...unscoped, recipientAdministrativeUnitScope: "0a0a0a0a-0000-4000-8000-0000000000aa" };
        const { id } = await create(inputs);
        assert.deepEqual(await see(id, inputs), {});
    });

    it("shows every property that somebody changed, each as a replacement, and that it is gone", async () => {
        const { id } = await create();
        const { scopes } = exchange.tenant.state.exchange;
        const [everyone, ours] = ["Everyone", "MIM"].map(name => scopes.find(({ Name }) => Name === name)!.Guid);
        const tampering = [
            ["Name", "Other", "name", "UPDATE_REPLACE"],
            ["Role", "Application Mail.Send", "role", "UPDATE_REPLACE"],
            ["App", other, "app", "UPDATE_REPLACE"],
            ["scope", { kind: "scope", id: everyone }, "customResourceScope", "UPDATE_REPLACE"],
            ["scope", undefined, "customResourceScope", "ADD_REPLACE"],
        ] as const;
        const assignment = assignments()[0]!;
        assert.equal(assignment.scope!.id, ours);
        for (const [property, value, input, kind] of tampering) {
            const before = assignment[property];
            Object.assign(assignment, { [property]: value });
            assert.deepEqual(await see(id), { [input]: kind }, property);
            Object.assign(assignment, { [property]: before });
        }
        assert.deepEqual(await see(id), {});
        exchange.tenant.state.exchange.assignments = [];
        assert.equal(await see(id), "gone");
    });

    it("knows the application where the service calls it by the name of its pointer", async () => {
        const { id } = await create();
        exchange.newRun();
        const client = await exchange.context.exchange();
        const nameOnly = { App: null, RoleAssignee: "MIM 1", RoleAssigneeName: "MIM 1" };
        const all = async (...given: Parameters<typeof client.all>) =>
            (await client.all<object>(...given)).map(each => ("Role" in each ? { ...each, ...nameOnly } : each));
        const named = Object.assign(Object.create(client) as typeof client, { all });
        const context = { ...exchange.context, exchange: async () => named };
        assert.deepEqual(await drift(token, id, declared, context), {});
        assert.deepEqual(await drift(token, id, { ...declared, app: other }, context), { app: "UPDATE_REPLACE" });
        assert.equal((await managementRoleAssignment.read(id, undefined, context))?.inputs["app"], app);
    });

    it("is imported by its Guid with what it would have to be declared with", async () => {
        const { id } = await create();
        exchange.newRun();
        assert.deepEqual((await managementRoleAssignment.read(id.toUpperCase(), undefined, exchange.context))?.inputs, declared);
    });

    it("is found again after a reply was lost", async () => {
        exchange.tenant.behaviour.nextCmdlet("New-ManagementRoleAssignment", 503, { executed: true });
        assert.equal((await create()).id, assignments()[0]!.Guid);
        assert.equal((await create()).id, assignments()[0]!.Guid);
        assert.equal(assignments().length, 1);
    });

    it("refuses a name that another assignment has, and says how to take that one over", async () => {
        const { id } = await create();
        for (const more of [{ role: "Application Mail.Send" }, { app: other }, { customResourceScope: "Everyone" }]) {
            const reason = new RegExp(`^Error: name: the tenant has .* "MIM-1234567" already, .*import it \\(id ${id}\\)`);
            await assert.rejects(create({ ...declared, ...more }), reason);
        }
        assert.equal(assignments().length, 1);
    });

    it("waits for a pointer that is new, but for no role or scope that is not there", async () => {
        const message = `The operation couldn't be performed because object '${app}' couldn't be found on 'DC1'.`;
        const exception = "Microsoft.Exchange.Configuration.Tasks.ManagementObjectNotFoundException";
        exchange.tenant.behaviour.nextCmdlet("New-ManagementRoleAssignment", 404, { times: 3, message, exception });
        await create();
        assert.deepEqual(exchange.waits, [15_000, 15_000, 15_000]);
        exchange.newRun();
        await assert.rejects(create({ ...declared, name: "a", role: "Application None" }), NotFoundError);
        await assert.rejects(create({ ...declared, name: "a", customResourceScope: "None" }), NotFoundError);
        assert.deepEqual(exchange.waits, []);
    });

    it("says what to do while the organisation is not ready for roles", async () => {
        exchange.tenant.state.exchange.organization.IsDehydrated = true;
        await assert.rejects(create(), /Enable-OrganizationCustomization/);
        exchange.tenant.state.exchange.organization.IsDehydrated = false;
        exchange.tenant.behaviour.delegatingRoleMissing = true;
        await assert.rejects(create(), /40 to 60 minutes/);
        assert.equal(assignments().length, 0);
    });

    it("deletes it, and is content where it is gone", async () => {
        const { id, state } = await create();
        await managementRoleAssignment.delete(id, state, exchange.context);
        assert.equal(assignments().length, 0);
        await managementRoleAssignment.delete(id, state, exchange.context);
    });

    it("never takes a refusal, a foreign 404 or a broken service for absence", async () => {
        const { id } = await create();
        const faults = [
            [401, { plain: "" }, AuthenticationError],
            [403, { plain: "\0\0" }, AuthorizationError],
            [404, { plain: "no" }, ServiceError],
            [400, {}, ServiceError],
        ] as const;
        for (const [status, more, kind] of faults) {
            exchange.newRun();
            exchange.tenant.behaviour.nextCmdlet("Get-ManagementRoleAssignment", status, more);
            await assert.rejects(managementRoleAssignment.read(id, declared, exchange.context), kind, String(status));
            exchange.tenant.behaviour.nextCmdlet("Remove-ManagementRoleAssignment", status, more);
            await assert.rejects(managementRoleAssignment.delete(id, declared, exchange.context), kind, String(status));
        }
        assert.equal(assignments().length, 1);
    });

    it("200 of them are read with one call", async () => {
        const inputs = Array.from({ length: 200 }, (_, index) => ({ ...declared, name: `MIM ${index}` }));
        const ids: string[] = [];
        for (const each of inputs) ids.push((await create(each)).id);
        exchange.newRun();
        exchange.tenant.resetCalls();
        const seen = await Promise.all(ids.map((id, index) => drift(token, id, inputs[index]!, exchange.context)));
        assert.deepEqual(new Set(seen.map(each => JSON.stringify(each))), new Set(["{}"]));
        assert.deepEqual(exchange.cmdlets, ["Get-ManagementRoleAssignment"]);
    });

    it("gets a name of its own, the same for the same meaning, where it has none", () => {
        const { name: _, ...nameless } = declared;
        const made = defaults(nameless);
        assert.match(String(made), /^mim-ews-[\da-f]{7}$/);
        assert.equal(defaults(nameless), made);
        assert.equal(defaults({ ...nameless, app: app.toUpperCase() }), made);
        assert.notEqual(defaults({ ...nameless, app: other }), made);
        assert.equal(defaults(nameless, { ...nameless, name: "as imported" }), "as imported");
        assert.equal(defaults({ ...nameless, app: other }, { ...nameless, name: "as imported" }), defaults({ ...nameless, app: other }));
        assert.equal(defaults({ ...nameless, app: unknown }), unknown);
        assert.equal(defaults({ ...nameless, app: unknown }, { ...nameless, name: "as before" }), "as before");
        assert.equal(defaults(declared), "MIM-1234567");
        const long = managementRoleAssignment.defaults!(nameless, "x".repeat(100), seed, undefined)["name"];
        assert.equal(String(long).length, 64);
    });

    it("goes first only where the new one has its name", () => {
        assert.equal(managementRoleAssignment.deleteBeforeReplace!(declared, { ...declared, role: "x", name: "mim-1234567" }), true);
        assert.equal(managementRoleAssignment.deleteBeforeReplace!(declared, { ...declared, name: "MIM-7654321" }), false);
    });

    it("names what is wrong before anything is called", () => {
        const check = (inputs: Properties) =>
            managementRoleAssignment.check(inputs).map(({ property, reason }) => `${property}: ${reason}`);
        assert.deepEqual(check(declared), []);
        assert.deepEqual(check({ ...declared, name: unknown, app: unknown, customResourceScope: unknown }), []);
        const { customResourceScope: _, ...unscoped } = declared;
        for (const [inputs, reason] of [
            [{ ...declared, name: "x".repeat(65) }, /^name: expected a name of 1 to 64 characters/],
            [{ ...declared, app: "mim" }, /^app: .*object id of the enterprise application.*received "mim"$/],
            [{ ...declared, role: "" }, /^role: /],
            [unscoped, /^customResourceScope: expected exactly one of .*received none$/],
            [{ ...declared, recipientGroupScope: "x" }, /^recipientGroupScope: .*received customResourceScope and recipientGroupScope$/],
        ] as const) {
            const found = check(inputs);
            assert.equal(found.length, 1);
            assert.match(found[0]!, reason);
        }
    });
});
