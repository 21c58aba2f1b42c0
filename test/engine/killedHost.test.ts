// An update of a host that was killed, or that Ctrl-C ended: what is left on the host and in state, and what the next run makes of it.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { dword, windows } from "../../index";
import { skip } from "../support/skip";
import { declareHost, useScene } from "./support/scene";

const KEY = "HKLM\\SOFTWARE\\Contoso";

describe("engine: an update of a host that is ended from outside", function () {
    this.timeout(240_000);
    const scene = useScene();

    before(function () {
        if (process.platform === "win32") {
            skip(this, "the process to end is found as on Linux and macOS");
        }
    });

    /** Sends the signal once the first value is written. */
    async function ended(signal: "SIGKILL" | "SIGINT") {
        scene.stack.program = () => {
            new windows.RegistryValues("x", { host: declareHost(scene.host()), values: { [KEY]: { A: dword(1), B: dword(2) } } });
            return {};
        };
        const { registry } = scene.host().state;
        // The host puts the hook back after each command.
        let sent = false;
        registry.afterWrite = () => {
            if (!sent && values().some((one) => one !== "absent")) {
                sent = true;
                process.kill(engine(), signal);
            }
        };
        return scene.stack.up({ fails: true });
    }
    const values = () => ["A", "B"].map((name) => scene.host().state.registry.get(KEY, name));
    const pending = () => {
        const { pending_operations: all = [] } = JSON.parse(scene.stack.stateText).checkpoint.latest as { pending_operations?: { resource: { urn: string } }[] };
        return all.map(({ resource }) => resource.urn.split("::").at(-1));
    };

    it("killed: the host finishes, state has a lock and a pending operation; pulumi cancel and up help, and refresh clears the rest", async () => {
        await ended("SIGKILL");
        assert.deepEqual(values(), ["dword:1", "dword:2"]);
        assert.deepEqual(pending(), ["x-mim01-x"]);
        assert.match((await scene.stack.up({ fails: true })).text, /the stack is currently locked by 1 lock/);
        await scene.stack.cancel();
        const { changes, warnings } = await scene.stack.up();
        assert.deepEqual(changes, { "x-mim01-x": "create" });
        assert.match(warnings.join("\n"), /1 pending operations from previous deployment.*x-mim01-x, interrupted while creating/s);
        assert.deepEqual(pending(), ["x-mim01-x"], "an up does not clear it");
        await scene.stack.refresh({ clearPendingCreates: true });
        assert.deepEqual(pending(), []);
        assert.deepEqual((await scene.stack.preview()).changes, {});
        assert.deepEqual(values(), ["dword:1", "dword:2"]);
    });

    it("Ctrl-C, once: the command that runs is waited for and noted, and nothing is left to clear", async () => {
        assert.match((await ended("SIGINT")).text, /\^C received; cancelling.*update canceled/s);
        assert.deepEqual([values(), pending()], [["dword:1", "dword:2"], []]);
        assert.deepEqual((await scene.stack.preview()).changes, {});
    });
});

/** The CLI that this process started. */
function engine(): number {
    const lines = execFileSync("ps", ["-A", "-o", "pid=,ppid=,comm="], { encoding: "utf8" }).trim().split("\n");
    const own = lines.map((line) => line.trim().split(/\s+/)).find(([, parent, command]) => Number(parent) === process.pid && command?.includes("pulumi"));
    assert.ok(own, "no engine runs");
    return Number(own[0]);
}
