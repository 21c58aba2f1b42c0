import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startLab, type Lab, type LabHost } from "../../lab/lab";

interface Ended {
    code: number;
    stdout: string;
    stderr: string;
}

const script = join(__dirname, "run.ts");

/** The command line as a user gives it. */
function conformance(args: string[], env: NodeJS.ProcessEnv = {}): Promise<Ended> {
    return new Promise(resolve => {
        const options = { env: { ...process.env, ...env }, cwd: join(__dirname, "..", "..") };
        const child = execFile(process.execPath, ["--import", "tsx", script, ...args], options, (_, stdout, stderr) => {
            resolve({ code: child.exitCode ?? -1, stdout, stderr });
        });
    });
}

describe("npm run conformance, over SSH", function () {
    this.timeout(120_000);
    const folder = mkdtempSync(join(tmpdir(), "conformance-"));
    const key = join(folder, "key");
    let lab: Lab | undefined;
    let host: LabHost;
    let address: string[];
    before(async () => {
        const started = (lab = await startLab({ hosts: ["exch01"] }));
        host = started.hosts["exch01"]!;
        await host.fault("deniedKey:HKLM\\SAM\\SAM");
        writeFileSync(key, host.privateKey, { mode: 0o600 });
        address = ["--host", host.address, "--port", String(host.port), "--user", host.user, "--host-key", host.hostKey];
    });
    after(async () => {
        await lab?.stop();
        rmSync(folder, { recursive: true });
    });

    it("prints a line a case and a sum, and leaves the host as it was", async () => {
        const before = JSON.stringify(host.state.registry.snapshot());
        const { code, stdout, stderr } = await conformance([...address, "--key", key]);
        assert.equal(stderr, "");
        assert.match(stdout, /^host EXCH01, .*\n(ok {6}.*\n|skipped secrets: .*: no tasks here \(no password is known here\)\n)+\d+ passed, 0 failed, 7 skipped\n$/);
        assert.equal(code, 0);
        assert.equal(JSON.stringify(host.state.registry.snapshot()), before);
        assert.deepEqual(host.state.modules, {});
    });

    it("takes a password from the environment, another PowerShell and a part of the cases", async () => {
        const args = [...address, "--password-env", "HOST_PASSWORD", "--powershell", "pwsh.exe", "--case", "Types:", "--case", "names: "];
        const { code, stdout } = await conformance(args, { HOST_PASSWORD: host.password });
        assert.match(stdout, /PowerShell 7\./);
        // Only the cases that were asked for, beside those of the suite itself.
        const kinds = [...stdout.matchAll(/^ok {6}([a-z-]+): /gm)].map(([, kind]) => kind!);
        assert.deepEqual([...new Set(kinds)].sort(), ["install", "names", "types", "value-names"]);
        assert.equal(code, 0);
        assert.ok(!stdout.includes(host.password));
    });

    it("says what is wrong with the host key, the account and the command line", async () => {
        const other = address.map(word => (word === host.hostKey ? `ssh-ed25519 ${"A".repeat(68)}` : word));
        const runs: Array<[string[], RegExp]> = [
            [[...other, "--key", key], /host key/],
            [address.concat("--key", key).map(word => (word === host.user ? "nobody" : word)), /authentication/i],
            [[...address, "--key", key, "--password-env", "X"], /one of --key and --password-env[^]*Usage:/],
            [[...address, "--password-env", "HOST_PASSWORD_NOT_SET"], /no variable HOST_PASSWORD_NOT_SET/],
            [[...address, "--key", join(folder, "none")], /^--key: there is no file .*none\.\n\nUsage:/],
            [[...address, "--key", folder], /^--key: .* cannot be read \(EISDIR\)\.\n\nUsage:/],
            [[...address, "--key", key, "--jobs", "0"], /--jobs: expected 1 to 32; received "0"/],
            [[...address, "--key", key, "--case", "owner", "--case", "nothing like it"], /--case: no case has "nothing like it" in its name. Names begin with one of reading, /],
            [["--hots", "x"], /--hots[^]*Usage:/],
        ];
        for (const [args, message] of runs) {
            const { code, stderr } = await conformance(args);
            assert.match(stderr, message);
            assert.equal(code, 2);
        }
    });
});
