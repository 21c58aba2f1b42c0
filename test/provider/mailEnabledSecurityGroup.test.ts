// Mail-enabled security groups against the pretend tenant: what is declared is so, and nobody is removed whom nobody asked to remove.
import * as assert from "node:assert/strict";
import { AuthenticationError, AuthorizationError, ServiceError } from "../../provider/clients/errors";
import { mailEnabledSecurityGroup } from "../../provider/resources/mailEnabledSecurityGroup";
import { Unfinished } from "../../provider/resources/resource";
import { unknown, type Properties } from "../../provider/values";
import { drift } from "./support/drift";
import { Exchange } from "./support/exchange";

const token = "hybrid-identity:exchange:MailEnabledSecurityGroup";
const defaults = { foreignMembers: "report", requireSenderAuthentication: true };
const declared = { name: "MIM scope", members: ["mim@contoso.example", "mim2@contoso.example"], ...defaults };
const full = {
    ...declared,
    alias: "mim-scope",
    displayName: "MIM scope group",
    primarySmtpAddress: "mim-scope@contoso.example",
    managedBy: ["ceo@contoso.example"],
    notes: "Mailboxes of MIM",
    hiddenFromAddressLists: true,
};

describe("mail-enabled security group", function () {
    this.timeout(20_000);
    let exchange: Exchange;
    let seeded: string[];
    const recipients = () => exchange.tenant.state.exchange.recipients;
    const recipient = (name: string) => recipients().find(({ Name }) => Name === name)!;
    const groups = () => recipients().filter(({ Guid }) => !seeded.includes(Guid));
    const members = () => groups()[0]!.members!.map(guid => recipients().find(({ Guid }) => Guid === guid)!.Name).sort();
    const create = (inputs: Properties = declared) => mailEnabledSecurityGroup.create(inputs, exchange.context);
    const update = (id: string, olds: Properties, inputs: Properties) =>
        mailEnabledSecurityGroup.update(id, olds, inputs, exchange.context);
    const see = (id: string, inputs: Properties = declared) => {
        exchange.newRun();
        return drift(token, id, inputs, exchange.context);
    };
    const read = async (id: string, inputs?: Properties) => {
        exchange.newRun();
        return mailEnabledSecurityGroup.read(id, inputs, exchange.context);
    };

    before(async () => {
        exchange = await Exchange.start();
        seeded = recipients().map(({ Guid }) => Guid);
    });
    beforeEach(() => {
        exchange.reset();
        exchange.tenant.state.exchange.recipients = recipients().filter(({ Guid }) => seeded.includes(Guid));
    });
    after(() => exchange.stop());

    it("is made with all that is declared, and then nothing is left to do", async () => {
        const { id, state } = await create(full);
        const [group] = groups();
        assert.deepEqual([groups().length, id], [1, group!.Guid]);
        assert.deepEqual([group!.RecipientTypeDetails, group!["MemberJoinRestriction"]], ["MailUniversalSecurityGroup", "Closed"]);
        assert.deepEqual(members(), ["mim", "mim2"]);
        const settings = [group!["Notes"], group!["HiddenFromAddressListsEnabled"], group!.managers];
        assert.deepEqual(settings, ["Mailboxes of MIM", true, [recipient("ceo").Guid]]);
        const outputs = [state["guid"], state["externalDirectoryObjectId"], state["distinguishedName"], state["unmanagedMembers"]];
        assert.deepEqual(outputs, [id, group!.ExternalDirectoryObjectId, group!.DistinguishedName, []]);
        assert.deepEqual(await see(id, full), {});
        assert.deepEqual(await see(id), {});
    });

    it("takes members by any of their identifiers", async () => {
        const mim = recipient("mim");
        mim["EmailAddresses"] = [...(mim["EmailAddresses"] as string[]), "smtp:mim.old@contoso.example"];
        const { id } = await create();
        for (const name of [mim.Guid.toUpperCase(), mim.ExternalDirectoryObjectId, "MIM@Contoso.example", "mim.old@contoso.example"]) {
            assert.deepEqual(await see(id, { ...declared, members: ["mim2@contoso.example", name] }), {}, name);
        }
    });

    it("shows every property that somebody changed, and that it is gone", async () => {
        const { id } = await create(full);
        const group = groups()[0]!;
        const tampering = [
            ["Name", "Other", "name"],
            ["Alias", "other", "alias"],
            ["DisplayName", "Other", "displayName"],
            ["PrimarySmtpAddress", "other@contoso.example", "primarySmtpAddress"],
            ["Notes", "Other", "notes"],
            ["RequireSenderAuthenticationEnabled", false, "requireSenderAuthentication"],
            ["HiddenFromAddressListsEnabled", false, "hiddenFromAddressLists"],
            ["managers", [recipient("ceo").Guid, recipient("mim").Guid], "managedBy"],
            ["managers", [recipient("mim").Guid], "managedBy"],
            ["members", [recipient("mim").Guid], "members"],
        ] as const;
        for (const [property, value, input] of tampering) {
            const before = group[property];
            Object.assign(group, { [property]: value });
            assert.deepEqual(await see(id, full), { [input]: "UPDATE" }, property);
            await update(id, full, full);
            assert.deepEqual(await see(id, full), {}, property);
            Object.assign(group, { [property]: before });
        }
        exchange.tenant.state.exchange.recipients = recipients().filter(({ Guid }) => Guid !== id);
        assert.equal(await see(id, full), "gone");
    });

    it("reports members that nobody declared, and removes them only where asked", async () => {
        const { id } = await create();
        groups()[0]!.members!.push(recipient("ceo").Guid);
        assert.deepEqual(await see(id), {});
        assert.deepEqual((await read(id, declared))?.state["unmanagedMembers"], ["ceo@contoso.example"]);
        const { state } = await update(id, declared, { ...declared, displayName: "Another name" });
        assert.deepEqual(state["unmanagedMembers"], ["ceo@contoso.example"]);
        assert.deepEqual(members(), ["ceo", "mim", "mim2"]);
        const strict = { ...declared, foreignMembers: "remove" };
        assert.deepEqual(await see(id, strict), { members: "UPDATE" });
        assert.deepEqual((await update(id, declared, strict)).state["unmanagedMembers"], []);
        assert.deepEqual(members(), ["mim", "mim2"]);
        assert.deepEqual(await see(id, strict), {});
    });

    it("removes whom the program no longer declares, one by one, and nobody else", async () => {
        const { id } = await create();
        groups()[0]!.members!.push(recipient("ceo").Guid);
        const now = { ...declared, members: ["office@contoso.example", recipient("mim").Guid] };
        assert.deepEqual(await see(id, now), { members: "UPDATE" });
        exchange.tenant.resetCalls();
        await update(id, declared, now);
        assert.deepEqual(members(), ["ceo", "mim", "office"]);
        const writes = exchange.cmdlets.filter(name => !name.startsWith("Get-"));
        assert.deepEqual(writes, ["Add-DistributionGroupMember", "Remove-DistributionGroupMember"]);
        const { members: _, ...left } = now;
        await update(id, now, left);
        assert.deepEqual(members(), ["ceo", "mim", "office"]);
    });

    it("is content where a member is there, or gone, already", async () => {
        const { id } = await create();
        const group = groups()[0]!;
        const [mim, mim2, ceo] = ["mim", "mim2", "ceo"].map(name => recipient(name).Guid) as [string, string, string];
        exchange.tenant.behaviour.onCmdlet("Add-DistributionGroupMember", () => (group.members = [mim, mim2, ceo]));
        exchange.tenant.behaviour.onCmdlet("Remove-DistributionGroupMember", () => (group.members = [mim, ceo]));
        await update(id, declared, { ...declared, members: ["mim@contoso.example", "ceo@contoso.example"] });
        assert.deepEqual(members(), ["ceo", "mim"]);
    });

    it("waits while a new group is not known everywhere", async () => {
        exchange.tenant.behaviour.replicationDelay = { reads: 3, of: ["recipients"] };
        const { id } = await create();
        assert.deepEqual(members(), ["mim", "mim2"]);
        assert.ok(exchange.waits.length > 0);
        assert.deepEqual(await see(id), {});
    });

    it("keeps a group that it made in state although what comes after fails, and finishes it in the next run", async () => {
        exchange.tenant.behaviour.nextCmdlet("Add-DistributionGroupMember", 400);
        const error: unknown = await create(full).then(() => assert.fail("no error"), (thrown: unknown) => thrown);
        assert.ok(error instanceof Unfinished, String(error));
        const { id, state } = error.found;
        assert.equal(id, groups()[0]!.Guid);
        await update(id, state, full);
        assert.deepEqual(await see(id, full), {});
    });

    it("is found again after a reply was lost, also with a time behind its name, and after a run that was killed", async () => {
        for (const groupNameSuffix of [false, true]) {
            exchange.tenant.state.exchange.recipients = recipients().filter(({ Guid }) => seeded.includes(Guid));
            exchange.tenant.behaviour.groupNameSuffix = groupNameSuffix;
            exchange.tenant.behaviour.nextCmdlet("New-DistributionGroup", 503, { executed: true });
            const { id } = await create(full);
            assert.equal(groups().length, 1);
            assert.equal(groups()[0]!.Name === "MIM scope", !groupNameSuffix);
            assert.deepEqual(await see(id, full), {});
            groups()[0]!.members!.pop();
            assert.equal((await create(full)).id, id);
            assert.deepEqual(members(), ["mim", "mim2"]);
        }
    });

    it("takes no group over whose name goes on in digits and is displayed by another name", async () => {
        const { id } = await create({ ...defaults, name: "MIM scope 20260101", displayName: "MIM scope 20260101" });
        assert.notEqual((await create({ ...defaults, name: "MIM scope" })).id, id);
        assert.equal(groups().length, 2);
    });

    it("refuses a name that another group has, and says how to take that one over", async () => {
        const theirs = recipient("MIM mailboxes");
        const taken = { "MIM mailboxes": "with other settings or members; import it", "All staff": "a MailUniversalDistributionGroup" };
        for (const [name, what] of Object.entries(taken)) {
            const inputs = { ...declared, name, displayName: "Ours" };
            await assert.rejects(create(inputs), new RegExp(`^Error: name: the tenant has a group "${name}" already, ${what}`));
        }
        await assert.rejects(create({ ...declared, name: "mim MAILBOXES", members: [] }), /already, with other settings or members/);
        assert.deepEqual(theirs.members, [recipient("mim").Guid]);
        assert.equal(groups().length, 0);
    });

    it("refuses members and owners that are not there before it makes anything", async () => {
        const strangers = create({ ...declared, members: ["mim@contoso.example", "nobody@contoso.example"] });
        await assert.rejects(strangers, /^Error: members: the tenant has no recipient "nobody@contoso.example"/);
        await assert.rejects(create({ ...declared, managedBy: ["nobody@contoso.example"] }), /^Error: managedBy: /);
        assert.equal(groups().length, 0);
        const { id } = await create();
        const wrong = { ...declared, displayName: "x", members: ["nobody@contoso.example"] };
        await assert.rejects(update(id, declared, wrong), /^Error: members: /);
        assert.deepEqual([members(), groups()[0]!.DisplayName], [["mim", "mim2"], "MIM scope"]);
    });

    it("is imported by its Guid with what it would have to be declared with", async () => {
        const { id } = await create(full);
        const inputs = { ...full, members: ["mim2@contoso.example", "mim@contoso.example"] };
        assert.deepEqual((await read(id.toUpperCase()))?.inputs, inputs);
        // Then the service names a role group, which no program can declare.
        groups()[0]!.managers = [];
        const { managedBy: _, ...rest } = inputs;
        assert.deepEqual((await read(id))?.inputs, rest);
        assert.equal(await read("00000000-0000-4000-8000-000000000000"), undefined);
    });

    it("deletes it, and is content where it is gone", async () => {
        const { id, state } = await create();
        exchange.tenant.behaviour.nextCmdlet("Remove-DistributionGroup", 503, { executed: true });
        await mailEnabledSecurityGroup.delete(id, state, exchange.context);
        assert.equal(groups().length, 0);
        await mailEnabledSecurityGroup.delete(id, state, exchange.context);
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
            for (const cmdlet of ["Get-DistributionGroup", "Get-DistributionGroupMember", "Get-Group"]) {
                exchange.newRun();
                exchange.tenant.behaviour.nextCmdlet(cmdlet, status, more);
                await assert.rejects(mailEnabledSecurityGroup.read(id, full, exchange.context), kind, `${cmdlet} ${status}`);
            }
            exchange.tenant.behaviour.nextCmdlet("Get-Recipient", status, more);
            await assert.rejects(create({ ...declared, name: "Another" }), kind, String(status));
            exchange.tenant.behaviour.nextCmdlet("Remove-DistributionGroup", status, more);
            await assert.rejects(mailEnabledSecurityGroup.delete(id, declared, exchange.context), kind, String(status));
        }
        assert.equal(groups().length, 1);
        assert.deepEqual(members(), ["mim", "mim2"]);
    });

    it("names what is wrong before anything is called", () => {
        const check = (inputs: Properties) =>
            mailEnabledSecurityGroup.check(inputs).map(({ property, reason }) => `${property}: ${reason}`);
        assert.deepEqual(check(full), []);
        assert.deepEqual(check({ ...full, name: unknown, members: [unknown, "mim@contoso.example"], managedBy: unknown }), []);
        for (const [inputs, reason] of [
            [{ ...full, name: "x".repeat(65) }, /^name: expected a name of 1 to 64 characters/],
            [{ ...full, alias: "a b" }, /^alias: .*without spaces; received "a b"$/],
            [{ ...full, primarySmtpAddress: "mim" }, /^primarySmtpAddress: expected an SMTP address/],
            [{ ...full, members: ["MIM service"] }, /^members: expected a list of SMTP addresses or GUIDs; received \["MIM service"\]$/],
            [{ ...full, managedBy: "ceo@contoso.example" }, /^managedBy: /],
            [{ ...full, foreignMembers: "ignore" }, /^foreignMembers: expected "report" or "remove"; received "ignore"$/],
            [{ ...full, hiddenFromAddressLists: "no" }, /^hiddenFromAddressLists: /],
        ] as [Properties, RegExp][]) {
            const found = check(inputs);
            assert.equal(found.length, 1);
            assert.match(found[0]!, reason);
        }
        const name = "MIM";
        assert.deepEqual(mailEnabledSecurityGroup.defaults!({ name }, "group", new Uint8Array(), undefined), { name, ...defaults });
    });
});
