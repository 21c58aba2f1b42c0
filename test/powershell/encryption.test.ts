// Pipe, DPAPI, registry and records for real; only the task is replaced, by a process of the same account.
import assert from "node:assert/strict";
import { secretLine } from "../../drift/secretLine";
import { moduleText } from "../../powershell/moduleText";
import { addValue, deleteFromRegistry, readTree } from "../conformance/registry";
import type { Json } from "../conformance/reply";
import { restoringDocument, useWindowsHost } from "../support/onHost";
import { replyIn } from "./support/ownProcess";

const home = "HKLM\\SOFTWARE\\Microsoft\\Forefront Identity Manager";
const key = `${home}\\2010\\Service`;
const name = "EncryptedExchangeOnlineClientSecret";
const service = "HKLM\\SYSTEM\\CurrentControlSet\\Services\\FIMService";
const [first, second] = ["string:aaaaaaaa-0000-4000-8000-000000000001", "string:bbbbbbbb-0000-4000-8000-000000000002"];
const secret = 'one~8Q."secret\\ \u00e4\u20ac';

/** Stands for the task: the same program with the command that the task would have got. */
const seam = String.raw`
function Invoke-AccountCommand {
    param($Logon, [string]$Command)
    [System.Console]::Error.WriteLine('COMMAND ' + $Logon.account + ' ' + $Logon.type + ' ' + $Command)
    $start = [System.Diagnostics.ProcessStartInfo]::new([System.Diagnostics.Process]::GetCurrentProcess().MainModule.FileName)
    $start.Arguments = '-NoLogo -NoProfile -NonInteractive -Command "' + $Command + '"'
    $start.UseShellExecute = $false
    $script:Started = [System.Diagnostics.Process]::Start($start)
}
function Get-AccountCommandEnd { if ($script:Started.HasExited) { return $script:Started.ExitCode.ToString('X8') }; return '' }
function Clear-AccountCommand { }
`;

/** What the registry holds, decrypted by the account of the session. */
const decrypt = String.raw`
[void][System.Reflection.Assembly]::LoadWithPartialName('System.Security')
$text = (Read-RegistryValue $SecretHome @($SecretName))[$SecretName].Substring(7)
$clear = [System.Security.Cryptography.ProtectedData]::Unprotect([System.Convert]::FromBase64String($text), $null, 'CurrentUser')
'CLEAR ' + [System.BitConverter]::ToString($clear).Replace('-', '')
`;

