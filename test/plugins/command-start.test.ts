// How the stand-in is found and started once `pulumi plugin install --file` has copied its folder away from the repository.
import * as assert from "node:assert/strict";
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { standIn } from "./support/plugin";
import { skip } from "../support/skip";

const repository = path.resolve(__dirname, "../..");

describe("command stand-in: start", function () {
    this.timeout(120_000);
    let folder: string;
    const children: ChildProcess[] = [];
    before(function () {
        if (process.platform === "win32") skip(this, "the shell script is started; its twin for Windows has not been run");
        folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "plugin home-")));
        fs.cpSync(path.dirname(standIn), folder, { recursive: true });
    });
    after(() => {
        for (const child of children) if (child.exitCode === null) child.kill("SIGKILL");
        if (folder) fs.rmSync(folder, { recursive: true });
    });

    function start(cwd: string, environment: NodeJS.ProcessEnv): ChildProcess {
        const { PULUMI_LAB_REPO: _, ...inherited } = process.env;
        const copy = path.join(folder, path.basename(standIn));
        const child = spawn(copy, ["127.0.0.1:1"], { cwd, env: { ...inherited, ...environment }, stdio: ["ignore", "pipe", "pipe"] });
        children.push(child);
        return child;
    }
    const firstLine = async (child: ChildProcess) => String((await once(child.stdout!, "data"))[0]);

    it("follows PULUMI_LAB_REPO", async () => {
        assert.match(await firstLine(start("/", { PULUMI_LAB_REPO: repository })), /^\d+\n$/);
    });

    it("finds the repository from the working directory, also with a wrong PULUMI_LAB_REPO", async () => {
        assert.match(await firstLine(start(path.join(repository, "lab"), {})), /^\d+\n$/);
        assert.match(await firstLine(start(path.join(repository, "lab"), { PULUMI_LAB_REPO: "/nowhere" })), /^\d+\n$/);
    });

    it("does not mind Node options that are meant for the program", async () => {
        assert.match(await firstLine(start("/", { PULUMI_LAB_REPO: repository, NODE_OPTIONS: "--import tsx" })), /^\d+\n$/);
    });

    it("says what to set where there is no repository", async () => {
        const child = start("/", { PULUMI_LAB_REPO: "/nowhere" });
        const [[text], [code]] = await Promise.all([once(child.stderr!, "data"), once(child, "exit")]);
        assert.match(String(text), /not found from PULUMI_LAB_REPO \("\/nowhere"\).*set PULUMI_LAB_REPO/);
        assert.equal(code, 1);
    });

    for (const signal of ["SIGINT", "SIGTERM"] as const) {
        it(`ends at once on ${signal}`, async () => {
            const child = start("/", { PULUMI_LAB_REPO: repository });
            await firstLine(child);
            const started = Date.now();
            child.kill(signal);
            assert.deepEqual(await once(child, "exit"), [0, null]);
            assert.ok(Date.now() - started < 1000);
        });
    }
});
