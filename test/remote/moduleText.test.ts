import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { moduleText, readModule } from "../../remote/moduleText";

describe("module text", () => {
    let folder: string;
    beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "module-"))));
    afterEach(() => rmSync(folder, { recursive: true }));
    const write = (psd1: string | Buffer, psm1: string | Buffer) => {
        writeFileSync(join(folder, "HybridIdentity.psd1"), psd1);
        writeFileSync(join(folder, "HybridIdentity.psm1"), psm1);
    };
    const psd1 = "@{\n    ModuleVersion = '1.2.3'\n}\n";

    it("is what ships, read once", () => {
        const files = join(__dirname, "..", "..", "powershell", "HybridIdentity", "HybridIdentity");
        const [psm1, manifest] = [readFileSync(`${files}.psm1`), readFileSync(`${files}.psd1`)];
        const shipped = moduleText();
        assert.equal(shipped.sha256, createHash("sha256").update(psm1).update(manifest).digest("hex"));
        assert.ok(manifest.includes(`'${shipped.version}'`));
        assert.equal(moduleText(), shipped);
    });

    it("is the same from a checkout with CR LF", () => {
        write(psd1, "function A {\n}\n");
        const plain = readModule(folder);
        write(psd1.replace(/\n/g, "\r\n"), "function A {\r\n}\r\n");
        assert.deepEqual(readModule(folder), plain);
        assert.deepEqual([plain.version, plain.psm1], ["1.2.3", "function A {\n}\n"]);
    });

    const refused: [string, string | Buffer, string | Buffer, RegExp][] = [
        [
            "a byte that is not ASCII, with file and line",
            psd1,
            "a\n# \u00e9\n",
            /HybridIdentity\.psm1, line 2: byte 0xc3 is not plain ASCII/,
        ],
        ["a byte order mark", Buffer.from(`\ufeff${psd1}`), "a\n", /HybridIdentity\.psd1, line 1: byte 0xef/],
        ["a text that is cut", psd1, "function A {", /HybridIdentity\.psm1: does not end with a line feed/],
        ["a manifest without a version", "@{\n    # ModuleVersion\n}\n", "a\n", /ModuleVersion = '1\.0\.0'/],
    ];
    for (const [what, manifest, module, message] of refused) {
        it(`refuses ${what}`, () => {
            write(manifest, module);
            assert.throws(() => readModule(folder), message);
        });
    }
});
