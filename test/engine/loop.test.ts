import assert from "node:assert/strict";
import { dword, expand, multi, windows } from "../../index";
import { driftOf, reasonOf, type Run } from "./support/run";
import { declareHost, useScene } from "./support/scene";
import { HYBRID, PATHS, PROTOCOLS, threeDocuments } from "./support/threeDocuments";

describe("engine: drift on one host", function () {
    this.timeout(240_000);
    const scene = useScene({ program: ({ host }) => () => threeDocuments(host()) });
    const registry = () => scene.host().state.registry;

    function isClean(run: Run): void {
        assert.deepEqual([run.changes, run.warnings, run.errors], [{}, [], []]);
        assert.deepEqual(
            [run.outputs["states"], run.outputs["tls"], run.outputs["dotnet"], run.outputs["extra"]],
            [["compliant", "compliant", "compliant"], {}, {}, {}],
        );
    }

    it("writes what is declared, and the next preview has nothing to do", async () => {
        assert.equal(registry().get(`${PROTOCOLS}\\TLS 1.0\\Server`, "Enabled"), "dword:0");
        assert.equal(registry().get(`${PROTOCOLS}\\TLS 1.2\\Client`, "Enabled"), "dword:4294967295", "any number but 0 is on");
        assert.equal(registry().get("HKLM32\\SOFTWARE\\Microsoft\\.NETFramework\\v2.0.50727", "SchUseStrongCrypto"), "dword:1");
        assert.equal(registry().get(PATHS, "Servers"), 'multi:["mim01","mim02"]');
        isClean(await scene.stack.preview({ expectNoChanges: true }));
        const { connections, execs, writtenValues } = scene.host().counters;
        assert.deepEqual({ connections, execs, writtenValues }, { connections: 1, execs: 1, writtenValues: 0 });
    });

    it("keeps in state where the program makes a component, and no stack of what that registers", () => {
        const places = scene.stack.resources.flatMap(({ type, ...one }) => {
            const { sourcePosition, stackTrace = [] } = one as { sourcePosition?: string; stackTrace?: unknown[] };
            const file = sourcePosition?.replace(/.*\/|#.*/g, "") ?? "";
            return type.startsWith("pulumi:") ? [] : [`${type.replace(/.*:/, "")} ${file} ${stackTrace.length}`];
        });
        assert.deepEqual([...new Set(places)].sort(), [
            "Command  0",
            "CopyToRemote  0",
            "DotNetStrongCrypto threeDocuments.ts 1",
            "Host scene.ts 1",
            "RegistryValues threeDocuments.ts 1",
            "SchannelProtocols threeDocuments.ts 1",
        ]);
    });

    it("keeps each command line in state once: what creates also updates", () => {
        const twice = Object.entries(scene.stack.commands).filter(([, { create, update }]) => create === undefined || update !== undefined);
        assert.deepEqual(twice, []);
    });

    it("shows a wrong value, a deleted value, a deleted key and a wrong type, and nothing else; up repairs them", async () => {
        registry().set(HYBRID, "KeepAlive", "dword:7");
        registry().deleteValue(`${PROTOCOLS}\\TLS 1.0\\Server`, "Enabled");
        registry().deleteKey(PATHS);
        registry().set(`${PROTOCOLS}\\TLS 1.2\\Client`, "DisabledByDefault", "string:0");
        const tls = {
            [`${PROTOCOLS}\\TLS 1.0\\Server`]: { Enabled: "absent -> dword:0 (TLS 1.0, server: not set -> disabled)" },
            [`${PROTOCOLS}\\TLS 1.2\\Client`]: { DisabledByDefault: "string:'0' -> dword:0 (TLS 1.2, client, by default: no number -> on)" },
        };
        const extra = {
            [HYBRID]: { KeepAlive: "dword:7 -> dword:1" },
            [PATHS]: { Home: "absent -> expand:'%ProgramData%\\Contoso'", Servers: 'absent -> multi:["mim01","mim02"]' },
        };
        const warning = [
            "  extra: HKLM\\SOFTWARE\\Contoso\\Hybrid\\KeepAlive: dword:7 -> dword:1",
            "  extra: HKLM\\SOFTWARE\\Contoso\\Paths\\Home: absent -> expand:'%ProgramData%\\Contoso'",
            '  extra: HKLM\\SOFTWARE\\Contoso\\Paths\\Servers: absent -> multi:["mim01","mim02"]',
            `  tls: ${PROTOCOLS}\\TLS 1.0\\Server\\Enabled: absent -> dword:0 (TLS 1.0, server: not set -> disabled)`,
            `  tls: ${PROTOCOLS}\\TLS 1.2\\Client\\DisabledByDefault: string:'0' -> dword:0 (TLS 1.2, client, by default: no number -> on)`,
            "mim01: 5 values differ from what is declared (found -> declared):",
        ];

        for (const what of ["preview", "up"] as const) {
            const run = await scene.stack[what]();
            assert.deepEqual(run.changes, { "tls-mim01-tls": "update", "extra-mim01-extra": "update" });
            assert.deepEqual(driftOf(run, "tls-mim01-tls"), tls);
            assert.deepEqual(driftOf(run, "extra-mim01-extra"), extra);
            assert.equal(run.warnings.length, 1);
            assert.deepEqual(run.warnings[0]?.split("\n").sort(), warning);
            assert.deepEqual(
                run.outputs["states"],
                what === "up" ? ["enforced", "compliant", "enforced"] : ["drifted", "compliant", "drifted"],
            );
            const off = {
                [`${PROTOCOLS}\\TLS 1.0\\Server\\\\Enabled`]: { found: "absent", desired: "dword:0" },
                [`${PROTOCOLS}\\TLS 1.2\\Client\\\\DisabledByDefault`]: { found: "string:0", desired: "dword:0" },
            };
            const { dotnet, tls: now, repaired } = run.outputs;
            assert.deepEqual({ dotnet, now, repaired }, what === "up" ? { dotnet: {}, now: {}, repaired: off } : { dotnet: {}, now: off, repaired: {} });
        }
        assert.equal(scene.host().counters.writtenValues, 5);
        isClean(await scene.stack.preview());
    });

    it("shows before and after in the text of preview --diff", async () => {
        registry().set(HYBRID, "KeepAlive", "dword:7");
        registry().deleteKey(PATHS);
        const { text } = await scene.stack.preview({ diff: true });
        const lines = text.split("\n").map((line) => line.trim().replace(/ +/g, " "));
        for (const line of [
            '+ KeepAlive: "dword:7 -> dword:1"',
            '+ Home : "absent -> expand:\'%ProgramData%\\\\Contoso\'"',
            '+ Servers: "absent -> multi:[\\"mim01\\",\\"mim02\\"]"',
        ]) {
            assert.ok(lines.includes(line), `${line} is missing in:\n${text}`);
        }
        assert.equal(lines.filter((line) => line.includes(" -> ") && line.startsWith("+")).length, 3, text);
    });

    it("shows and repairs the same drift a second time", async () => {
        registry().set(HYBRID, "KeepAlive", "dword:7");
        await scene.stack.up();
        registry().set(HYBRID, "KeepAlive", "dword:7");
        for (const what of ["preview", "up"] as const) {
            assert.deepEqual(driftOf(await scene.stack[what](), "extra-mim01-extra"), { [HYBRID]: { KeepAlive: "dword:7 -> dword:1" } });
        }
        assert.equal(registry().get(HYBRID, "KeepAlive"), "dword:1");
    });

    it("repairs and reports in up what came after the preview", async () => {
        registry().set(HYBRID, "KeepAlive", "dword:7");
        await scene.stack.preview();
        registry().set(HYBRID, "ManagedBy", "string:by hand");
        const run = await scene.stack.up();
        assert.deepEqual(driftOf(run, "extra-mim01-extra"), {
            [HYBRID]: { KeepAlive: "dword:7 -> dword:1", ManagedBy: "string:'by hand' -> string:'Pulumi'" },
        });
        assert.match(run.warnings[0] ?? "", /ManagedBy: string:'by hand' -> string:'Pulumi'/);
        assert.equal(registry().get(HYBRID, "ManagedBy"), "string:Pulumi");
    });

    it("shows a change of the program and drift side by side", async () => {
        registry().set(HYBRID, "KeepAlive", "dword:9");
        const { program } = scene.stack;
        scene.stack.program = () => {
            const mim01 = declareHost(scene.host());
            new windows.SchannelProtocols("tls", { host: mim01, enable: ["TLS 1.2"], disable: ["TLS 1.0"] });
            new windows.DotNetStrongCrypto("dotnet", { host: mim01 });
            new windows.RegistryValues("extra", {
                host: mim01,
                values: {
                    [HYBRID]: { KeepAlive: dword(2) },
                    [PATHS]: { Home: expand("%ProgramData%\\Contoso"), Servers: multi(["mim01", "mim02"]) },
                },
            });
            return {};
        };
        const run = await scene.stack.up();
        assert.deepEqual(run.changes, { "extra-mim01-extra": "update" });
        assert.deepEqual(driftOf(run, "extra-mim01-extra"), { [HYBRID]: { KeepAlive: "dword:9 -> dword:2" } });
        assert.equal(registry().get(HYBRID, "KeepAlive"), "dword:2");
        assert.equal(registry().get(HYBRID, "ManagedBy"), "string:Pulumi", "a value that is dropped under retain stays");
        scene.stack.program = program;
        const back = await scene.stack.preview();
        assert.deepEqual(reasonOf(back, "extra-mim01-extra").why, "changed");
    });
});
