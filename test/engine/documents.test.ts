import assert from "node:assert/strict";
import { dword, windows } from "../../index";
import type { RegistryWrite } from "../../lab/host/registry";
import { documentOf, driftOf, reasonOf } from "./support/run";
import { declareHost, useScene } from "./support/scene";

const KEY = "HKLM\\SOFTWARE\\Contoso";

describe("engine: documents that are renamed, moved, dropped and targeted", function () {
    this.timeout(240_000);
    const scene = useScene();
    const registry = () => scene.host().state.registry;
    const value = (name: string) => registry().get(KEY, name);

    /** Components by name, each with its arguments. */
    function declare(components: Record<string, Omit<windows.RegistryValuesArgs, "host">>) {
        return () => {
            const host = declareHost(scene.host());
            const made = Object.entries(components).map(
                ([name, args]) => [name, new windows.RegistryValues(name, { host, ...args }).state] as const,
            );
            return Object.fromEntries(made);
        };
    }

    /** Every write of a value (not of a record) from now on. */
    function watch(): string[] {
        const seen: string[] = [];
        registry().afterWrite = ({ key, name, notation }: RegistryWrite) => {
            if (key === KEY) {
                seen.push(`${name} ${notation}`);
            }
        };
        return seen;
    }

    for (const onDestroy of ["retain", "restore"] as const) {
        it(`a component renamed with its document id kept, ${onDestroy}: no value changes for a moment`, async () => {
            registry().set(KEY, "A", "dword:9");
            scene.stack.program = declare({ old: { document: "doc", onDestroy, values: { [KEY]: { A: dword(1) } } } });
            await scene.stack.up();
            const written = watch();
            scene.stack.program = declare({ new: { document: "doc", onDestroy, values: { [KEY]: { A: dword(1) } } } });
            const run = await scene.stack.up();
            assert.deepEqual(run.changes, { "new-mim01-doc": "create", "old-mim01-doc": "delete" });
            assert.deepEqual(reasonOf(run, "new-mim01-doc"), { why: "changed", what: "resource" });
            assert.deepEqual([written, value("A")], [[], "dword:1"]);
            if (onDestroy === "retain") {
                const { changes, warnings } = await scene.stack.preview();
                assert.deepEqual([changes, warnings], [{}, []]);
            } else {
                await scene.stack.destroy();
                assert.equal(value("A"), "dword:9", "the original of the first component is still known");
            }
        });
    }

    it("a value that moves to another document of the run is handed over: it never flips back, and its original is kept", async () => {
        registry().set(KEY, "B", "dword:9");
        const x = { onDestroy: "restore", values: { [KEY]: { A: dword(1), B: dword(2) } } } as const;
        scene.stack.program = declare({ x });
        await scene.stack.up();
        const written = watch();
        scene.stack.program = declare({
            x: { ...x, values: { [KEY]: { A: dword(1) } } },
            y: { onDestroy: "restore", values: { [KEY]: { B: dword(2) } } },
        });
        const run = await scene.stack.up();
        assert.deepEqual(run.changes, { "x-mim01-x": "update", "y-mim01-y": "create" });
        assert.deepEqual(documentOf(run, "x-mim01-x")["handed"], { [KEY]: ["B"] });
        assert.deepEqual([written, value("B"), run.warnings], [[], "dword:2", []]);
        assert.deepEqual((await scene.stack.preview()).changes, {});
        // Somebody changed one value meanwhile: it is left as it is; the other one goes back.
        registry().set(KEY, "A", "dword:5");
        await scene.stack.destroy();
        assert.deepEqual([value("A"), value("B")], ["dword:5", "dword:9"]);
    });

    it("destroy, retain: values stay, the host is not contacted", async () => {
        scene.stack.program = declare({ x: { values: { [KEY]: { A: dword(1) } } } });
        await scene.stack.up();
        scene.host().resetCounters();
        await scene.host().fault("unreachable");
        const run = await scene.stack.destroy();
        assert.deepEqual(run.changes, { "x-mim01-x": "delete", "mim01-module": "delete" });
        assert.deepEqual([value("A"), scene.stack.commands, scene.host().counters.connections], ["dword:1", {}, 0]);
    });

    it("retain changed to restore is an update, and from then on removal puts back", async () => {
        scene.stack.program = declare({ x: { values: { [KEY]: { A: dword(1) } } } });
        await scene.stack.up();
        scene.stack.program = declare({ x: { onDestroy: "restore", values: { [KEY]: { A: dword(1) } } } });
        const run = await scene.stack.up();
        assert.deepEqual(reasonOf(run, "x-mim01-x"), { why: "changed", what: "onDestroy" });
        scene.stack.program = declare({});
        await scene.stack.up();
        assert.equal(value("A"), "absent");
    });

    it("--target on one of two: the other one keeps its state and is not called enforced", async () => {
        scene.stack.program = declare({ x: { values: { [KEY]: { A: dword(1) } } }, y: { values: { [KEY]: { B: dword(2) } } } });
        await scene.stack.up();
        registry().set(KEY, "A", "dword:7");
        registry().set(KEY, "B", "dword:7");
        const urn = (
            JSON.parse(scene.stack.stateText) as { checkpoint: { latest: { resources: { urn: string }[] } } }
        ).checkpoint.latest.resources
            .map((one) => one.urn)
            .find((one) => one.endsWith("::x-mim01-x"))!;
        const run = await scene.stack.up({ target: [urn] });
        assert.deepEqual([value("A"), value("B")], ["dword:1", "dword:7"]);
        assert.deepEqual(run.outputs, { x: "enforced", y: "drifted" });
        const next = await scene.stack.preview();
        assert.deepEqual(next.changes, { "y-mim01-y": "update" });
        assert.deepEqual(driftOf(next, "y-mim01-y"), { [KEY]: { B: "dword:7 -> dword:2" } });
    });

    it("audit: nothing is registered, installed or written; drift is reported, and fails the run where that is asked", async () => {
        const audit = { mode: "audit", values: { [KEY]: { A: dword(1) } } } as const;
        scene.stack.program = declare({ x: audit });
        const run = await scene.stack.up();
        assert.deepEqual([run.changes, run.outputs, value("A")], [{}, { x: "drifted" }, "absent"]);
        assert.deepEqual(run.warnings, [
            "mim01: 1 value differs from what is declared (found -> declared):\n  x: HKLM\\SOFTWARE\\Contoso\\A: absent -> dword:1",
        ]);
        assert.deepEqual(
            [scene.stack.commands, scene.host().state.modules, registry().hasKey("HKLM\\SOFTWARE\\HybridIdentity")],
            [{}, {}, false],
        );
        scene.stack.program = declare({ x: { ...audit, failOnDrift: true } });
        const failed = await scene.stack.preview({ fails: true });
        assert.deepEqual(failed.errors, ['windows.RegistryValues "x" on host "mim01": 1 drifted value, and "failOnDrift" is set']);
    });

    it("one value in two components, one id in two components: refused before anything is dialled", async () => {
        scene.stack.program = declare({
            x: { values: { [KEY]: { A: dword(1) } } },
            y: { values: { [KEY.toUpperCase()]: { a: dword(2) } } },
        });
        const same = await scene.stack.up({ fails: true });
        assert.match(same.errors.join("\n"), /windows\.RegistryValues "y" cannot be used as it is written:[^]*HKLM\\SOFTWARE\\CONTOSO\\a/i);
        scene.stack.program = declare({
            x: { values: { [KEY]: { A: dword(1) } } },
            y: { document: "x", values: { [KEY]: { B: dword(2) } } },
        });
        const id = await scene.stack.preview({ fails: true });
        assert.match(id.errors.join("\n"), /another component of host "mim01" has the document id "x" already/);
        assert.deepEqual([scene.host().counters.connections, scene.stack.commands], [0, {}]);
    });
});
