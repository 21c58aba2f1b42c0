import assert from "node:assert/strict";
import { execFile, type ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Server, utils, type Connection } from "ssh2";
import { startLab, type Lab, type LabHost } from "../../lab/lab";
import { ConnectionLost } from "./host";
import { connect } from "./ssh";

interface Ended {
    code: number;
    stdout: string;
    stderr: string;
}

const script = join(__dirname, "run.ts");

/** The command line as a user gives it. `onCase` is called once, when the first line of a case or check is there. */
function conformance(args: string[], env: NodeJS.ProcessEnv = {}, onCase?: (child: ChildProcess) => void): Promise<Ended> {
    return new Promise(resolve => {
        const options = { env: { ...process.env, ...env }, cwd: join(__dirname, "..", "..") };
        const child = execFile(process.execPath, ["--import", "tsx", script, ...args], options, (_, stdout, stderr) => {
            resolve({ code: child.exitCode ?? -1, stdout, stderr });
        });
        const begun = (text: string) => {
            if (/^ok /m.test(text)) {
                child.stdout!.off("data", begun);
                onCase?.(child);
            }
        };
        child.stdout!.on("data", begun);
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
        // A case writes below it, and leaves the key.
        host.state.registry.createKey("HKLM\\SYSTEM\\CurrentControlSet\\Services\\HTTP\\Parameters\\SslSniBindingInfo");
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
        assert.match(stdout, /^host EXCH01, .*\n\d+ cases, and 5 checks of the suite itself\n((ok {6}| {8}\[\d+\/).*\n|skipped secrets: .*: there is no MIM Service here that may be tried, and no password of its account \(no password is known here\)\n)+\d+ passed, 0 failed, 7 skipped\non EXCH01, .*, PowerShell 5\..*\. What was skipped is not proved there\.\n$/);
        const [, all = ""] = /\n(\d+) cases/.exec(stdout) ?? [];
        const progress = [...stdout.matchAll(/\[(\d+)\/(\d+)\]/g)];
        assert.deepEqual(progress.map(([, done, total]) => [Number(done), Number(total)]), progress.map((_, at) => [20 * (at + 1), Number(all) + 5]));
        assert.ok(progress.length >= 10);
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
        const withWord = (from: string, to: string) => address.concat("--key", key).map(word => (word === from ? to : word));
        const locked = utils.generateKeyPairSync("ed25519", { passphrase: "secret words", cipher: "aes256-ctr", rounds: 1 });
        ["public", "private"].forEach(part => writeFileSync(join(folder, part), locked[part as "public"]));
        const runs: Array<[string[], RegExp]> = [
            [withWord(host.hostKey, locked.public), /^127\.0\.0\.1:\d+ as .*: the host key is not the pinned one: hostKey is SHA256:.*, the server has SHA256:.*somebody else answers at this address\.$/m],
            [withWord(host.hostKey, `ssh-ed25519 ${"A".repeat(68)}`), /^--host-key says ssh-ed25519, but the key inside is not of that type/],
            [withWord(host.user, "nobody"), /^127\.0\.0\.1:\d+ as nobody: the server refused the private key\. Check that its public key is in/],
            [withWord(String(host.port), "1"), /nothing listens on that port \(ECONNREFUSED\)\. Start sshd/],
            [withWord(key, join(folder, "public")), /^--key is a public key; give the text of the file without \.pub\.$/m],
            [withWord(key, join(folder, "private")), /^--key is a key with a passphrase/],
            [[...address, "--key", key, "--password-env", "X"], /^--key and --password-env: only one of them can be given\.\n\nUsage:/],
            [address, /one of --key and --password-env[^]*Usage:/],
            [[...address, "--password-env", "HOST_PASSWORD_NOT_SET"], /no variable HOST_PASSWORD_NOT_SET/],
            [[...address, "--key", join(folder, "none")], /^--key: there is no file .*none\.\n\nUsage:/],
            [[...address, "--key", folder], /^--key: .* cannot be read \(EISDIR\)\.\n\nUsage:/],
            [[...address, "--key", key, "--powershell", "pwsch.exe"], /^there is no pwsch\.exe on the host that its shell finds: 'pwsch\.exe' is not recognized.*\n$/],
            [[...address, "--key", key, "--jobs", "0"], /--jobs: expected 1 to 32; received "0"/],
            [[...address, "--key", key, "--case", "owner", "--case", "nothing like it"], /--case: no case has "nothing like it" in its name. Names begin with one of reading, /],
            [[...address, "--key", key, "--case", "names:", "--case", " "], /^--case: words of a case's name are needed; received an empty text\./],
            [["--hots", "x"], /--hots[^]*Usage:/],
        ];
        for (const [args, message] of runs) {
            const { code, stderr } = await conformance(args);
            assert.match(stderr, message);
            assert.equal(code, 2);
        }
    });

    it("puts the host back where a job ends it, and says how many did not run", async () => {
        const before = JSON.stringify(host.state.registry.snapshot());
        const ended = await conformance([...address, "--key", key], {}, child => child.kill("SIGTERM"));
        assert.match(ended.stderr, /^Stopping: .*\n$/);
        const [, total = "", passed = "", skipped = "", left = ""] = /\n(\d+) cases, [^]*\nok {6}leaves the host as it was\n(\d+) passed, 0 failed, (\d+) skipped\nstopped: (\d+) did not run\n/.exec(ended.stdout) ?? [];
        assert.equal(Number(passed) + Number(skipped) + Number(left), Number(total) + 5);
        assert.equal(ended.code, 143);
        assert.equal(JSON.stringify(host.state.registry.snapshot()), before);
    });

    it("puts the host back where the terminal is gone", async () => {
        const before = JSON.stringify(host.state.registry.snapshot());
        const { code } = await conformance([...address, "--key", key], {}, child => {
            child.stdout!.destroy();
            child.stderr!.destroy();
            child.kill("SIGHUP");
        });
        assert.equal(code, 129);
        assert.equal(JSON.stringify(host.state.registry.snapshot()), before);
    });

    it("puts the host back after Ctrl-C, also where npm passes it on, and ends at once after another, with what to do", async () => {
        const before = JSON.stringify(host.state.registry.snapshot());
        const once = await conformance([...address, "--key", key], {}, child => [1, 2].forEach(() => child.kill("SIGINT")));
        assert.match(once.stderr, /^Stopping: .*\n$/);
        assert.match(once.stdout, /\nok {6}leaves the host as it was\n\d{1,2} passed, 0 failed, \d skipped\n/);
        assert.equal(once.code, 130);
        assert.equal(JSON.stringify(host.state.registry.snapshot()), before);
        const twice = await conformance([...address, "--key", key], {}, child => {
            void host.fault("slow:30000");
            child.kill("SIGINT");
            setTimeout(() => child.kill("SIGINT"), 1_200);
        });
        assert.match(twice.stderr, /^Stopping: .*\nStopped, and what the run changed is still on the host\. These lines .*\n( {4}.*\n){5,6}\n$/);
        assert.equal(twice.code, 130);
    });
});

describe("the connection of the conformance suite", () => {
    const keys = [utils.generateKeyPairSync("ed25519"), utils.generateKeyPairSync("ecdsa", { bits: 256 })];
    const clients: Connection[] = [];
    const server = new Server({ hostKeys: keys.map(each => each.private) }, client => {
        clients.push(client);
        client.on("error", () => undefined).on("authentication", context => context.accept());
        client.on("ready", () => client.on("session", (_, reject) => reject()));
    });
    before(done => void server.listen(0, "127.0.0.1", done));
    after(done => void server.close(() => done()));

    it("asks for the kind of host key that was given, names the setting that allows too few sessions, and tells that it was lost", async () => {
        for (const [at, each] of keys.entries()) {
            const { port } = server.address() as AddressInfo;
            const { exec, close } = await connect({ host: "127.0.0.1", port, user: "admin", password: "x", hostKey: each.public });
            await assert.rejects(exec("reg.exe"), /no further session .* no fault of the module.* set MaxSessions in sshd_config/);
            const lost = assert.rejects(exec("reg.exe").catch(() => exec("reg.exe")), ConnectionLost);
            clients[at]!.end();
            await lost;
            close();
        }
    });
});
