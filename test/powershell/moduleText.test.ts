import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { moduleFolder, moduleParts, moduleText, partOfLine, readModule, withParts } from "../../powershell/moduleText";

describe("module text", () => {
    let folder: string;
    beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "module-"))));
    afterEach(() => rmSync(folder, { recursive: true }));
    /** A module whose first part is given; the others are `# next`. */
    const write = (psd1: string | Buffer, head: string | Buffer) => {
        mkdirSync(join(folder, "parts"), { recursive: true });
        writeFileSync(join(folder, "HybridIdentity.psd1"), psd1);
        moduleParts.forEach((part) => writeFileSync(join(folder, "parts", `${part}.ps1`), part === "head" ? head : "# next\n"));
    };
    const psd1 = "@{\n    ModuleVersion = '1.2.3'\n}\n";

    it("is what ships, read once", () => {
        const shipped = moduleText();
        const manifest = readFileSync(join(moduleFolder, "HybridIdentity.psd1"));
        assert.equal(shipped.sha256, createHash("sha256").update(shipped.psm1).update(manifest).digest("hex"));
        assert.ok(manifest.includes(`'${shipped.version}'`));
        assert.equal(moduleText(), shipped);
    });

    it("joins every part that is there, and the order is the list's", () => {
        assert.deepEqual(readdirSync(join(moduleFolder, "parts")).sort(), moduleParts.map((part) => `${part}.ps1`).sort());
        const headings = [...moduleText().psm1.matchAll(/^# -{9,} (\w+)$/gm)].map(([, part]) => part);
        assert.deepEqual(headings, [...moduleParts, "manifest"]);
    });

    it("has no part that is too long to read", () => {
        const lengths = moduleParts.map((part) => readFileSync(join(moduleFolder, "parts", `${part}.ps1`), "utf8").split("\n").length - 1);
        assert.deepEqual(moduleParts.filter((_, index) => lengths[index]! > 250), []);
    });

    it("leads from a line back to its part", () => {
        const { psm1 } = moduleText();
        const at = psm1.split("\n").findIndex((line) => line === "function Read-RegistryValue {");
        const own = readFileSync(join(moduleFolder, "parts", "registry.ps1"), "utf8").split("\n").indexOf("function Read-RegistryValue {");
        assert.equal(partOfLine(psm1, at + 1), `registry.ps1:${own + 1}`);
        assert.equal(partOfLine(psm1, 2), "head.ps1:1");
        assert.equal(partOfLine(psm1, 1), undefined);
        assert.equal(partOfLine("a\nb\n", 2), undefined);
    });

    it("leads the lines that PowerShell and the module name back to parts", () => {
        const own = readFileSync(join(moduleFolder, "parts", "registry.ps1"), "utf8").split("\n").indexOf("function Read-RegistryValue {") + 1;
        const at = moduleText().psm1.split("\n").indexOf("function Read-RegistryValue {") + 1;
        assert.equal(withParts(`At line:${at + 1} char:9\r\n+ $x`, 1), `At registry.ps1:${own} char:9\r\n+ $x`);
        assert.equal(withParts(`At C:\\Modules\\HybridIdentity.psm1:${at} char:9`, 0), `At registry.ps1:${own} char:9`);
        assert.equal(withParts(`no value (Read-RegistryValue, line ${at + 1})`, 1), `no value (Read-RegistryValue, registry.ps1:${own})`);
        assert.equal(withParts(`Line |\n ${at} |  $x`, 0), `registry.ps1:${own} |  $x`);
        assert.equal(withParts("At line:1 char:1, line 12 of a file, At line:99999 char:1", 1), "At line:1 char:1, line 12 of a file, At line:99999 char:1");
    });

    it("is the same from a checkout with CR LF", () => {
        write(psd1, "function A {\n}\n");
        const plain = readModule(folder);
        write(psd1.replace(/\n/g, "\r\n"), "function A {\r\n}\r\n");
        assert.deepEqual(readModule(folder), plain);
        assert.equal(plain.version, "1.2.3");
        assert.match(plain.psm1, /^# -+ head\nfunction A \{\n\}\n\n# -+ failures\n# next\n/);
    });

    const refused: [string, string | Buffer, string | Buffer, RegExp][] = [
        ["a byte that is not ASCII, with file and line", psd1, "a\n# \u00e9\n", /head\.ps1, line 2: byte 0xc3 is not plain ASCII/],
        ["a byte order mark", Buffer.from(`\ufeff${psd1}`), "a\n", /HybridIdentity\.psd1, line 1: byte 0xef/],
        ["a text that is cut", psd1, "function A {", /head\.ps1: does not end with a line feed/],
        ["a manifest without a version", "@{\n    # ModuleVersion\n}\n", "a\n", /ModuleVersion = '1\.0\.0'/],
    ];
    for (const [what, manifest, head, message] of refused) {
        it(`refuses ${what}`, () => {
            write(manifest, head);
            assert.throws(() => readModule(folder), message);
        });
    }
});
