// What command:remote:Command tells the engine while it runs, what it sends along, and how it stops. Runs against the plugin itself too
// (see command.test.ts).
import * as assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";
import { Plugin, secret } from "./support/plugin";
import { password, useRemote } from "./support/remote";

describe("command plugin: remote.Command, output", function () {
    this.timeout(120_000);
    const remote = useRemote();
    const { inputs } = remote;

    describe("environment", () => {
        it("sends the variables", async () => {
            await remote.plugin.create("remote", inputs({ environment: { A: "b", C: "d e" } }));
            assert.deepEqual(remote.server.runs[0]?.environment, { A: "b", C: "d e" });
        });

        it("fails where the server refuses one", async () => {
            remote.server.options.acceptEnvironment = false;
            const creation = remote.plugin.create("remote", inputs({ environment: { A: "b" } }));
            await assert.rejects(creation, /could not set environment variable "A": ssh: setenv failed/);
            assert.equal(remote.server.runs.length, 0);
        });
    });

    describe("log", () => {
        const lines = () => remote.plugin.messages.map(message => message.text);

        for (const [logging, expected] of [
            [undefined, ["o1", "o2", "e1"]],
            ["stdoutAndStderr", ["o1", "o2", "e1"]],
            ["stdout", ["o1", "o2"]],
            ["stderr", ["e1"]],
            ["none", []],
        ] as const) {
            it(`with logging ${logging ?? "not set"} tells ${expected.length} lines`, async () => {
                remote.server.answer(() => ({ stdout: "o1\r\no2\n", stderr: "e1\n" }));
                await remote.plugin.create("remote", inputs(logging ? { logging } : {}));
                assert.deepEqual(lines().sort(), [...expected].sort());
                assert.ok(remote.plugin.messages.every(message => message.severity === "info"));
            });
        }

        it("takes a line of 65,535 bytes", async () => {
            remote.server.answer(() => ({ stdout: `${"x".repeat(65_535)}\n` }));
            const { state } = await remote.plugin.create("remote", inputs());
            assert.equal(state["stdout"], "x".repeat(65_535));
            assert.deepEqual(lines(), ["x".repeat(65_535)]);
        });

        it("hangs on a longer line, unless nothing is logged", async () => {
            remote.server.answer(() => ({ stdout: `${"x".repeat(65_536)}\n`.repeat(3) }));
            const stuck = await Plugin.start();
            try {
                const state = stuck.create("remote", inputs()).then(() => "ended", () => "ended");
                while (remote.server.runs.length === 0) await pause(20);
                assert.equal(await Promise.race([state, pause(1000).then(() => "hangs")]), "hangs");
            } finally {
                await stuck.stop();
            }
            await remote.plugin.create("remote", inputs({ logging: "none" }));
        });
    });

    describe("stop", () => {
        it("ends no command that is running, neither after the resource's own timeout nor on cancellation", async () => {
            const stuck = await Plugin.start();
            try {
                remote.server.answer(() => ({ never: true }));
                const creation = stuck.create("remote", inputs(), { timeout: 0.3 }).then(() => "ended", () => "ended");
                while (remote.server.runs.length === 0) await pause(20);
                assert.equal(await Promise.race([creation, pause(1000).then(() => "runs")]), "runs");
                void stuck.cancel().catch(() => {});
                assert.equal(await Promise.race([creation, pause(1000).then(() => "runs")]), "runs");
            } finally {
                await stuck.stop();
            }
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
