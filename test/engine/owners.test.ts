import assert from "node:assert/strict";
import { dword, windows } from "../../index";
import { set } from "../../lab/host/module";
import { documentOf, reasonOf } from "./support/run";
import { declareHost, useScene } from "./support/scene";

const KEY = "HKLM\\SOFTWARE\\Contoso";
const COMMAND = "x-mim01-x";

describe("engine: two owners of one value", function () {
    this.timeout(240_000);
    const scene = useScene({ program: () => () => program(1) });
    const registry = () => scene.host().state.registry;

    function program(a: number, onDestroy: "retain" | "restore" = "restore") {
        const host = declareHost(scene.host());
        const { state } = new windows.RegistryValues("x", { host, onDestroy, values: { [KEY]: { A: dword(a) } } });
        return { state };
    }

    it("the second stack is refused with both names, in preview and up; nothing is written", async () => {
        const other = await scene.anotherStack("test");
        other.program = () => program(2);
        for (const what of ["preview", "up"] as const) {
            const run = await other[what]({ fails: true });
            const errors = run.errors.join("\n");
            assert.match(
                errors,
                /^mim01: document "x" is refused, and nothing of it changes:\n {2}The stack "lab\.prod" \(document x\) manages HKLM\\SOFTWARE\\Contoso\\A, which/m,
            );
            assert.match(errors, /"lab\.test" declares in the document "x"/);
            assert.match(errors, /pulumi config set hybrid-identity:takeOverFrom lab\.prod/);
        }
        assert.equal(registry().get(KEY, "A"), "dword:1");
        assert.equal(scene.host().counters.writtenValues, 0);
    });

    it("the second stack may audit what the first one owns: drift is reported and names the owner, nothing is written", async () => {
        const other = await scene.anotherStack("watcher");
        const watch = (a: number) => () => {
            const host = declareHost(scene.host());
            return { state: new windows.RegistryValues("w", { host, mode: "audit", values: { [KEY]: { A: dword(a) } } }).state };
        };
        other.program = watch(2);
        for (const what of ["preview", "up"] as const) {
            const run = await other[what]();
            assert.deepEqual([run.outputs, run.errors], [{ state: "drifted" }, []]);
            assert.match(run.warnings.join("\n"), /w: HKLM\\SOFTWARE\\Contoso\\A: dword:1 -> dword:2/);
            assert.match(run.warnings.join("\n"), /"w" is only audited here; the stack "lab\.prod" \(document x\) manages HKLM\\SOFTWARE\\Contoso\\A/);
        }
        other.program = watch(1);
        assert.deepEqual((await other.up()).warnings, []);
        assert.deepEqual([other.commands, scene.host().counters.writtenValues, (await scene.stack.preview()).changes], [{}, 0, {}]);
    });

    it("a stack renamed: with takeOverFrom one update of what is in state, without a write", async () => {
        const stack = await scene.anotherStack("before");
        stack.program = () => {
            const host = declareHost(scene.host());
            return { state: new windows.RegistryValues("y", { host, values: { [KEY]: { B: dword(1) } } }).state };
        };
        await stack.up();
        scene.host().resetCounters();
        await stack.rename("after");
        stack.settings = { takeOverFrom: "lab.before" };
        const run = await stack.up();
        assert.deepEqual(run.changes, { "y-mim01-y": "update" });
        assert.equal(scene.host().counters.writtenValues, 0);
        stack.settings = {};
        assert.deepEqual((await stack.preview()).changes, {});
    });

    it("a takeover by another stack: one create without a write, originals are kept, the old owner is out", async () => {
        const renamed = await scene.anotherStack("renamed");
        renamed.program = () => program(1);
        renamed.settings = { takeOverFrom: "lab.prod" };
        const run = await renamed.up();
        assert.deepEqual([run.changes[COMMAND], documentOf(run, COMMAND)["takeOverFrom"]], ["create", "lab.prod"]);
        assert.deepEqual([scene.host().counters.writtenValues, run.errors], [0, []]);
        renamed.settings = {};
        const clean = await renamed.preview();
        assert.deepEqual([clean.changes, clean.warnings], [{}, []], "the setting can go");
        const old = await scene.stack.preview({ fails: true });
        assert.match(old.errors[0] ?? "", /The stack "lab\.renamed" .* "lab\.prod"/);
        // What the old stack would put back is no longer its to put back.
        await scene.stack.destroy();
        assert.equal(registry().get(KEY, "A"), "dword:1");
        await renamed.destroy();
        assert.equal(registry().get(KEY, "A"), "absent");
    });

    it("a takeover counts once: a text that is sent again is refused where the old owner took its value back meanwhile", async () => {
        const taker = await scene.anotherStack("taker");
        taker.program = () => program(1);
        taker.settings = { takeOverFrom: "lab.prod" };
        await taker.up();
        const own = String(scene.stack.commands[COMMAND]!["stdin"]).replace('"onDestroy"', '"takeOverFrom": "lab.taker",\n  "onDestroy"');
        scene.host().onExec = (operation) => {
            if (operation === "set") {
                assert.equal(set(scene.host().state, own).ok, true);
            }
        };
        const { urn } = taker.resources.find((one) => one.urn.endsWith(`::${COMMAND}`))!;
        const run = await taker.up({ fails: true, replace: [urn] });
        assert.match(run.errors.join("\n"), /belongs to lab\.prod; lab\.taker does not overwrite it; this text was enforced before/);
        assert.match(registry().get("HKLM\\SOFTWARE\\HybridIdentity\\Values", `${KEY}\\\\A`), /"owner":"lab\.prod"/);
    });

    it("a takeover names one owner: the values of a third one stay refused", async () => {
        const other = await scene.anotherStack("third");
        other.program = () => program(2);
        other.settings = { takeOverFrom: "lab.somebody" };
        const run = await other.preview({ fails: true });
        assert.deepEqual(reasonOf(run, COMMAND).why, "not observed");
        assert.match(run.errors[0] ?? "", /"lab\.prod"/);
    });
});
