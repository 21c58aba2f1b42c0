import assert from "node:assert/strict";
import { entra } from "../../index";
import { callGraph, sendMail } from "../../lab/tenant/client";
import { newAuthority } from "../../lab/tenant/certificates";
import { DEFAULT_ROLES } from "../../lab/tenant/seed";
import type { Tenant } from "../../lab/tenant/tenant";
import { consentsIn, declareMim, firstNoon, secretRotation, writesTo } from "./support/mimMail";
import type { EngineStack } from "./support/stack";
import { everyMailbox, useTenant } from "./support/tenantScene";

describe("engine: an application that is only audited", function () {
    this.timeout(240_000);
    const scene = useTenant(firstNoon);
    let tenant: Tenant;
    let stack: EngineStack;

    before(() => ({ tenant, stack } = scene));

    function declare(args: Partial<entra.MailApplicationArgs> = {}): void {
        stack.program = () => {
            // Nothing is an output of the stack: nobody waits for what fails in it.
            const app = declareMim(args);
            app.state.apply((state) => (seen.state = state));
            app.drift.apply((drift) => (seen.drift = drift.map((one) => `${one.property}: ${one.found} -> ${one.declared}`)));
            app.clientSecret.apply((secret) => (seen.clientSecret = secret));
            return {};
        };
        seen = {};
    }

    let seen: { state?: string; drift?: string[]; clientSecret?: string } = {};
    let given: { clientId: string; clientSecret: string };
    const writes = () => writesTo(tenant);
    const application = () => tenant.state.applications.find((one) => one.appId === given.clientId)!;

    it("writes nothing where a right is missing, in an update without preview too, and says so once", async () => {
        tenant.grant(["Application.ReadWrite.All"]);
        declare();
        tenant.resetCalls();
        const { text } = await stack.up({ fails: true });
        tenant.grant(DEFAULT_ROLES);
        assert.deepEqual(writes(), []);
        assert.match(text, /error: mim: the service principal .* lacks AppRoleAssignment\.ReadWrite\.All/);
        assert.doesNotMatch(text, /\n\s+at |serializing/);
        assert.doesNotMatch(stack.stateText, /azuread:index/);
    });

    it("needs to be told which application, where the stack manages none", async () => {
        declare({ mode: "audit" });
        const { text } = await stack.preview({ fails: true });
        assert.match(text, /mim: this stack manages no application yet, so "audit" needs "adopt"/);
        assert.doesNotMatch(text, /\n\s+at /, "a stack is printed");
    });

    it("is compliant right after it was made, and keeps its secret", async () => {
        declare();
        await stack.up();
        const { appId } = tenant.state.applications.find((one) => one.displayName === "MIM mail")!;
        given = { clientId: appId, clientSecret: seen.clientSecret! };
        declare({ mode: "audit" });
        tenant.resetCalls();
        const { changes } = await stack.preview({ refresh: true });
        assert.deepEqual([changes, seen], [{}, { state: "compliant", drift: [], clientSecret: given.clientSecret }]);
        const { text } = await stack.up({ refresh: true });
        assert.deepEqual(writes(), []);
        assert.equal(await sendMail(tenant, given), "sent");
        assert.ok(!text.includes(given.clientSecret), "the secret is printed");
        assert.ok(!stack.stateText.includes(given.clientSecret), "the secret is in state in clear");
    });

    it("tells every value before and after, in one warning, and writes nothing; failOnDrift ends the run", async () => {
        Object.assign(application(), { displayName: "MIM mail!", web: { redirectUris: ["https://elsewhere.example/"] } });
        for (const one of tenant.state.servicePrincipals) {
            one.appRoleAssignedTo = one.appRoleAssignedTo.filter((assignment) => assignment.principalDisplayName !== "MIM mail");
        }
        const drift = [
            'consent: [] -> ["full_access_as_app"]',
            'displayName: "MIM mail!" -> "MIM mail"',
            'web.redirectUris: ["https://elsewhere.example/"] -> []',
        ];
        declare({ mode: "audit", failOnDrift: true });
        tenant.resetCalls();
        const preview = await stack.preview({ refresh: true, fails: true });
        assert.deepEqual([seen.state, seen.drift], ["drifted", drift]);
        const warning = /mim \(MIM mail!, .*\): 3 values differ from what is declared \(found -> declared\):\n {2}consent: \[\] -> \["full_access_as_app"\]\n/;
        assert.match(preview.warnings.join("\n"), warning);
        assert.match(preview.text, /mim: 3 properties differ from what is declared, and "failOnDrift" is set/);
        declare({ mode: "audit" });
        const up = await stack.up({ refresh: true });
        assert.deepEqual([seen.state, seen.drift, up.changes], ["drifted", drift, {}]);
        assert.deepEqual(writes(), []);
    });

    it("is enforced again: repaired, not made again, with the same secret", async () => {
        const { id } = application();
        declare();
        await stack.up({ refresh: true });
        assert.deepEqual([application().id, application().displayName, consentsIn(tenant).length, seen.clientSecret], [id, "MIM mail", 1, given.clientSecret]);
        assert.equal(await sendMail(tenant, given), "sent");
        assert.doesNotMatch(stack.stateText, /retainOnDelete/);
    });

    it("deletes nothing where something in state is gone at the first audit, but says what to do", async () => {
        const hand = await callGraph(tenant, "POST", `/v1.0/applications/${application().id}/addPassword`, { passwordCredential: { displayName: "by hand" } });
        application().passwordCredentials = application().passwordCredentials.filter((one) => one.keyId === hand.body["keyId"]);
        declare({ mode: "audit" });
        tenant.resetCalls();
        for (const refresh of [undefined, true] as const) {
            const { text } = await stack.up({ refresh, fails: true });
            assert.match(text, /mim: this stack's state has mim-secret-2026-12-01, which the tenant no longer has, .*run "pulumi refresh", a command of its own .*"pulumi up" with mode "enforce" makes it again/);
        }
        assert.deepEqual(seen.drift, ['secret "Pulumi 2026-12-01": absent -> "2027-03-30T00:00:00Z"']);
        await stack.refresh();
        await stack.up();
        assert.deepEqual(writes(), []);
        assert.equal(application().passwordCredentials.length, 1);
    });

    it("keeps what is in state where a right is lost, and names the right", async () => {
        tenant.grant(["Application.ReadWrite.All"]);
        declare();
        tenant.resetCalls();
        const { text } = await stack.up({ fails: true });
        tenant.grant(DEFAULT_ROLES);
        assert.deepEqual(writes(), []);
        assert.match(text, /lacks AppRoleAssignment\.ReadWrite\.All/);
        assert.equal(consentsIn(tenant).length, 1);
    });

    it("refuses another client id than that of the application in state, which an import would delete", async () => {
        tenant.resetCalls();
        for (const mode of ["enforce", "audit"] as const) {
            declare({ adopt: tenant.clientId, mode });
            const { text } = await stack.up({ fails: true });
            assert.match(text, new RegExp(`mim: "adopt" names the client id ${tenant.clientId}, and this stack manages the application ${given.clientId}`));
        }
        assert.deepEqual(writes(), []);
    });

    it("keeps certificate, federated credential, copy in a Key Vault and mailbox scope as well", async () => {
        const { certificate } = newAuthority();
        const states: string[] = [];
        const program = (mode: "enforce" | "audit") => () => {
            const rest = { displayName: "other", mode };
            const scope = { group: "mim-mailboxes@contoso.example", inScopeMailbox: "mim@contoso.example", outOfScopeMailbox: "ceo@contoso.example" };
            const keyVault = { resourceGroupName: "identity", vaultName: "hybrid-identity-lab" };
            const all = [
                new entra.MailApplication("c", { ...rest, ...everyMailbox, certificate }),
                new entra.MailApplication("f", { ...rest, ...everyMailbox, federatedCredential: { issuer: "https://token.example", subject: "s" } }),
                new entra.MailApplication("v", { ...rest, keyVault, mailboxScope: scope, secretRotation }),
            ];
            all.forEach((one) => one.state.apply((state) => states.push(state)));
            return {};
        };
        const others = await scene.anotherStack("others");
        others.program = program("enforce");
        await others.up();
        others.program = program("audit");
        tenant.resetCalls();
        const { changes } = await others.up({ refresh: true });
        assert.deepEqual([changes, states.slice(3), writes()], [{}, ["compliant", "compliant", "compliant"], []]);
        assert.equal(tenant.state.exchange.policies.length, 1);
        const policies = tenant.state.exchange.policies.splice(0);
        const unlimited = await others.preview({ refresh: true });
        assert.match(unlimited.warnings.join("\n"), /access policy: absent -> "/);
        tenant.state.exchange.policies.push(...policies);
        // An application that is gone is never taken for drift, and what a refresh dropped is not made again from what state had.
        tenant.state.applications = tenant.state.applications.filter((one) => one.passwordCredentials.length === 0 || one.displayName !== "other");
        const left = tenant.state.applications.length;
        const { text } = await others.up({ refresh: true, fails: true });
        assert.match(text, /v: the application [0-9a-f-]{36} cannot be read, so nothing was compared: .*Application not found/);
        assert.deepEqual([writes(), tenant.state.applications.length], [[], left]);
    });

    it("leaves everything in the tenant when it is removed from the program while it is audited", async () => {
        declare({ mode: "audit" });
        await stack.up();
        tenant.resetCalls();
        stack.program = () => ({});
        await stack.up();
        assert.deepEqual(writes(), []);
        assert.doesNotMatch(stack.stateText, /azuread:index/);
    });

    it("looks at an application that no stack manages, by its client id, and keeps nothing of it in state", async () => {
        declare({ mode: "audit", adopt: given.clientId });
        const { warnings } = await stack.up();
        assert.deepEqual([seen.state, seen.clientSecret, writes()], ["drifted", undefined, []]);
        assert.deepEqual(seen.drift, ['secret "Pulumi 2026-12-01": absent -> "2027-03-30T00:00:00Z"']);
        assert.match(warnings.join("\n"), /credentials that this program did not make; they stay:\n {2}secret .* "by hand"/);
        assert.doesNotMatch(stack.stateText, /azuread:index/);
    });
});
