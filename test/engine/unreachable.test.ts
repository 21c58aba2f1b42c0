import assert from "node:assert/strict";
import { setTimeout as delay } from "node:timers/promises";
import { dword, windows } from "../../index";
import { until } from "../remote/support/harness";
import { driftOf } from "./support/run";
import { declareHost, useScene } from "./support/scene";

const KEY = "HKLM\\SOFTWARE\\Contoso";
const DRIFT = { [KEY]: { Setting: "dword:7 -> dword:1" } };

describe("engine: hosts that cannot be reached", function () {
    this.timeout(240_000);
    interface Choice {
        second?: Partial<windows.HostArgs>;
        desired?: number;
    }
    const scene = useScene({ hosts: ["mim01", "mim02", "jump"], program: () => twoHosts({}) });
    const registry = (name: string) => scene.host(name).state.registry;

    function twoHosts({ second = {}, desired = 1 }: Choice) {
        return () => {
            const [mim01, mim02] = [declareHost(scene.host("mim01")), declareHost(scene.host("mim02"), second)];
            const one = new windows.RegistryValues("one", { host: mim01, values: { [KEY]: { Setting: dword(1) } } });
            const two = new windows.RegistryValues("two", { host: mim02, values: { [KEY]: { Setting: dword(desired) } } });
            return { one: one.state, two: two.state };
        };
    }

    beforeEach(() => ["mim01", "mim02"].forEach((name) => registry(name).set(KEY, "Setting", "dword:7")));

    // That nothing is deleted is the language host's doing, see cli.test.ts.
    it("fail: the run fails with the reason; drift elsewhere is shown and repaired", async () => {
        await scene.host("mim02").fault("unreachable");
        for (const what of ["preview", "up"] as const) {
            const run = await scene.stack[what]({ fails: true });
            assert.match(
                run.errors[0] ?? "",
                /^mim02: 127\.0\.0\.1:\d+ as administrator: nothing listens on that port \(ECONNREFUSED\)\. Start sshd/,
            );
            assert.equal(run.errors.length, 1, run.text);
            assert.deepEqual(run.changes, { "one-mim01-one": "update" });
            assert.deepEqual(driftOf(run, "one-mim01-one"), DRIFT);
            assert.equal(run.outputs["two"], "unknown");
        }
        assert.equal(registry("mim01").get(KEY, "Setting"), "dword:1");
        assert.deepEqual(Object.keys(scene.stack.commands).sort(), ["mim01-module", "mim02-module", "one-mim01-one", "two-mim02-two"]);
    });

    it("skip: a warning, the state stays, and the next run that reaches the host shows what it missed", async () => {
        await scene.host("mim02").fault("unreachable");
        const before = scene.stack.commands;
        scene.stack.program = twoHosts({ second: { onUnreachable: "skip", user: "somebody-else" }, desired: 2 });
        const run = await scene.stack.up();
        assert.deepEqual(run.changes, { "one-mim01-one": "update" });
        assert.ok(
            run.warnings.some((one) => one.startsWith("mim02: not observed, so nothing on it changes: 127.0.0.1:")),
            run.text,
        );
        assert.deepEqual([run.outputs["one"], run.outputs["two"]], ["enforced", "unknown"]);
        const after = scene.stack.commands;
        for (const name of ["mim02-module", "two-mim02-two"]) {
            assert.deepEqual(
                [after[name]?.["stdin"], after[name]?.["update"]].map(withoutSalt),
                [before[name]?.["stdin"], before[name]?.["update"]].map(withoutSalt),
            );
        }
        await scene.host("mim02").fault("none");
        scene.stack.program = twoHosts({});
        const next = await scene.stack.preview();
        assert.deepEqual(next.changes, { "two-mim02-two": "update" });
        assert.deepEqual(driftOf(next, "two-mim02-two"), DRIFT);
    });

    it("skipHosts: the host is not dialled, whatever changed in the program; the other one is repaired", async () => {
        scene.stack.settings = { skipHosts: ["mim02"] };
        scene.stack.program = twoHosts({ second: { user: "somebody-else" }, desired: 2 });
        const run = await scene.stack.up();
        assert.deepEqual(run.changes, { "one-mim01-one": "update" });
        assert.ok(
            run.warnings.some((one) =>
                one.startsWith("mim02: not observed, so nothing on it changes: left out by hybrid-identity:skipHosts."),
            ),
            run.text,
        );
        assert.equal(run.outputs["two"], "unknown");
        assert.equal(scene.host("mim02").counters.connections, 0);
    });

    it("offline: no host is dialled, all stays as it is", async () => {
        scene.stack.settings = { offline: true };
        const run = await scene.stack.up();
        assert.deepEqual([run.changes, run.outputs["one"], run.outputs["two"]], [{}, "unknown", "unknown"]);
        assert.equal(run.warnings.length, 2);
        assert.deepEqual([scene.host("mim01").counters.connections, scene.host("mim02").counters.connections], [0, 0]);
    });

    it("a look whose input was lost on the way is repeated once; when it is lost again, the cause and pwsh.exe are named", async () => {
        await scene.host("mim02").fault("stalledStdin");
        scene.stack.program = twoHosts({ second: { timeout: 4 } });
        const lost = await scene.stack.preview({ fails: true });
        assert.match(lost.errors[0] ?? "", /^mim02: .*"the second try to observe" took longer than 4 s.*OpenSSH for Windows.*powershell: "pwsh\.exe"/s);
        assert.deepEqual([lost.changes, lost.outputs["two"]], [{ "one-mim01-one": "update" }, "unknown"]);
        assert.equal(scene.host("mim02").counters.execs, 2);

        scene.host("mim02").resetCounters();
        const asked = until(() => scene.host("mim02").counters.execs === 1).then(() => scene.host("mim02").fault("none"));
        const [run] = await Promise.all([scene.stack.preview(), asked]);
        assert.deepEqual([driftOf(run, "two-mim02-two"), scene.host("mim02").counters.execs], [DRIFT, 2]);

        await scene.host("mim02").fault("stalledStdin");
        scene.stack.program = twoHosts({ second: { powershell: "pwsh.exe", timeout: 30 } });
        assert.deepEqual(driftOf(await scene.stack.preview(), "two-mim02-two"), DRIFT);
    });

    it("what is pending is said in preview and up, and unknown where nothing was read", async () => {
        await scene.host("mim02").fault("unreachable");
        scene.stack.program = () => {
            const [mim01, mim02] = [declareHost(scene.host("mim01")), declareHost(scene.host("mim02"), { onUnreachable: "skip" })];
            const args = { needsReboot: true, restartServices: ["FIMService"] };
            const one = new windows.RegistryValues("one", { host: mim01, values: { [KEY]: { Setting: dword(1) } }, ...args });
            const two = new windows.RegistryValues("two", { host: mim02, values: { [KEY]: { Setting: dword(1) } }, ...args });
            return { one: one.rebootPending, two: two.rebootPending, services: two.restartPending };
        };
        for (const what of ["up", "preview"] as const) {
            const run = await scene.stack[what]();
            const unread = "unknown: the host was not observed";
            assert.deepEqual(run.outputs, { one: true, two: unread, services: [`FIMService (${unread})`] });
            assert.match(run.text, /mim01: written, but not in force yet: reboot the host \(one\)/);
            assert.doesNotMatch(run.text, /not known to be in force/, "one message for one cause");
            assert.doesNotMatch(run.text, /new to this stack/, "all of mim02 is in state");
        }
    });

    it("failWhenNotObserved: what was left out ends the run, that else ends well with --expect-no-changes", async () => {
        registry("mim01").set(KEY, "Setting", "dword:1");
        registry("mim02").set(KEY, "Setting", "dword:1");
        scene.stack.settings = { offline: true };
        assert.deepEqual((await scene.stack.preview({ expectNoChanges: true })).errors, []);
        scene.stack.settings = { offline: true, failWhenNotObserved: true };
        const offline = await scene.stack.preview({ expectNoChanges: true, fails: true });
        const said = (name: string) => `${name}: not observed, left out by hybrid-identity:offline, and hybrid-identity:failWhenNotObserved is set`;
        assert.deepEqual(offline.errors.sort(), [said("mim01"), said("mim02")]);
        await scene.host("mim02").fault("unreachable");
        scene.stack.settings = { failWhenNotObserved: true };
        scene.stack.program = twoHosts({ second: { onUnreachable: "skip" } });
        const skipped = await scene.stack.preview({ expectNoChanges: true, fails: true });
        assert.equal(skipped.errors.length, 1);
        assert.match(skipped.errors[0] ?? "", /^mim02: not observed, 127\.0\.0\.1:.*ECONNREFUSED.*, and hybrid-identity:failWhenNotObserved is set$/);
    });

    it("a retired host that no longer answers is taken out of the program: nothing is contacted", async () => {
        await scene.host("mim02").fault("unreachable");
        registry("mim01").set(KEY, "Setting", "dword:1");
        scene.stack.program = () => {
            const mim01 = declareHost(scene.host("mim01"));
            new windows.RegistryValues("one", { host: mim01, values: { [KEY]: { Setting: dword(1) } } });
            return {};
        };
        const run = await scene.stack.up();
        assert.deepEqual(run.changes, { "two-mim02-two": "delete", "mim02-module": "delete" });
        assert.deepEqual(Object.keys(scene.stack.commands).sort(), ["mim01-module", "one-mim01-one"]);
    });

    it("waitForSsh: a host that comes up a little later is waited for", async () => {
        await scene.host("mim02").fault("unreachable");
        scene.stack.program = twoHosts({ second: { waitForSsh: 30 } });
        const [run] = await Promise.all([scene.stack.preview(), delay(4_000).then(() => scene.host("mim02").fault("none"))]);
        assert.deepEqual(driftOf(run, "two-mim02-two"), DRIFT);
    });
});

