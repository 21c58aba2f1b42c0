import assert from "node:assert/strict";
import { dword, promotion, windows } from "../../index";
import { declareHost, useScene } from "./support/scene";

const KEY = "HKLM\\SOFTWARE\\Contoso";
const SERVER = "HKLM\\SYSTEM\\CurrentControlSet\\Control\\SecurityProviders\\SCHANNEL\\Protocols\\TLS 1.0\\Server";
const NET = "HKLM\\SOFTWARE\\Microsoft\\.NETFramework\\v4.0.30319";

type Choice = Pick<windows.RegistryValuesArgs, "mode" | "onDestroy" | "document">;

describe("engine: components of a host that are set to audit and back", function () {
    this.timeout(240_000);
    const scene = useScene();
    const registry = () => scene.host().state.registry;
    const fim = () => scene.host().state.services["FIMService"]!;
    const found = () => [registry().get(SERVER, "Enabled"), registry().get(NET, "SchUseStrongCrypto"), registry().get(KEY, "A"), registry().get(KEY, "B"), fim().state];
    const enforced = ["dword:0", "dword:1", "dword:1", "dword:1", "Stopped"];
    const names = ["base-mim01-baseline", "fim-mim01-fim", "mim01-module", "net-mim01-net", "tls-mim01-tls", "values-mim01-values"];

    /** One of each kind; what is left out of `choices` is not in the program. */
    function declare(choices: { tls?: Choice; net?: Choice; values?: Choice; fim?: Choice; base?: Choice }) {
        return () => {
            const host = declareHost(scene.host());
            const { tls, net, values, fim: service, base } = choices;
            const baseline = { name: "2026-11", values: { [KEY]: { B: dword(1) } } };
            return {
                ...(tls && { tls: new windows.SchannelProtocols("tls", { host, disable: ["TLS 1.0"], ...tls }).state }),
                ...(net && { net: new windows.DotNetStrongCrypto("net", { host, createMissing: true, ...net }).state }),
                ...(service && { fim: new windows.WindowsService("fim", { host, service: "FIMService", state: "stopped", ...service }).state }),
                ...(base && { base: new promotion.HostBaseline("base", { host, baseline, ...base }).state }),
                ...(values && { values: new windows.RegistryValues("values", { host, values: { [KEY]: { A: dword(1) } }, ...values }).state }),
            };
        };
    }

    const every = (one: Choice) => declare({ tls: one, net: one, values: one, fim: one, base: one });
    const inState = () => Object.keys(scene.stack.commands).sort();

    async function nothingHappens(): Promise<void> {
        scene.host().resetCounters();
        const before = scene.stack.commands["tls-mim01-tls"];
        for (const what of ["preview", "up"] as const) {
            const { changes, outputs } = await scene.stack[what]();
            assert.deepEqual([what, changes, outputs], [what, {}, { tls: "compliant", net: "compliant", values: "compliant", fim: "compliant", base: "compliant" }]);
        }
        assert.deepEqual([scene.host().counters.writtenValues, scene.host().counters.execs], [0, 2]);
        assert.deepEqual([found(), inState(), scene.stack.commands["tls-mim01-tls"]?.["stdin"]], [enforced, names, before?.["stdin"]]);
    }

    for (const onDestroy of ["retain", "restore"] as const) {
        it(`enforce, audit, enforce, ${onDestroy}: an audit runs no command, deletes none, and all is as it was afterwards`, async () => {
            registry().set(NET, "SchUseStrongCrypto", "dword:0");
            const originals = found();
            scene.stack.program = every({ onDestroy });
            await scene.stack.up();
            assert.deepEqual(found(), enforced);
            scene.stack.program = every({ onDestroy, mode: "audit" });
            await nothingHappens();
            scene.stack.program = every({ mode: "audit", onDestroy: onDestroy === "retain" ? "restore" : "retain" });
            await nothingHappens();
            scene.stack.program = every({ onDestroy });
            await nothingHappens();
            scene.stack.program = every({ onDestroy, mode: "audit" });
            registry().set(KEY, "A", "dword:9");
            const drifted = await scene.stack.up();
            assert.deepEqual([drifted.changes, drifted.outputs["values"], registry().get(KEY, "A")], [{}, "drifted", "dword:9"]);
            scene.stack.program = every({ onDestroy });
            assert.deepEqual((await scene.stack.up()).changes, { "values-mim01-values": "update" });
            await scene.stack.destroy();
            assert.deepEqual(found(), onDestroy === "restore" ? originals : enforced);
        });
    }

    it("some are audited and some enforced: only the latter are run, and the module is installed for them", async () => {
        const restore = { onDestroy: "restore" } as const;
        scene.stack.program = every(restore);
        await scene.stack.up();
        scene.stack.program = declare({ tls: { ...restore, mode: "audit" }, net: restore, values: { ...restore, mode: "audit" }, fim: { ...restore, mode: "audit" }, base: { ...restore, mode: "audit" } });
        fim().state = "Running";
        registry().set(NET, "SchUseStrongCrypto", "dword:0");
        registry().set(KEY, "A", "dword:9");
        const { changes, outputs } = await scene.stack.up();
        assert.deepEqual([changes, outputs], [{ "net-mim01-net": "update" }, { tls: "compliant", net: "enforced", values: "drifted", fim: "drifted", base: "compliant" }]);
        assert.deepEqual([found(), inState()], [["dword:0", "dword:1", "dword:9", "dword:1", "Running"], names]);
    });

    it("audited under another document id: what is in state stays under its own", async () => {
        scene.stack.program = every({ onDestroy: "restore" });
        await scene.stack.up();
        scene.stack.program = declare({ tls: { mode: "audit", document: "other" } });
        const { changes } = await scene.stack.up();
        assert.deepEqual(changes, { "base-mim01-baseline": "delete", "fim-mim01-fim": "delete", "net-mim01-net": "delete", "values-mim01-values": "delete" });
        assert.deepEqual([registry().get(SERVER, "Enabled"), inState()], ["dword:0", ["mim01-module", "tls-mim01-tls"]]);
    });

    it("removed from the program, or destroyed, after an up with audit: nothing is put back and the host is not contacted", async () => {
        scene.stack.program = every({ onDestroy: "restore" });
        await scene.stack.up();
        scene.stack.program = every({ onDestroy: "restore", mode: "audit" });
        await scene.stack.up();
        const { stateText } = scene.stack;
        await scene.host().fault("unreachable");
        scene.stack.program = () => ({});
        await scene.stack.up();
        assert.deepEqual([found(), inState()], [enforced, []]);
        scene.stack.stateText = stateText;
        await scene.stack.destroy();
        assert.deepEqual([found(), inState()], [enforced, []]);
    });
});
