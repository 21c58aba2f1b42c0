import assert from "node:assert/strict";
import { entra, exchange, MailMethod } from "../../index";
import type { Tenant } from "../../lab/tenant/tenant";
import type { EngineStack } from "./support/stack";
import { useTenant } from "./support/tenantScene";

const start = "2026-12-01T12:00:00.000Z";
const mim = "mim@contoso.example";
const mim2 = "mim2@contoso.example";
const ceo = "ceo@contoso.example";
const byGroup = { group: "mim-mailboxes@contoso.example", inScopeMailbox: mim, outOfScopeMailbox: ceo };
const asDeclared = { inScope: "granted", outOfScope: "denied", state: "tested" };
const byList = { mailboxes: [mim2], inScopeMailbox: mim2, outOfScopeMailbox: ceo };

describe("engine: the mailboxes that an application may open", function () {
    this.timeout(240_000);
    const scene = useTenant();
    const leaks: string[] = [];
    let tenant: Tenant;
    let stack: EngineStack;

    before(() => {
        ({ tenant, stack } = scene);
        at(0);
        tenant.onChange = watch;
    });

    afterEach(() => assert.deepEqual(leaks.splice(0), []));

    /** So many hours after the first run. */
    function at(hours: number): void {
        scene.setTime(Date.parse(start) + hours * 3_600_000);
    }

    /** Asks after every write: may the application read what has to stay closed? */
    function watch(): void {
        const found = application();
        if (found !== undefined && tenant.mayAccess(found.appId, ceo)) {
            leaks.push(`after ${tenant.calls.at(-1)?.method} ${tenant.calls.at(-1)?.path} ${tenant.calls.at(-1)?.cmdlet ?? ""}`);
        }
    }

    /** What was open until the repair was opened by somebody else. */
    function repaired(): void {
        leaks.length = 0;
    }

    function declare(method: MailMethod, mailboxScope: entra.MailApplicationArgs["mailboxScope"]): void {
        stack.program = () => {
            const secretRotation = { days: 90, overlapDays: 14, startingOn: "2027-06-01" };
            const app = new entra.MailApplication("mail", { displayName: "MIM mail", secretRotation, method, mailboxScope });
            return { step: app.migrationStep, access: app.mailboxAccess };
        };
    }

    const application = () => tenant.state.applications.find((one) => one.displayName === "MIM mail");
    const opens = (mailbox: string) => tenant.mayAccess(application()!.appId, mailbox);
    const given = () => tenant.state.servicePrincipals.flatMap((one) => one.appRoleAssignedTo);
    const consents = () => given().filter((one) => one.principalDisplayName === "MIM mail").length;
    const policies = () => tenant.state.exchange.policies;
    const group = (name: string) => tenant.state.exchange.recipients.find((one) => one.Name === name)!;
    const mailbox = (name: string) => tenant.state.exchange.recipients.find((one) => one.Name === name)!.Guid;
    const still = () => stack.preview({ expectNoChanges: true });
    const same = () => stack.preview({ refresh: true, expectNoChanges: true });
    const about = (warnings: string[]) => warnings.filter((one) => one.startsWith("mail-scope: "));

    it("are limited before the consent is given", async () => {
        declare("accessPolicy", byGroup);
        const { outputs } = await stack.up();
        assert.deepEqual([opens(mim), opens(mim2), opens(ceo)], [true, false, false]);
        assert.deepEqual(outputs["access"], { ...asDeclared, pendingUntil: "2026-12-01T14:00:00.000Z" });
    });

    it("stay as they are, and a preview says what is pending, and what Microsoft advises", async () => {
        at(1);
        const [advice, pending, ...others] = about((await same()).warnings).sort();
        assert.match(advice!, /Microsoft advises RBAC for Applications/);
        assert.match(pending!, /pending until 2026-12-01T14:00:00\.000Z: Exchange answers as declared/);
        assert.deepEqual(others, []);
    });

    it("are limited again after somebody took the policy away", async () => {
        at(3);
        policies().length = 0;
        assert.equal(opens(ceo), true);
        const open = /^mail-scope: THE APPLICATION \S+ CAN OPEN EVERY MAILBOX NOW: it has the consent full_access_as_app, and no access policy limits it/;
        assert.equal((await stack.preview({ refresh: true })).warnings.filter((one) => open.test(one)).length, 1);
        await stack.refresh();
        const { text, warnings } = await stack.up({ refresh: true, diff: true });
        assert.match(text, /\+ hybrid-identity:exchange:ApplicationAccessPolicy: \(create\)/);
        assert.ok(warnings.some((one) => open.test(one)), warnings.join("\n"));
        assert.equal(opens(ceo), false);
        assert.ok(!(await stack.preview({ refresh: true })).warnings.some((one) => open.test(one)), "it is limited again");
        repaired();
    });

    it("change without a moment in which all are open", async () => {
        declare("accessPolicy", byList);
        await stack.up();
        assert.deepEqual([opens(mim), opens(mim2), opens(ceo)], [false, true, false]);
        assert.equal(policies().length, 1);
    });

    it("show a member that somebody added to the group, and lose it again", async () => {
        at(5);
        group("mail-scope-mailboxes").members!.push(mailbox("ceo"));
        const seen = await stack.preview({ refresh: true, diff: true });
        assert.match(seen.text, /ceo@contoso\.example/);
        assert.match(seen.warnings.join("\n"), /mail-scope: THE APPLICATION .* CAN OPEN A MAILBOX THAT HAS TO STAY CLOSED/);
        await stack.up({ refresh: true });
        assert.deepEqual([opens(mim2), opens(ceo)], [true, false]);
        repaired();
    });

    it("are not given a role beside the consent, and nothing is written", async () => {
        declare("rbac", byList);
        tenant.resetCalls();
        const { text } = await stack.up({ fails: true });
        assert.match(text, /mail-scope: the service principal \S+ has the consent full_access_as_app for .*Use the method "migrate"/);
        assert.doesNotMatch(text, /\n\s+at /, "a stack is printed");
        assert.deepEqual([consents(), policies().length, tenant.state.exchange.assignments.length], [1, 1, 0]);
    });

    it("are not migrated past a policy that denies, and nothing is taken away", async () => {
        declare("migrate", byList);
        const [own] = policies();
        policies().push({ ...own!, AccessRight: "DenyAccess", Identity: own!.Identity.replace(application()!.appId, "*"), AppId: "*" });
        const { text } = await stack.up({ fails: true });
        policies().pop();
        assert.match(text, /would open mailboxes:\s+the policy .* denies all applications the mailboxes of "mail-scope-mailboxes"/);
        assert.deepEqual([consents(), policies().length, tenant.state.exchange.assignments.length], [1, 1, 0]);
    });

    it("stay limited when the tenant does not say where the migration stands", async () => {
        tenant.behaviour.nextCmdlet("Get-ApplicationAccessPolicy", 403, { times: 99 });
        await stack.up({ fails: true });
        tenant.behaviour.reset();
        tenant.behaviour.nextStatus(/appRoleAssignments/, 403, { times: 99 });
        await stack.up({ fails: true });
        tenant.behaviour.reset();
        assert.deepEqual([consents(), policies().length, opens(mim2), opens(ceo)], [1, 1, true, false]);
    });

    it("migrate: the role is given first, and only once, also when the first run was killed before it could note that", async () => {
        const before = stack.stateText;
        await stack.up();
        stack.stateText = before;
        const { outputs } = await stack.up();
        assert.equal(outputs["step"], "grant");
        assert.deepEqual(outputs["access"], { ...asDeclared, pendingUntil: "2026-12-01T19:00:00.000Z" });
        assert.deepEqual([consents(), policies().length, tenant.state.exchange.assignments.length], [1, 1, 1]);
        at(6);
        const { warnings } = await still();
        assert.match(about(warnings).join("\n"), /step "grant": .*not before 2026-12-01T19:00:00\.000Z/);
    });

    it("migrate: then the consent goes, shown in the preview", async () => {
        at(8);
        const seen = await stack.preview({ diff: true });
        const changes = seen.text.match(/^\s*[-+~]+ \S+: \((?!refresh)\w+\)/gm)?.map((one) => one.trim());
        assert.deepEqual(changes, ["- azuread:index/appRoleAssignment:AppRoleAssignment: (delete)"]);
        const before = stack.stateText;
        assert.equal((await stack.up()).outputs["step"], "consent");
        assert.deepEqual([consents(), policies().length, opens(mim2), opens(ceo)], [0, 1, true, false]);
        stack.stateText = before;
    });

    it("migrate: then the policy stays for old tokens, marked, also when the run before was killed at its end", async () => {
        tenant.behaviour.nextCmdlet("Set-ApplicationAccessPolicy", 400);
        await stack.up({ fails: true, refresh: true });
        assert.equal((await stack.up()).outputs["step"], "drain");
        assert.equal(policies()[0]!.Description, "Pulumi: consent removed 2026-12-01T20:00:00.000Z");
        at(9);
        assert.match(about((await still()).warnings).join("\n"), /step "drain": .* until 2026-12-01T22:00:00\.000Z/);
    });

    for (const as of ["empty", "notFound"] as const) {
        it(`migrate: the policy stays where Exchange lists none (${as}), once or for long`, async () => {
            tenant.behaviour.policyListsLost = { as, times: 1 };
            assert.match(about((await still()).warnings).join("\n"), /step "drain"/);
            for (const refresh of [false, true]) {
                tenant.behaviour.policyListsLost = { as, times: 99 };
                const { text } = await stack.up({ fails: true, ...(refresh ? { refresh } : {}) });
                assert.match(text, /mail-scope: this stack's state has the access policy \S+, and Exchange, asked several times, lists none such\. Nothing is taken away/);
                tenant.behaviour.policyListsLost = undefined;
                assert.deepEqual([policies().length, consents(), opens(mim2), opens(ceo)], [1, 0, true, false]);
                assert.equal((await stack.up()).outputs["step"], "drain");
                assert.ok(stack.resources.some(({ type }) => type.endsWith(":ApplicationAccessPolicy")));
            }
        });
    }

    it("migrate: then the policy goes, and nothing is left to do, with rbac neither", async () => {
        at(10);
        tenant.behaviour.nextCmdlet("Remove-ApplicationAccessPolicy", 400);
        await stack.up({ fails: true });
        assert.equal(policies().length, 1);
        assert.equal((await stack.up()).outputs["step"], "policy");
        assert.equal(policies().length, 0);
        assert.deepEqual([opens(mim), opens(mim2), opens(ceo)], [false, true, false]);
        assert.match(about((await still()).warnings).join("\n"), /step "done": .*change the method to "rbac"/);
        declare("rbac", byList);
        assert.deepEqual(about((await still()).warnings), []);
    });

    it("show a role, a scope and a pointer that somebody changed, and get them back", async () => {
        const { exchange } = tenant.state;
        exchange.scopes[0]!.RecipientFilter = "MemberOfGroup -eq 'CN=Everybody'";
        exchange.assignments.length = 0;
        exchange.servicePrincipals.length = 0;
        const seen = await stack.preview({ refresh: true, diff: true });
        assert.match(seen.text, /CN=Everybody/);
        for (const lost of ["ManagementRoleAssignment", "ServicePrincipal"]) {
            assert.match(seen.text, new RegExp(`\\+ hybrid-identity:exchange:${lost}: \\(create\\)`));
        }
        await stack.up({ refresh: true });
        assert.deepEqual([opens(mim2), opens(ceo)], [true, false]);
    });

    it("go back to an access policy, which is there before the consent", async () => {
        declare("accessPolicy", byList);
        await stack.up();
        assert.deepEqual([consents(), policies().length, tenant.state.exchange.assignments.length], [1, 1, 0]);
        assert.deepEqual([opens(mim2), opens(ceo)], [true, false]);
    });

    it("leave nothing behind when they are destroyed, and the consent goes before the policy", async () => {
        await stack.destroy();
        const { exchange } = tenant.state;
        assert.deepEqual([exchange.assignments, exchange.scopes, exchange.servicePrincipals, exchange.policies], [[], [], [], []]);
        assert.equal(group("mail-scope-mailboxes"), undefined);
        assert.equal(application(), undefined);
    });

    it("are limited by a scope of its own where the application says so, and each run warns until that stands", async () => {
        const apart = await scene.anotherStack("apart");
        const program = (mailboxScope: entra.MailApplicationArgs["mailboxScope"], limited: boolean) => () => {
            const secretRotation = { days: 90, overlapDays: 14, startingOn: "2027-06-01" };
            const app = new entra.MailApplication("own", { displayName: "apart", secretRotation, mailboxScope });
            if (limited) {
                new exchange.MailboxScope("own-scope", { application: app, ...byGroup });
            }
            return { clientId: app.clientId };
        };
        apart.program = program("separate", true);
        const warned = (warnings: string[]) => warnings.filter((one) => one.startsWith("own: when this run began no access policy limited the application"));
        assert.equal(warned((await apart.preview()).warnings).length, 1);
        const { outputs, warnings } = await apart.up();
        const appId = outputs["clientId"] as string;
        assert.deepEqual([warned(warnings).length, tenant.mayAccess(appId, mim), tenant.mayAccess(appId, ceo)], [1, true, false]);
        assert.deepEqual(warned((await apart.preview({ refresh: true, expectNoChanges: true })).warnings), []);
        // Without the scope the limit would go and the consent stay.
        apart.program = program("separate", false);
        const gone = /own: mailboxScope is "separate", and nothing in the program limits the application .* access policy \(own-scope-policy\) and leave its consent/;
        for (const run of ["preview", "up"] as const) {
            assert.match((await apart[run]({ fails: true })).text, gone);
        }
        assert.equal(tenant.mayAccess(appId, ceo), false);
        apart.program = program("separate", true);
        await apart.up();
        tenant.state.exchange.policies = tenant.state.exchange.policies.filter((one) => one.AppId !== appId);
        assert.equal(warned((await apart.preview({ refresh: true })).warnings).length, 1);
        await apart.destroy({ refresh: true });

        apart.program = program(byGroup, false);
        const inline = String((await apart.up()).outputs["clientId"]);
        apart.program = program("separate", false);
        assert.match((await apart.up({ fails: true })).text, /nothing in the program limits the application .* \(own-scope-policy\)/);
        assert.equal(tenant.mayAccess(inline, ceo), false);
        apart.program = program("separate", true);
        await apart.up();
        assert.equal(tenant.mayAccess(inline, ceo), false);
        await apart.destroy();
    });
});
