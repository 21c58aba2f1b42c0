// What command:local:Command does. Runs against the plugin itself too (see command.test.ts).
import * as assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { Plugin, isStandIn, secret, unknownText, unwrap, type Properties } from "./support/plugin";
import { skip } from "../support/skip";

describe("command plugin: local.Command", function () {
    this.timeout(120_000);
    let plugin: Plugin;
    let folder: string;
    before(async function () {
        if (process.platform === "win32") skip(this, "the cases speak sh");
        plugin = await Plugin.start();
        folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "command-")));
    });
    after(async () => {
        await plugin?.stop();
        if (folder) fs.rmSync(folder, { recursive: true });
    });
    const created = async (inputs: Properties) => (await plugin.create("local", inputs)).state;
    const outputs = (state: Properties) => [state["stdout"], state["stderr"]];

    it("runs the shell with stdin, and tells both streams", async () => {
        plugin.messages.length = 0;
        const state = await created({ create: "cat; echo warn >&2", stdin: "in\n" });
        assert.deepEqual(outputs(state), ["in", "warn"]);
        assert.deepEqual(plugin.messages.map(message => message.text).sort(), ["in", "warn"]);
    });

    it("runs in a folder, with variables, by an interpreter", async () => {
        assert.deepEqual(outputs(await created({ create: "echo $PWD $A", dir: folder, environment: { A: "b" } })), [`${folder} b`, ""]);
        const script = "process.stdout.write(process.argv0 + 1)";
        assert.deepEqual(outputs(await created({ create: script, interpreter: ["node", "-e"] })), ["node1", ""]);
    });

    it("fails with the exit status and everything printed", async () => {
        const failing = created({ create: "echo out; exit 3", logging: "none" });
        await assert.rejects(failing, { message: "exit status 3: running \"echo out; exit 3\":\nout\n" });
        await assert.rejects(created({ create: "x", interpreter: ["/nowhere/shell"] }), /nowhere\/shell.*: running "x":\n/);
        await assert.rejects(created({ create: "pwd", dir: "/nowhere" }), /running "pwd"/);
    });

    it("runs update or create, and delete, with the previous output", async () => {
        const log = path.join(folder, "log");
        const command = (name: string) => `echo ${name} $PULUMI_COMMAND_STDOUT >> ${log}; echo ${name}`;
        const inputs = { create: command("create"), delete: command("delete") };
        const first = await created(inputs);
        const second = await plugin.update("local", first, { ...inputs, environment: { A: "b" } });
        await plugin.update("local", second, { ...inputs, update: command("update") });
        await plugin.delete("local", second);
        assert.equal(fs.readFileSync(log, "utf8"), "create\ncreate create\nupdate create\ndelete create\n");
    });

    it("runs nothing in a preview", async () => {
        const file = path.join(folder, "preview");
        const { state } = await plugin.create("local", { create: `touch ${file}` }, { preview: true });
        assert.equal(state["stdout"], unknownText);
        assert.equal(fs.existsSync(file), false);
    });

    it("keeps secrets secret", async () => {
        const state = await created({ create: secret("echo hi"), environment: { A: secret("b") } });
        assert.equal(unwrap(state["create"]), "echo hi");
        assert.equal(unwrap((state["environment"] as Properties)["A"]), "b");
    });

    it("is killed by the resource's own timeout", async () => {
        await assert.rejects(plugin.create("local", { create: "exec sleep 60" }, { timeout: 1 }), /signal: (SIGKILL|killed)/);
    });

    it("refuses to collect files", async function () {
        if (!isStandIn) skip(this, "the plugin does collect files");
        const { failures } = await plugin.check("local", { create: "x", assetPaths: ["*"], archivePaths: ["*"] });
        assert.deepEqual(failures.map(failure => failure.property).sort(), ["archivePaths", "assetPaths"]);
    });
});