describe("the client secret on a Windows host", function () {
    this.timeout(300_000);
    const made: string[] = [];
    // Before the hook that ends the connection.
    after(async () => {
        for (const one of made) {
            await deleteFromRegistry(on.exec, one);
        }
    });
    const on = useWindowsHost({ install: false });

    before(async () => {
        assert.deepEqual([await readTree(on.exec, home), await readTree(on.exec, service)], [{}, {}], "a MIM Service is installed here");
        made.push(home, service);
        const facts = (await on.host.observe({}))["facts"] as Json;
        await addValue(on.exec, service, "ObjectName", "REG_SZ", String(facts["user"]));
    });

    async function run(operation: string, stdin: string, more = "", replaced = seam): Promise<{ stdout: string; stderr: string }> {
        const escaped = stdin.replace(/[^\n\x20-\x7e]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
        const call = `[System.Console]::SetIn([System.IO.StringReader]::new(@'\n${escaped}\n'@ + "\`n"))\ntry { Complete-Command '${operation}' $null } catch { [System.Console]::Error.WriteLine("$_") }`;
        const command = `${on.target.powershell ?? "powershell.exe"} -NoLogo -NoProfile -NonInteractive -Command "& ([scriptblock]::Create([Console]::In.ReadToEnd()))"`;
        return on.exec(command, `& {\n${moduleText().psm1}\n${replaced}\n${call}\n${more}\n}\n`);
    }
    const document = (keyId: string) => restoringDocument("secret.test", { "MIM\\ExchangeOnline": { ClientSecretKeyId: keyId } });
    const line = (clientSecret: string) => secretLine({ clientSecret, accountPassword: "not asked for" });

    it("is encrypted through the pipe, decrypts for the account, and stands in no record, reply or command", async () => {
        const { stdout, stderr } = await run("set", line(secret) + document(first), decrypt);
        const reply = replyIn(stdout);
        assert.deepEqual([reply.ok, reply.written], [true, { "MIM\\ExchangeOnline": { ClientSecretKeyId: `absent -> ${first}` } }], stdout + stderr);
        assert.equal(/^CLEAR (\w+)/m.exec(stdout)?.[1]?.toLowerCase(), Buffer.from(secret, "utf16le").toString("hex"));
        assert.match(stderr, /^COMMAND \S+ 1 .*NamedPipeClientStream.*'HybridIdentity-[0-9a-f]{32}'/m);
        const records = JSON.stringify(await readTree(on.exec, "HKLM\\SOFTWARE\\HybridIdentity"));
        for (const form of ["one~8Q", "not asked for", "accountPassword", Buffer.from("one~8Q", "utf16le").toString("base64").slice(0, 12)]) {
            assert.ok(![records, stderr, stdout].some((sink) => sink.includes(form)), form);
        }
    });

    it("is rotated, known again by its hash, and put back", async () => {
        assert.deepEqual(((await on.host.observe({ values: { "MIM\\ExchangeOnline": ["ClientSecretKeyId"] } }))["values"] as Json)["MIM\\ExchangeOnline"], { ClientSecretKeyId: first });
        const rotated = replyIn((await run("set", line("two") + document(second))).stdout);
        assert.deepEqual(rotated.written, { "MIM\\ExchangeOnline": { ClientSecretKeyId: `${first} -> ${second}` } });
        await addValue(on.exec, key, name, "REG_SZ", "by hand");
        const seen = (await on.host.observe({ values: { "MIM\\ExchangeOnline": ["ClientSecretKeyId"] } }))["values"] as Json;
        assert.match(JSON.stringify(seen), /string:sha256:[0-9a-f]{64}/);
        assert.equal(replyIn((await run("set", line("two") + document(second))).stdout).ok, true);
        const removed = replyIn((await run("remove", line("two") + document(second))).stdout);
        assert.deepEqual(removed.written, { "MIM\\ExchangeOnline": { ClientSecretKeyId: `${second} -> absent` } });
    });

    it("what ends without an answer, or never answers, is said, and nothing is changed", async () => {
        const ends = seam.replace("+ $Command + '\"'", "+ 'exit 3\"'");
        const hangs = `${seam.replace("+ $Command + '\"'", "+ '[System.Threading.Thread]::Sleep(20000)\"'")}\n$EncryptionSeconds = 2\n`;
        for (const [replaced, says] of [[ends, /has ended without an answer \(0x00000003\)/], [hangs, /has not answered within 2 seconds/]] as const) {
            const reply = replyIn((await run("set", line("three") + document(first), "", replaced)).stdout);
            assert.deepEqual([reply.ok, reply.error.code, reply.host], [false, "secret", "as it was"]);
            assert.match(reply.error.message, says);
        }
        assert.deepEqual(await readTree(on.exec, key), {});
    });

    it("-WhatIf says what would be done, and no secret", async () => {
        const whatIf = "$WhatIfPreference = $true\nfunction Test-WhatIf { [CmdletBinding(SupportsShouldProcess)] param()\nComplete-Command 'set' $PSCmdlet }\n";
        const { stdout, stderr } = await run("observe", "{}", `${whatIf}[System.Console]::SetIn([System.IO.StringReader]::new(@'\n${line("four")}${document(first)}'@))\nTest-WhatIf`);
        assert.match(stdout + stderr, /Set absent -> string:aaaaaaaa/);
        assert.doesNotMatch(stdout + stderr, /four|not asked for/);
    });
});
