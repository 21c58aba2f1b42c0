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

    it("asks for one folder, and says why it could not write", () => {
        assert.deepEqual([run().status, run("--help").status, run("a", "b").status], [2, 2, 2]);
        const file = join(folder, "file");
        writeFileSync(file, "");
        const { status, stderr } = run(file);
        assert.equal(status, 1);
        assert.match(stderr, /EEXIST/);
        assert.doesNotMatch(stderr, /\n {4}at /);
    });
});
