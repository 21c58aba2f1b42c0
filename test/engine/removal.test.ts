import assert from "node:assert/strict";
import { dword, exchangeServer, string, windows } from "../../index";
import { declareHost, useScene } from "./support/scene";

const KEY = "HKLM\\SOFTWARE\\Contoso";

describe("engine: what leaves the program says what becomes of its values", function () {
    this.timeout(240_000);
    const scene = useScene({ hosts: ["mim01", "mim02"] });
    const registry = () => scene.host().state.registry;
    const values = () => ["A", "B", "C"].map((name) => registry().get(KEY, name));
    const all = { A: dword(1), B: dword(1), C: string("x") };

    function declare(components: Record<string, Omit<windows.RegistryValuesArgs, "host">>, more: Partial<windows.HostArgs> = {}, host = "mim01") {
        return () => {
            const machine = declareHost(scene.host(host), more);
            return Object.fromEntries(Object.entries(components).map(([name, args]) => [name, new windows.RegistryValues(name, { host: machine, ...args }).state]));
        };
    }

    async function enforced(onDestroy: "retain" | "restore"): Promise<void> {
        registry().set(KEY, "A", "dword:0");
        registry().set(KEY, "B", "dword:0");
        scene.stack.program = declare({ x: { onDestroy, values: { [KEY]: all } }, y: { values: { [KEY]: { D: dword(1) } } } });
        await scene.stack.up();
        registry().set(KEY, "B", "dword:9");
    }

    /** Preview and up say the same, on one look, and the next run says nothing more. */
    async function says(warnings: string[]): Promise<void> {
        scene.host().resetCounters();
        const preview = await scene.stack.preview();
        assert.deepEqual([preview.warnings, scene.host().counters.execs], [warnings, 1]);
        assert.deepEqual((await scene.stack.up()).warnings, warnings);
        assert.deepEqual((await scene.stack.up()).warnings, []);
    }

    const y = { y: { values: { [KEY]: { D: dword(1) } } } };
    const restored = [
        "  put back: HKLM\\SOFTWARE\\Contoso\\A: dword:1 -> dword:0",
        "  left, because somebody changed it: HKLM\\SOFTWARE\\Contoso\\B: dword:9",
        "  put back: HKLM\\SOFTWARE\\Contoso\\C: string:'x' -> absent",
    ];
    const left = ["A: dword:1", "B: dword:9", "C: string:'x'"].map((one) => `  stays as it is: HKLM\\SOFTWARE\\Contoso\\${one}`);
    const takesOver = "A document that declares them takes them over.";

    it("a component under restore, others stay", async () => {
        await enforced("restore");
        scene.stack.program = declare(y);
        await says([['mim01: the document "x" is removed:', ...restored].join("\n")]);
        assert.deepEqual(values(), ["dword:0", "dword:9", "absent"]);
    });

    it("the last component of a host", async () => {
        await enforced("restore");
        scene.stack.program = declare({});
        await says([
            ['mim01: the document "x" is removed:', ...restored].join("\n"),
            ['mim01: the document "y" is removed and its values stay:', "  stays as it is: HKLM\\SOFTWARE\\Contoso\\D: dword:1", takesOver].join("\n"),
        ]);
        assert.deepEqual(values(), ["dword:0", "dword:9", "absent"]);
    });

    it("a component under retain: the warning comes once", async () => {
        await enforced("retain");
        // Looks at the host beside the host itself.
        scene.stack.program = () => {
            new exchangeServer.SmtpProtocolLog("smtp", { host: declareHost(scene.host()) });
            return {};
        };
        const { warnings } = await scene.stack.preview();
        assert.equal(warnings.filter((one) => one.includes('the document "x" is removed and its values stay')).length, 1);
        scene.stack.program = declare(y);
        await says([['mim01: the document "x" is removed and its values stay:', ...left, takesOver].join("\n")]);
        assert.deepEqual(values(), ["dword:1", "dword:9", "string:x"]);
    });

    it("values of a document that stays, under restore and under retain", async () => {
        for (const onDestroy of ["restore", "retain"] as const) {
            await enforced(onDestroy);
            scene.stack.program = declare({ x: { onDestroy, values: { [KEY]: { A: dword(1) } } }, ...y });
            const lines = (onDestroy === "restore" ? restored : left).slice(1);
            await says([['mim01: the document "x" no longer declares:', ...lines].join("\n")]);
            assert.deepEqual(values(), ["dword:1", "dword:9", onDestroy === "restore" ? "absent" : "string:x"]);
        }
    });

    it("a removal for which the host has no record puts nothing back, and says so", async () => {
        await enforced("restore");
        registry().set("HKLM\\SOFTWARE\\HybridIdentity\\Documents", "lab.prod/x", "absent");
        scene.stack.program = declare(y);
        await says([['mim01: the document "x" is removed and nothing is put back, because the host has no record of it:', ...left, takesOver].join("\n")]);
        assert.deepEqual(values(), ["dword:1", "dword:9", "string:x"]);
    });

    it("a component under restore of a host that is left out stays in state and is named; it goes once the host is there again", async () => {
        await enforced("restore");
        const before = scene.stack.resources.map(({ urn }) => urn);
        for (const components of [y, {}]) {
            scene.stack.settings = { skipHosts: ["mim01"] };
            scene.stack.program = declare(components);
            scene.host().resetCounters();
            for (const what of ["preview", "up"] as const) {
                const { changes, warnings } = await scene.stack[what]();
                assert.deepEqual(changes, "y" in components ? {} : { "y-mim01-y": "delete", "mim01-module": "delete" });
                assert.match(warnings[0] ?? "", /Not removed, because nothing can be put back on it now: x-mim01-x\./);
            }
            assert.equal(scene.host().counters.connections, 0);
        }
        assert.ok(before.filter((one) => one.includes("::x")).every((urn) => scene.stack.resources.some((one) => one.urn === urn)));
        scene.stack.settings = {};
        const { warnings } = await scene.stack.up();
        assert.deepEqual(warnings, [['mim01: the document "x" is removed:', ...restored].join("\n")]);
        assert.deepEqual([values(), scene.stack.commands], [["dword:0", "dword:9", "absent"], {}]);
    });

    it("a host that gets another name in the program is the same host: nothing is put back, and nothing is written", async () => {
        for (const onDestroy of ["restore", "retain"] as const) {
            registry().set(KEY, "A", "dword:0");
            const args = { x: { onDestroy, values: { [KEY]: { A: dword(1) } } } };
            scene.stack.program = declare(args);
            await scene.stack.up();
            const called = (name: string) => () => {
                const machine = declareHost(scene.host(), {}, name);
                return { state: new windows.RegistryValues("x", { host: machine, ...args.x }).state };
            };
            scene.stack.program = called("edge");
            // Also where the host has lost its record of the document, which is then written anew.
            if (onDestroy === "restore") {
                registry().set("HKLM\\SOFTWARE\\HybridIdentity\\Documents", "lab.prod/x", "absent");
            }
            scene.host().resetCounters();
            for (const run of ["preview", "up"] as const) {
                const { changes, warnings, outputs } = await scene.stack[run]({ refresh: true });
                const written = onDestroy === "restore" ? { "x-edge-x": "update" } : {};
                assert.deepEqual([changes, warnings, outputs["state"]], [{ "edge-module": "create", ...written, "mim01-module": "delete" }, [], "compliant"], run);
            }
            assert.deepEqual([registry().get(KEY, "A"), scene.host().counters.writtenValues], ["dword:1", 0]);
            await scene.stack.preview({ refresh: true, expectNoChanges: true });
            scene.stack.program = () => ({});
            await scene.stack.up();
            assert.equal(registry().get(KEY, "A"), onDestroy === "restore" ? "dword:0" : "dword:1");
        }
    });

    it("a removal in the run that gives the host another name is said, too", async () => {
        registry().set(KEY, "A", "dword:0");
        registry().set(KEY, "B", "dword:0");
        const values = (name: string, host: windows.Host, value: string) => new windows.RegistryValues(name, { host, onDestroy: "restore", values: { [KEY]: { [value]: dword(1) } } });
        scene.stack.program = () => {
            const host = declareHost(scene.host());
            [values("x", host, "A"), values("y", host, "B")].forEach(String);
            return {};
        };
        await scene.stack.up();
        scene.stack.program = () => ({ state: values("x", declareHost(scene.host(), {}, "edge"), "A").state });
        for (const run of ["preview", "up"] as const) {
            const { warnings } = await scene.stack[run]();
            assert.equal(warnings.length, 1, warnings.join("\n"));
            assert.match(warnings[0]!, /^edge: the document "y" is removed:\n {2}put back: .*\\B: dword:1 -> dword:0/);
        }
        assert.deepEqual([registry().get(KEY, "A"), registry().get(KEY, "B")], ["dword:1", "dword:0"]);
    });

    for (const removed of ["with the host declared", "with its components gone already"]) {
        it(`a host that is dead for good and has restore is retired by a setting, ${removed}`, async () => {
            await enforced("restore");
            await scene.host().fault("unreachable");
            const program = scene.stack.program;
            const { errors } = await scene.stack.preview({ fails: true });
            assert.match(errors[0] ?? "", /If it will never come back: pulumi config set --path "hybrid-identity:retiredHosts\[0\]" mim01, run "pulumi up", then take it out/);
            scene.stack.program = removed.endsWith("already") ? declare({}) : program;
            scene.stack.settings = { retiredHosts: ["mim01"] };
            await scene.stack.up();
            assert.ok("x-mim01-x" in scene.stack.commands);
            const { stateText } = scene.stack;
            for (const next of [declare({}), () => ({})]) {
                scene.stack.stateText = stateText;
                scene.stack.program = next;
                await scene.stack.up();
                assert.deepEqual(scene.stack.commands, {});
            }
            scene.stack.stateText = stateText;
            await scene.stack.destroy();
            assert.deepEqual(scene.stack.commands, {});
        });
    }
});
