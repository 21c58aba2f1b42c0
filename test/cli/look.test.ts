// The command line as a process, against pretend hosts over SSH.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { confirmation } from "../../cli/look";
import type { Step } from "../../cli/lookAt";
import type { Server } from "../../cli/server";
import { startLab, type Lab, type LabHost } from "../../lab/lab";
import { newKeyPair } from "../support/keys";
import { cli, type Ended } from "./support";

const tls10 = "HKLM\\SYSTEM\\CurrentControlSet\\Control\\SecurityProviders\\SCHANNEL\\Protocols\\TLS 1.0\\Server";
const rebootKey = "HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Component Based Servicing\\RebootPending";

interface Told {
    known: boolean;
    hostKey: string | null;
    checks: Step[];
    server: Server | null;
    unknown: string[];
}

describe("prompt for a host key", () => {
    const target = { host: "mim01", port: 22, user: "svc", preinstalled: false };
    const scan = { ident: "SSH-2.0-x", hostKey: "ssh-ed25519 AAAA", fingerprint: "SHA256:abc" };

    async function asked(type: (input: PassThrough) => unknown, { pin = false, several = false, isTTY = true } = {}): Promise<[string | undefined, string]> {
        const [input, output] = [Object.assign(new PassThrough(), { isTTY }), Object.assign(new PassThrough(), { isTTY })];
        const answer = confirmation(pin, several, input, output)(target, scan);
        type(input);
        return [await answer, String(output.read() ?? "")];
    }

    it("shows the fingerprint, and takes yes alone for one", async () => {
        const [answer, shown] = await asked((input) => input.write("yes\n"));
        assert.equal(answer, "confirmed at the prompt");
        assert.match(shown, /^mim01:22 shows the host key SHA256:abc\n {2}ssh-ed25519 AAAA\n/);
        for (const other of ["y\n", "no\n", "\n"]) {
            assert.equal((await asked((input) => input.write(other)))[0], undefined, other);
        }
    });

    it("takes the end of the input for a no", async () => assert.equal((await asked((input) => input.end()))[0], undefined));

    it("asks nobody without a terminal, for several hosts, and with --pin", async () => {
        const type = (input: PassThrough) => input.write("yes\n");
        assert.deepEqual(await asked(type, { isTTY: false }), [undefined, ""]);
        assert.deepEqual(await asked(type, { several: true }), [undefined, ""]);
        assert.deepEqual(await asked(type, { pin: true, isTTY: false }), ["taken as shown (--pin)", ""]);
    });
});

