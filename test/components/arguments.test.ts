// Every argument of every component of entra and exchange: left out, null, of the wrong type, misspelt. One RunError, before anything is registered.
import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { entra, exchange } from "../../index";

const id = "11111111-1111-4111-8111-111111111111";
const scope = { mailboxes: ["a@contoso.example"], inScopeMailbox: "a@contoso.example", outOfScopeMailbox: "b@contoso.example" };
type Args = Record<string, unknown>;
type Component = new (name: string, args: never) => unknown;

/** Component, arguments that are right, what may not be left out. */
const components: [string, Component, Args[], string[]][] = [
    [
        "entra.MailApplication",
        entra.MailApplication,
        [
            {
                displayName: "m", method: "rbac", mailboxScope: scope, owners: [id], secretRotation: { days: 90, overlapDays: 14 }, longestSecretDays: 200, adopt: id, mode: "audit", failOnDrift: true,
                keyVault: { resourceGroupName: "g", vaultName: "v" },
            },
            { displayName: "m", federatedCredential: { issuer: "https://i.example", subject: "s" } },
            { displayName: "m", certificate: pulumi.output("known later") },
        ],
        ["displayName", "mailboxScope.inScopeMailbox", "mailboxScope.outOfScopeMailbox", "secretRotation.days", "secretRotation.overlapDays", "keyVault.resourceGroupName", "keyVault.vaultName", "federatedCredential.issuer", "federatedCredential.subject"],
    ],
    ["exchange.MailboxScope", exchange.MailboxScope, [{ ...scope, clientId: id, servicePrincipalId: id.replace("1", "2"), method: "rbac" }], ["clientId", "servicePrincipalId", "inScopeMailbox", "outOfScopeMailbox"]],
    ["exchange.EwsAccess", exchange.EwsAccess, [{ clientId: id, enableEws: true, neededUntil: "2027-01-01", mode: "audit" }], ["clientId"]],
];

/** All members with their paths, and the arguments with one of them changed. */
function changed(args: Args, change: (holder: Args, name: string) => void): [string, Args][] {
    const paths = (one: Args, above: string[] = []): string[][] =>
        Object.entries(one).flatMap(([name, value]) => [
            [...above, name],
            ...(typeof value === "object" && value !== null && !Array.isArray(value) && !pulumi.Output.isInstance(value) ? paths(value as Args, [...above, name]) : []),
        ]);
    return paths(args).map((path) => {
        const copy = (one: Args, [name, ...below]: string[]): Args => {
            const made = { ...one };
            if (below.length > 0) made[name!] = copy(one[name!] as Args, below);
            else change(made, name!);
            return made;
        };
        return [path.join("."), copy(args, path)];
    });
}

describe("arguments of the components of entra and exchange", () => {
    before(() => pulumi.runtime.setMocks({ newResource: ({ type }) => assert.fail(`${type} was registered`), call: () => ({}) }, "p", "s", true));

    for (const [type, Component, given, required] of components) {
        const refused = (args: unknown, property: string, received: RegExp) =>
            assert.throws(
                () => new Component("x", args as never),
                (error: Error) => {
                    assert.ok(pulumi.RunError.isInstance(error), `${property}: ${error.stack}`);
                    const [title, ...lines] = error.message.split("\n");
                    assert.equal(title, `${type} "x" cannot be used as it is written:`);
                    const line = lines.find((one) => one.startsWith(`  ${property}: `) || one.startsWith(`  ${property}[`));
                    assert.match(line ?? error.message, received, property);
                    return line !== undefined || assert.fail(`no line of ${property}: ${error.message}`);
                },
                `${type}: ${property}`,
            );

        it(`${type}: none, null, and something else`, () => {
            for (const args of [undefined, null, {}]) refused(args, required[0]!, /is required; received nothing/);
            refused("MIM mail", "arguments", /must be an object with the members .*; received "MIM mail"/);
        });

        it(`${type}: left out`, () => {
            const lacking = given.flatMap((args) => changed(args, (holder, name) => delete holder[name])).filter(([path]) => required.includes(path));
            assert.deepEqual([...new Set(lacking.map(([path]) => path))].sort(), [...required].sort());
            lacking.forEach(([path, args]) => refused(args, path, /is required; received nothing/));
        });

        it(`${type}: null`, () => {
            given.flatMap((args) => changed(args, (holder, name) => (holder[name] = null))).forEach(([path, args]) => refused(args, path, /received null|unknown choice null/));
        });

        it(`${type}: of the wrong type`, () => {
            const wrong = /must be .*; received (an array|a function|something else)|must be known while|unknown choice an array|\[0\]: must be a text; received 7/;
            given.flatMap((args) => changed(args, (holder, name) => (holder[name] = [7]))).forEach(([path, args]) => refused(args, path, wrong));
        });

        it(`${type}: misspelt`, () => {
            const misspelt = given.flatMap((args) => changed(args, (holder, name) => (holder[`${name}s`] = holder[name])));
            misspelt.forEach(([path, args]) => refused(args, `${path}s`, new RegExp(`is not known here; "${path.split(".").at(-1)}" is meant, perhaps\\. There are |is not known here\\. There are `)));
        });
    }

    it("a private key in place of a certificate is not shown", () => {
        const key = "-----BEGIN PRIVATE KEY-----MIIs3cret";
        for (const certificate of [key, [key], { pem: key }]) {
            assert.throws(() => new entra.MailApplication("x", { displayName: "m", certificate } as never), (error: Error) => /certificate: must be/.test(error.message) && !/s3cret/.test(error.message));
        }
    });
});
