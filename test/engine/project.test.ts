// The repository's own project as its users run it: through the CLI and the language host, in a copy that the tests may change.
import assert from "node:assert/strict";
import { appendFileSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { startLab, type Lab } from "../../lab/lab";
import { copyProject, engineOrSkip, temporaryFolder } from "./support/engine";
import { driftOf } from "./support/run";
import { EngineStack } from "./support/stack";

const HYBRID = "HKLM\\SOFTWARE\\Contoso\\Hybrid";
const commandsOf = (host: string) => [
    `${host}-dotnet-${host}-dotnet`,
    `${host}-${host}-baseline`,
    `${host}-module`,
    `${host}-tls-${host}-tls`,
];

describe("engine: the project of this repository", function () {
    this.timeout(240_000);
    const folder = { path: "", remove: () => {} };
    let lab: Lab;
    let stack: EngineStack;
    const registry = (name: string) => lab.hosts[name]!.state.registry;
    const servers = (...names: string[]) =>
        Object.fromEntries(
            names.map((name) => {
                const { address, port, user, hostKey } = lab.hosts[name]!;
                const observe = { user: lab.hosts[name]!.observerUser, privateKeyFile: "observer" };
                return [name, { address, port, user, hostKey, privateKeyFile: "administrator", observe, recordReaders: ["CONTOSO\\Pulumi readers"] }];
            }),
        );

    before(async function () {
        const cli = await engineOrSkip(this);
        Object.assign(folder, temporaryFolder());
        const project = join(folder.path, "project");
        mkdirSync(join(folder.path, "state"));
        copyProject(project);
        lab = await startLab({ hosts: ["mim01", "edge01"] });
        writeFileSync(join(project, "administrator"), lab.hosts["mim01"]!.privateKey);
        stack = await EngineStack.ofProject(cli, join(folder.path, "state"), "engine", project);
        stack.settings = { baseline: "2026-11", hosts: servers("mim01", "edge01") };
        const run = await stack.up();
        assert.deepEqual(
            Object.keys(run.changes).sort(),
            [...commandsOf("edge01"), ...commandsOf("mim01")],
            "the program ran, not the library's face",
        );
    });

    after(async () => {
        await lab?.stop();
        folder.remove();
    });

    it("shows drift in preview --diff and repairs it in up", async () => {
        registry("edge01").set(HYBRID, "KeepAlive", "string:1");
        // As a pipeline that has the key of the observer alone.
        const [key, away, observer] = ["administrator", "away", "observer"].map((name) => join(folder.path, "project", name)) as [string, string, string];
        renameSync(key, away);
        writeFileSync(observer, lab.hosts["mim01"]!.observerKey);
        const { components } = await stack.report();
        renameSync(away, key);
        rmSync(observer);
        assert.deepEqual(components.map(({ name }) => name), ["edge01", "mim01"]);
        assert.deepEqual(
            components.filter(({ state }) => state !== "compliant").map(({ name, host, state, drift }) => [name, host, state, drift]),
            [["edge01", "edge01", "drifted", { [`${HYBRID}\\\\KeepAlive`]: { found: "string:1", desired: "dword:1" } }]],
        );
        const run = await stack.preview({ diff: true, expectNoChanges: true, fails: true });
        assert.deepEqual(run.changes, { "edge01-edge01-baseline": "update" });
        assert.deepEqual(driftOf(run, "edge01-edge01-baseline"), { [HYBRID]: { KeepAlive: "string:'1' -> dword:1" } });
        assert.match(run.text, /\+ +KeepAlive: "string:'1' -> dword:1"/);
        await stack.up();
        assert.equal(registry("edge01").get(HYBRID, "KeepAlive"), "dword:1");
    });

    it("deletes nothing when the run fails, and removes a server that left the settings when it does not", async () => {
        await lab.hosts["mim01"]!.fault("unreachable");
        stack.settings = { baseline: "2026-11", hosts: servers("mim01") };
        const failed = await stack.up({ fails: true });
        assert.match(failed.errors[0] ?? "", /^mim01: .*ECONNREFUSED/);
        assert.deepEqual([failed.changes, Object.keys(stack.commands).sort()], [{}, [...commandsOf("edge01"), ...commandsOf("mim01")]]);
        await lab.hosts["mim01"]!.fault("none");
        await lab.hosts["edge01"]!.fault("unreachable");
        const run = await stack.up();
        assert.deepEqual(run.changes, Object.fromEntries(commandsOf("edge01").map((name) => [name, "delete"])));
    });

    it("a host that is new and left out ends preview and up in words, and is not dialled", async () => {
        stack.settings = { baseline: "2026-11", hosts: servers("mim01", "edge01"), skipHosts: ["edge01"] };
        const edge = lab.hosts["edge01"]!;
        await edge.fault("none");
        edge.resetCounters();
        for (const run of ["preview", "up"] as const) {
            const { errors, text } = await stack[run]({ fails: true });
            assert.deepEqual([errors.length, edge.counters.connections], [1, 0], text);
            assert.match(errors[0]!, /^edge01: an update would have to make what is new to this stack on it, and fail: take the host out of the program/);
        }
        stack.settings = { baseline: "2026-11", hosts: servers("mim01") };
        await stack.up();
    });

    it("an upgrade of the library changes the installation of the module and nothing else", async () => {
        const module = join(folder.path, "project", "powershell", "HybridIdentity");
        const manifest = join(module, "HybridIdentity.psd1");
        writeFileSync(manifest, readFileSync(manifest, "utf8").replace("'1.0.0'", "'1.1.0'"));
        appendFileSync(join(module, "parts", "commands.ps1"), "# A newer release.\n");
        lab.moduleFolder = module;
        // Types were checked when the program was written: a run does not check them again.
        appendFileSync(join(folder.path, "project", "stacks", "index.ts"), 'export const note: number = "not a number";\n');
        for (const what of ["preview", "up"] as const) {
            assert.deepEqual((await stack[what]()).changes, { "mim01-module": "update" });
        }
        assert.deepEqual(Object.keys(lab.hosts["mim01"]!.state.modules), ["1.1.0"]);
        const { changes, warnings } = await stack.preview();
        assert.deepEqual([changes, warnings], [{}, []]);
    });

    it("ends where no server answers", async function () {
        // Without an end the program takes gigabytes: so it is not waited for long.
        this.timeout(60_000);
        const { mim01, edge01 } = servers("mim01", "edge01");
        stack.settings = { baseline: "2026-11", hosts: { mim01, edge01, exch01: { ...edge01!, port: 1 } } };
        for (const name of ["mim01", "edge01"]) {
            await lab.hosts[name]!.fault("unreachable");
        }
        const { errors } = await stack.preview({ fails: true });
        assert.deepEqual(["mim01", "edge01", "exch01"].filter((name) => !errors.some((one) => one.startsWith(`${name}: `))), []);
    });
});