describe("engine: hosts that were never reached", function () {
    this.timeout(240_000);
    const scene = useScene({ hosts: ["mim01", "jump"] });
    const program = (more: Partial<windows.HostArgs>) => () => {
        const host = declareHost(scene.host("mim01"), more);
        const { state } = new windows.RegistryValues("one", { host, values: { [KEY]: { Setting: dword(1) } } });
        return { state };
    };

    it("a first create of a host that does not answer fails, and says that it may not be skipped", async () => {
        await scene.host("mim01").fault("unreachable");
        scene.stack.program = program({ onUnreachable: "skip" });
        for (const what of ["preview", "up"] as const) {
            const run = await scene.stack[what]({ fails: true });
            assert.deepEqual(Object.keys(scene.stack.commands), []);
            const words = { preview: /^mim01: an update would have to make what is new to this stack on it, and fail: take the host out/, up: /this run makes nothing new on mim01/ };
            assert.match(run.errors[0] ?? "", words[what]);
            // The plugin, which would dial a name that is none, was not called.
            assert.doesNotMatch(run.text, /attempts|dial|getaddrinfo|no such host/);
            assert.match(
                run.warnings[0] ?? "",
                /ECONNREFUSED.*The host is new to this stack, so this run fails: take the host out of the program, or set mode: "audit"/,
            );
        }
    });

    it("a host whose only document is refused gets no module, and is not called at all", async () => {
        await scene.host("mim01").fault(`deniedKey:${KEY}`);
        scene.stack.program = program({});
        assert.equal((await scene.stack.preview({ fails: true })).errors.length, 1, "one message for one cause");
        scene.host("mim01").resetCounters();
        const run = await scene.stack.up({ fails: true });
        assert.deepEqual(Object.keys(scene.stack.commands), []);
        assert.match(run.errors.join("\n"), /^mim01: document "one" is refused, and nothing of it changes:\n {2}HKLM\\SOFTWARE\\Contoso\\Setting could not be read/m);
        assert.equal(scene.host("mim01").counters.execs, 1, "the look");
    });

    it("a server that takes no files: the preview shows the drift and names the remedy, the update does nothing", async () => {
        await scene.host("mim01").fault("noSftp");
        scene.stack.program = program({});
        for (const what of ["preview", "up"] as const) {
            const { errors, warnings } = await scene.stack[what]({ fails: true });
            assert.match(errors.join("\n"), /^mim01: .*the server refuses SFTP, by which the module is sent\. Give its sshd_config the line "Subsystem sftp sftp-server\.exe"/m);
            assert.equal(warnings.join().includes("Setting: absent -> dword:1"), what === "preview", warnings.join());
        }
        assert.deepEqual([Object.keys(scene.stack.commands), scene.host("mim01").counters.writtenValues], [[], 0]);
    });

    it("a file of which half arrives: nothing of it runs, and the next update brings it whole", async () => {
        await scene.host("mim01").fault("cutFile");
        scene.stack.program = program({});
        assert.match((await scene.stack.up({ fails: true })).text, /HybridIdentity-\S+ did not arrive whole|it did not arrive whole/);
        assert.equal(scene.host("mim01").state.registry.get(KEY, "Setting"), "absent");
        await scene.host("mim01").fault("none");
        await scene.stack.up();
        assert.deepEqual([scene.host("mim01").state.registry.get(KEY, "Setting"), scene.host("mim01").state.files], ["dword:1", {}]);
    });

    it("a host behind a jump host: looked at and enforced through it; no way to it counts as unreachable", async () => {
        const { address, port, user, hostKey, privateKey } = scene.host("jump");
        const jumpHost = { address, port, user, hostKey, privateKey };
        scene.stack.program = program({ jumpHost });
        await scene.stack.up();
        assert.equal(scene.host("mim01").state.registry.get(KEY, "Setting"), "dword:1");
        const { logons, execs } = scene.host("jump").counters;
        // One look, one file and two commands, each over a connection of its own.
        assert.deepEqual({ logons, execs, there: scene.host("mim01").counters.execs }, { logons: 4, execs: 0, there: 3 });

        await scene.host("jump").fault("unreachable");
        scene.stack.program = program({ jumpHost, onUnreachable: "skip" });
        const run = await scene.stack.preview();
        assert.deepEqual([run.changes, run.outputs["state"]], [{}, "unknown"]);
        assert.match(run.warnings[0] ?? "", /^mim01: not observed/);
    });
});

/** The module's stdin is marked as a secret, and the engine encrypts a secret anew each time. */
function withoutSalt(input: unknown): unknown {
    return typeof input === "object" ? "secret" : input;
}
