import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { publicKeyIn } from "../../cli/prepare";
import { prepareScript, quoted } from "../../cli/prepareScript";
import { parseErrors, variableErrors } from "../powershell/checks";
import { loadParser, ofType, type Syntax } from "../powershell/syntax";
import { newKeyPair } from "../support/keys";
import { skip } from "../support/skip";
import { cli } from "./support";

const pair = newKeyPair("ed25519", { comment: "it's me" });
const key = pair.public.split(" ").slice(0, 2).join(" ");
/** Windows PowerShell 5.1 and the modules of Windows Server have them all. */
const cmdlets = [
    ...["Add-WindowsCapability", "Enable-NetFirewallRule", "ForEach-Object", "Get-LocalGroupMember", "Get-NetConnectionProfile", "Get-NetFirewallRule", "Get-Service"],
    ...["New-NetFirewallRule", "Set-Acl", "Set-Service", "Set-StrictMode", "Start-Service", "Write-Host", "Write-Warning"],
];
const odd = "CONTOSO\\O'M\u00fcller\u2019s";
const scripts = { bare: prepareScript({}), full: prepareScript({ user: odd, key }), user: prepareScript({ user: "svc" }), key: prepareScript({ key }) };

describe("prepare", () => {
    let parse: (text: string) => Syntax;
    before(async () => (parse = await loadParser()));

    for (const [name, script] of Object.entries(scripts)) {
        it(`prints a script that parses, in ASCII, of known cmdlets: ${name}`, () => {
            const tree = parse(script);
            assert.deepEqual(parseErrors(tree), []);
            assert.match(script, /^[\n\x20-\x7e]*\}\n$/);
            assert.doesNotMatch(script, /[ \t]\n|\n\n\n/);
            assert.deepEqual(ofType(tree, "command_name").map(({ text }) => text).filter((one) => !cmdlets.includes(one)), []);
            // Of PowerShell 7 alone.
            assert.doesNotMatch(script, /\?\?|\?\.|&&|\|\||-AsHashtable|-Parallel/);
        });
    }

    it("reads only variables that it sets", () => {
        assert.deepEqual(variableErrors(parse(scripts.full)).filter((one) => !/\$env:/.test(one)), []);
    });

    it("names groups by SID alone, for systems in other languages", () => {
        const strings = ofType(parse(scripts.full), "verbatim_string_characters").map(({ text }) => text);
        assert.ok(strings.includes("'S-1-5-32-544'") && strings.includes("'S-1-5-18'"), strings.join(" "));
        assert.deepEqual(strings.filter((one) => /^'(BUILTIN\\|NT AUTHORITY\\)?(Administrators|SYSTEM)'$/i.test(one)), []);
        assert.doesNotMatch(scripts.full, /icacls/);
    });

    it("writes names so that PowerShell reads them back, whatever is in them", () => {
        assert.equal(quoted("svc"), "'svc'");
        assert.equal(quoted(odd), "('CONTOSO\\O''M' + [char]0x00fc + 'ller' + [char]0x2019 + 's')");
    });

    it("parses in a real PowerShell, and names are what they were", function () {
        if (spawnSync("pwsh", ["-Version"]).error) {
            skip(this, "no pwsh on PATH");
        }
        const check = `$errors = $null; $text = [Console]::In.ReadToEnd(); [void][System.Management.Automation.Language.Parser]::ParseInput($text, [ref]$null, [ref]$errors); "$($errors.Count) " + (${quoted(odd)} -ceq ('CONTOSO\\O' + [char]39 + 'M' + [char]252 + 'ller' + [char]8217 + 's'))`;
        const { stdout } = spawnSync("pwsh", ["-NoProfile", "-Command", check], { input: scripts.full, encoding: "utf8" });
        assert.equal(stdout.trim(), "0 True");
    });

    it("takes a public key without its comment, and nothing else", () => {
        assert.equal(publicKeyIn(`${pair.public}\r\n`), key);
        assert.equal(publicKeyIn(newKeyPair("ecdsa", { bits: 256 }).public)?.split(" ")[0], "ecdsa-sha2-nistp256");
        for (const wrong of ["", "ssh-ed25519", "ssh-ed25519 AAAA", `ssh-rsa ${key.split(" ")[1]}`, `${key}\n${key}`, `${key}'; x`, pair.private]) {
            assert.equal(publicKeyIn(wrong), null, wrong.slice(0, 30));
        }
    });

    it("is a command that needs no host, and refuses a private key without showing it", async () => {
        const folder = mkdtempSync(join(tmpdir(), "cli-prepare-"));
        writeFileSync(join(folder, "key.pub"), pair.public);
        writeFileSync(join(folder, "key"), pair.private);
        const made = await cli(["prepare", "--user", "svc", "--public-key", join(folder, "key.pub")]);
        assert.deepEqual([made.code, made.out], [0, prepareScript({ user: "svc", key })]);
        const to = ["prepare", "--user", "svc", "--to", join(folder, "prepare.ps1")];
        const [written, again] = [await cli(to), await cli(to)];
        assert.deepEqual([written.code, written.out, readFileSync(join(folder, "prepare.ps1"), "utf8")], [0, "", scripts.user]);
        assert.equal(again.code, 2);
        assert.match(again.err, /^--to: ".*prepare\.ps1" is there already, and is not overwritten/);
        const refused = await cli(["prepare", "--public-key", join(folder, "key")]);
        assert.deepEqual([refused.code, refused.out], [2, ""]);
        assert.match(refused.err, /^--public-key: must be an OpenSSH public key/);
        assert.ok(!refused.err.includes(pair.private.split("\n")[1]!));
        rmSync(folder, { recursive: true });
    });
});
