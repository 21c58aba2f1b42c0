// What command:remote:Command does, driven over gRPC against a real SSH server on loopback. COMMAND_PLUGIN=/path/to/pulumi-resource-command
// runs the same suite against the plugin itself. What it proves: the plugin's own behaviour. What the engine makes of it: command-cli.test.ts.
import * as assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";
import { Plugin, isStandIn, secret, unknownText, unwrap, type Properties } from "./support/plugin";
import { SshServer } from "./support/ssh-server";

const password = "correct horse";

describe("command plugin: remote.Command", function () {
    this.timeout(20_000);
    let server: SshServer;
    let plugin: Plugin;
    before(async () => {
        plugin = await Plugin.start();
    });
    after(() => plugin.stop());
    beforeEach(async () => {
        server = await SshServer.start({ password });
        plugin.messages.length = 0;
    });
    afterEach(() => server.stop());

    const connection = (more: Properties = {}): Properties => ({
        host: "127.0.0.1",
        port: server.port,
        user: "admin",
        password,
        dialErrorLimit: 0,
        ...more,
    });
    const inputs = (more: Properties = {}): Properties => ({ connection: secret(connection()), create: "create it", ...more });
    const commands = () => server.runs.map(run => run.command);

    it("is version 1.2.1", async () => {
        assert.equal((await plugin.version()).replace(/^v/, ""), "1.2.1");
    });

    describe("check", () => {
        it("fills in the defaults and makes the connection one secret", async () => {
            const { inputs: checked, failures } = await plugin.check("remote", {
                create: "hostname",
                connection: { host: "mim01", proxy: { host: "jump" } },
            });
            assert.deepEqual(failures, []);
            const { connection: given, ...rest } = checked;
            assert.deepEqual(rest, { create: "hostname", addPreviousOutputInEnv: true });
            const defaults = { user: "root", port: 22, dialErrorLimit: 10, perDialTimeout: 15 };
            assert.deepEqual(unwrap(given), { host: "mim01", ...defaults, proxy: { host: "jump", ...defaults } });
        });

        it("keeps what is given, a secret inside the environment included", async () => {
            const given = { environment: { TOKEN: secret("s3cret") }, logging: "none", addPreviousOutputInEnv: false, triggers: [1, "a"] };
            const { inputs: checked } = await plugin.check("remote", { ...inputs(), ...given });
            const { connection: _1, create: _2, ...rest } = checked;
            assert.deepEqual(rest, given);
        });

        it("lets a connection pass that is not known yet", async () => {
            const { inputs: checked, failures } = await plugin.check("remote", { connection: secret(unknownText) });
            assert.deepEqual(failures, []);
            assert.equal(unwrap(checked["connection"]), unknownText);
        });

        for (const [what, given, property] of [
            ["a missing connection", { create: "x" }, "connection"],
            ["a missing host", { connection: { user: "x" } }, "host"],
            ["a command that is no text", { connection: { host: "x" }, create: 5 }, "create"],
            ["an unknown property", { connection: { host: "x" }, colour: "red" }, "colour"],
        ] as const) {
            it(`refuses ${what}`, async () => {
                const { failures } = await plugin.check("remote", given as Properties);
                assert.equal(failures.length, 1);
                assert.match(failures[0]?.property + " " + failures[0]?.reason, new RegExp(property, "i"));
            });
        }
    });

    describe("create", () => {
        it("runs the command with its stdin and gives back what it printed, without one trailing line feed", async () => {
            server.answer(() => ({ stdout: "one\ntwo\n\n", stderr: "warn\n" }));
            const { id, state } = await plugin.create("remote", inputs({ stdin: "line\nend" }));
            assert.deepEqual(server.runs, [{ command: "create it", stdin: "line\nend", environment: {} }]);
            assert.match(id, /^tls[0-9a-f]{8}$/);
            const { connection: kept, ...rest } = state;
            assert.deepEqual(rest, {
                create: "create it",
                stdin: "line\nend",
                addPreviousOutputInEnv: true,
                stdout: "one\ntwo\n",
                stderr: "warn",
            });
            assert.deepEqual(unwrap(kept), { ...connection(), perDialTimeout: 15 });
            assert.deepEqual(server.logons, ["password admin"]);
        });

        it("sends an end of input where there is no stdin", async () => {
            await plugin.create("remote", inputs());
            assert.equal(server.runs[0]?.stdin, "");
        });

        it("does nothing without a create command", async () => {
            const { state } = await plugin.create("remote", { connection: secret(connection()), delete: "bye" });
            assert.equal(server.connections, 0);
            assert.deepEqual([state["stdout"], state["stderr"]], ["", ""]);
        });

        it("dials nothing in a preview, and tells no output", async () => {
            const { state } = await plugin.create("remote", inputs(), { preview: true });
            assert.equal(server.connections, 0);
            assert.deepEqual([state["stdout"], state["stderr"]], [unknownText, unknownText]);
        });

        it("keeps secret inputs secret in the state", async () => {
            const { state } = await plugin.create("remote", inputs({ stdin: secret("s3cret"), environment: { A: secret("b") } }));
            assert.equal(unwrap(state["stdin"]), "s3cret");
            assert.equal(unwrap((state["environment"] as Properties)["A"]), "b");
            assert.equal(server.runs[0]?.stdin, "s3cret");
        });

        it("passes 300 kB through in both directions", async () => {
            const text = "0123456789abcde\n".repeat(20_000);
            server.answer(({ stdin }) => ({ stdout: stdin }));
            const { state } = await plugin.create("remote", inputs({ stdin: text, logging: "none" }));
            assert.equal(state["stdout"], text.slice(0, -1));
        });

        it("opens one connection a run and keeps it", async () => {
            for (let run = 0; run < 3; run++) await plugin.create("remote", inputs());
            assert.equal(server.connections, 3);
        });
    });

    describe("failure", () => {
        const failing = "Process exited with status 3: running \"create it\":\n";

        for (const logging of ["none", "stdout", undefined]) {
            it(`tells all output, with logging ${logging ?? "not set"}`, async () => {
                server.answer(() => ({ stdout: "found nothing\n", code: 3 }));
                await assert.rejects(plugin.create("remote", inputs(logging ? { logging } : {})), { message: `${failing}found nothing\n` });
                server.answer(() => ({ stderr: "denied\n", code: 3 }));
                await assert.rejects(plugin.create("remote", inputs(logging ? { logging } : {})), { message: `${failing}denied\n` });
            });
        }

        it("tells a signal", async () => {
            server.answer(() => ({ signal: "KILL" }));
            await assert.rejects(plugin.create("remote", inputs()), /^Error: Process exited with status 137 from signal KILL.*: running "create it":\n$/);
        });

        it("takes an end without exit status for a failure", async () => {
            server.answer(() => ({ stdout: "half", noStatus: true }));
            await assert.rejects(
                plugin.create("remote", inputs()),
                { message: "wait: remote command exited without exit status or exit signal: running \"create it\":\nhalf" },
            );
        });

        it("quotes the command", async () => {
            server.answer(() => ({ code: 1 }));
            await assert.rejects(plugin.create("remote", inputs({ create: "a \"b\"\n\\c" })), /running "a \\"b\\"\\n\\\\c":/);
        });
    });

    describe("diff", () => {
        const state = async (more: Properties = {}) => (await plugin.create("remote", inputs(more))).state;
        const someChange = (response: { getChanges(): number }) => response.getChanges() === 2;

        it("finds nothing where nothing changed", async () => {
            const response = await plugin.diff("remote", await state({ stdin: "a", triggers: ["x"] }), inputs({ stdin: "a", triggers: ["x"] }));
            assert.equal(someChange(response), false);
        });

        for (const [what, more] of [
            ["stdin", { stdin: "b" }],
            ["delete", { delete: "bye" }],
            ["environment", { environment: { A: "b" } }],
            ["logging", { logging: "none" }],
        ] as const) {
            it(`updates for a change of ${what}`, async () => {
                const response = await plugin.diff("remote", await state({ stdin: "a" }), inputs({ stdin: "a", ...(more as Properties) }));
                assert.equal(someChange(response), true);
                assert.deepEqual(response.getReplacesList(), []);
                assert.deepEqual(changed(response), [what]);
            });
        }

        it("updates for a changed password", async () => {
            const response = await plugin.diff("remote", await state(), inputs({ connection: secret(connection({ password: "new" })) }));
            assert.equal(someChange(response), true);
            assert.deepEqual(response.getReplacesList(), []);
            assert.deepEqual(changed(response), ["connection"]);
        });

        it("replaces for new triggers", async () => {
            const response = await plugin.diff("remote", await state(), inputs({ triggers: ["x"] }));
            const [detail] = [...response.getDetaileddiffMap().entries()].map(([, change]) => change.getKind());
            assert.ok(response.getReplacesList().includes("triggers") || detail === 1);
            assert.equal(response.getDeletebeforereplace(), false);
        });
    });

    describe("update", () => {
        const created = async (more: Properties = {}) => (await plugin.create("remote", inputs(more))).state;

        it("runs update, or create where there is none", async () => {
            const old = await created();
            await plugin.update("remote", old, inputs({ update: "update it" }));
            await plugin.update("remote", old, inputs({ create: "create again" }));
            assert.deepEqual(commands(), ["create it", "update it", "create again"]);
        });

        it("runs also when only delete or the connection changed", async () => {
            const old = await created();
            await plugin.update("remote", old, inputs({ delete: "bye" }));
            await plugin.update("remote", old, inputs({ connection: secret(connection({ perDialTimeout: 20 })) }));
            assert.deepEqual(commands(), ["create it", "create it", "create it"]);
        });

        it("replaces the outputs", async () => {
            server.answer(() => ({ stdout: "first" }));
            const old = await created();
            server.answer(() => ({ stderr: "second" }));
            const state = await plugin.update("remote", old, inputs({ stdin: "x" }));
            assert.deepEqual([state["stdin"], state["stdout"], state["stderr"]], ["x", "", "second"]);
        });

        it("dials nothing in a preview", async () => {
            const old = await created({ stdin: "a" });
            const state = await plugin.update("remote", old, inputs({ stdin: "b" }), { preview: true });
            assert.equal(server.connections, 1);
            assert.deepEqual([state["stdin"], state["stdout"]], ["b", unknownText]);
        });

        it("sends the previous output along, by default", async () => {
            server.answer(() => ({ stdout: "out", stderr: "err" }));
            const old = await created();
            await plugin.update("remote", old, inputs({ stdin: "x" }));
            await plugin.update("remote", old, inputs({ stdin: "x", addPreviousOutputInEnv: false }));
            const previous = { PULUMI_COMMAND_STDOUT: "out", PULUMI_COMMAND_STDERR: "err" };
            assert.deepEqual(server.runs.map(run => run.environment), [{}, previous, {}]);
        });

        it("warns where the server refuses the previous output, and runs all the same", async () => {
            server.answer(() => ({ stdout: "out" }));
            const old = await created();
            server.options.acceptEnvironment = false;
            plugin.messages.length = 0;
            await plugin.update("remote", old, inputs({ stdin: "x" }));
            const warnings = plugin.messages.filter(message => message.severity === "warning");
            assert.equal(warnings.length, 1);
            assert.match(warnings[0]?.text ?? "", /^Unable to set 'PULUMI_COMMAND_STDOUT'/);
            assert.equal(server.runs.length, 2);
        });

        it("ends with EOF where the previous output is too long for the server", async () => {
            server.answer(() => ({ stdout: "x".repeat(300_000) }));
            const old = await created({ logging: "none" });
            await assert.rejects(plugin.update("remote", old, inputs({ stdin: "x" })), /EOF/);
        });
    });

    describe("environment", () => {
        it("sends the variables", async () => {
            await plugin.create("remote", inputs({ environment: { A: "b", C: "d e" } }));
            assert.deepEqual(server.runs[0]?.environment, { A: "b", C: "d e" });
        });

        it("fails where the server refuses one", async () => {
            server.options.acceptEnvironment = false;
            await assert.rejects(plugin.create("remote", inputs({ environment: { A: "b" } })), /could not set environment variable "A": ssh: setenv failed/);
            assert.equal(server.runs.length, 0);
        });
    });

    describe("delete and read", () => {
        it("delete runs its command with everything from the state", async () => {
            server.answer(() => ({ stdout: "out" }));
            const { state } = await plugin.create("remote", inputs({ stdin: "document", delete: "delete it" }));
            await plugin.delete("remote", state);
            const previous = { PULUMI_COMMAND_STDOUT: "out" };
            assert.deepEqual(server.runs[1], { command: "delete it", stdin: "document", environment: previous });
        });

        it("delete without a command dials nothing", async () => {
            const { state } = await plugin.create("remote", inputs());
            await plugin.delete("remote", state);
            assert.equal(server.connections, 1);
        });

        it("a failed delete is an error", async () => {
            const { state } = await plugin.create("remote", inputs({ delete: "delete it" }));
            server.answer(() => ({ code: 5, stderr: "no" }));
            await assert.rejects(plugin.delete("remote", state), { message: "Process exited with status 5: running \"delete it\":\nno" });
        });

        it("read gives back the state as it is and dials nothing", async () => {
            const { state } = await plugin.create("remote", inputs({ stdin: "a" }));
            const result = await plugin.read("remote", state, inputs({ stdin: "a" }));
            assert.deepEqual(result, { state, inputs: inputs({ stdin: "a" }) });
            assert.equal(server.connections, 1);
        });
    });

    describe("log", () => {
        const lines = () => plugin.messages.map(message => message.text);

        for (const [logging, expected] of [
            [undefined, ["o1", "o2", "e1"]],
            ["stdoutAndStderr", ["o1", "o2", "e1"]],
            ["stdout", ["o1", "o2"]],
            ["stderr", ["e1"]],
            ["none", []],
        ] as const) {
            it(`with logging ${logging ?? "not set"} tells ${expected.length} lines`, async () => {
                server.answer(() => ({ stdout: "o1\r\no2\n", stderr: "e1\n" }));
                await plugin.create("remote", inputs(logging ? { logging } : {}));
                assert.deepEqual(lines().sort(), [...expected].sort());
                assert.ok(plugin.messages.every(message => message.severity === "info"));
            });
        }

        it("takes a line of 65,535 bytes", async () => {
            server.answer(() => ({ stdout: `${"x".repeat(65_535)}\n` }));
            const { state } = await plugin.create("remote", inputs());
            assert.equal(state["stdout"], "x".repeat(65_535));
            assert.deepEqual(lines(), ["x".repeat(65_535)]);
        });

        it("hangs on a longer line, unless nothing is logged", async () => {
            server.answer(() => ({ stdout: `${"x".repeat(65_536)}\n`.repeat(3) }));
            const stuck = await Plugin.start();
            try {
                const state = stuck.create("remote", inputs()).then(() => "ended", () => "ended");
                while (server.runs.length === 0) await pause(20);
                assert.equal(await Promise.race([state, pause(1000).then(() => "hangs")]), "hangs");
            } finally {
                await stuck.stop();
            }
            await plugin.create("remote", inputs({ logging: "none" }));
        });
    });

    describe("stop", () => {
        it("ends a run after the resource's own timeout", async function () {
            // The plugin's source was read so; it was not tried on the plugin itself.
            if (!isStandIn) this.skip();
            server.answer(() => ({ never: true }));
            await assert.rejects(plugin.create("remote", inputs(), { timeout: 0.5 }), { message: "context deadline exceeded" });
        });

        it("ends dialling on cancellation, and dials no more", async () => {
            const cancelled = await Plugin.start();
            try {
                const closed = secret({ host: "127.0.0.1", port: 1, password, dialErrorLimit: -1 });
                const creation = assert.rejects(cancelled.create("remote", inputs({ connection: closed })), /context canceled/);
                while (cancelled.messages.length === 0) await pause(20);
                await cancelled.cancel();
                await creation;
            } finally {
                await cancelled.stop();
            }
        });
    });
});

function changed(response: { getDiffsList(): string[]; getDetaileddiffMap(): { keys(): Iterable<string> | IterableIterator<string> } }): string[] {
    const paths = [...response.getDiffsList(), ...response.getDetaileddiffMap().keys()];
    return [...new Set(paths.map(path => path.split(/[.[]/)[0] as string))].sort();
}
