// One cause is one message, without a stack or the engine's own words.
import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { entra, exchange } from "../../index";
import type { Tenant } from "../../lab/tenant/tenant";
import type { EngineStack, Program } from "./support/stack";
import { everyMailbox, useTenant } from "./support/tenantScene";

const id = "11111111-1111-4111-8111-111111111111";
const scope = { group: "nobody@contoso.example", inScopeMailbox: "mim@contoso.example", outOfScopeMailbox: "ceo@contoso.example" };
const ids = { clientId: id, servicePrincipalId: id.replace("1", "2") };

describe("engine: one cause is one message", function () {
    this.timeout(240_000);
    const scene = useTenant();
    let tenant: Tenant;
    let stack: EngineStack;

    before(() => ({ tenant, stack } = scene));

    /** The errors of a run, without the engine's own sum of them. */
    async function errors(program: Program): Promise<string[]> {
        stack.program = program;
        const { text } = await stack.preview({ fails: true });
        assert.doesNotMatch(text, /\n\s+at |serializing|grpc|Unhandled|UNKNOWN/i, text);
        const lines = text.split("\n").filter((line) => /^\s*error: /.test(line) && !/One or more errors occurred|preview failed/.test(line));
        return [...new Set(lines.map((line) => line.trim()))];
    }

    const programs: [string, () => unknown][] = [
        ["MailApplication", () => new entra.MailApplication("mim", { displayName: "MIM mail", adopt: id, ...everyMailbox })],
        ["MailApplication, audited", () => new entra.MailApplication("mim", { displayName: "MIM mail", adopt: id, mode: "audit", ...everyMailbox })],
        ["MailApplication with a scope of its own", () => new entra.MailApplication("mim", { displayName: "MIM mail", mailboxScope: "separate" })],
        ["MailboxScope with accessPolicy", () => new exchange.MailboxScope("mim", { ...scope, ...ids })],
        ["MailboxScope with rbac", () => new exchange.MailboxScope("mim", { ...scope, ...ids, method: "rbac" })],
        ["MailboxScope with migrate", () => new exchange.MailboxScope("mim", { ...scope, ...ids, method: "migrate" })],
        ["MailboxScope with mailboxes", () => new exchange.MailboxScope("mim", { ...scope, group: undefined, mailboxes: [scope.inScopeMailbox], ...ids })],
        ["EwsAccess", () => new exchange.EwsAccess("mim", { clientId: id })],
    ];
    for (const [what, program] of programs) {
        it(`wrong credentials: ${what}`, async () => {
            tenant.behaviour.expiredSecret = true;
            const found = await errors(() => (program(), {}));
            assert.equal(found.length, 1, found.join("\n"));
            assert.match(found[0]!, /^error: mim: .*AADSTS/);
        });
    }

    const settings = () => Object.keys(process.env).filter((name) => name.startsWith("ARM_"));
    const alone: [string, () => unknown][] = [
        programs[3]!,
        programs[7]!,
        ["MailEnabledSecurityGroup", () => new exchange.MailEnabledSecurityGroup("mim", { name: "MIM", members: [scope.inScopeMailbox] })],
    ];
    const refused: [string, RegExp, () => unknown][] = [
        ["a secret that has ended", /AADSTS7000222.*ARM_CLIENT_SECRET/, () => (tenant.behaviour.expiredSecret = true)],
        [
            "a role that is missing",
            /: 403: refused, and no reason given .*may not run Get-\w+; needed: .*Exchange Administrator/,
            () => (tenant.state.exchange.administrators = []),
        ],
        ["no settings at all", /Exchange Online: tenantId \(ARM_TENANT_ID\) is not set\. Set it/, () => settings().forEach((one) => delete process.env[one])],
    ];
    for (const [what, program] of alone) {
        for (const [why, says, spoil] of refused) {
            it(`${why}: ${what} alone`, async () => {
                const [environment, { administrators }] = [{ ...process.env }, tenant.state.exchange];
                tenant.behaviour.expiredSecret = false;
                spoil();
                try {
                    const found = await errors(() => (program(), {}));
                    assert.equal(found.length, 1, found.join("\n"));
                    assert.match(found[0]!, says);
                } finally {
                    Object.assign(process.env, environment);
                    Object.assign(tenant.state.exchange, { administrators });
                }
            });
        }
    }

    it("what an application is refused for, with everything that is made of its client id", async () => {
        tenant.behaviour.expiredSecret = false;
        const taken = String(tenant.state.applications[0]!.displayName);
        for (const [args, says] of [
            [{ displayName: taken }, /^error: mim: the tenant has an application ".*" already .* a second one of that name is not made/],
            [{ displayName: "MIM mail", certificate: pulumi.output("s3cret") }, /^error: mim: entra\.MailApplication "mim" cannot be used as it is written: certificate: must be one certificate in PEM form[^]*$/],
        ] as const) {
            const found = await errors(() => {
                const app = new entra.MailApplication("mim", { mailboxScope: "separate", ...args });
                new exchange.EwsAccess("ews", { clientId: app.clientId });
                new exchange.MailboxScope("scope", { ...scope, group: "mim-mailboxes@contoso.example", application: app });
                new exchange.MailboxScope("role", { ...scope, group: "mim-mailboxes@contoso.example", application: app, method: "rbac" });
                new exchange.ApplicationAccessPolicy("policy", { appId: app.clientId, policyScopeGroupId: "mim-mailboxes@contoso.example" });
                new exchange.ServicePrincipal("pointer", { appId: app.clientId, objectId: app.servicePrincipalId });
                new exchange.EwsAllowedApplication("allowed", { appId: app.clientId });
                return { clientId: app.clientId };
            });
            assert.equal(found.length, 1, found.join("\n"));
            assert.match(found[0]!, says);
            assert.doesNotMatch(found[0]!, /s3cret/);
        }
    });

    it("a group that is not there", async () => {
        tenant.behaviour.expiredSecret = false;
        for (const method of ["accessPolicy", "rbac", "migrate"] as const) {
            const found = await errors(() => (new exchange.MailboxScope("mim", { ...scope, ...ids, method }), {}));
            assert.equal(found.length, 1, found.join("\n"));
            assert.match(found[0]!, /^error: mim: "group" names nobody@contoso\.example, which Exchange does not know/);
        }
    });
});
