import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { dword, windows } from "../../index";
import { declareHost, useScene } from "./support/scene";

const KEY = "HKLM\\SOFTWARE\\Contoso";

describe("engine: the report of a stack", function () {
    this.timeout(240_000);
    const scene = useScene({ hosts: ["mim01", "mim02"], program: () => program() });

    function program(desired = 1) {
        return () => {
            const [mim01, mim02] = [declareHost(scene.host("mim01")), declareHost(scene.host("mim02"))];
            new windows.RegistryValues("one", { host: mim01, needsReboot: true, values: { [KEY]: { Setting: dword(1) } } });
            new windows.RegistryValues("two", { host: mim02, mode: "audit", values: { [KEY]: { Setting: dword(desired) } } });
            return {};
        };
    }

    let pending: string[] = [];
    const rows = async () => {
        const { components, errors, warnings } = await scene.stack.report();
        pending = components.filter(({ rebootPending }) => rebootPending === true).map(({ name }) => name);
        return { components: components.map(({ type, name, host, state, drift }) => [type, name, host, state, drift]), errors, warnings };
    };

    it("tells what this preview found, not what the last update did, and changes nothing", async () => {
        scene.host("mim02").state.registry.set(KEY, "Setting", "dword:1");
        scene.host("mim01").state.registry.set(KEY, "Setting", "dword:7");
        const before = scene.stack.stateText;
        const { components, errors, warnings } = await rows();
        assert.deepEqual(components, [
            ["windows.RegistryValues", "one", "mim01", "drifted", { [`${KEY}\\\\Setting`]: { found: "dword:7", desired: "dword:1" } }],
            ["windows.RegistryValues", "two", "mim02", "compliant", {}],
        ]);
        assert.deepEqual(errors, []);
        assert.deepEqual(warnings, [
            "mim01: 1 value differs from what is declared (found -> declared):\n  one: HKLM\\SOFTWARE\\Contoso\\Setting: dword:7 -> dword:1",
        ]);
        assert.deepEqual(pending, ["one"]);
        assert.equal(scene.stack.stateText, before);
        assert.equal(scene.host("mim01").state.registry.get(KEY, "Setting"), "dword:7");
    });

    it("calls unknown what could not be observed, with the reason, and tells the rest", async () => {
        await scene.host("mim01").fault("unreachable");
        const { components, errors } = await rows();
        assert.deepEqual(components, [
            ["windows.RegistryValues", "one", "mim01", "unknown", {}],
            ["windows.RegistryValues", "two", "mim02", "drifted", { [`${KEY}\\\\Setting`]: { found: "absent", desired: "dword:1" } }],
        ]);
        assert.match(errors.join("\n"), /^mim01: 127\.0\.0\.1:\d+ as administrator: nothing listens on that port/);
    });

    it("never repeats what the last update found where a component does not get to speak", async () => {
        scene.stack.program = () => {
            const values = pulumi.output(Promise.reject(new Error("a mistake in the program")) as Promise<Record<string, Record<string, string>>>);
            new windows.RegistryValues("one", { host: declareHost(scene.host("mim01")), values });
            return {};
        };
        const { components, errors } = await rows();
        assert.deepEqual(components, [["windows.RegistryValues", "one", undefined, "unknown", {}]]);
        assert.match(errors.join("\n"), /a mistake in the program/);
    });

    it("tells of components that are not in state yet", async () => {
        const other = await scene.anotherStack("new");
        other.program = scene.stack.program;
        const { components } = await other.report();
        // The other stack owns the value of the first.
        assert.deepEqual(components.map(({ name, host, state }) => [name, host, state]), [["one", "mim01", "unknown"], ["two", "mim02", "drifted"]]);
    });
});
