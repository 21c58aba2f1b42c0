// What command:remote:Command does, driven over gRPC against a real SSH server on loopback. COMMAND_PLUGIN=/path/to/pulumi-resource-command
// runs all of command*.test.ts against the plugin itself. What it proves: the plugin's own behaviour; what the engine makes of it is in
// command-cli.test.ts.
import * as assert from "node:assert/strict";
import { secret, unknownText, unwrap, type Properties } from "./support/plugin";
import { password, useRemote } from "./support/remote";

describe("command plugin: remote.Command", function () {
    this.timeout(120_000);
    const remote = useRemote();
    const { inputs, connection } = remote;

    it("is version 1.2.1", async () => {
        assert.equal((await remote.plugin.version()).replace(/^v/, ""), "1.2.1");
    });

    describe("check", () => {
        it("fills in the defaults and makes the connection one secret", async () => {
            const { inputs: checked, failures } = await remote.plugin.check("remote", {
                create: "hostname",
                connection: { host: "mim01", proxy: { host: "jump" } },
            });
            assert.deepEqual(failures, []);
            const { connection: given, ...rest } = checked;
            assert.deepEqual(rest, { create: "hostname" });
            const defaults = { user: "root", port: 22, dialErrorLimit: 10, perDialTimeout: 15 };
            assert.deepEqual(unwrap(given), { host: "mim01", ...defaults, proxy: { host: "jump", ...defaults } });
        });

        it("keeps what is given, a secret inside the environment included", async () => {
            const given = { environment: { TOKEN: secret("s3cret") }, logging: "none", addPreviousOutputInEnv: false, triggers: [1, "a"] };
            const { inputs: checked } = await remote.plugin.check("remote", { ...inputs(), ...given });
            const { connection: _1, create: _2, ...rest } = checked;
            assert.deepEqual(rest, given);
        });

        it("marks what is secret inside the connection once more", async () => {
            const { inputs: checked } = await remote.plugin.check("remote", {
                connection: secret({ host: "mim01", password, privateKey: "key", privateKeyPassword: "word" }),
            });
            const given = unwrap(checked["connection"]) as Properties;
            const inside = ["password", "privateKey", "privateKeyPassword"].map(name => unwrap(given[name]));
            assert.deepEqual([given["host"], ...inside], ["mim01", password, "key", "word"]);
        });

        it("makes of a secret that is not known yet an empty one", async () => {
            const { inputs: checked, failures } = await remote.plugin.check("remote", { connection: secret(unknownText), stdin: secret(unknownText) });
            assert.deepEqual(failures, []);
            const { host = "", ...rest } = unwrap(checked["connection"]) as Properties;
            assert.deepEqual([host, rest], ["", { user: "root", port: 22, dialErrorLimit: 10, perDialTimeout: 15 }]);
            assert.equal(unwrap(checked["stdin"]), "");
        });

        it("cuts the fraction off a number of dials", async () => {
            const { inputs: checked } = await remote.plugin.check("remote", { connection: { host: "mim01", dialErrorLimit: 2.7 } });
            assert.equal((unwrap(checked["connection"]) as Properties)["dialErrorLimit"], 2);
        });

        it("names the connection where something inside it is wrong", async () => {
            const { failures } = await remote.plugin.check("remote", { connection: { host: "mim01", port: "22 or so" } });
            assert.deepEqual(failures.map(({ property: name }) => name), ["connection"]);
        });

        for (const [what, given, property] of [
            ["a missing connection", { create: "x" }, "connection"],
            ["a missing host", { connection: { user: "x" } }, "host"],
            ["a command that is no text", { connection: { host: "x" }, create: 5 }, "create"],
            ["an unknown property", { connection: { host: "x" }, colour: "red" }, "colour"],
        ] as const) {
            it(`refuses ${what}`, async () => {
                const { failures } = await remote.plugin.check("remote", given as Properties);
                assert.equal(failures.length, 1);
                assert.match(failures[0]?.property + " " + failures[0]?.reason, new RegExp(property, "i"));
            });
        }
    });

    describe("create", () => {
        it("runs the command with its stdin and gives back what it printed, without one trailing line feed", async () => {
            remote.server.answer(() => ({ stdout: "one\ntwo\n\n", stderr: "warn\n" }));
            const { id, state } = await remote.plugin.create("remote", inputs({ stdin: "line\nend" }));
            assert.deepEqual(remote.server.runs, [{ command: "create it", stdin: "line\nend", environment: {} }]);
            assert.match(id, /^tls[0-9a-f]{8}$/);
            const { connection: kept, ...rest } = state;
            assert.deepEqual(rest, {
                create: "create it",
                stdin: "line\nend",
                stdout: "one\ntwo\n",
                stderr: "warn",
            });
            assert.deepEqual(unwrap(kept), { ...connection(), password: secret(password), perDialTimeout: 15 });
            assert.deepEqual(remote.server.logons, ["password admin"]);
        });

        it("sends an end of input where there is no stdin", async () => {
            await remote.plugin.create("remote", inputs());
            assert.equal(remote.server.runs[0]?.stdin, "");
        });

        it("does nothing without a create command", async () => {
            const { state } = await remote.plugin.create("remote", { connection: secret(connection()), delete: "bye" });
            assert.equal(remote.server.connections, 0);
            assert.deepEqual([state["stdout"], state["stderr"]], ["", ""]);
        });

        it("dials nothing in a preview, and tells no output", async () => {
            const { id, state } = await remote.plugin.create("remote", inputs(), { preview: true });
            assert.match(id, /^tls[0-9a-f]{8}$/);
            assert.equal(remote.server.connections, 0);
            assert.deepEqual([state["stdout"], state["stderr"]], [unknownText, unknownText]);
        });

        it("keeps secret inputs secret in the state", async () => {
            const { state } = await remote.plugin.create("remote", inputs({ stdin: secret("s3cret"), environment: { A: secret("b") } }));
            assert.equal(unwrap(state["stdin"]), "s3cret");
            assert.equal(unwrap((state["environment"] as Properties)["A"]), "b");
            assert.equal(remote.server.runs[0]?.stdin, "s3cret");
        });

        it("passes 300 kB through in both directions", async () => {
            const text = "0123456789abcde\n".repeat(20_000);
            remote.server.answer(({ stdin }) => ({ stdout: stdin }));
            const { state } = await remote.plugin.create("remote", inputs({ stdin: text, logging: "none" }));
            assert.equal(state["stdout"], text.slice(0, -1));
        });

        it("opens one connection a run and keeps it", async () => {
            for (let run = 0; run < 3; run++) await remote.plugin.create("remote", inputs());
            assert.equal(remote.server.connections, 3);
        });
    });

    describe("failure", () => {
        const failing = "Process exited with status 3: running \"create it\":\n";

        for (const logging of ["none", "stdout", undefined]) {
            it(`tells all output, with logging ${logging ?? "not set"}`, async () => {
                remote.server.answer(() => ({ stdout: "found nothing\n", code: 3 }));
                const create = () => remote.plugin.create("remote", inputs(logging ? { logging } : {}));
                await assert.rejects(create(), { message: `${failing}found nothing\n` });
                remote.server.answer(() => ({ stderr: "denied\n", code: 3 }));
                await assert.rejects(create(), { message: `${failing}denied\n` });
            });
        }

        it("tells a signal", async () => {
            remote.server.answer(() => ({ signal: "KILL" }));
            const creation = remote.plugin.create("remote", inputs());
            await assert.rejects(creation, /^Error: Process exited with status 137 from signal KILL.*: running "create it":\n$/);
        });

        it("takes an end without exit status for a failure", async () => {
            remote.server.answer(() => ({ stdout: "half", noStatus: true }));
            await assert.rejects(
                remote.plugin.create("remote", inputs()),
                { message: "wait: remote command exited without exit status or exit signal: running \"create it\":\nhalf" },
            );
        });

        it("quotes the command", async () => {
            remote.server.answer(() => ({ code: 1 }));
            await assert.rejects(remote.plugin.create("remote", inputs({ create: "a \"b\"\n\\c" })), /running "a \\"b\\"\\n\\\\c":/);
        });
    });

    describe("delete and read", () => {
        it("delete runs its command with everything from the state", async () => {
            remote.server.answer(() => ({ stdout: "out" }));
            const { state } = await remote.plugin.create("remote", inputs({ stdin: "document", delete: "delete it" }));
            await remote.plugin.delete("remote", state);
            const previous = { PULUMI_COMMAND_STDOUT: "out" };
            assert.deepEqual(remote.server.runs[1], { command: "delete it", stdin: "document", environment: previous });
        });

        it("delete without a command dials nothing", async () => {
            const { state } = await remote.plugin.create("remote", inputs());
            await remote.plugin.delete("remote", state);
            assert.equal(remote.server.connections, 1);
        });

        it("a failed delete is an error", async () => {
            const { state } = await remote.plugin.create("remote", inputs({ delete: "delete it" }));
            remote.server.answer(() => ({ code: 5, stderr: "no" }));
            const message = "Process exited with status 5: running \"delete it\":\nno";
            await assert.rejects(remote.plugin.delete("remote", state), { message });
        });

        it("read gives back the state as it is and dials nothing", async () => {
            const { state } = await remote.plugin.create("remote", inputs({ stdin: "a" }));
            const result = await remote.plugin.read("remote", state, inputs({ stdin: "a" }));
            assert.deepEqual(result, { state, inputs: inputs({ stdin: "a" }) });
            assert.equal(remote.server.connections, 1);
        });
    });
});
