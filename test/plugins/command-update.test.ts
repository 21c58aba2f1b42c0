// When command:remote:Command updates or replaces, and what an update runs. Runs against the plugin itself too (see command.test.ts).
import * as assert from "node:assert/strict";
import { PropertyDiff, type DiffResponse } from "@pulumi/pulumi/proto/provider_pb";
import { secret, unknownText, type Properties } from "./support/plugin";
import { useRemote } from "./support/remote";

const { ADD, ADD_REPLACE, UPDATE } = PropertyDiff.Kind;

describe("command plugin: remote.Command, changes", function () {
    this.timeout(120_000);
    const remote = useRemote();
    const { inputs, connection } = remote;
    const commands = () => remote.server.runs.map(run => run.command);

    describe("diff", () => {
        const state = async (more: Properties = {}) => (await remote.plugin.create("remote", inputs(more))).state;
        const someChange = (response: { getChanges(): number }) => response.getChanges() === 2;

        it("finds nothing where nothing changed", async () => {
            const same = { stdin: "a", triggers: ["x"] };
            const response = await remote.plugin.diff("remote", await state(same), inputs(same));
            assert.equal(someChange(response), false);
        });

        for (const [what, more] of [
            ["stdin", { stdin: "b" }],
            ["delete", { delete: "bye" }],
            ["environment", { environment: { A: "b" } }],
            ["logging", { logging: "none" }],
        ] as const) {
            it(`updates for a change of ${what}`, async () => {
                const news = inputs({ stdin: "a", ...(more as Properties) });
                const response = await remote.plugin.diff("remote", await state({ stdin: "a" }), news);
                assert.equal(someChange(response), true);
                assert.deepEqual(response.getReplacesList(), []);
                assert.deepEqual(changed(response), [what]);
            });
        }

        it("updates for a changed password", async () => {
            const news = inputs({ connection: secret(connection({ password: "new" })) });
            const response = await remote.plugin.diff("remote", await state(), news);
            assert.equal(someChange(response), true);
            assert.deepEqual(response.getReplacesList(), []);
            assert.deepEqual(changed(response), ["connection"]);
        });

        it("finds nothing in an input that is to be ignored by its name, a mark of secrecy inside it included", async () => {
            const made = await state();
            const before = { ...made, connection: secret(connection()) };
            for (const [ignored, change] of [[["*"], true], [["*", "connection"], false]] as [string[], boolean][]) {
                assert.equal(someChange(await remote.plugin.diff("remote", before, inputs(), ignored)), change, ignored.join());
            }
        });

        it("takes an output among the names to be ignored for an input that is new, and refuses the update", async () => {
            const made = await state();
            const ignored = ["*", "connection", "stdout", "stderr"];
            assert.deepEqual(kinds(await remote.plugin.diff("remote", made, inputs(), ignored)), { stderr: ADD, stdout: ADD });
            await assert.rejects(remote.plugin.update("remote", made, inputs(), { ignored }), /2 failures decoding:[^]*Unrecognized field 'stdout' on 'remote\.CommandInputs'/);
        });

        it("replaces for new triggers", async () => {
            const response = await remote.plugin.diff("remote", await state(), inputs({ triggers: ["x"] }));
            assert.deepEqual(kinds(response), { triggers: ADD_REPLACE });
            assert.equal(response.getDeletebeforereplace(), false);
        });

        it("tells changed and new items of triggers without a word of replacing: that is the SDK's part", async () => {
            const response = await remote.plugin.diff("remote", await state({ triggers: ["a"] }), inputs({ triggers: ["b", "c"] }));
            assert.deepEqual(kinds(response), { "triggers[0]": UPDATE, "triggers[1]": ADD });
        });

        it("updates for an input that only becomes a secret", async () => {
            const response = await remote.plugin.diff("remote", await state({ stdin: "a" }), inputs({ stdin: secret("a") }));
            assert.equal(someChange(response), true);
            assert.deepEqual(changed(response), ["stdin"]);
        });
    });

    describe("update", () => {
        const created = async (more: Properties = {}) => (await remote.plugin.create("remote", inputs(more))).state;

        it("runs update, or create where there is none", async () => {
            const old = await created();
            await remote.plugin.update("remote", old, inputs({ update: "update it" }));
            await remote.plugin.update("remote", old, inputs({ create: "create again" }));
            assert.deepEqual(commands(), ["create it", "update it", "create again"]);
        });

        it("runs also when only delete or the connection changed", async () => {
            const old = await created();
            await remote.plugin.update("remote", old, inputs({ delete: "bye" }));
            await remote.plugin.update("remote", old, inputs({ connection: secret(connection({ perDialTimeout: 20 })) }));
            assert.deepEqual(commands(), ["create it", "create it", "create it"]);
        });

        it("replaces the outputs", async () => {
            remote.server.answer(() => ({ stdout: "first" }));
            const old = await created();
            remote.server.answer(() => ({ stderr: "second" }));
            const state = await remote.plugin.update("remote", old, inputs({ stdin: "x" }));
            assert.deepEqual([state["stdin"], state["stdout"], state["stderr"]], ["x", "", "second"]);
        });

        it("dials nothing in a preview", async () => {
            const old = await created({ stdin: "a" });
            const state = await remote.plugin.update("remote", old, inputs({ stdin: "b" }), { preview: true });
            assert.equal(remote.server.connections, 1);
            assert.deepEqual([state["stdin"], state["stdout"]], ["b", unknownText]);
        });

        it("sends the previous output along, by default", async () => {
            remote.server.answer(() => ({ stdout: "out", stderr: "err" }));
            const old = await created();
            await remote.plugin.update("remote", old, inputs({ stdin: "x" }));
            await remote.plugin.update("remote", old, inputs({ stdin: "x", addPreviousOutputInEnv: false }));
            const previous = { PULUMI_COMMAND_STDOUT: "out", PULUMI_COMMAND_STDERR: "err" };
            assert.deepEqual(remote.server.runs.map(run => run.environment), [{}, previous, {}]);
        });

        it("warns where the server refuses the previous output, and runs all the same", async () => {
            remote.server.answer(() => ({ stdout: "out" }));
            const old = await created();
            remote.server.options.acceptEnvironment = false;
            remote.plugin.messages.length = 0;
            await remote.plugin.update("remote", old, inputs({ stdin: "x" }));
            const warnings = remote.plugin.messages.filter(message => message.severity === "warning");
            assert.equal(warnings.length, 1);
            assert.match(warnings[0]?.text ?? "", /^Unable to set 'PULUMI_COMMAND_STDOUT'/);
            assert.equal(remote.server.runs.length, 2);
        });

        it("ends with EOF where the previous output is too long for the server", async () => {
            remote.server.answer(() => ({ stdout: "x".repeat(300_000) }));
            const old = await created({ logging: "none" });
            await assert.rejects(remote.plugin.update("remote", old, inputs({ stdin: "x" })), /EOF/);
        });
    });
});

function kinds(response: DiffResponse): Record<string, number> {
    return Object.fromEntries([...response.getDetaileddiffMap().entries()].map(([path, detail]) => [path, detail.getKind()]));
}

// The plugin tells paths, the stand-in names too.
function changed(response: DiffResponse): string[] {
    const paths = [...response.getDiffsList(), ...[...response.getDetaileddiffMap().entries()].map(([path]) => path)];
    return [...new Set(paths.map(path => path.split(/[.[]/)[0] as string))].sort();
}
