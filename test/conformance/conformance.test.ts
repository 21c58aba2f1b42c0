import assert from "node:assert/strict";
import { pretendHost, type PretendHost } from "../../lab/host/host";
import { parseCommand, refuse, run } from "../../lab/host/shell";
import { moduleText } from "../../powershell/moduleText";
import { loadCases } from "./cases";
import { runSuite } from "./suite";

/** The command lines of a pretend host, without SSH around them. */
function reach(host: PretendHost): (command: string, stdin?: string) => Promise<{ stdout: string; stderr: string; exitCode: number }> {
    return async (text, stdin = "") => {
        const command = parseCommand(text);
        return command ? run(host, command, stdin, () => moduleText().psm1) : refuse(text);
    };
}

async function outcome(host: PretendHost, powershell?: string): Promise<{ passed: number; failed: number; lines: string[] }> {
    const lines: string[] = [];
    return { ...(await runSuite({ exec: reach(host), powershell, print: line => lines.push(line) })), lines };
}

function host(): PretendHost {
    // Every look at the clock is a little later: which of two document records is newer counts.
    let now = Date.UTC(2026, 10, 22, 9);
    const pretend = pretendHost({ clock: () => new Date((now += 5)) });
    pretend.registry.set("HKLM\\SOFTWARE\\Contoso", "Kept", "dword:1");
    pretend.registry.createKey("HKLM\\SOFTWARE\\WOW6432Node");
    pretend.registry.deny("HKLM\\SAM\\SAM");
    return pretend;
}

describe("conformance suite on the pretend host", function () {
    this.timeout(60_000);

    it("passes, and leaves the host as it was", async () => {
        const pretend = host();
        const before = JSON.stringify(pretend.registry.snapshot());
        const { passed, failed, lines } = await outcome(pretend);
        assert.deepEqual(lines.filter(line => line.startsWith("FAILED")), []);
        assert.deepEqual([passed, failed], [loadCases().length + 4, 0]);
        assert.equal(JSON.stringify(pretend.registry.snapshot()), before);
        assert.deepEqual(pretend.modules, {});
    });

    it("finds a host that breaks a rule, and still cleans up", async () => {
        const pretend = host();
        const before = JSON.stringify(pretend.registry.snapshot());
        // Knows nothing of QWORD.
        pretend.registry.afterWrite = ({ key, name, notation }) => {
            if (key.includes("Conformance") && notation.startsWith("qword:")) {
                pretend.registry.set(key, name, "dword:1");
            }
        };
        const { failed, lines } = await outcome(pretend);
        assert.ok(failed > 0);
        assert.match(lines.join("\n"), /FAILED {2}writing: every type/);
        assert.match(lines.at(-1)!, /^ok {6}leaves the host as it was$/);
        assert.equal(JSON.stringify(pretend.registry.snapshot()), before);
    });

    it("refuses a host that it could not put back", async () => {
        await assert.rejects(outcome({ ...host(), elevated: false }), /no elevated token/);
        const other = { "1.9.0": { psd1: "@{}\n", psm1: "" } };
        await assert.rejects(outcome({ ...host(), modules: other }), /module HybridIdentity 1\.9\.0 is installed/);
        const left = host();
        left.registry.set("HKLM\\SOFTWARE\\HybridIdentityConformance", "A", "dword:1");
        await assert.rejects(outcome(left), /left by a run that was stopped/);
    });
});
