import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { startTenant, type Tenant } from "../lab/tenant/tenant";
import type { Show } from "./measure";
import { median } from "./median";
import { Project } from "./project";

/** What one preview without a change, which reads everything anew, asked of the tenant. */
export interface TenantRow {
    program: string;
    /** Objects of each kind. */
    count: number;
    ms: number;
    graphCalls: number;
    exchangeCalls: number;
}

/** The start of the native provider: from its command line until it tells its port, and its peak of resident memory (Linux only). */
export interface ProviderStart {
    ms: number;
    peakMb: number | undefined;
}

export interface TenantResults {
    rows: TenantRow[];
    start: ProviderStart;
}

const cells = [
    { program: "azuread", count: 1 },
    { program: "entra", count: 1 },
    ...[2, 20, 200].map((count) => ({ program: "exchange", count })),
];

export async function measureTenant(environment: NodeJS.ProcessEnv, show: Show): Promise<TenantResults> {
    const start = await show("start of the provider", startOfProvider);
    const rows: TenantRow[] = [];
    for (const { program, count } of cells) {
        const tenant = await startTenant();
        try {
            rows.push(await show(`${program}, ${count}: first up and preview`, () => measure(program, count, tenant, environment)));
        } finally {
            await tenant.stop();
        }
    }
    return { rows, start };
}

async function measure(program: string, count: number, tenant: Tenant, environment: NodeJS.ProcessEnv): Promise<TenantRow> {
    const { clientId, objectId } = tenant;
    // The pretend tenant answers at once, so the stand-in need not wait for it.
    const lab = { ...environment, ...tenant.environment, ARM_USE_CLI: "false", AZUREAD_STANDIN_POLL: "0.1" };
    const project = new Project(program, lab, { clientId, objectId, count });
    try {
        await project.first();
        tenant.resetCalls();
        const { ms } = await project.preview();
        const calls = (path: RegExp): number => tenant.calls.filter((one) => path.test(one.path)).length;
        return { program, count, ms, graphCalls: calls(/^\/(v1\.0|beta)\//), exchangeCalls: calls(/^\/adminapi\//) };
    } finally {
        project.remove();
    }
}

async function startOfProvider(): Promise<ProviderStart> {
    const starts: ProviderStart[] = [];
    for (let at = 0; at < 5; at++) {
        const begun = performance.now();
        const command = join(__dirname, "..", "provider", `pulumi-resource-hybrid-identity${process.platform === "win32" ? ".cmd" : ""}`);
        const child = spawn(command, ["127.0.0.1:1"], { stdio: ["ignore", "pipe", "inherit"], shell: process.platform === "win32" });
        await once(child.stdout, "data");
        starts.push({ ms: performance.now() - begun, peakMb: peakMb(child.pid) });
        child.kill();
        await once(child, "exit");
    }
    const peaks = starts.flatMap((one) => one.peakMb ?? []);
    return { ms: median(starts.map(({ ms }) => ms)), peakMb: peaks.length === 0 ? undefined : median(peaks) };
}

function peakMb(pid: number | undefined): number | undefined {
    try {
        const [, kb] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
        return kb === undefined ? undefined : Number(kb) / 1024;
    } catch {
        return undefined;
    }
}
