import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { setTimeout as delay } from "node:timers/promises";
import type { Fault } from "../../lab/tenant/behaviour";
import { NOT_FOUND } from "../../lab/tenant/exchange/errors";
import { appId, foreignEntries, useExchangeScene } from "./support/exchangeScene";
import { skip } from "../support/skip";

const before = {
    policies: ["Others"],
    pointers: ["Others"],
    scopes: ["Others"],
    assignments: ["Others"],
    groups: ["All staff", "MIM mailboxes", "Projects"],
    ews: [foreignEntries],
};
/** Each once. */
const all = {
    policies: ["Others", "Only for MIM"],
    pointers: ["Others", "MIM mail"],
    scopes: ["Others", "MIM mailboxes"],
    assignments: ["Others", "MIM by EWS"],
    groups: ["All staff", "Bare", "MIM mailboxes", "MIM scope", "Projects"],
    ews: [`${foreignEntries},${appId}`],
};
const reads = ["ApplicationAccessPolicy", "ServicePrincipal", "ManagementScope", "ManagementRoleAssignment"]
    .concat("DistributionGroup", "OrganizationConfig")
    .map((noun) => `Get-${noun}`);

/** What every look is answered, and what the run then says. */
interface Answer extends Partial<Fault> {
    what: string;
    status: number;
    says: RegExp;
}

