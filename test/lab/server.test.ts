import assert from "node:assert/strict";
import { appendFileSync, cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "ssh2";
import { startLab, type Lab, type LabHost } from "../../lab/lab";
import { moduleText, readModule } from "../../powershell/moduleText";
import { block, call, connect, exec, installCommand, once, PROBE, reply } from "./client";
import { KEY, record, RECORDS, text } from "./documents";

const OBSERVE = { protocol: 1, operation: "observe", owner: "app.dev", values: { [KEY]: ["a"] } };
const SET = call("Set-HybridIdentityState");

describe("the pretend host's SSH server", () => {
    let lab: Lab;
    let host: LabHost;

    beforeEach(async () => {
        lab = await startLab({ hosts: ["mim01", "jump"] });
        host = lab.hosts["mim01"]!;
    });

    afterEach(async () => {
        await lab.stop();
    });

    it("observes, installs and enforces over one connection", async () => {
        const client = await connect(host);
        assert.deepEqual((reply((await exec(client, PROBE, block(OBSERVE))).stdout)["facts"] as { user: string }).user, "MIM01\\administrator");
        assert.equal((await exec(client, SET, text("x", { a: "dword:1" }))).exitCode, 1);
        const installed = await exec(client, ...installation("1.0.0"));
        assert.equal(installed.exitCode, 0, installed.stderr);
        assert.equal((await exec(client, SET, text("x", { a: "dword:1" }))).exitCode, 0);
        const get = await exec(client, call("Get-HybridIdentityState").replace("powershell", "pwsh"), JSON.stringify(OBSERVE));
        const { values, facts } = reply(get.stdout) as { values: unknown; facts: { powershell: string } };
        assert.deepEqual([values, facts.powershell], [{ [KEY]: { a: "dword:1" } }, "7.4.6"]);
        assert.equal((await exec(client, call("Remove-HybridIdentityState"), text("x", { a: "dword:1" }))).exitCode, 0);
        assert.equal(host.state.registry.get(KEY, "a"), "absent");
        client.end();
        const { connections, logons, failedLogons, execs, writtenValues } = host.counters;
        assert.deepEqual({ connections, logons, failedLogons, execs, writtenValues }, { connections: 1, logons: 1, failedLogons: 0, execs: 6, writtenValues: 2 });
        assert.ok(host.counters.bytesIn > 2 * moduleText().psm1.length, `${host.counters.bytesIn} bytes in`);
    });

    it("refuses every other command line and every other block", async () => {
        const client = await connect(host);
        const refused: Array<[string, string, RegExp]> = [
            ["whoami", "", /'whoami' is not recognized/],
            [PROBE.replace("-NonInteractive ", ""), block(OBSERVE), /to the letter/],
            [`${PROBE} `, block(OBSERVE), /to the letter/],
            [SET.replace("1.999", "1.0"), text("x", { a: "dword:1" }), /to the letter/],
            [PROBE, block(OBSERVE).slice(0, -20), /Missing closing '}'/],
            [PROBE, block(OBSERVE, `${moduleText().psm1}# more\n`), /byte for byte/],
            [PROBE, block({ ...OBSERVE, values: { [KEY]: ["x".repeat(4_001)] } }), /more than 4000 characters/],
            [PROBE, block({ ...OBSERVE, owner: "é" }), /not ASCII/],
            [PROBE, installation("1.0.0")[1], /never installs/],
            [installation("1.0.1")[0], installation("1.0.0")[1], /own marker/],
            [SET, text("x", { a: "dword:1" }), /no valid module file was found/],
        ];
        for (const [command, stdin, said] of refused) {
            const { stdout, stderr, exitCode } = await exec(client, command, stdin);
            assert.deepEqual([stdout, exitCode], ["", 1], command);
            assert.match(stderr, said);
        }
        client.end();
        assert.equal(host.state.registry.hasKey(RECORDS), false);
    });

    it("knows passwords and keys, and counts what it refuses", async () => {
        (await connect(host, { password: host.password })).end();
        (await connect(host, { username: host.observerUser, privateKey: host.observerKey })).end();
        await assert.rejects(connect(host, { password: "stale" }), /authentication/);
        await assert.rejects(connect(host, { username: host.observerUser }), /authentication/);
        await assert.rejects(connect(host, { username: "nobody", password: host.password }), /authentication/);
        const { logons, failedLogons } = host.counters;
        assert.deepEqual({ logons, failedLogons }, { logons: 2, failedLogons: 3 });
    });

    it("lets the observer read and nothing else", async () => {
        const observer = { username: host.observerUser, privateKey: host.observerKey };
        await once(host, ...installation("1.0.0"));
        const seen = reply((await once(host, PROBE, block(OBSERVE), observer)).stdout);
        assert.equal((seen["facts"] as { elevated: boolean }).elevated, false);
        assert.deepEqual(seen["records"], { values: {}, documents: {} });
        const refused = await once(host, SET, text("x", { a: "dword:1" }), observer);
        assert.equal(refused.exitCode, 1);
        assert.equal((reply(refused.stdout)["error"] as { code: string }).code, "elevation");
    });

    it("forwards to hosts of the lab and nowhere else", async () => {
        const jump = await connect(lab.hosts["jump"]!);
        const forward = (port: number): Promise<Awaited<ReturnType<typeof stream>>> => stream(jump, port);
        const behind = await connect(host, { sock: await forward(host.port) });
        assert.equal((await exec(behind, PROBE, block(OBSERVE))).exitCode, 0);
        behind.end();
        await assert.rejects(forward(9), /./);
        jump.end();
        assert.equal(lab.hosts["jump"]!.counters.execs, 0);
    });

    it("serves another module when told, for the upgrade of a library", async () => {
        const dir = mkdtempSync(join(tmpdir(), "lab-"));
        cpSync(lab.moduleFolder, dir, { recursive: true });
        appendFileSync(join(dir, "parts", "commands.ps1"), "# next\n");
        lab.moduleFolder = dir;
        assert.equal((await once(host, PROBE, block(OBSERVE))).exitCode, 1);
        assert.equal((await once(host, PROBE, block(OBSERVE, readModule(dir).psm1))).exitCode, 0);
        rmSync(dir, { recursive: true });
    });

    describe("with a fault", () => {
        const probe = (): ReturnType<typeof once> => once(host, PROBE, block(OBSERVE));
        const enforce = (): ReturnType<typeof once> => once(host, SET, text("x", { a: "dword:1" }));
        const found = (): string => host.state.registry.get(KEY, "a");

        beforeEach(async () => {
            await once(host, ...installation("1.0.0"));
        });

        it("cutReply: does the work, sends half", async () => {
            await host.fault("cutReply");
            const { stdout, exitCode } = await enforce();
            assert.deepEqual([stdout.includes("HYBRID-IDENTITY-REPLY"), stdout.includes("HYBRID-IDENTITY-END"), exitCode, found()], [true, false, 0, "dword:1"]);
        });

        it("noReply: does nothing and succeeds", async () => {
            await host.fault("noReply@set");
            assert.deepEqual(await enforce(), { stdout: "", stderr: "", exitCode: 0 });
            assert.equal(found(), "absent");
            assert.notEqual((await probe()).stdout, "");
        });

        it("lostReply: does the work and drops the connection", async () => {
            await host.fault("lostReply");
            assert.deepEqual([(await enforce()).exitCode, found()], [undefined, "dword:1"]);
        });

        it("dropped: drops the connection before any work", async () => {
            await host.fault("dropped@set");
            assert.deepEqual([(await enforce()).exitCode, found(), (await probe()).exitCode], [undefined, "absent", 0]);
        });

        it("killAfter: leaves what was written so far", async () => {
            await host.fault("killAfter:2");
            assert.deepEqual([(await enforce()).exitCode, found(), record(host.state, "a")?.["writing"]], [undefined, "absent", "dword:1"]);
            await host.fault("killAfter:4");
            assert.deepEqual([(await enforce()).exitCode, found(), record(host.state, "a")?.["writing"]], [undefined, "dword:1", "dword:1"]);
        });

        it("deniedKey, readOnlyKey, deniedRecords: says which", async () => {
            await host.fault(`deniedKey:${KEY}`);
            assert.deepEqual(reply((await probe()).stdout)["values"], { [KEY]: { a: "unknown:denied" } });
            await host.fault(`readOnlyKey:${KEY}`);
            assert.deepEqual(reply((await probe()).stdout)["values"], { [KEY]: { a: "absent" } });
            assert.equal((reply((await enforce()).stdout)["error"] as { code: string }).code, "denied");
            await host.fault("deniedRecords");
            assert.equal(reply((await probe()).stdout)["records"], "unknown:denied");
            const secret = { "HKLM\\SECURITY\\Policy": ["(default)"] };
            await host.fault("none");
            const never = await once(host, PROBE, block({ ...OBSERVE, values: secret }));
            assert.deepEqual(reply(never.stdout)["values"], { "HKLM\\SECURITY\\Policy": { "(default)": "unknown:denied" } });
        });

        it("constrained: gives no frame", async () => {
            await host.fault("constrained");
            const { stdout, stderr, exitCode } = await probe();
            assert.deepEqual([stdout, exitCode], ["", 1]);
            assert.match(stderr, /core types in this language mode/);
            assert.match((await enforce()).stderr, /language/);
        });

        it("noise: surrounds the frame", async () => {
            await host.fault("noise");
            const { stdout } = await probe();
            assert.match(stdout, /^Loading[^]*Good bye\.\r\n$/);
            assert.equal(reply(stdout)["ok"], true);
        });

        it("slow: answers later", async () => {
            await host.fault("slow:300");
            const start = Date.now();
            await probe();
            assert.ok(Date.now() - start >= 300);
        });

        it("hang: ends itself without a reply after the limit of the request, as the module does", async () => {
            await host.fault("hang");
            const client = await connect(host);
            const asked = { ...OBSERVE, limitSeconds: 1 };
            const start = Date.now();
            const { stdout, stderr, exitCode } = await exec(client, PROBE, block(asked));
            client.end();
            assert.ok(Date.now() - start >= 990);
            assert.deepEqual([stdout, exitCode], ["", 255]);
            assert.match(stderr, /^HybridIdentity: limit: this was not done within 1 seconds/);
        });

        it("mutexHeld: names the holder", async () => {
            await host.fault("mutexHeld");
            assert.match((await enforce()).stderr, /mutex: .*other\.stack\/document/);
        });

        it("wrongHostKey, openssh77, unreachable: seen before anybody logs on", async () => {
            host.resetCounters();
            await host.fault("wrongHostKey");
            await assert.rejects(probe(), /verification/);
            await host.fault("unreachable");
            await assert.rejects(probe(), /ECONNREFUSED/);
            await host.fault("openssh77");
            const client = new Client();
            const banner = new Promise(resolve => client.on("handshake", () => resolve((client as unknown as { _remoteVer: string })._remoteVer)));
            client.on("error", () => client.end()).connect({ host: host.address, port: host.port, username: "nobody", password: "none" });
            assert.equal(await banner, "OpenSSH_for_Windows_7.7");
            client.end();
            await host.fault("none");
            assert.equal((await probe()).exitCode, 0);
            assert.equal(host.counters.logons, 1);
        });

        it("names what there is when asked for another", async () => {
            for (const fault of ["explode", "slow:soon", "deniedKey:HKCU\\X", "killAfter", "unreachable@set", "slow@never", "hang:1"]) {
                await assert.rejects(host.fault(fault), { message: new RegExp(`fault "${fault.replaceAll("\\", "\\\\")}"`) });
            }
            assert.equal(host.faultName, "none");
        });
    });

    describe("as a machine", () => {
        it("reboots, goes back to a snapshot, and is set up anew", async () => {
            await once(host, ...installation("1.0.0"));
            host.snapshot();
            await once(host, SET, text("x", { a: "dword:1" }));
            const booted = host.state.bootTime;
            host.state.clock = () => new Date("2030-01-01T00:00:00.000Z");
            host.reboot();
            assert.notEqual(host.state.bootTime, booted);
            assert.deepEqual(host.state.services["FIMService"], { state: "Running", startTime: "2030-01-01T00:00:00.000Z" });
            host.restore();
            assert.deepEqual([host.state.registry.get(KEY, "a"), host.state.bootTime], ["absent", booted]);
            assert.deepEqual(Object.keys(host.state.modules), ["1.0.0"]);
            host.reimage();
            assert.deepEqual(host.state.modules, {});
            assert.equal(host.state.registry.hasKey(RECORDS), false);
            assert.throws(() => host.restore("never"), /has no snapshot "never"; it has: default/);
        });
    });
});

/** Command and stdin of an install of the module as it stands in the repository. */
function installation(version: string): [string, string] {
    const { psm1, sha256 } = moduleText();
    const marker = `HybridIdentity ${version} sha256:${sha256} at 2026-11-22T08:00:00.000Z`;
    const lines = psm1.split(/(?<=\n)/);
    const request = { protocol: 1, operation: "install", version, sha256, marker, readers: ["CONTOSO\\Pulumi readers"], psm1: lines };
    return [installCommand(marker), block(request)];
}

function stream(client: Client, port: number): Promise<import("ssh2").ClientChannel> {
    return new Promise((resolve, reject) => client.forwardOut("127.0.0.1", 0, "127.0.0.1", port, (error, channel) => (error ? reject(error) : resolve(channel))));
}
