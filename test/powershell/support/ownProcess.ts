import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pretendHost, type PretendHost } from "../../../lab/host/host";
import { moduleText } from "../../../powershell/moduleText";
import { serveRegistry } from "../fakeRegistry";

/** What takes the place of Windows. */
export const fakes = readFileSync(join(__dirname, "..", "fakes.ps1"), "utf8");

interface Run {
    /** The pretend host that stands for Windows. Default: a bare one. */
    host?: PretendHost;
    /** Services by name, as the Service Control Manager and WMI have them. */
    services?: object;
    keys?: Record<string, Record<string, string>>;
    /** Default: nothing, and its end. */
    stdin?: "open";
}

/** Runs the module, with what it asks of Windows replaced, and a script behind it, in a PowerShell of its own. */
export async function powershell(script: string, { host = pretendHost(), services: known, keys = {}, stdin }: Run = {}) {
    const folder = mkdtempSync(join(tmpdir(), "process-"));
    try {
        const file = join(folder, "script.ps1");
        const { registry } = host;
        Object.entries(keys).forEach(([key, values]) => Object.entries(values).forEach(([name, notation]) => registry.set(key, name, notation)));
        const before = JSON.stringify(registry.snapshot());
        const { port, stop } = await serveRegistry(host);
        writeFileSync(file, `${moduleText().psm1}\n${fakes}\n${script}\n`);
        const env = { ...process.env, FAKE_REGISTRY: String(port), FAKE_MODULES: join(folder, "modules"), FAKE_SERVICES: known ? JSON.stringify(known) : "" };
        const child = spawn("pwsh", ["-NoLogo", "-NoProfile", "-NonInteractive", "-Command", `. '${file}'`], { env });
        const output = { stdout: "", stderr: "" };
        child.stdout.on("data", (data: Buffer) => (output.stdout += data.toString()));
        child.stderr.on("data", (data: Buffer) => (output.stderr += data.toString()));
        const closed = new Promise<{ code: number | null; signal: string | null }>((resolve) => child.on("close", (code, signal) => resolve({ code, signal })));
        if (stdin !== "open") {
            child.stdin.end();
        }
        const end = await closed;
        stop();
        return { ...end, ...output, untouched: JSON.stringify(registry.snapshot()) === before };
    } finally {
        rmSync(folder, { recursive: true });
    }
}

/** A line that asks the module to observe. */
export function observe(more: object): string {
    return `Invoke-HybridIdentityRequest '${JSON.stringify({ protocol: 1, operation: "observe", owner: "a.b", values: {}, ...more })}'`;
}

/** The reply in what was written. */
export function replyIn(stdout: string): any {
    return JSON.parse(/HYBRID-IDENTITY-REPLY.*\n([^]*?)\nHYBRID-IDENTITY-END/.exec(stdout)![1]!.replaceAll("\n", ""));
}