describe("look", function () {
    this.timeout(120_000);
    let lab: Lab;
    let folder: string;
    let mim01: LabHost;
    const key = (name = "key") => join(folder, name);

    before(async () => {
        folder = mkdtempSync(join(tmpdir(), "cli-look-"));
        lab = await startLab({ hosts: ["mim01", "exch01"] });
        mim01 = lab.hosts["mim01"]!;
        writeFileSync(key(), mim01.privateKey);
        writeFileSync(key("observer"), mim01.observerKey);
        writeFileSync(key("stranger"), newKeyPair("ed25519").private);
        mim01.snapshot();
    });
    beforeEach(async () => {
        await mim01.fault("none");
        mim01.restore();
        mim01.resetCounters();
    });
    after(async () => {
        await lab.stop();
        rmSync(folder, { recursive: true });
    });

    const look = (args: string[], { user = "administrator", file = "key", pinned = true } = {}): Promise<Ended> => {
        const { address, port, hostKey } = mim01;
        return cli(["look", "--host", address, "--port", `${port}`, "--user", user, "--key", key(file), ...(pinned ? ["--host-key", hostKey] : []), ...args]);
    };
    const told = ({ out }: Ended): Told => JSON.parse(out) as Told;
    /** The steps that a look came past, and what it says of the one that it did not. */
    const way = ({ checks }: Told): [string[], Step | undefined] => [checks.filter(({ state }) => state !== "unknown" && state !== "failed").map(({ name }) => name), checks.find(({ state }) => state === "failed")];

    it("says what a server is, with one logon and one command, and changes nothing on it", async () => {
        const { revision } = mim01.state.registry;
        const before = mim01.state.registry.snapshot();
        const { code, out, err } = await look([]);
        assert.equal(code, 0, out + err);
        for (const line of [
            /^ {2}ok {5}host key {10}SHA256:\S{43}, as given \(SSH-2\.0-OpenSSH_for_Windows_9\.5\)$/m,
            /^ {2}ok {5}default shell {5}cmd\.exe \(none is set\)$/m,
            /^ {2}ok {5}PowerShell {8}5\.1\.17763\.7131 \(powershell\.exe\)$/m,
            /^ {2}ok {5}execution policy {2}RemoteSigned$/m,
            /^ {2}ok {5}elevation {9}MIM01\\administrator is elevated$/m,
            /^MIM01, Windows Server 2019 Datacenter, build 17763, up since 20/m,
            /^TLS 1\.2 +enabled +enabled$/m,
            /^TLS 1\.3 +unset, not supported by the operating system /m,
            /^v4\.0\.30319, 64-bit +on +not set$/m,
            /^MIM +Service and Portal, build 4\.6\.673\.0 \{5C9F3A10/m,
            /^ +service FIMService: Running, start type Automatic, as CONTOSO\\svc-mim$/m,
            /^pending reboot {2}no$/m,
            /^managed by {6}no stack$/m,
        ]) {
            assert.match(out, line);
        }
        const { logons, execs, writtenValues } = mim01.counters;
        assert.deepEqual([logons, execs, writtenValues, mim01.state.registry.revision, mim01.state.modules], [1, 1, 0, revision, {}]);
        assert.deepEqual(mim01.state.registry.snapshot(), before);
    });

    it("says the same for programs", async () => {
        mim01.state.registry.set(tls10, "Enabled", "dword:0");
        mim01.state.registry.set(rebootKey, "RebootPending", "dword:1");
        const ended = await look(["--json"]);
        const { known, hostKey, server, unknown } = told(ended);
        assert.deepEqual([ended.code, known, hostKey, unknown], [0, true, mim01.hostKey, []]);
        assert.deepEqual(server!.protocols["TLS 1.0"], { Client: "unset, enabled by the operating system", Server: "disabled" });
        assert.equal(server!.pendingReboot, "yes: Windows servicing");
    });

    it("sends no credential to a host that shows another key", async () => {
        await mim01.fault("wrongHostKey");
        const ended = await look(["--json"]);
        const [passed, failed] = way(told(ended));
        assert.deepEqual([ended.code, passed, failed!.name], [1, ["TCP"], "host key"]);
        assert.match(failed!.found, /the host key is not the pinned one: hostKey is SHA256:.*somebody else answers at this address/);
        assert.deepEqual([mim01.counters.logons, mim01.counters.failedLogons], [0, 0]);
    });

    it("sends no credential to a host whose key nobody confirmed, and prints what to give; takes it with --pin", async () => {
        const ended = await look([], { pinned: false });
        assert.equal(ended.code, 1);
        assert.match(ended.out, /FAILED host key +SHA256:\S+ is shown, and nobody has confirmed it, so no credential was sent\n +Compare it on the host itself/);
        assert.ok(ended.out.includes(`hostKey: "${mim01.hostKey}"`), ended.out);
        assert.deepEqual([mim01.counters.logons, mim01.counters.failedLogons], [0, 0]);
        const pinned = await look(["--pin"], { pinned: false });
        assert.deepEqual([pinned.code, mim01.counters.logons], [0, 1], pinned.out);
        assert.match(pinned.out, /taken as shown \(--pin\)/);
    });

    it("names the logon that is refused, once, and what to check", async () => {
        const ended = await look(["--json"], { file: "stranger" });
        const [passed, failed] = way(told(ended));
        assert.deepEqual([ended.code, passed, failed!.name, mim01.counters.failedLogons], [1, ["TCP", "host key"], "logon", 1]);
        assert.match(failed!.found, /refused the private key\. .*administrators_authorized_keys/);
    });

    it("names PowerShell where it does not start", async () => {
        const ended = await look(["--json", "--powershell", "pwsh2.exe"]);
        const [passed, failed] = way(told(ended));
        assert.deepEqual([ended.code, passed, failed!.name], [1, ["TCP", "host key", "logon"], "PowerShell"]);
        assert.match(failed!.found, /'pwsh2\.exe' is not recognized.*Check that pwsh2\.exe starts on the host/);
    });

    it("names constrained language mode, and the way that works there", async () => {
        await mim01.fault("constrained");
        const [passed, failed] = way(told(await look(["--json"])));
        assert.deepEqual([passed, failed!.name], [["TCP", "host key", "logon"], "language mode"]);
        assert.match(failed!.found, /ConstrainedLanguage mode.*module: "preinstalled"/);
    });

    it("names a host that cannot be reached", async () => {
        await mim01.fault("unreachable");
        const ended = await look([]);
        assert.equal(ended.code, 1);
        assert.match(ended.out, /FAILED TCP +nothing listens on that port \(ECONNREFUSED\)\. Start sshd on the host/);
        assert.match(ended.out, /\? +elevation +not looked at/);
    });

    it("calls nothing fine that it could not read, and ends with 1", async () => {
        await mim01.fault(`deniedKey:${tls10}`);
        const { code, out } = await look([]);
        assert.equal(code, 1);
        assert.match(out, /^TLS 1\.0 +unset, enabled by the operating system +unknown$/m);
        assert.ok(out.includes(`Not known, so nothing of it counts as fine:\n  ${tls10}\\Enabled could not be read: denied\n`), out);
        await mim01.fault("serviceDenied:FIMService");
        assert.deepEqual(told(await look(["--json"])).unknown[0], "the state of the service FIMService could not be read: denied");
    });

    it("says of an account that is no administrator what that means, and of a policy that keeps the module out", async () => {
        mim01.state.facts.executionPolicy = "AllSigned";
        const { code, out } = await look([], { user: "observer", file: "observer" });
        delete mim01.state.facts.executionPolicy;
        assert.equal(code, 0, out);
        assert.match(out, /! +elevation +MIM01\\observer is not elevated\n +Looking works, enforcing does not/);
        assert.match(out, /! +execution policy +AllSigned\n +The execution policy of this host, .* Run Set-ExecutionPolicy RemoteSigned/);
    });

    it("looks at several hosts side by side and ends in a table", async () => {
        const { address, port, hostKey } = lab.hosts["exch01"]!;
        writeFileSync(key("hosts"), `${mim01.address}:${mim01.port} ${mim01.hostKey}\n${address}:${port} ${hostKey}\n127.0.0.1:1\n`);
        const args = ["look", "--hosts", key("hosts"), "--user", "administrator", "--key", key()];
        const { code, out, err } = await cli(args);
        assert.equal(code, 1);
        assert.deepEqual(err.trim().split("\n").map((line) => line.replace(/^\d/, "N")).sort(), [
            "N of 3: 127.0.0.1:1 failed: TCP",
            ...[mim01.port, port].map((one) => `N of 3: 127.0.0.1:${one} was looked at`).sort(),
        ]);
        const [head, ...rows] = out.trimEnd().split("\n\n").at(-1)!.split("\n").map((line) => line.split(/ {2,}/));
        assert.deepEqual(head, ["host", "came to", "Windows", "PowerShell", "elevated", "TLS client", "TLS server", ".NET", "MIM", "reboot", "unknown"]);
        assert.deepEqual(rows, [
            [`127.0.0.1:${mim01.port}`, "the end", "17763", "5.1.17763.7131", "yes", "1.0 1.1 1.2", "1.0 1.1 1.2", "partly", "4.6.673.0", "no", "-"],
            [`127.0.0.1:${port}`, "the end", "20348", "5.1.20348.2227", "yes", "1.0 1.1 1.2 1.3", "1.0 1.1 1.2 1.3", "not", "no", "no", "-"],
            ["127.0.0.1:1", "failed: TCP", "?", "?", "?", "?", "?", "?", "?", "?", "all"],
        ]);
        const json = JSON.parse((await cli([...args, "--json"])).out) as Told[];
        assert.deepEqual(json.map(({ known }) => known), [true, true, false]);
    });

    it("takes a wrong command line for one, with exit code 2, before anything is dialled", async () => {
        const none = await look([], { file: "none" });
        assert.equal(none.code, 2);
        assert.match(none.err, /--key: ".*none" could not be read \(ENOENT\)/);
        assert.match((await cli(["lok"])).err, /^there is no command "lok"\n/);
        const help = await cli(["help"]);
        assert.deepEqual([help.code, help.out.startsWith("Usage: hybrid-identity COMMAND")], [0, true]);
        assert.equal(mim01.counters.connections, 0);
    });
});
