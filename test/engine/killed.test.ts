// The CLI killed after each object that an application is made of, before it was noted: the next run takes it over, or ends and says what helps.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { entra } from "../../index";
import type { Tenant } from "../../lab/tenant/tenant";
import { skip } from "../support/skip";
import { firstNoon, secretRotation } from "./support/mimMail";
import type { EngineStack } from "./support/stack";
import { everyMailbox, useTenant } from "./support/tenantScene";

type Application = Tenant["state"]["applications"][number];

describe("engine: an update that is killed while it makes an application", function () {
    this.timeout(900_000);
    const scene = useTenant(firstNoon);

    const named = (name: string): Application[] => scene.tenant.state.applications.filter((one) => one.displayName === name);
    const principals = (name: string) => scene.tenant.state.servicePrincipals.filter((one) => one.displayName === name);

    /** A stack whose first update was killed as soon as the tenant had what `made` looks for. */
    async function killedAt(name: string, made: () => boolean, args: Partial<entra.MailApplicationArgs> = {}): Promise<EngineStack> {
        const stack = await scene.anotherStack(name);
        declare(stack, name, args);
        scene.tenant.onChange = () => {
            if (made()) {
                scene.tenant.onChange = undefined;
                process.kill(engine(), "SIGKILL");
            }
        };
        await stack.up({ fails: true });
        await stack.cancel();
        return stack;
    }

    function declare(stack: EngineStack, name: string, args: Partial<entra.MailApplicationArgs>): void {
        stack.program = () => {
            new entra.MailApplication(name, { displayName: name, ...everyMailbox, ...args });
            return {};
        };
    }

    before(function () {
        if (process.platform === "win32") {
            skip(this, "the process to kill is found as on Linux and macOS");
        }
    });

    it("after the application: no second one of that name, and the message says how to take it over", async () => {
        const stack = await killedAt("app", () => named("app").length > 0, { secretRotation });
        const [{ appId: adopt }] = named("app") as [Application];
        const refused = await stack.up({ fails: true });
        assert.match(refused.text, new RegExp(`error: app: the tenant has an application "app" already \\(client id ${adopt}, .*name the client id in "adopt" for one run`));
        assert.deepEqual(named("app").length, 1);
        declare(stack, "app", { secretRotation, adopt });
        await stack.up();
        assert.deepEqual([named("app").length, principals("app").length], [1, 1]);
    });

    it("after service principal and secret: the one is taken over, the other is told as what it probably is", async () => {
        const made = () => principals("sp").length > 0 && named("sp")[0]!.passwordCredentials.length > 0;
        const stack = await killedAt("sp", made, { secretRotation });
        const { warnings } = await stack.up();
        assert.deepEqual([named("sp").length, principals("sp").length, named("sp")[0]!.passwordCredentials.length], [1, 1, 2]);
        assert.match(warnings.join("\n"), /secret \S+ "Pulumi 2026-12-01".*; named as one of this program: probably of a run that was killed before it noted it/);
    });

    it("after the federated credential: it is taken over", async () => {
        const federatedCredential = { issuer: "https://token.example", subject: "s" };
        const stack = await killedAt("fed", () => named("fed")[0]?.federatedIdentityCredentials.length === 1, { federatedCredential });
        await stack.up();
        assert.deepEqual([named("fed")[0]!.federatedIdentityCredentials.length, principals("fed").length], [1, 1]);
    });
});

/** The CLI that this process started. */
function engine(): number {
    const lines = execFileSync("ps", ["-A", "-o", "pid=,ppid=,comm="], { encoding: "utf8" }).trim().split("\n");
    const own = lines.map((line) => line.trim().split(/\s+/)).find(([, parent, command]) => Number(parent) === process.pid && command?.includes("pulumi"));
    assert.ok(own, "no engine runs");
    return Number(own[0]);
}
