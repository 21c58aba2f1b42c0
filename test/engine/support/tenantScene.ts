import assert from "node:assert/strict";
import { join } from "node:path";
import { clock } from "../../../components/internal/clock";
import { startTenant, type Tenant } from "../../../lab/tenant/tenant";
import { engineOrSkip, repository, temporaryFolder } from "./engine";
import { EngineStack } from "./stack";

/** For what is tested without a scope. */
export const everyMailbox = { mailboxes: "all", allMailboxesReason: "the scope is tested elsewhere" } as const;

/** A pretend tenant and a stack that runs against it, for one suite. */
export interface TenantScene {
    tenant: Tenant;
    stack: EngineStack;
    /** What tenant and components take for now. */
    setTime(now: string | number): void;
    /** Another stack on the same backend, removed with the scene. */
    anotherStack(name: string): Promise<EngineStack>;
}

/**
 * Registers the hooks of a suite. The tests of a suite run on each other's state. A call that the tenant does not know fails the test that made it.
 * @param now See `setTime`; without it the real time.
 */
export function useTenant(now?: string): TenantScene {
    const environment = { ...process.env };
    const realNow = clock.now;
    const folder = { path: "", remove: () => {} };
    const scene = {
        setTime(now) {
            clock.now = () => new Date(now);
            scene.tenant.clock = clock.now;
        },
    } as TenantScene;

    before(async function () {
        this.timeout(240_000);
        const cli = await engineOrSkip(this);
        Object.assign(folder, temporaryFolder());
        scene.tenant = await startTenant();
        const [, , ARM_SUBSCRIPTION_ID] = String(scene.tenant.state.vaults[0]?.id).split("/");
        const standIns = { ARM_SUBSCRIPTION_ID, ARM_USE_CLI: "false", AZUREAD_STANDIN_POLL: "0.01", HYBRID_IDENTITY_PAUSES: "0.02", PULUMI_LAB_REPO: repository };
        const path = `${join(process.env["PULUMI_LAB_BUNDLES"] ?? repository, "provider")}:${process.env["PATH"]}`;
        Object.assign(process.env, scene.tenant.environment, standIns, { PATH: path });
        scene.anotherStack = (name) => EngineStack.create(cli, folder.path, name);
        scene.stack = await scene.anotherStack("tenant");
        if (now !== undefined) {
            scene.setTime(now);
        }
    });

    afterEach(() => assert.deepEqual(scene.tenant.unknownCalls, []));

    after(async () => {
        clock.now = realNow;
        Object.keys(process.env).forEach((name) => delete process.env[name]);
        Object.assign(process.env, environment);
        await scene.tenant?.stop();
        folder.remove();
    });

    return scene;
}