describe("engine: Exchange Online that refuses, and runs that are killed", function () {
    this.timeout(240_000);
    const scene = useExchangeScene();
    const { names, state } = scene;

    const inState = () => {
        const ours = scene.stack.resources.filter(({ type }) => type.startsWith("hybrid-identity:"));
        return Object.fromEntries(ours.map(({ urn, id, inputs, outputs }) => [urn, { id, inputs, outputs }]));
    };
    const same = () => scene.stack.preview({ refresh: true, expectNoChanges: true });
    const forgetBare = () => {
        state().recipients = state().recipients.filter((one) => !one.Name.startsWith("Bare"));
    };
    const loseReplyOf = (...cmdlets: string[]) =>
        cmdlets.forEach((one) => scene.tenant.behaviour.nextCmdlet(one, 503, { executed: true }));

    afterEach(() => scene.tenant?.behaviour.reset());

    it("no room for a policy, an organisation that was never customised: the rest is made, and what to do is said", async () => {
        state().organization.IsDehydrated = true;
        scene.tenant.behaviour.policyQuota = 1;
        loseReplyOf("New-DistributionGroup", "Set-OrganizationConfig");
        scene.tenant.behaviour.nextCmdlet("New-ServicePrincipal", 200, { executed: true, message: "Something else went wrong." });
        const { errors } = await scene.stack.up({ fails: true, continueOnError: true });
        const said = errors.join("\n");
        assert.match(said, /New-ApplicationAccessPolicy: .*The tenant has no room for another application access policy.*remove policies/);
        assert.match(said, /New-ManagementScope: .*run Enable-OrganizationCustomization once/);
        assert.match(said, /New-ServicePrincipal: .*Something else went wrong\..*what it did is read again in the next run/);
        assert.deepEqual(names(), { ...all, policies: ["Others"], scopes: ["Others"], assignments: ["Others"] });
    });

    it("a delegating role that is missing yet: the next run goes on, and says when to come back", async () => {
        state().organization.IsDehydrated = false;
        scene.tenant.behaviour.delegatingRoleMissing = true;
        scene.tenant.behaviour.nextCmdlet("New-ApplicationAccessPolicy", 429, { retryAfter: "0.1" });
        scene.tenant.behaviour.nextCmdlet("New-ManagementScope", 429, { plain: "maximum number of concurrent requests", retryAfter: "0" });
        loseReplyOf("New-ApplicationAccessPolicy", "New-ManagementScope");
        const { errors } = await scene.stack.up({ fails: true, continueOnError: true });
        assert.match(errors.join("\n"), /New-ManagementRoleAssignment: .*this lasts 40 to 60 minutes: run again later/);
        assert.deepEqual(names(), { ...all, assignments: ["Others"] });
    });

    it("a reply that was lost: what it made is found again, and then there is nothing to do", async () => {
        loseReplyOf("New-ManagementRoleAssignment");
        await scene.stack.up();
        assert.deepEqual(names(), all);
        await same();
    });

    it("that it could not be read is never taken for absence: the refresh fails, says what to do, and the state stays", async () => {
        const text = "The tenant was told to answer so";
        const answers: Answer[] = [
            { what: "a token that is not accepted", status: 401, says: /401: .*Exchange\.ManageAsApp[^]*Exchange Administrator/ },
            { what: "NUL bytes", status: 403, says: /may not run Get-\w+; needed: .*Exchange Administrator/ },
            { what: "another 404", status: 404, says: /404 .*no statement about the object; check tenantId, exchangeHost/ },
            { what: "a proxy's 404", status: 404, plain: "<html>Nothing here", says: /404: .*no statement about the object; check/ },
            { what: "a proxy's 200", status: 200, plain: "<html>Log in</html>", says: /the reply is not JSON: <html>Log in/ },
            { what: "an error in a success", status: 200, says: new RegExp(`${text}.*read again in the next run`) },
            { what: "come back in an hour", status: 429, retryAfter: "3600", says: /429.*too many calls; run again later/ },
            { what: "out of order", status: 500, retryAfter: "0", says: new RegExp(`500 .*${text}`) },
        ];
        const known = inState();
        assert.equal(Object.keys(known).length, 7);
        for (const { what, status, says, ...more } of answers) {
            reads.forEach((one) => scene.tenant.behaviour.nextCmdlet(one, status, { times: 99, ...more }));
            const { errors, found } = await scene.stack.refresh({ fails: true });
            assert.match(errors.join("\n"), says, what);
            assert.deepEqual([found, inState()], [[], known], what);
            scene.tenant.behaviour.reset();
        }
    });

    it("what passes by itself is waited for", async () => {
        scene.tenant.behaviour.tooManyAtOnce(2);
        reads.forEach((one) => scene.tenant.behaviour.nextCmdlet(one, 429, { retryAfter: "0.1" }));
        await same();
    });

    it("an object that is not there is absent, also where an older server says so with 500", async () => {
        const message = "The operation couldn't be performed because object 'x' couldn't be found on 'y'.";
        scene.tenant.behaviour.nextCmdlet("Get-ApplicationAccessPolicy", 500, { exception: NOT_FOUND, message, times: 3 });
        const { steps } = await scene.stack.preview({ refresh: true });
        assert.deepEqual(steps, [["policy", "create"]]);
    });

    it("a provider, and then an engine, that is killed: the next run goes on, and makes nothing twice", async function () {
        if (process.platform === "win32") {
            skip(this, "the processes to kill are found as on Linux and macOS");
        }
        for (const kind of ["policies", "servicePrincipals", "scopes", "assignments"] as const) {
            state()[kind].length = 1;
        }
        forgetBare();
        // With a time behind its name the service would take the group twice.
        scene.tenant.behaviour.groupNameSuffix = true;
        scene.tenant.behaviour.onCmdlet("New-DistributionGroup", () => process.kill(provider().pid, "SIGKILL"), "after");
        await scene.stack.up({ refresh: true, fails: true });
        // They are made side by side: the run before may have come to it.
        state().assignments.length = 1;
        let left = 0;
        const killEngine = () => {
            left = provider().pid;
            process.kill(provider().parent, "SIGKILL");
        };
        scene.tenant.behaviour.onCmdlet("New-ManagementRoleAssignment", killEngine, "after");
        await scene.stack.up({ fails: true });
        await ended(left);
        await scene.stack.cancel();
        await scene.stack.up();
        assert.deepEqual({ ...names(), groups: names()["groups"]!.map((one) => one.replace(/\d{14}$/, "")) }, all);
        await same();
    });

    it("what is gone already is no reason not to destroy the rest", async () => {
        scene.tenant.behaviour.notFoundAs500 = true;
        state().policies.length = 1;
        state().assignments.length = 1;
        forgetBare();
        await scene.stack.destroy();
        assert.deepEqual(names(), before);
    });
});

/** The provider that this process's engine started. */
function provider(): { pid: number; parent: number } {
    const lines = execFileSync("ps", ["-A", "-o", "pid=,ppid=,args="], { encoding: "utf8" }).trim().split("\n");
    const processes = lines.map((line) => {
        const [pid, parent, ...args] = line.trim().split(/\s+/);
        return { pid: Number(pid), parent: Number(parent), args: args.join(" ") };
    });
    const parentOf = (pid: number) => processes.find((one) => one.pid === pid)?.parent;
    const one = processes.find(({ parent, args }) => args.includes("start.cjs") && parentOf(parent) === process.pid);
    assert.ok(one, "no provider runs");
    return one;
}

async function ended(pid: number): Promise<void> {
    for (const until = Date.now() + 10_000; Date.now() < until; await delay(100)) {
        try {
            process.kill(pid, 0);
        } catch {
            return;
        }
    }
    assert.fail("the provider outlives its engine");
}
