import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { moduleText } from "../../powershell/moduleText";

const repository = join(__dirname, "..", "..");

describe("npm run module", function () {
    this.timeout(60_000);
    let folder: string;
    beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "module-"))));
    afterEach(() => rmSync(folder, { recursive: true }));
    const run = (...args: string[]) => {
        const { status, stdout, stderr } = spawnSync(process.execPath, ["--import", "tsx", "powershell/write.ts", ...args], { cwd: repository, encoding: "utf8" });
        return { status, stdout, stderr };
    };

    it("is what package.json runs", () => {
        const { scripts } = JSON.parse(readFileSync(join(repository, "package.json"), "utf8")) as { scripts: Record<string, string> };
        assert.equal(scripts["module"], "node --import tsx powershell/write.ts");
    });

    it("writes manifest and module, whose hash is that of the library, into a new folder", () => {
        const to = join(folder, "new", "HybridIdentity");
        const { status, stdout } = run(to);
        assert.equal(status, 0);
        assert.deepEqual(readdirSync(to).sort(), ["HybridIdentity.psd1", "HybridIdentity.psm1"]);
        assert.equal(readFileSync(join(to, "HybridIdentity.psm1"), "latin1"), moduleText().psm1);
        assert.equal(readFileSync(join(to, "HybridIdentity.psd1"), "latin1"), moduleText().psd1);
        assert.ok(stdout.includes(`HybridIdentity ${moduleText().version}, sha256 ${moduleText().sha256}`), stdout);
    });

    it("ends where no folder can be made though the one above is there", () => {
        // No file system of such a kind is everywhere: the call is made to answer as one does below /proc.
        const preload = join(folder, "preload.cjs");
        writeFileSync(preload, 'const fs = require("fs"); fs.mkdirSync = (path) => { throw Object.assign(new Error(path), { code: "ENOENT" }); };');
        const args = ["--require", preload, "--import", "tsx", "powershell/write.ts", join(folder, "new")];
        const { status, stderr } = spawnSync(process.execPath, args, { cwd: repository, encoding: "utf8", timeout: 30_000 });
        assert.equal(status, 1);
        assert.match(stderr, /new cannot be written to \(ENOENT\)\. Name a folder/);
    });

    it("asks for one folder, and says why it could not write", () => {
        assert.deepEqual([run().status, run("--help").status, run("a", "b").status], [2, 2, 2]);
        const file = join(folder, "file");
        writeFileSync(file, "");
        assert.deepEqual(run(file), {
            status: 1,
            stdout: "",
            stderr: `${file} cannot be written to (ENOTDIR). Name a folder, or one that can be made, where you may write.\n`,
        });
    });
});
