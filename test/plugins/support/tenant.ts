// One tenant for a suite, a configured plugin, and the tenant's call log in the words of the plugin's own description.
import * as assert from "node:assert/strict";
import { startTenant, type Tenant } from "../../../lab/tenant/tenant";
import { Plugin, type Made, type Properties } from "./azuread";

/** Registers the hooks; a case sees only its own calls, and fails where it made one that the tenant does not know. */
export function useTenant() {
    const lab = {
        tenant: undefined as unknown as Tenant,
        plugin: undefined as unknown as Plugin,
        /**
         * The calls so far, as "v GET /applications/{a}": v or β, and ids by the names that they were given with `name`. They are then
         * forgotten.
         */
        calls(names: Record<string, string> = {}): string[] {
            const told = lab.tenant.calls.map(({ method, path }) => `${method} ${short(path, names)}`.replace(/^(\S+) (v|β) /, "$2 $1 "));
            lab.tenant.resetCalls();
            return told;
        },
        async app(more: Properties = {}): Promise<Made & { oid: string }> {
            const made = await lab.plugin.create("app", { displayName: "MIM mail", ...more });
            lab.tenant.resetCalls();
            return { ...made, oid: String(made.state["objectId"]) };
        },
        async principal(app: Made, more: Properties = {}): Promise<Made & { oid: string }> {
            const made = await lab.plugin.create("principal", { clientId: String(app.state["clientId"]), ...more });
            lab.tenant.resetCalls();
            return { ...made, oid: String(made.state["objectId"]) };
        },
    };
    before(async function () {
        this.timeout(20_000);
        lab.tenant = await startTenant();
        lab.plugin = await Plugin.launch(environmentOf(lab.tenant));
        await lab.plugin.configure({ metadataHost: lab.tenant.metadataHost, useCli: "false" });
    });
    beforeEach(() => {
        lab.tenant.behaviour.reset();
        lab.tenant.resetCalls();
    });
    afterEach(() => {
        assert.deepEqual(lab.tenant.unknownCalls, []);
    });
    after(async () => {
        await lab.plugin?.stop();
        await lab.tenant?.stop();
    });
    return lab;
}

/** What a plugin needs to know of the tenant. */
export function environmentOf(tenant: Tenant): NodeJS.ProcessEnv {
    const { ARM_TENANT_ID, ARM_CLIENT_ID, ARM_CLIENT_SECRET, ARM_METADATA_HOSTNAME } = tenant.environment;
    return { ARM_TENANT_ID, ARM_CLIENT_ID, ARM_CLIENT_SECRET, ARM_METADATA_HOSTNAME, SSL_CERT_FILE: tenant.caFile };
}

function short(path: string, names: Record<string, string>): string {
    let told = decodeURIComponent(path.replaceAll("+", " ")).replace(/^\/v1\.0\//, "v /").replace(/^\/beta\//, "β /");
    for (const [name, id] of Object.entries(names)) told = told.replaceAll(id, `{${name}}`);
    return told;
}
