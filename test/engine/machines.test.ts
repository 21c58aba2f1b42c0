import assert from "node:assert/strict";
import { driftOf, reasonOf } from "./support/run";
import { useScene } from "./support/scene";
import { HYBRID, PATHS, PROTOCOLS, threeDocuments } from "./support/threeDocuments";

const ALL = ["dotnet-mim01-dotnet", "extra-mim01-extra", "mim01-module", "tls-mim01-tls"];

describe("engine: machines put back, made anew, and changed by hand", function () {
    this.timeout(240_000);
    const scene = useScene({ program: ({ host }) => () => threeDocuments(host()) });
    const registry = () => scene.host().state.registry;

    async function isClean(): Promise<void> {
        const { changes, warnings, outputs } = await scene.stack.preview();
        assert.deepEqual([changes, warnings, outputs["states"]], [{}, [], ["compliant", "compliant", "compliant"]]);
    }

    it("a snapshot from before the last repair: what went back is shown and repaired, with the records as they were then", async () => {
        registry().set(HYBRID, "KeepAlive", "dword:7");
        scene.host().snapshot("drifted");
        await scene.stack.up();
        scene.host().restore("drifted");
        const run = await scene.stack.up();
        assert.deepEqual(run.changes, { "extra-mim01-extra": "update" });
        assert.deepEqual(driftOf(run, "extra-mim01-extra"), { [HYBRID]: { KeepAlive: "dword:7 -> dword:1" } });
        assert.equal(registry().get(HYBRID, "KeepAlive"), "dword:1");
    });

    const obstacles: [string, object, RegExp][] = [
        ["a PSModulePath without the module's folder", { moduleFound: false }, /^mim01: PSModulePath.*Add that folder to the PSModulePath of the machine and restart sshd\.$/],
        ["a policy for scripts", { executionPolicy: "AllSigned" }, /^mim01: The execution policy of this host, .* is AllSigned: .*Run Set-ExecutionPolicy RemoteSigned/],
    ];
    for (const [what, facts, warning] of obstacles) {
        it(`${what}: the preview names the remedy before every command fails`, async () => {
            const { state } = scene.host();
            const before = { ...state.facts };
            Object.assign(state.facts, facts);
            try {
                registry().set(HYBRID, "KeepAlive", "dword:7");
                const run = await scene.stack.preview();
                assert.equal(run.warnings.filter((one) => warning.test(one)).length, 1, run.warnings.join("\n"));
                assert.deepEqual((await scene.stack.up({ fails: true })).failed, ["extra-mim01-extra"]);
            } finally {
                Object.assign(state.facts, { moduleFound: undefined, executionPolicy: undefined }, before);
            }
        });
    }

    it("a machine made anew under the same name: the module is installed again, everything is shown and repaired", async () => {
        scene.host().reimage();
        for (const what of ["preview", "up"] as const) {
            const run = await scene.stack[what]();
            assert.deepEqual(Object.keys(run.changes).sort(), ALL);
            assert.deepEqual([...new Set(Object.values(run.changes))], ["update"]);
            assert.deepEqual(driftOf(run, "extra-mim01-extra"), {
                [HYBRID]: { KeepAlive: "absent -> dword:1", ManagedBy: "absent -> string:'Pulumi'" },
                [PATHS]: { Home: "absent -> expand:'%ProgramData%\\Contoso'", Servers: 'absent -> multi:["mim01","mim02"]' },
            });
            assert.deepEqual(driftOf(run, "tls-mim01-tls"), {
                [`${PROTOCOLS}\\TLS 1.0\\Client`]: {
                    DisabledByDefault: "absent -> dword:1 or nonzero (TLS 1.0, client, by default: not set -> off)",
                    Enabled: "absent -> dword:0 (TLS 1.0, client: not set -> disabled)",
                },
                [`${PROTOCOLS}\\TLS 1.0\\Server`]: {
                    DisabledByDefault: "absent -> dword:1 or nonzero (TLS 1.0, server, by default: not set -> off)",
                    Enabled: "absent -> dword:0 (TLS 1.0, server: not set -> disabled)",
                },
            });
        }
        assert.deepEqual(Object.keys(scene.host().state.modules), ["1.0.0"]);
        await isClean();
    });

    it("a module that was changed on the host by hand is a warning and an update of its installation, and put right", async () => {
        const { modules } = scene.host().state;
        const shipped = { ...modules["1.0.0"]! };
        modules["1.0.0"] = { ...shipped, psm1: `${shipped.psm1}# changed\n` };
        const run = await scene.stack.preview();
        assert.deepEqual(run.changes, { "mim01-module": "update" });
        assert.match(
            run.warnings[0] ?? "",
            /^mim01: The host has the module HybridIdentity 1\.0\.0 \(sha256 [0-9a-f]{64}\), which was changed since it was installed/,
        );
        await scene.stack.up();
        assert.deepEqual(scene.host().state.modules["1.0.0"], shipped);
        await isClean();
    });

    it("a record of a document that was deleted: the document is enforced once more without a write", async () => {
        registry().deleteValue("HKLM\\SOFTWARE\\HybridIdentity\\Documents", "lab.prod/extra");
        scene.host().resetCounters();
        const run = await scene.stack.up();
        assert.deepEqual(run.changes, { "extra-mim01-extra": "update" });
        assert.equal(reasonOf(run, "extra-mim01-extra").why, "record missing");
        assert.equal(scene.host().counters.writtenValues, 0);
    });
});
