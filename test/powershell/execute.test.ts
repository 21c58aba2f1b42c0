import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { reg } from "../../lab/host/reg";
import { pretendHost, type PretendHost } from "../../lab/host/host";
import type { RegistryData } from "../../lab/host/registry";
import type { Exec } from "../conformance/host";
import type { Output } from "../conformance/reply";
import { runSuite } from "../conformance/suite";
import { moduleText } from "../../powershell/moduleText";
import { skip } from "../support/skip";

const fakes = readFileSync(join(__dirname, "fakes.ps1"), "utf8");
const command = /^powershell\.exe -NoLogo -NoProfile -NonInteractive -Command "(.*)"$/;

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

/** Commands of the suite: PowerShell runs the module on a registry in a file, reg.exe is the pretend host's on the same one. */
function reach(folder: string, host: PretendHost): Exec {
    const state = join(folder, "state.json");
    const env = { ...process.env, FAKE_STATE: state, FAKE_MODULES: join(folder, "modules"), PSModulePath: loadable(folder) };
    return async (text, stdin = "") => {
        const script = command.exec(text)?.[1];
        if (script === undefined) {
            return reg(host, text);
        }
        writeFileSync(state, JSON.stringify(host.registry.snapshot()));
        const call = "\nif (Invoke-HybridIdentityRequest";
        const output = await pwsh(script, stdin.replace(call, () => `\n${fakes}${call}`), env);
        host.registry.restore(JSON.parse(readFileSync(state, "utf8")) as RegistryData);
        return output;
    };
}

function pwsh(script: string, stdin: string, env: NodeJS.ProcessEnv): Promise<Output> {
    return new Promise((resolve, reject) => {
        const child = spawn("pwsh", ["-NoLogo", "-NoProfile", "-NonInteractive", "-Command", script], { env });
        const output = { stdout: "", stderr: "" };
        child.stdout.on("data", (data: Buffer) => (output.stdout += data.toString()));
        child.stderr.on("data", (data: Buffer) => (output.stderr += data.toString()));
        child.on("error", reject);
        child.on("close", code => resolve({ ...output, exitCode: code ?? -1 }));
        child.stdin.end(stdin);
    });
}

describe("PowerShell module, executed on a registry in a file", function () {
    this.timeout(900_000);

    it("passes the conformance suite", async function () {
        if (spawnSync("pwsh", ["-Version"]).error) {
            skip(this, "no pwsh on PATH");
        }
        const folder = mkdtempSync(join(tmpdir(), "powershell-"));
        try {
            const lines: string[] = [];
            const { failed } = await runSuite({ exec: reach(folder, pretendHost()), print: line => lines.push(line) });
            assert.equal(failed, 0, lines.join("\n"));
        } finally {
            rmSync(folder, { recursive: true });
        }
    });
});
