// What the real engine makes of the command plugin: installed into a PULUMI_HOME of its own, with a file backend and inline programs.
import * as assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import * as command from "@pulumi/command";
import { asset } from "@pulumi/pulumi";
import { LocalWorkspace, PulumiCommand, type Stack } from "@pulumi/pulumi/automation";
import { executable } from "./support/plugin";
import { SshServer } from "./support/ssh-server";
import { skip } from "../support/skip";

const password = "correct horse";
type Args = Omit<command.remote.CommandArgs, "connection">;

describe("command plugin: in the real CLI", function () {
    this.timeout(120_000);
    let folder: string;
    let server: SshServer;
    let stack: Stack;
    let args: Args;
    /** A file to send, beside the command. */
    let sent: Omit<command.remote.CopyToRemoteArgs, "connection"> | undefined;

    before(async function () {
        const cli = await PulumiCommand.get().catch(() => undefined);
        if (!cli) {
            return skip(this, 'no Pulumi CLI was found, or one that is too old; put "pulumi" on the PATH');
        }
        folder = fs.mkdtempSync(path.join(os.tmpdir(), "command-cli-"));
        server = await SshServer.start({ password });
        const envVars = {
            PULUMI_HOME: path.join(folder, "home"),
            PULUMI_LAB_REPO: path.resolve(__dirname, "../.."),
            PULUMI_CONFIG_PASSPHRASE: "test",
            PULUMI_SKIP_UPDATE_CHECK: "true",
            PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
        };
        const install = ["plugin", "install", "resource", "command", "1.2.1", "--file", path.dirname(executable)];
        execFileSync(cli.command, install, { env: { ...process.env, ...envVars }, stdio: "pipe" });
        fs.mkdirSync(path.join(folder, "state"));
        stack = await LocalWorkspace.createOrSelectStack(
            {
                stackName: "organization/lab/test",
                projectName: "lab",
                program: async () => {
                    const connection = { host: "127.0.0.1", port: server.port, user: "admin", password, dialErrorLimit: 0 };
                    const { stdout } = new command.remote.Command("tls", { connection, logging: "none", ...args });
                    if (sent) new command.remote.CopyToRemote("file", { connection, ...sent });
                    return { stdout };
                },
            },
            {
                pulumiCommand: cli,
                envVars,
                projectSettings: { name: "lab", runtime: "nodejs", backend: { url: `file://${path.join(folder, "state")}` } },
            },
        );
    });
    beforeEach(() => {
        server.runs.length = 0;
        server.connections = 0;
        server.answer(({ command: text }) => ({ stdout: `${text} done\n` }));
    });
    after(async () => {
        await server?.stop();
        if (folder) fs.rmSync(folder, { recursive: true, force: true });
    });

    const document = (revision: number, drift?: object) => JSON.stringify({ document: "tls", revision, ...(drift && { drift }) }, null, 2);
    const commands = () => server.runs.map(run => run.command);
    const resources = async () => {
        const all: { type: string; inputs: { stdin?: string } }[] = (await stack.exportStack()).deployment.resources ?? [];
        return all.filter(resource => resource.type === "command:remote:Command");
    };

    it("a failed create leaves the resource out of the state, and shows everything printed", async () => {
        args = { create: "create", stdin: document(1) };
        server.answer(() => ({ stdout: "line one\n", stderr: "line two\n", code: 3 }));
        await assert.rejects(stack.up(), /Process exited with status 3: running "create":\s+line one\s+line two/);
        assert.deepEqual(await resources(), []);
        server.answer(() => ({ stdout: "a line of text\n".repeat(20_000) + "the end", code: 3 }));
        await assert.rejects(stack.up(), /a line of text\s+the end/);
    });

    it("a preview dials nothing", async () => {
        const { changeSummary } = await stack.preview();
        assert.deepEqual(changeSummary, { create: 1, same: 1 });
        assert.equal(server.connections, 0);
    });

    it("create runs once, and the connection is a secret in the state", async () => {
        const { outputs } = await stack.up();
        assert.deepEqual(outputs["stdout"], { value: "create done", secret: false });
        assert.deepEqual(commands(), ["create"]);
        // An exported stack has its secrets in clear, the file has not.
        const state = fs.readFileSync(path.join(folder, "state/.pulumi/stacks/lab/test.json"), "utf8");
        assert.equal(state.includes("create done"), true);
        assert.equal(state.includes(password), false);
    });

    it("an unchanged program runs nothing", async () => {
        const { summary } = await stack.up();
        assert.deepEqual(summary.resourceChanges, { same: 2 });
        assert.equal(server.connections, 0);
    });

    it("a preview shows changed JSON member by member", async () => {
        args = { create: "create", stdin: document(2, { Enabled: "dword:1 -> dword:0" }) };
        const { stdout } = await stack.preview({ diff: true, color: "never" });
        const shown = stdout.replace(/ +/g, " ").replace(/\n /g, "\n");
        const expected = '~ stdin: (json) {\ndocument: "tls"\n+ drift : {\n+ Enabled: "dword:1 -> dword:0"\n}\n~ revision: 1 => 2\n}';
        assert.ok(shown.includes(expected), shown);
        assert.equal(stdout.includes(password), false);
        assert.equal(server.connections, 0);
    });

    it("a failed update keeps the old inputs, so the next preview shows it again", async () => {
        server.answer(() => ({ code: 1 }));
        await assert.rejects(stack.up(), /Process exited with status 1/);
        assert.equal((await resources())[0]?.inputs.stdin, document(1));
        const { changeSummary } = await stack.preview();
        assert.deepEqual(changeSummary, { same: 1, update: 1 });
    });

    it("an update runs update with the new stdin", async () => {
        args = { ...args, update: "update", addPreviousOutputInEnv: false };
        await stack.up();
        assert.deepEqual(server.runs, [{ command: "update", stdin: document(2, { Enabled: "dword:1 -> dword:0" }), environment: {} }]);
    });

    it("a refresh dials nothing and sees nothing", async () => {
        const { summary } = await stack.refresh();
        assert.deepEqual(summary.resourceChanges, { same: 2 });
        assert.equal(server.connections, 0);
    });

    it("a new trigger replaces: creates the new one, then deletes the old one with its own stdin", async () => {
        args = { create: "create", delete: "delete", stdin: "old", triggers: ["one"] };
        await stack.up();
        server.runs.length = 0;
        args = { ...args, stdin: "new", triggers: ["two"] };
        await stack.up();
        assert.deepEqual(server.runs.map(run => [run.command, run.stdin]), [["create", "new"], ["delete", "old"]]);
    });

    it("destroy runs delete with the stdin from the state", async () => {
        await stack.destroy();
        assert.deepEqual(server.runs.map(run => [run.command, run.stdin]), [["delete", "new"]]);
        assert.deepEqual(await resources(), []);
    });

    describe("CopyToRemote", () => {
        const file = (content: string) => {
            const at = path.join(folder, "module.psm1");
            fs.writeFileSync(at, content);
            return new asset.FileAsset(at);
        };
        const source = async (part: "inputs" | "outputs") => {
            const all: { type: string; inputs: { source: Record<string, string> }; outputs: { source: Record<string, string> } }[] =
                (await stack.exportStack()).deployment.resources ?? [];
            return all.find(({ type }) => type === "command:remote:CopyToRemote")?.[part].source;
        };
        const sha256 = (content: string) => createHash("sha256").update(content).digest("hex");

        it("sends the file; state has path and hash, not the content", async () => {
            args = { create: "create" };
            sent = { source: file("# one\n"), remotePath: "module.psm1" };
            const { changeSummary } = await stack.preview();
            assert.deepEqual([changeSummary, server.connections], [{ create: 3 }, 0]);
            await stack.up();
            assert.deepEqual(server.files, { "C:/Users/admin/module.psm1": "# one\n" });
            for (const part of ["inputs", "outputs"] as const) {
                const { hash, path: at, text = "" } = (await source(part)) ?? {};
                assert.deepEqual([hash, at, text], [sha256("# one\n"), path.join(folder, "module.psm1"), ""], part);
            }
        });

        it("sends nothing while the content is the same, and sends again where it is not", async () => {
            assert.deepEqual((await stack.up()).summary.resourceChanges, { same: 3 });
            assert.equal(server.connections, 0);
            sent = { ...sent!, source: file("# two\n") };
            assert.deepEqual((await stack.preview()).changeSummary, { same: 2, update: 1 });
            await stack.up();
            assert.deepEqual([server.connections, server.files], [1, { "C:/Users/admin/module.psm1": "# two\n" }]);
        });

        it("replaces for a new trigger, deletes nothing on the host, and needs no local file to be destroyed", async () => {
            sent = { ...sent!, triggers: ["a"], remotePath: "other.psm1" };
            const { summary } = await stack.up();
            assert.deepEqual(summary.resourceChanges, { same: 2, replace: 1 });
            fs.rmSync(path.join(folder, "module.psm1"));
            await stack.destroy();
            assert.deepEqual(Object.keys(server.files), ["C:/Users/admin/module.psm1", "C:/Users/admin/other.psm1"]);
        });
    });
});
