import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { skip } from "../support/skip";
import { observe, powershell, replyIn } from "./support/ownProcess";

const values = "HKLM\\SOFTWARE\\HybridIdentity\\Values";
const documents = "HKLM\\SOFTWARE\\HybridIdentity\\Documents";
const id = "HKLM\\SOFTWARE\\Contoso\\\\A";
const record = { original: "dword:7", written: "dword:1", writing: "", owner: "a.b", document: "d", repairs: [] };
const set = { protocol: 1, owner: "a.b", document: "d", kind: "registry", resource: "r", desired: { "HKLM\\SOFTWARE\\Contoso": { A: "dword:1" } }, onDestroy: "restore", "first seen 2026-11-22T08:30:00.123Z": "test" };

describe("PowerShell module, what a key holds", function () {
    this.timeout(600_000);
    before(function () {
        if (spawnSync("pwsh", ["-Version"]).error) {
            skip(this, "no pwsh on PATH");
        }
    });

    it("lists names until two lists agree, and fails where none do", async () => {
        // A key of which each list of names is another one, as while somebody deletes from it; the third is as .NET Framework tells it.
        const key = (lists: string) => [
            "$key = [pscustomobject]@{ looks = 0 }",
            `$key | Add-Member ScriptMethod GetValueNames { $this.looks++; ${lists} }`,
            "$key | Add-Member ScriptMethod GetSubKeyNames { return [string[]]@('Below') }",
        ];
        const script = [
            ...key("if ($this.looks -eq 3) { throw [System.IO.IOException]::new('no more data') }; if ($this.looks -eq 2) { return [string[]]@('A', 'C') }; return [string[]]@('A', 'B', 'C') "),
            "$list = Read-NameList $key",
            "[string]::Join(' ', $list.names) + ', ' + [string]::Join(' ', $list.below) + ', ' + $key.looks",
            ...key("return [string[]]@([string]$this.looks)"),
            "try { [void](Read-NameList $key) } catch { $_.Exception.Message + ', ' + $key.looks }",
            ...key("throw [System.IO.IOException]::new('no more data')"),
            "try { [void](Read-NameList $key) } catch { Get-Reason $_ }",
        ];
        const { stdout, stderr } = await powershell(script.join("\n"));
        assert.equal(stderr, "");
        assert.deepEqual(stdout.trim().split("\n"), ["A B C, Below, 5", "its names change all the time, 20", "no more data"]);
    });

    it("takes a record that it cannot read for neither damaged nor lost", async () => {
        const unreadable = (reason: string) =>
            [
                "$real = ${function:Read-RegistryValue}",
                "function Read-RegistryValue {",
                "    param([string]$Key, [string[]]$Names)",
                "    $found = & $real $Key $Names",
                `    if ($Key -clike '*\\Values') { foreach ($name in $Names) { $found[$name] = 'unknown:${reason}' } }`,
                "    return $found",
                "}",
            ].join("\n");
        const document = `2026-11-22T08:30:00.123Z\n${JSON.stringify(set)}`;
        const keys = { [values]: { [id]: `string:${JSON.stringify(record)}` }, [documents]: { "a.b/d": `string:${document}` } };
        for (const [reason, told] of [["denied", "denied"], ["no data", `${values}\\\\${id} could not be read: no data`]] as const) {
            const { stdout, untouched } = await powershell([unreadable(reason), observe({}), `[void](Invoke-Operation @('set') '${JSON.stringify(set)}')`].join("\n"), { keys });
            assert.equal(replyIn(stdout).records, `unknown:${told}`);
            const { ok, error, host } = replyIn(stdout.slice(stdout.indexOf("HYBRID-IDENTITY-END") + 19));
            assert.deepEqual([ok, error, host], [false, { code: "denied", message: `${values}\\\\${id} could not be read: ${reason}` }, "as it was"]);
            assert.ok(untouched);
        }
    });
});
