// Application access policies against the pretend tenant: what is made, found again, told and removed, and what is refused before a write.
import * as assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { accessPolicy } from "../../provider/resources/accessPolicy";
import type { Properties } from "../../provider/values";
import { Exchange } from "./support/exchange";

const appId = "0A1B2C3D-1111-4222-8333-444455556666";
const group = "mim-mailboxes@contoso.example";

describe("provider: ApplicationAccessPolicy", () => {
    let exchange: Exchange;
    const inputs = (more: Properties = {}): Properties => ({ appId, accessRight: "RestrictAccess", policyScopeGroupId: group, ...more });
    const create = (more: Properties = {}) => accessPolicy.create(inputs(more), exchange.context);
    const stored = () => exchange.tenant.state.exchange.policies;
    const recipient = (address: string) =>
        exchange.tenant.state.exchange.recipients.find(({ PrimarySmtpAddress }) => PrimarySmtpAddress === address)!;

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

    const check = (given: Properties) => {
        const inputs = accessPolicy.defaults!(given, "one", new Uint8Array(), undefined);
        return accessPolicy.check(inputs).map(({ property }) => property);
    };

    it("checks its inputs before anything is called, and takes what is not known yet", () => {
        assert.deepEqual(check(inputs()), []);
        assert.deepEqual(check({ appId, policyScopeGroupId: group }), []);
        assert.deepEqual(check(inputs({ policyScopeGroupId: appId, description: "" })), []);
        const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
        assert.deepEqual(check({ appId: unknown, accessRight: unknown, policyScopeGroupId: unknown, description: unknown }), []);
        assert.deepEqual(
            check({ appId: "*", accessRight: "Restrict", policyScopeGroupId: "MIM mailboxes" }),
            ["appId", "accessRight", "policyScopeGroupId"],
        );
        assert.deepEqual(check({}), ["appId", "policyScopeGroupId"]);
        assert.deepEqual(exchange.cmdlets, []);
    });

    it("is made for the group's id in Entra ID, after a look for one that is there", async () => {
        const made = await create({ description: "MIM only" });
        const { ExternalDirectoryObjectId: oid, sid } = recipient(group);
        const identity = `${exchange.tenant.state.exchange.organization.Guid}\\${appId}:${sid};${oid}`;
        const declared = inputs({ description: "MIM only" });
        assert.deepEqual(made, {
            id: identity,
            inputs: declared,
            state: { ...declared, identity, scopeName: "MIM mailboxes", scopeIdentity: recipient(group).Name },
        });
        assert.deepEqual(exchange.cmdlets, ["Get-Recipient", "Get-ApplicationAccessPolicy", "New-ApplicationAccessPolicy"]);
        assert.deepEqual(
            exchange.tenant.calls.at(-1)?.parameters,
            { AppId: [appId], AccessRight: "RestrictAccess", PolicyScopeGroupId: oid, Description: "MIM only" },
        );
    });

    const others = { office: "SharedMailbox", "all-staff": "MailUniversalDistributionGroup", projects: "GroupMailbox" };
    for (const [address, kind] of Object.entries(others)) {
        it(`refuses a ${kind} by its name and kind, before a write`, async () => {
            await assert.rejects(create({ policyScopeGroupId: `${address}@contoso.example` }), ({ message }: Error) => {
                assert.match(
                    message,
                    new RegExp(`^policyScopeGroupId: ".*" \\(${address}@contoso\\.example\\) is a ${kind}, which is no security principal`),
                );
                return true;
            });
            assert.deepEqual(exchange.cmdlets, ["Get-Recipient"]);
        });
    }

    it("waits for a group that is too new, and names one that does not come", async () => {
        await assert.rejects(
            create({ policyScopeGroupId: "nobody@contoso.example" }),
            /policyScopeGroupId: there is no recipient "nobody@contoso\.example"\. Name a mail-enabled/,
        );
        assert.deepEqual(exchange.waits, Array<number>(7).fill(15_000));
        assert.equal(exchange.told.length, 1);
        assert.match(exchange.told[0]!, /^policyScopeGroupId: there is no recipient ".+"\. It may be too new .*every 15 seconds, for 105 seconds at most$/);
        exchange.reset();
        const missing = {
            exception: "Microsoft.Exchange.Configuration.Tasks.ManagementObjectNotFoundException",
            message: "couldn't be found on 'DC'",
        };
        exchange.tenant.behaviour.nextCmdlet("Get-Recipient", 404, { ...missing, times: 2 });
        exchange.tenant.behaviour.nextCmdlet("New-ApplicationAccessPolicy", 400, missing);
        exchange.tenant.behaviour.nextCmdlet("New-ApplicationAccessPolicy", 500, missing);
        await create();
        assert.deepEqual(exchange.waits, Array<number>(4).fill(15_000));
        assert.equal(stored().length, 1);
    });

    it("takes over an identical policy, and gives it the description", async () => {
        const first = await create();
        exchange.newRun();
        const again = await create({ appId: appId.toLowerCase(), policyScopeGroupId: recipient(group).Guid, description: "ours" });
        assert.equal(again.id, first.id);
        assert.deepEqual(stored().map(({ Description }) => Description), ["ours"]);
    });

    it("takes over nothing that is different", async () => {
        await create();
        await create({ appId: randomUUID() });
        await create({ policyScopeGroupId: "ceo@contoso.example" });
        assert.equal(stored().length, 3);
        await assert.rejects(
            create({ accessRight: "DenyAccess" }),
            /accessRight: .* has a policy with RestrictAccess for "MIM mailboxes" already .* Import that policy/,
        );
        assert.equal(stored().length, 3);
    });

    it("finds again what was made although the reply was lost, also when it is seen late", async () => {
        exchange.tenant.behaviour.replicationDelay = { reads: 2, of: ["accessPolicies"] };
        exchange.tenant.behaviour.nextCmdlet("New-ApplicationAccessPolicy", 503, { executed: true });
        const made = await create();
        assert.equal(made.id, stored()[0]?.Identity);
        assert.equal(stored().length, 1);
        assert.equal(exchange.cmdlets.filter(name => name.startsWith("New-")).length, 1);
    });

    it("keeps a policy whose description could not be set", async () => {
        const { id } = await create({ description: "before" });
        exchange.tenant.behaviour.nextCmdlet("Set-ApplicationAccessPolicy", 403, {});
        await assert.rejects(create({ description: "after" }), (error: { found?: { id: string; inputs: Properties } }) => {
            assert.equal(error.found?.id, id);
            assert.equal(error.found.inputs["description"], "before");
            return true;
        });
    });

    it("is read from one list for all, by its identity and right, with the group as the program names it", async () => {
        const made = await create({ description: "d" });
        const other = await create({ appId: randomUUID() });
        exchange.reset();
        const [one, two, gone] = await Promise.all([
            accessPolicy.read(made.id.toUpperCase(), made.inputs, exchange.context),
            accessPolicy.read(other.id, undefined, exchange.context),
            accessPolicy.read(`${made.id}0`, made.inputs, exchange.context),
        ]);
        assert.deepEqual(one, made);
        // An import knows the group by the GUID in the identity.
        assert.equal(two?.inputs["policyScopeGroupId"], recipient(group).ExternalDirectoryObjectId);
        assert.equal(gone, undefined);
        assert.deepEqual(exchange.cmdlets, ["Get-ApplicationAccessPolicy"]);
        assert.deepEqual(exchange.tenant.calls.at(-1)?.parameters, {});
    });

    it("is read and removed all the same where the first list has nothing", async () => {
        const made = await create();
        for (const as of ["empty", "notFound"] as const) {
            exchange.reset();
            exchange.tenant.behaviour.policyListsLost = { as, times: 2 };
            assert.deepEqual(await accessPolicy.read(made.id, made.inputs, exchange.context), made);
            assert.deepEqual(exchange.waits, [5_000, 5_000]);
        }
        exchange.tenant.behaviour.policyListsLost = { as: "empty", times: 1 };
        await accessPolicy.delete(made.id, made.state, exchange.context);
        assert.equal(stored().length, 0);
    });

    it("shows what somebody changed", async () => {
        const made = await create({ description: "d" });
        Object.assign(stored()[0]!, { Description: "tampered", AccessRight: "DenyAccess" });
        exchange.reset();
        const found = await accessPolicy.read(made.id, made.inputs, exchange.context);
        assert.deepEqual(found?.inputs, { ...made.inputs, description: "tampered", accessRight: "DenyAccess" });
    });

    it("is gone only when the list says so", async () => {
        const made = await create();
        for (const [status, more] of [[401, {}], [403, {}], [404, { plain: "<html>" }]] as [number, object][]) {
            exchange.reset();
            exchange.tenant.behaviour.nextCmdlet("Get-ApplicationAccessPolicy", status, more);
            await assert.rejects(
                accessPolicy.read(made.id, made.inputs, exchange.context),
                new RegExp(`^\\w+Error: Get-ApplicationAccessPolicy: ${status}`),
            );
        }
        exchange.reset();
        stored().length = 0;
        assert.equal(await accessPolicy.read(made.id, made.inputs, exchange.context), undefined);
    });

    it("an update changes the description only, and does nothing where it is right already", async () => {
        const made = await create({ description: "d" });
        const updated = await accessPolicy.update(made.id, made.inputs, inputs({ description: "e" }), exchange.context);
        assert.equal(updated.inputs["description"], "e");
        assert.deepEqual(exchange.tenant.calls.at(-1)?.parameters, { Identity: made.id, Description: "e" });
        exchange.reset();
        await accessPolicy.update(made.id, made.inputs, inputs({ description: "e" }), exchange.context);
        assert.deepEqual(exchange.cmdlets, ["Get-ApplicationAccessPolicy"]);
        stored().length = 0;
        exchange.reset();
        await assert.rejects(accessPolicy.update(made.id, made.inputs, inputs(), exchange.context), /is gone; refresh the stack/);
    });

    it("removes the one, also when the reply is lost, and not what somebody put in its place", async () => {
        const made = await create();
        const other = await create({ appId: randomUUID() });
        exchange.tenant.behaviour.nextCmdlet("Remove-ApplicationAccessPolicy", 503, { executed: true });
        await accessPolicy.delete(made.id, made.state, exchange.context);
        assert.deepEqual(stored().map(({ Identity }) => Identity), [other.id]);
        await accessPolicy.delete(made.id, made.state, exchange.context);
        stored()[0]!.AccessRight = "DenyAccess";
        await accessPolicy.delete(other.id, other.state, exchange.context);
        assert.equal(stored().length, 1);
    });

    it("says what to do when there is no room for another", async () => {
        exchange.tenant.behaviour.policyQuota = 0;
        await assert.rejects(create(), /exceeded the limit\. .*remove policies that nobody needs/);
        assert.deepEqual(exchange.waits, []);
    });

    it("knows GUIDs and addresses in any case, and nothing else", () => {
        const same = (property: string, old: string, now: string) => accessPolicy.same!(property, old, now);
        assert.equal(same("appId", appId, appId.toLowerCase()), true);
        assert.equal(same("policyScopeGroupId", group, group.toUpperCase()), true);
        assert.equal(same("description", "a", "A"), false);
        assert.equal(same("appId", appId, randomUUID()), false);
    });
});
