// What limits an application is asked of Exchange in every audit: a refresh takes what is gone out of state.
import assert from "node:assert/strict";
import { entra } from "../../index";
import type { Tenant } from "../../lab/tenant/tenant";
import { firstNoon, secretRotation, writesTo } from "./support/mimMail";
import type { EngineStack } from "./support/stack";
import { useTenant } from "./support/tenantScene";

const byGroup = { group: "mim-mailboxes@contoso.example", inScopeMailbox: "mim@contoso.example", outOfScopeMailbox: "ceo@contoso.example" };
const byList = { ...byGroup, group: undefined, mailboxes: ["mim@contoso.example"] };

describe("engine: an audit of what limits an application", function () {
    this.timeout(240_000);
    const scene = useTenant(firstNoon);
    let tenant: Tenant;
    let stack: EngineStack;
    let other: EngineStack;
    let seen: { state?: string; drift?: string[] };

    before(async () => {
        ({ tenant, stack } = scene);
        other = await scene.anotherStack("looks-on");
    });

    function declare(on: EngineStack, args: Partial<entra.MailApplicationArgs>): void {
        on.program = () => {
            seen = {};
            const app = new entra.MailApplication("mim", { displayName: "MIM mail", secretRotation, mailboxScope: byGroup, ...args });
            app.state.apply((state) => (seen.state = state));
            app.drift.apply((drift) => (seen.drift = drift.map((one) => `${one.property}: ${one.found} -> ${one.declared}`)));
            return {};
        };
    }

    const policies = () => tenant.state.exchange.policies;
    const clientId = () => tenant.state.applications.find((one) => one.displayName === "MIM mail")!.appId;
    const absent = 'access policy: absent -> "RestrictAccess on mim-mailboxes@contoso.example"';
    const lost = { state: "drifted", drift: [absent] };

    it("tells that the policy is gone in every run after it, also once a refresh took it out of state, and keeps the scope in state", async () => {
        declare(stack, {});
        await stack.up();
        declare(stack, { mode: "audit" });
        await stack.up({ refresh: true });
        assert.deepEqual(seen, { state: "compliant", drift: [] });
        tenant.resetCalls();
        const policy = policies().splice(0);
        await stack.refresh();
        for (const run of [() => stack.preview(), () => stack.up({ refresh: true }), () => stack.up()]) {
            const { warnings } = await run();
            assert.deepEqual(seen, lost);
            assert.ok(warnings.some((one) => one.includes(absent)), warnings.join("\n"));
        }
        assert.deepEqual(writesTo(tenant), []);
        assert.ok(stack.resources.some(({ urn }) => urn.endsWith("MailboxScope::mim-scope")), "the scope is out of state");
        policies().push(...policy);
    });

    it("compares the policy of an application that no stack manages with what is declared", async () => {
        declare(other, { mode: "audit", adopt: clientId(), mailboxScope: byGroup });
        const limits = async () => {
            await other.preview();
            return seen.drift!.filter((one) => one.startsWith("access policy"));
        };
        assert.deepEqual(await limits(), []);
        const [policy] = policies();
        policies().splice(0, 1, { ...policy!, AccessRight: "DenyAccess" });
        assert.deepEqual(await limits(), ['access policy: ["DenyAccess on MIM mailboxes"] -> "RestrictAccess on mim-mailboxes@contoso.example"']);
        policies().splice(0);
        assert.deepEqual(await limits(), [absent]);
        declare(other, { mode: "audit", adopt: clientId(), mailboxScope: "separate" });
        assert.deepEqual(await limits(), ['access policy: absent -> "RestrictAccess on the group of a MailboxScope"']);
        policies().push(policy!);
        assert.deepEqual(await limits(), []);
        declare(other, { mode: "audit", adopt: clientId(), mailboxScope: byList });
        assert.deepEqual(await limits(), ['access policy: ["RestrictAccess on MIM mailboxes"] -> "RestrictAccess on mim-scope-mailboxes"']);
        assert.doesNotMatch(other.stateText, /exchange:ApplicationAccessPolicy/);
    });

    it("is never compliant where Exchange cannot be read", async () => {
        declare(other, { mode: "audit", adopt: clientId() });
        tenant.behaviour.nextCmdlet("Get-ApplicationAccessPolicy", 403, { times: 99 });
        const { text } = await other.preview({ fails: true });
        tenant.behaviour.reset();
        assert.match(text, /mim: the access policies of the application \S+ cannot be read, so nothing was compared: .*403/);
        assert.notEqual(seen.state, "compliant");
    });

    it("tells that the role is not as declared, where a role limits the application", async () => {
        declare(other, { displayName: "by role", method: "rbac" });
        await other.up();
        declare(other, { displayName: "by role", method: "rbac", mode: "audit" });
        await other.up();
        assert.deepEqual(seen, { state: "compliant", drift: [] });
        const [assignment] = tenant.state.exchange.assignments;
        const name = `mim-scope-${tenant.state.applications.find((one) => one.displayName === "by role")!.appId}`;
        assignment!.Role = "Application Mail.Read";
        await other.preview();
        assert.deepEqual(seen.drift, [`role assignment: "Application Mail.Read on ${name}" -> "Application EWS.AccessAsApp on ${name}"`]);
        tenant.state.exchange.assignments.length = 0;
        await other.preview();
        assert.deepEqual(seen.drift, [`role assignment: absent -> "Application EWS.AccessAsApp on ${name}"`]);
    });
});
