import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { existsSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { mfa } from "../../index";
import { phoneMethod } from "../../lab/tenant/graph/phoneMethods";
import { DEFAULT_ROLES, MFA_ROLES } from "../../lab/tenant/seed";
import { skip } from "../support/skip";
import { engineOrSkip, repository, temporaryFolder } from "./support/engine";
import { EngineStack } from "./support/stack";
import { useTenant } from "./support/tenantScene";

const upn = (at: number): string => `p${at}@hybrididentity.example`;
const people = [0, 1, 2, 3];
const phones = { [upn(0)]: "+49 151 10000000", [upn(1)]: "+49 151 10000001", [upn(2)]: "+49 151 10000002" };
const other = "+1 5555550017";
/** What must stand nowhere that somebody reads. */
const numbers = /1000000|5555550/;

describe("engine: MFA of people", function () {
    this.timeout(240_000);
    const scene = useTenant();
    let declared: mfa.PhoneMethodsArgs = { phones };
    const user = (at: number) => scene.tenant.state.users[at]!;
    const phonesOf = (at: number): string[] => (user(at).phoneMethods ?? []).map(({ phoneNumber }) => phoneNumber);
    const said = (text: string) => new RegExp(text.replace(/[.*+?()]/g, "\\$&"));

    before(() => {
        scene.tenant.grant([...DEFAULT_ROLES, ...MFA_ROLES]);
        scene.tenant.state.users = people.map((at) => ({ id: randomUUID(), displayName: `Person ${at}`, userPrincipalName: upn(at) }));
        user(1).phoneMethods = [phoneMethod(other)];
        user(1).perUserMfaState = "enforced";
        scene.stack.program = () => {
            const { set, different, people: who, phones: table } = new mfa.PhoneMethods("phones", declared);
            const states = new mfa.PerUserMfa("states", { users: people.map(upn), perUserMfaState: "enabled" });
            return { set, different, who, isSecret: pulumi.output(pulumi.isSecret(table)), asDeclared: states.asDeclared };
        };
    });
    afterEach(() => assert.doesNotMatch(scene.stack.stateText, numbers));

    it("says in a preview what it would do, and refuses who is not there, before anything is changed", async () => {
        const { text, warnings } = await scene.stack.preview({ diff: true });
        assert.doesNotMatch(text, numbers);
        assert.match(text, said("Phone numbers of 3 people: 2 to be set: p0@hybrididentity.example, p2@hybrididentity.example; 0 set; 1 with another number, which stays: p1@hybrididentity.example (has ***17, declared ***01)"));
        assert.match(text, said("MFA state of 4 people: 1 as declared; 3 not as declared: p0@hybrididentity.example (disabled)"));
        assert.equal(warnings.filter((one) => one.startsWith("Microsoft's advice is Conditional Access")).length, 1);
        declared = { phones: { ...phones, "gone@hybrididentity.example": "+49 151 10000009" } };
        const refused = await scene.stack.preview({ fails: true });
        assert.match(refused.text, /phones: gone@hybrididentity\.example: no such user: unknown or deleted/);
        assert.doesNotMatch(refused.text, numbers);
        declared = { phones: { "+49 151 10000009": upn(0) }, whenDifferent: other };
        const swapped = await scene.stack.preview({ fails: true });
        assert.match(swapped.text, /The users and numbers are the wrong way round, perhaps/);
        assert.match(swapped.text, /whenDifferent: expected .*received "\*\*\*17"/);
        assert.doesNotMatch(swapped.text, numbers);
        declared = { phones };
        assert.deepEqual(people.map(phonesOf), [[], [other], [], []]);
    });

    it("sets what is missing, keeps numbers out of state, output and diff, and then there is nothing to do", async () => {
        const { outputs, text } = await scene.stack.up({ diff: true });
        assert.deepEqual(people.map(phonesOf), [["+49 15110000000"], [other], ["+49 15110000002"], []]);
        const who = { set: [upn(0), upn(2)], alreadySet: [], different: [`${upn(1)} (has ***17, declared ***01)`], refused: [], unknown: [] };
        assert.deepEqual(outputs, { set: 2, different: 1, who, isSecret: true, asDeclared: 4 });
        assert.doesNotMatch(text, numbers);
        const { warnings } = await scene.stack.preview({ refresh: true, expectNoChanges: true });
        assert.match(warnings.join("\n"), /1 with another number, which stays: p1@/);
    });

    it("shows by name whose number or state somebody changed, and mends it", async () => {
        user(2).phoneMethods = [];
        user(0).perUserMfaState = "disabled";
        const { text, steps } = await scene.stack.preview({ refresh: true, diff: true });
        assert.deepEqual(steps.map(([name, operation, output]) => [name, operation, output]).sort(), [
            ["phones", "update", "next"],
            ["phones", "update", "toSet"],
            ["states", "update", "different"],
            ["states", "update", "next"],
        ]);
        assert.match(text, /- toSet *: 1\b/);
        assert.match(text, /- different: 1\b/);
        const next = (who: string) => new RegExp(`- next *: \\[\\s*- *\\[0\\]: "${who}"\\s*\\]\\n`);
        assert.match(text, next(`${upn(2)} \\(a number was set by this resource less than 15 minutes ago: not shown by Graph yet, or changed since\\)`));
        assert.match(text, next(`${upn(0)} \\(disabled\\)`));
        assert.doesNotMatch(text, numbers);
        const { outputs } = await scene.stack.up({ refresh: true });
        assert.deepEqual([phonesOf(2), outputs["set"], outputs["asDeclared"]], [["+49 15110000002"], 2, 4]);
    });

    it("keeps what was done where a part fails, and goes on in the next run", async () => {
        declared = { phones: { ...phones, [upn(3)]: "+49 151 10000003" }, removeOnDestroy: true };
        scene.tenant.behaviour.nextStatus(/\/p3%40.*\/phoneMethods$/, 403, { method: "POST", code: "Authorization_RequestDenied" });
        const { text } = await scene.stack.up({ fails: true });
        assert.match(text, /1 of 4 people: the number is not set, or not known: p3@\S+ \(403 /);
        assert.match(text, /lacks UserAuthenticationMethod\.ReadWrite\.All of Microsoft Graph/);
        const { outputs } = await scene.stack.up({ refresh: true });
        assert.deepEqual([phonesOf(3), outputs["set"]], [["+49 15110000003"], 3]);
    });

    it("keeps numbers secret in a program in YAML that says nothing of it", async function () {
        const host = "pulumi-language-yaml";
        process.env["PATH"] += delimiter + join(repository, ".tools/yaml");
        if (!process.env["PATH"]!.split(delimiter).some((one) => existsSync(join(one, host)) || existsSync(join(one, `${host}.exe`)))) {
            skip(this, `${host} is not on the PATH; "npm test" builds it where Go finds its modules, and says why where it cannot`);
        }
        const folder = temporaryFolder();
        const properties = { phones: { [upn(3)]: "+49 151 10000003" } };
        const program = { name: "people", runtime: "yaml", resources: { phones: { type: "hybrid-identity:mfa:PhoneMethods", properties } }, outputs: { table: "${phones.phones}", already: "${phones.alreadySet}" } };
        // JSON is YAML.
        writeFileSync(join(folder.path, "Pulumi.yaml"), JSON.stringify(program));
        const stack = await EngineStack.ofFolder(await engineOrSkip(this), folder.path, "people", "prod", folder.path);
        const { text } = await stack.up({ diff: true });
        assert.match(text, /already *: 1\b/);
        assert.match(text, /table *: \[secret\]/);
        assert.doesNotMatch(text + stack.stateText, numbers);
        folder.remove();
    });

    it("takes away, when it goes and that is declared, what it set itself", async () => {
        const { text } = await scene.stack.destroy();
        assert.match(text, /Phone numbers that this resource set: 3 removed/);
        assert.deepEqual(people.map(phonesOf), [[], [other], [], []]);
        assert.deepEqual(people.map((at) => user(at).perUserMfaState), ["enabled", "enforced", "enabled", "enabled"]);
    });
});
