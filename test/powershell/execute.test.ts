import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { asked } from "../../lab/host/asked";
import { pretendHost, type PretendHost } from "../../lab/host/host";
import { addService } from "../../lab/host/control";
import { reg } from "../../lab/host/reg";
import { moduleText } from "../../powershell/moduleText";
import type { Exec } from "../conformance/host";
import type { Output } from "../conformance/reply";
import { closingLines, runSuite } from "../conformance/suite";
import { skip } from "../support/skip";
import { serveRegistry } from "./fakeRegistry";
import { pwsh, Workers } from "./workers";

const fakes = readFileSync(join(__dirname, "fakes.ps1"), "utf8");
const command = /^powershell\.exe -NoLogo -NoProfile -NonInteractive -Command "(.*)"$/;

/** How many of each kind of command have a process of their own, as on a host. */
const ownProcesses = 3;

/** The module with its registry replaced, where `Import-Module` finds it. */
function loadable(folder: string): string {
    const home = join(folder, "loaded", "HybridIdentity", "1.0.0");
    mkdirSync(home, { recursive: true });
    const manifest = moduleText().psd1.replace(/ModuleVersion.*/, "ModuleVersion = '1.0.0'");
    writeFileSync(join(home, "HybridIdentity.psd1"), manifest);
    const ending = "\nif ($ExecutionContext.SessionState.Module) {";
    writeFileSync(join(home, "HybridIdentity.psm1"), moduleText().psm1.replace(ending, () => `\n${fakes}${ending}`));
    return join(folder, "loaded");
}

/** Commands of the suite: PowerShell runs the module on the pretend host's registry, and its reg.exe answers. */
function reach(host: PretendHost, workers: Workers, env: NodeJS.ProcessEnv): Exec {
    const runs = new Map<string, number>();
    return async (text, stdin = "") => {
        const script = command.exec(text)?.[1];
        if (script === undefined) {
            return reg(host, text);
        }
        if (stdin.startsWith("# conformance: ") && !stdin.startsWith("# conformance: several\n")) {
            return unmet(stdin) ?? asked(host, stdin);
        }
        const kind = script.replace(/ # .*/, "");
        runs.set(kind, (runs.get(kind) ?? 0) + 1);
        const call = "\nif (Invoke-HybridIdentityRequest";
        const faked = stdin.replace(call, () => `\n${fakes}${call}`);
        return runs.get(kind)! > ownProcesses ? workers.run(script, faked) : pwsh(script, faked, env);
    };
}

/** What there is on Windows only. */
function unmet(script: string): Output | undefined {
    const missing = /^# conformance: (mutex|sids)\n/.test(script) ? "this is not Windows" : undefined;
    return missing === undefined ? undefined : { stdout: missing, stderr: "", exitCode: 0 };
}

describe("PowerShell module, executed on the pretend host's registry", function () {
    this.timeout(900_000);

    it("passes the conformance suite", async function () {
        if (spawnSync("pwsh", ["-Version"]).error) {
            skip(this, "no pwsh on PATH");
        }
        const folder = mkdtempSync(join(tmpdir(), "powershell-"));
        const host = pretendHost();
        host.registry.deny("HKLM\\SAM\\SAM");
        addService(host, "RpcLocator");
        host.accounts["CONTOSO\\svc-mim"] = "S-1-5-21-1-2-3-1104";
        host.passwords["CONTOSO\\SVC-MIM"] = "a good one";
        addService(host, "Winmgmt", { state: "Running", startTime: "2026-11-01T04:00:00.000Z" });
        const registry = await serveRegistry(host);
        const env = {
            ...process.env,
            // The compiler's second thoughts pay off only in processes that live longer than these.
            DOTNET_TieredPGO: "0",
            FAKE_REGISTRY: String(registry.port),
            FAKE_MODULES: join(folder, "modules"),
            PSModulePath: [loadable(folder), folder].join(delimiter),
        };
        const workers = new Workers(folder, env);
        try {
            const lines: string[] = [];
            const jobs = Math.min(4, availableParallelism());
            const count = await runSuite({ exec: reach(host, workers, env), jobs, print: line => lines.push(line) });
            console.log(`    ${lines[0]}: ${closingLines(count)[0]}`);
            assert.equal(count.failed, 0, lines.join("\n"));
        } finally {
            workers.stop();
            registry.stop();
            rmSync(folder, { recursive: true });
        }
    });
});
