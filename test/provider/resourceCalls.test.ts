// Resources as the engine sees them, over gRPC, against the pretend tenant: the calls that every resource type goes through.
import * as assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { PropertyDiff, type DiffResponse } from "@pulumi/pulumi/proto/provider_pb";
import { DEFAULT_ROLES, MFA_ROLES } from "../../lab/tenant/seed";
import { startTenant, type Tenant } from "../../lab/tenant/tenant";
import schema from "../../provider/schema.json";
import { Plugin, secret, unknownText, type Properties } from "./support/plugin";

const policy = "hybrid-identity:exchange:ApplicationAccessPolicy";
const pointer = "hybrid-identity:exchange:ServicePrincipal";
const appId = "0A1B2C3D-1111-4222-8333-444455556666";
const mailGroup = "hybrid-identity:exchange:MailEnabledSecurityGroup";
const scope = "hybrid-identity:exchange:ManagementScope";
const assignment = "hybrid-identity:exchange:ManagementRoleAssignment";
const phoneMethods = "hybrid-identity:mfa:PhoneMethods";
const mim = "mim@contoso.example";
const other = "99999999-1111-4222-8333-444455556666";
const group = "mim-mailboxes@contoso.example";

describe("provider: resources over gRPC", function () {
    this.timeout(30_000);
    let tenant: Tenant;
    let plugin: Plugin;
    const declared = (more: Properties = {}): Properties => ({ appId, accessRight: "RestrictAccess", policyScopeGroupId: group, ...more });
    const writes = () => tenant.calls.map(({ cmdlet }) => cmdlet).filter(cmdlet => cmdlet !== undefined && !cmdlet.startsWith("Get-"));

    before(async () => {
        tenant = await startTenant();
        plugin = await Plugin.start(tenant.environment);
    });
    beforeEach(async () => {
        tenant.behaviour.reset();
        tenant.state.exchange.policies.length = 0;
        tenant.resetCalls();
        await plugin.configure();
    });
    after(async () => {
        await plugin?.stop();
        const { unknownCalls } = tenant;
        await tenant?.stop();
        assert.deepEqual(unknownCalls, []);
    });

    describe("check", () => {
        it("adds defaults, drops nulls and keeps secrets secret", async () => {
            const { inputs, failures } = await plugin.check(policy, { appId: secret(appId), policyScopeGroupId: group, description: null });
            assert.deepEqual(failures, []);
            assert.deepEqual(inputs, { appId: secret(appId), policyScopeGroupId: group, accessRight: "RestrictAccess" });
        });
        it("names what is wrong, and not what a secret is", async () => {
            const { failures } = await plugin.check(policy, { appId: "MIM", policyScopeGroupId: secret("hunter2") });
            // The engine shows the value of what stands as the property.
            assert.deepEqual(failures.map(({ property }) => property), ["appId", ""]);
            assert.match(failures[0]!.reason, /expected the application's client id, a GUID; received "MIM"/);
            assert.match(failures[1]!.reason, /^policyScopeGroupId: .*received a secret$/);
        });
        it("hides what the schema says is secret, also where the program does not", async () => {
            const phones = { "alex.admin@hybrididentity.example": "+49 151 2345678" };
            assert.deepEqual((await plugin.check(phoneMethods, { phones })).inputs["phones"], secret(phones));
            const { failures } = await plugin.check(phoneMethods, { phones: { "alex.admin@hybrididentity.example": "0151 2345678" }, fromGroup: group });
            const [both, number] = failures.map(({ property, reason }) => `${property}|${reason}`);
            assert.equal(both, "fromGroup|expected either phones or fromGroup; received both");
            assert.match(number!, /^\|phones: .*has no country code: it has to begin with "\+": alex\.admin@hybrididentity\.example$/);
            assert.match((await plugin.check(phoneMethods, { phones: "0151 2345678" })).failures[0]!.reason, /^phones: expected a table of texts; received a secret$/);
        });
        it("repeats no telephone number that stands in the wrong place, and lets the engine show none", async () => {
            const states = "hybrid-identity:mfa:PerUserMfa";
            const number = "+49 171 66600001";
            const wrong = [
                ...(await plugin.check(phoneMethods, { phones: { [number]: "ada@contoso.example" } })).failures,
                ...(await plugin.check(phoneMethods, { phones: { "1234567@contoso.example": 4917166600001, "ada@contoso.example": "+49 171 66600002" } })).failures,
                ...(await plugin.check(phoneMethods, { fromGroup: number, whenDifferent: number })).failures,
                ...(await plugin.check(states, { users: [number], perUserMfaState: "enabled" })).failures,
                ...(await plugin.check(states, { users: [4917166600001], perUserMfaState: number })).failures,
            ];
            assert.deepEqual(wrong.map(({ property, reason }) => `${property}|${reason}`), [
                "|phones: expected object ids and user principal names; received ***01",
                '|phones: expected "+", the country code and the number; the number of each of these is no telephone number: ***01. The users and numbers are the wrong way round, perhaps',
                "|phones: expected a table of texts; the value of these is no text: 1234567@contoso.example",
                '|fromGroup: expected the object id of a group, a GUID; received "***01"',
                '|whenDifferent: expected "keep", "report" or "replace"; received "***01"',
                "|users: expected object ids and user principal names; received ***01",
                "|users: expected a list of texts; received [***01]",
            ]);
        });
        it("cuts what was received where it is long, and hides a secret all the same", async () => {
            const long = `hunter2 ${"x".repeat(3000)}`;
            const failures = [
                ...(await plugin.check(policy, { appId: long, policyScopeGroupId: secret(long) })).failures,
                ...(await plugin.invoke("hybrid-identity:exchange:recipient", { identity: long })).failures,
                ...(await plugin.check(mailGroup, { name: "MIM", members: [`${"x".repeat(3000)}@contoso.example`] })).failures,
            ];
            assert.equal(failures.length, 4);
            for (const { reason } of failures) assert.ok(reason.length < 600, reason);
            assert.match(failures[0]!.reason, /received "hunter2 x+\.\.\. \(\d+ characters\)$/);
            assert.match(failures[1]!.reason, /^policyScopeGroupId: .*received a secret$/);
        });
        it("does not show a secret inside of a list, or a number", async () => {
            const group = "hybrid-identity:exchange:MailEnabledSecurityGroup";
            const listed = await plugin.check(group, { name: "MIM", members: ["mim@contoso.example", secret("hunter2")] });
            const number = await plugin.check(group, { name: secret(55) });
            const all = JSON.stringify([listed.failures, number.failures]);
            assert.doesNotMatch(all, /hunter2|55/);
            assert.deepEqual([listed.failures.length, number.failures.length], [1, 1]);
        });
        it("knows which inputs there are, and of which type", async () => {
            const { failures } = await plugin.check(policy, { appID: appId, policyScopeGroupId: 7, description: unknownText });
            assert.deepEqual(failures, [
                { property: "appID", reason: 'there is no such input; "appId" is meant, perhaps. There are appId, accessRight, policyScopeGroupId, description' },
                { property: "appId", reason: "missing; it is required" },
                { property: "policyScopeGroupId", reason: "expected a text; received 7" },
            ]);
        });
        it("takes what is not known yet", async () => {
            const unknown = { appId: unknownText, policyScopeGroupId: secret(unknownText) };
            assert.deepEqual(await plugin.check(policy, unknown), { inputs: { ...unknown, accessRight: "RestrictAccess" }, failures: [] });
        });
        // A misfit of every input of every type is found, so no input of the schema is left unchecked.
        for (const [type, { inputProperties }] of Object.entries(schema.resources)) {
            it(`checks every input of ${type}`, async () => {
                const names = Object.keys(inputProperties);
                const { failures } = await plugin.check(type, Object.fromEntries(names.map(name => [name, { wrong: true }])));
                // What is secret is named in the words.
                const named = failures.map(({ property, reason }) => property || reason.slice(0, reason.indexOf(":")));
                assert.deepEqual(named.sort(), [...names].sort());
            });
        }
        it("tells the default of every input that the schema says has one", async () => {
            for (const [type, { inputProperties }] of Object.entries(schema.resources)) {
                const { inputs } = await plugin.check(type, {});
                const properties = inputProperties as { [name: string]: { default?: string | boolean } };
                for (const [name, { default: value }] of Object.entries(properties)) {
                    if (value !== undefined) assert.deepEqual(inputs[name], value, `${type}.${name}`);
                }
            }
        });
    });

    describe("diff", () => {
        const told = (response: DiffResponse) => {
            const { changes, replacesList, deletebeforereplace } = response.toObject();
            const kinds: { [property: string]: string } = {};
            response.getDetaileddiffMap().forEach((detail, property) => {
                assert.equal(detail.getInputdiff(), true);
                kinds[property] = Object.entries(PropertyDiff.Kind).find(([, value]) => value === detail.getKind())?.[0] ?? "";
            });
            return { changed: changes === 2, kinds, replaces: replacesList, deleteFirst: deletebeforereplace };
        };
        const diff = async (news: Properties, olds = declared({ description: "d" })) => told(await plugin.diff(policy, olds, news));
        const none = { changed: false, kinds: {}, replaces: [], deleteFirst: false };

        it("sees nothing in another spelling, in secrecy, or in what is left out", async () => {
            assert.deepEqual(await diff(declared({ appId: secret(appId.toLowerCase()), policyScopeGroupId: group.toUpperCase() })), none);
        });
        it("tells an update from a replacement, by property", async () => {
            assert.deepEqual(await diff(declared({ description: "e" })), { ...none, changed: true, kinds: { description: "UPDATE" } });
            assert.deepEqual(
                await diff(declared({ description: "e" }), declared()),
                { ...none, changed: true, kinds: { description: "ADD" } },
            );
            assert.deepEqual(await diff(declared({ appId: other, description: "d" })), {
                changed: true,
                kinds: { appId: "UPDATE_REPLACE" },
                replaces: ["appId"],
                deleteFirst: false,
            });
        });
        it("tells of what is left to do although no input changed, by the outputs that say so", async () => {
            const inputs = { users: ["alex.admin@hybrididentity.example"], perUserMfaState: "enabled" };
            const diff = async (different: number) => (await plugin.diff("hybrid-identity:mfa:PerUserMfa", inputs, inputs, { ...inputs, different })).toObject();
            const [done, open] = [await diff(0), await diff(1)];
            assert.deepEqual([done.changes, done.detaileddiffMap], [1, []]);
            const detail = { kind: PropertyDiff.Kind.DELETE, inputdiff: false };
            assert.deepEqual([open.changes, open.detaileddiffMap], [2, [["different", detail], ["next", detail]]]);
        });
        it("asks whether another name means another group", async () => {
            const made = await plugin.create(policy, declared());
            const { Guid, ExternalDirectoryObjectId } = tenant.state.exchange.recipients.find(({ Name }) => Name === "MIM mailboxes")!;
            const to = async (scope: string) =>
                told(await plugin.diff(policy, declared(), declared({ policyScopeGroupId: scope }), made.state));
            assert.deepEqual(await to(Guid), none);
            assert.deepEqual(await to(ExternalDirectoryObjectId), none);
            assert.deepEqual((await to("ceo@contoso.example")).replaces, ["policyScopeGroupId"]);
            assert.deepEqual((await to("nobody@contoso.example")).replaces, ["policyScopeGroupId"]);
            tenant.behaviour.nextCmdlet("Get-Recipient", 403, {});
            await assert.rejects(to(Guid), /Get-Recipient: 403/);
            // The outputs keep the group's old name until something real changes.
            const renamed = declared({ policyScopeGroupId: Guid });
            assert.deepEqual(await plugin.read(policy, made.id, renamed, made.state), { ...made, inputs: renamed });
        });
        it("takes what is not known yet for a change", async () => {
            assert.deepEqual((await diff(declared({ policyScopeGroupId: unknownText }))).replaces, ["policyScopeGroupId"]);
        });
        it("lets the old one go first where two cannot be", async () => {
            const turned = { changed: true, kinds: { accessRight: "UPDATE_REPLACE" }, replaces: ["accessRight"], deleteFirst: true };
            assert.deepEqual(await diff(declared({ accessRight: "DenyAccess" })), turned);
            assert.equal((await diff(declared({ accessRight: "DenyAccess", appId: other }))).deleteFirst, false);
            const olds = { appId, objectId: appId };
            assert.equal(told(await plugin.diff(pointer, olds, { appId, objectId: other })).deleteFirst, true);
            assert.equal(told(await plugin.diff(pointer, olds, { appId: other, objectId: other })).deleteFirst, false);
        });
        // What the schema says of replacements is what the provider does.
        for (const [type, { inputProperties }] of Object.entries(schema.resources)) {
            it(`replaces ${type} for what the schema says`, async () => {
                const properties = inputProperties as { [name: string]: { type: string; willReplaceOnChanges?: boolean } };
                const values = (text: string, flag: boolean) => {
                    const value = (kind: string) => (kind === "boolean" ? flag : kind === "array" ? [text] : text);
                    return Object.fromEntries(Object.entries(properties).map(([name, { type: kind }]) => [name, value(kind)]));
                };
                const { replaces, kinds } = told(await plugin.diff(type, values("a", false), values("b", true)));
                assert.deepEqual(Object.keys(kinds).sort(), Object.keys(properties).sort());
                assert.deepEqual(replaces.sort(), Object.keys(properties).filter(name => properties[name]!.willReplaceOnChanges).sort());
            });
        }
    });

    it("a preview of a creation makes nothing, echoes what is known and knows no outputs", async () => {
        const made = await plugin.create(policy, declared({ appId: unknownText, description: secret("d") }), { preview: true });
        const outputs = { identity: unknownText, scopeName: unknownText, scopeIdentity: unknownText };
        assert.deepEqual(made, { id: "", state: declared({ appId: unknownText, description: secret("d"), ...outputs }) });
        assert.deepEqual(writes(), []);
    });

    describe("people's MFA", () => {
        const alex = "alex.admin@hybrididentity.example";
        const inputs = { phones: { [alex]: "+49 151 2345678" }, whenDifferent: "report", removeOnDestroy: false };
        const lean = (state: Properties) => JSON.stringify({ ...state, phones: undefined, ownNumbers: undefined });

        it("is previewed without a change and refused there, kept secret, read and removed", async () => {
            tenant.grant([...DEFAULT_ROLES, ...MFA_ROLES]);
            const user = tenant.state.users[0]!;
            await plugin.create(phoneMethods, inputs, { preview: true });
            assert.deepEqual(user.phoneMethods ?? [], []);
            const gone = { ...inputs, phones: { "gone@hybrididentity.example": "+49 151 2345678" } };
            await assert.rejects(plugin.create(phoneMethods, gone, { preview: true }), /phones: gone@hybrididentity\.example: no such user/);
            const made = await plugin.create(phoneMethods, inputs);
            assert.deepEqual(made.state["phones"], secret(inputs.phones));
            const [key] = Object.keys((made.state["ownNumbers"] as { value: object }).value);
            assert.deepEqual([key, made.state["set"], lean(made.state).includes("2345678")], [user.id.toLowerCase(), 1, false]);
            await assert.rejects(plugin.update(phoneMethods, made, inputs, gone, true), /no such user/);
            // Also where another line of the table is not known yet.
            const unsure = { ...gone, phones: { ...gone.phones, [alex]: unknownText } };
            await assert.rejects(plugin.create(phoneMethods, unsure, { preview: true }), /no such user/);
            await assert.rejects(plugin.update(phoneMethods, made, inputs, unsure, true), /no such user/);
            const preview = await plugin.update(phoneMethods, made, inputs, { ...inputs, whenDifferent: "keep" }, true);
            assert.deepEqual([preview["set"], preview["people"], preview["whenDifferent"]], [unknownText, unknownText, "keep"], "what it finds is not known");
            const read = await plugin.read(phoneMethods, made.id, inputs, made.state);
            assert.deepEqual(read.state, made.state);
            // As another run, which did not make it.
            await plugin.configure();
            await plugin.delete(phoneMethods, made);
            assert.equal(user.phoneMethods?.length, 1);
            await plugin.delete(phoneMethods, { ...made, state: { ...made.state, removeOnDestroy: true } });
            assert.deepEqual(user.phoneMethods, []);
        });
        it("is gone on with after the provider was killed in the middle, and nothing is set twice", async () => {
            const users = tenant.state.users;
            tenant.state.users = Array.from({ length: 200 }, (_, at) => ({ id: randomUUID(), displayName: "", userPrincipalName: `p${at}@hybrididentity.example` }));
            const phones = Object.fromEntries(tenant.state.users.map(({ userPrincipalName }, at) => [userPrincipalName, `+49 151 ${10_000_000 + at}`]));
            const second = await Plugin.start(tenant.environment);
            await second.configure();
            let writes = 0;
            tenant.onChange = () => void (++writes === 3 && second.process.kill("SIGKILL"));
            await assert.rejects(second.create(phoneMethods, { ...inputs, phones }));
            tenant.onChange = undefined;
            await second.stop();
            const set = tenant.state.users.filter(one => one.phoneMethods).length;
            assert.ok(set >= 60 && set < 200, `${set} are set`);
            const { state } = await plugin.create(phoneMethods, { ...inputs, phones });
            assert.deepEqual([state["set"], state["alreadySet"]], [200 - set, set]);
            assert.deepEqual(tenant.state.users.map(one => one.phoneMethods?.length), Array(200).fill(1));
            tenant.state.users = users;
        });
    });

    describe("a preview of what names something that is not there", () => {
        const preview = (type: string, inputs: Properties) => plugin.create(type, inputs, { preview: true });
        const nobody = "nobody@contoso.example";
        const assigned = { name: "a", role: "Application EWS.AccessAsApp", app: other, customResourceScope: "No scope" };

        it("is refused, with the property, what was received and what to do", async () => {
            const remedy = /Correct the name; where this program makes it, give an output of that resource/;
            const refused: [string, Properties, RegExp][] = [
                [policy, declared({ policyScopeGroupId: nobody }), /^policyScopeGroupId: the tenant has no recipient .*received "nobody@contoso\.example"/],
                [mailGroup, { name: "g", members: [mim, nobody] }, /^members: the tenant has no recipient .*received "nobody@contoso\.example"[^\n]*$/],
                [mailGroup, { name: "g", managedBy: [nobody] }, /^managedBy: /],
                [assignment, assigned, /^app: the tenant has no service principal .*"99999999.*\ncustomResourceScope: .*no management scope .*"No scope"/],
                [assignment, { ...assigned, app: unknownText, customResourceScope: unknownText, recipientGroupScope: nobody }, /^recipientGroupScope: /],
            ];
            for (const [type, inputs, says] of refused) {
                await assert.rejects(preview(type, inputs), ({ message }: Error) => says.test(message) && remedy.test(message), String(says));
            }
        });

        it("keeps a secret", async () => {
            const inputs = declared({ policyScopeGroupId: secret(nobody) });
            await assert.rejects(preview(policy, inputs), ({ message }: Error) => message.includes("received a secret") && !message.includes(nobody));
        });

        it("passes where the run makes it, or where it is not known yet", async () => {
            await plugin.check(mailGroup, { name: "New group", primarySmtpAddress: nobody }, undefined, "group");
            await plugin.check(mailGroup, { name: "Other group" }, undefined, "other");
            await plugin.check(pointer, { appId, objectId: other }, undefined, "pointer");
            await plugin.check(scope, { name: "No scope", recipientRestrictionFilter: "Alias -eq 'a'" }, undefined, "scope");
            await preview(policy, declared({ policyScopeGroupId: nobody }));
            await preview(policy, declared({ policyScopeGroupId: "othergroup@contoso.example" }));
            await preview(policy, declared({ policyScopeGroupId: unknownText }));
            await preview(assignment, assigned);
        });

        it("is refused where only the name of the resource itself is like it", async () => {
            await plugin.check(mailGroup, { name: "Nobody" });
            await assert.rejects(preview(mailGroup, { name: "Nobody", members: [nobody] }), /^Error: members: /);
        });

        it("is refused for what an update adds, and only for that", async () => {
            const [olds, news] = [{ name: "g", members: [nobody] }, { name: "g", members: [nobody, "gone@contoso.example"] }];
            const there = { id: "g", state: olds };
            await plugin.update(mailGroup, there, olds, olds, true);
            await assert.rejects(plugin.update(mailGroup, there, olds, news, true), /^Error: members: .*received "gone@contoso\.example"[^\n]*$/);
        });
    });

    describe("a preview of what has another object in its way", () => {
        const preview = (type: string, inputs: Properties) => plugin.create(type, inputs, { preview: true });
        const filter = (recipientRestrictionFilter: string) => ({ name: "Taken", recipientRestrictionFilter, exclusive: false });
        const assigned = { name: "Taken", role: "Application EWS.AccessAsApp", app: other, recipientGroupScope: group };

        before(async () => {
            tenant.resetCalls();
            await plugin.create(scope, filter("Alias -eq 'a'"));
            await plugin.create(pointer, { appId: other, objectId: other });
            await plugin.create(assignment, assigned);
        });
        after(() => {
            for (const list of ["scopes", "servicePrincipals", "assignments"] as const) tenant.state.exchange[list].length = 0;
        });

        it("is refused as the update would be, and nothing is written", async () => {
            await plugin.create(policy, declared());
            tenant.resetCalls();
            const refused: [string, Properties, RegExp][] = [
                [mailGroup, { name: "MIM mailboxes", members: ["ceo@contoso.example"] }, /^name: the tenant has a group "MIM mailboxes" already, with other settings or members; import it/],
                [scope, filter("Alias -eq 'b'"), /^name: the tenant has a management scope "Taken" already, and it is another one/],
                [pointer, { appId, objectId: other }, /^objectId: Exchange Online has an enterprise application/],
                [assignment, { ...assigned, role: "Application Mail.Read" }, /^name: the tenant has .*"Taken" already/],
                [policy, declared({ accessRight: "DenyAccess" }), /^accessRight: the application .* has a policy with RestrictAccess/],
                [policy, declared({ policyScopeGroupId: "all-staff@contoso.example" }), /^policyScopeGroupId: .* is no security principal/],
            ];
            for (const [type, inputs, says] of refused) {
                await assert.rejects(preview(type, inputs), ({ message }: Error) => says.test(message), String(says));
                await assert.rejects(plugin.create(type, inputs), ({ message }: Error) => says.test(message), String(says));
            }
            assert.deepEqual(writes(), []);
        });

        it("passes what an earlier try made, what is not all known, and what takes the place of the resource's own object", async () => {
            await preview(scope, filter("Alias -eq 'a'"));
            await preview(scope, filter(unknownText));
            await preview(mailGroup, { name: "MIM mailboxes", members: [mim, unknownText] });
            await plugin.check(scope, filter("Alias -eq 'b'"), filter("Alias -eq 'a'"));
            await plugin.check(scope, filter("Alias -eq 'b'"));
            await preview(scope, filter("Alias -eq 'b'"));
        });
    });

    it("an import of what is not there says what the id was looked for as; what was in state is gone", async () => {
        const types: [string, RegExp][] = [
            [policy, /there is none with the id "nonsense"; it was looked for as the Identity or Guid of a policy, or the client id/],
            [pointer, /looked for as the object id of an enterprise application, its client id or its display name/],
            [scope, /the Guid or name of a management scope/],
            [assignment, /the Guid or name of a management role assignment/],
            [mailGroup, /the Guid, object id, SMTP address, alias or name of a group/],
            ["hybrid-identity:exchange:EwsAllowedApplication", /the client id of an application that is in the list/],
        ];
        for (const [type, says] of types) await assert.rejects(plugin.read(type, "nonsense"), says);
        assert.equal((await plugin.read(policy, "nonsense", declared(), declared())).id, "");
        assert.equal((await plugin.read(policy, "nonsense", {}, declared())).id, "");
    });

    it("a credential that is refused is explained once; the others say that it is the same", async () => {
        tenant.behaviour.expiredSecret = true;
        const fresh = await Plugin.start(tenant.environment);
        try {
            await fresh.configure();
            const message = (work: Promise<unknown>) => work.then(() => "no error", ({ message: text }: Error) => text);
            const named = (name: string, more: Properties = {}) => message(fresh.read(policy, "a", declared(more), {}, name));
            const [first, second] = await Promise.all([named("first"), named("second")]);
            assert.match(first!, /^token for .*AADSTS7000222.*Used: clientSecret \(ARM_CLIENT_SECRET\)$/);
            assert.match(second!, /^token for \S+ from \S+: the same \(AADSTS7000222\) as "first" says in full$/);
            // Entra ID gives every refusal another number and time.
            assert.equal(await named("third"), second);
            assert.match(await named("first"), /Used: clientSecret/);
            // What asks for another resource is answered in full: nobody knows whether the answer is shown.
            assert.match(await message(fresh.invoke("hybrid-identity:exchange:recipient", { identity: mim })), /Used: clientSecret/);
        } finally {
            await fresh.stop();
        }
    });

    it("creates, refreshes without a change, updates and deletes; secrets stay secret", async () => {
        const inputs = declared({ description: secret("d") });
        const made = await plugin.create(policy, inputs);
        const outputs = { identity: made.id, scopeName: "MIM mailboxes", scopeIdentity: "MIM mailboxes" };
        assert.deepEqual(made.state, { ...inputs, ...outputs });
        assert.deepEqual(await plugin.read(policy, made.id, inputs, made.state), { ...made, inputs });

        const changed = declared({ description: secret("e") });
        tenant.resetCalls();
        assert.deepEqual(await plugin.update(policy, made, inputs, changed, true), { ...changed, ...outputs });
        assert.deepEqual(tenant.calls, []);
        assert.deepEqual(await plugin.update(policy, made, inputs, changed), { ...changed, ...outputs });

        await plugin.configure();
        await plugin.delete(policy, made);
        assert.deepEqual(writes(), ["Set-ApplicationAccessPolicy", "Remove-ApplicationAccessPolicy"]);
        assert.deepEqual(await plugin.read(policy, made.id, inputs, made.state), { id: "", inputs: {}, state: {} });
    });

    it("shows drift of what is declared, in the program's words, and of nothing else", async () => {
        const made = await plugin.create(policy, declared());
        Object.assign(
            tenant.state.exchange.policies[0]!,
            { AccessRight: "DenyAccess", Description: "tampered", AppId: appId.toLowerCase() },
        );
        await plugin.configure();
        const { inputs, state } = await plugin.read(policy, made.id, declared(), made.state);
        assert.deepEqual(inputs, declared({ accessRight: "DenyAccess" }));
        assert.deepEqual(state, { ...made.state, accessRight: "DenyAccess" });
    });

    it("an import tells all inputs", async () => {
        const made = await plugin.create(policy, declared({ description: "d" }));
        await plugin.configure();
        const imported = await plugin.read(policy, made.id);
        const oid = tenant.state.exchange.recipients.find(({ Name }) => Name === "MIM mailboxes")!.ExternalDirectoryObjectId;
        assert.deepEqual(imported.inputs, declared({ description: "d", policyScopeGroupId: oid }));
        assert.equal(imported.id, made.id);
    });

    it("many refreshes ask for one list", async () => {
        const made = await plugin.create(policy, declared());
        await plugin.configure();
        tenant.resetCalls();
        await Promise.all(Array.from({ length: 20 }, () => plugin.read(policy, made.id, declared(), made.state)));
        assert.equal(tenant.calls.filter(({ cmdlet }) => cmdlet === "Get-ApplicationAccessPolicy").length, 1);
    });

    it("does not delete for its former owner what this run took over", async () => {
        const before = await plugin.create(policy, declared());
        await plugin.configure();
        const after = await plugin.create(
            policy,
            declared({ policyScopeGroupId: tenant.state.exchange.recipients.find(({ Name }) => Name === "MIM mailboxes")!.Guid }),
        );
        assert.equal(after.id, before.id);
        await plugin.delete(policy, before);
        assert.equal(tenant.state.exchange.policies.length, 1);
        await plugin.configure();
        await plugin.delete(policy, after);
        assert.equal(tenant.state.exchange.policies.length, 0);
    });

    it("keeps in state what exists although it is not whole", async () => {
        const { id } = await plugin.create(policy, declared({ description: "before" }));
        tenant.behaviour.nextCmdlet("Set-ApplicationAccessPolicy", 403, {});
        const failed = plugin.create(policy, declared({ description: secret("after") }));
        await assert.rejects(failed, (error: Error & { initFailed?: { id: string; state: Properties; reasons: string[] } }) => {
            assert.match(error.message, /Set-ApplicationAccessPolicy: 403/);
            assert.equal(error.initFailed?.id, id);
            assert.deepEqual(error.initFailed.state["description"], secret("before"));
            assert.deepEqual(error.initFailed.reasons, [error.message]);
            return true;
        });
    });

    it("tells why a right is missing, and calls nothing absent for it", async () => {
        const made = await plugin.create(policy, declared());
        const { administrators } = tenant.state.exchange;
        tenant.state.exchange.administrators = [];
        for (const [status, roleMissingAs401] of [[403, false], [401, true]] as const) {
            tenant.behaviour.roleMissingAs401 = roleMissingAs401;
            await plugin.configure();
            await assert.rejects(
                plugin.read(policy, made.id, declared(), made.state),
                new RegExp(`Get-ApplicationAccessPolicy: ${status}: refused, and no reason given.*Exchange.ManageAsApp.*Exchange Administrator`),
            );
        }
        tenant.behaviour.roleMissingAs401 = false;
        tenant.state.exchange.administrators = administrators;
    });

    it("ends when the program's time is over, or when it is cancelled", async () => {
        const lost = declared({ policyScopeGroupId: "nobody@contoso.example" });
        await assert.rejects(
            plugin.create(policy, lost, { seconds: 1 }),
            /the time that the program allows \(customTimeouts\) was over|cancelled/,
        );
        const own = await Plugin.start(tenant.environment);
        try {
            await own.configure();
            const waiting = assert.rejects(own.create(policy, lost), /cancelled while it waited/);
            const asked = () => tenant.calls.filter(({ cmdlet }) => cmdlet === "Get-Recipient").length;
            for (const before = asked(); asked() === before; ) await new Promise(resolve => setTimeout(resolve, 20));
            await own.cancel();
            await waiting;
        } finally {
            await own.stop();
        }
    });

    it("has no other types", async () => {
        await assert.rejects(
            plugin.create("hybrid-identity:exchange:Mailbox"),
            { code: 12, message: /has no resource type "hybrid-identity:exchange:Mailbox"/ },
        );
    });
});
