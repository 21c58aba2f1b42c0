// What the module makes of the line of secrets, and as whom it would encrypt: decided on any PowerShell.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { secretLine } from "../../drift/secretLine";
import { addService } from "../../lab/host/control";
import { pretendHost } from "../../lab/host/host";
import { skip } from "../support/skip";
import { powershell, replyIn } from "./support/ownProcess";

const service = "HKLM\\SYSTEM\\CurrentControlSet\\Services\\FIMService";
const keyId = "string:aaaaaaaa-0000-4000-8000-000000000001";
const document = JSON.stringify({
    ...{ document: "one", kind: "registry", owner: "a.b", protocol: 1, resource: "urn:one", desired: { "MIM\\ExchangeOnline": { ClientSecretKeyId: keyId } } },
    ...{ "first seen 2026-11-22T08:30:00.123Z": "test", onDestroy: "retain" },
});
const given = (text: string) => `[System.Console]::SetIn([System.IO.StringReader]::new([System.Text.Encoding]::UTF8.GetString([System.Convert]::FromBase64String('${Buffer.from(text).toString("base64")}'))))`;

function server(account = "CONTOSO\\svc-mim") {
    const host = pretendHost();
    addService(host, "FIMService");
    host.registry.set(service, "ObjectName", `string:${account}`);
    Object.assign(host.accounts, { "CONTOSO\\svc-mim": "S-1-5-21-1-1104", "CONTOSO\\gmsa$": "S-1-5-21-1-1105" });
    host.passwords["CONTOSO\\SVC-MIM"] = "good";
    return host;
}

describe("PowerShell module and the client secret", function () {
    this.timeout(300_000);
    before(function () {
        if (spawnSync("pwsh", ["-Version"]).error) {
            skip(this, "no pwsh on PATH");
        }
    });

    it("reads every secret as it was written, and gives only the document on", async () => {
        const secrets = ['plain', 'q"b\\s/', "tab\there", "\u00e4\u20ac\ud83d\ude00", "{}[]$`'#", "\\u0041\\n"];
        const calls = secrets.map((one) => `${given(`${secretLine({ clientSecret: one, accountPassword: `${one}!` })}{\n}\n`)}\n$text = Read-StandardInput\nConvertTo-JsonText @($text, $ClientSecret.clear, $ClientSecret.password, "$($ClientSecret.damaged)")`);
        const { stdout, stderr } = await powershell(calls.join("\n"), { host: server() });
        assert.deepEqual(stdout.trim().split("\n").map((line) => JSON.parse(line)), secrets.map((one) => ["{\n}\n", one, `${one}!`, "False"]), stderr);
    });

    it("forgets the secrets of one document before it reads the next", async () => {
        const read = (text: string) => `${given(text)}\n[void](Read-StandardInput)\n"[$($ClientSecret.clear)$($ClientSecret.password)]"`;
        const { stdout } = await powershell([read(`${secretLine({ clientSecret: "a", accountPassword: "b" })}{}`), read("{}")].join("\n"), { host: server() });
        assert.deepEqual(stdout.trim().split("\n"), ["[ab]", "[]"]);
    });

    it("logs each kind of account on in its way, and says which it cannot", async () => {
        const logon = 'try { $logon = Get-ServiceLogon; "$($logon.account) $($logon.sid) $($logon.type)" } catch { $_.Exception.Message }';
        const as = (account: string, password = "") => `Write-RegistryValue '${service}' 'ObjectName' 'string:${account}'\n$ClientSecret.password = '${password}'\n${logon}`;
        const { stdout } = await powershell(
            [as("CONTOSO\\svc-mim", "p"), as("CONTOSO\\gmsa$"), as("NT AUTHORITY\\NetworkService"), as("CONTOSO\\svc-mim"), as("NT SERVICE\\FIMService"), as("CONTOSO\\gone", "p")].join("\n"),
            { host: server() },
        );
        const [plain, managed, own, missing, virtual, gone] = stdout.trim().split("\n");
        assert.deepEqual([plain, managed, own], ["CONTOSO\\svc-mim S-1-5-21-1-1104 1", "CONTOSO\\gmsa$ S-1-5-21-1-1105 1", "S-1-5-20 S-1-5-20 5"]);
        assert.match(missing!, /only that account can encrypt.*accountPassword/);
        assert.match(virtual!, /virtual account NT SERVICE\\FIMService/);
        assert.match(gone!, /CONTOSO\\gone.*was not found \(absent\)\. It stands in the service as "Log on as" \(ObjectName .*give the service the account/);
    });

    it("says what to do about each refusal of Windows that it knows, and never what the secrets are", async () => {
        const codes = ["8007052E", "80070532", "80070533", "80070775", "80070569", "80070520", "80070005", "80041326"];
        const lines = codes.map((code) => `(Get-TaskFailure 'No task' ([System.Convert]::ToInt32('${code}', 16)) 'words.').Message`);
        const { stdout } = await powershell(lines.join("\n"), { host: server() });
        const said = stdout.trim().split("\n");
        said.forEach((one, at) => assert.match(one, new RegExp(`^No task \\(0x${codes[at]}\\): words\\. \\S.* Nothing was changed\\.$`)));
        assert.equal(new Set(said.map((one) => one.replace(/0x\w+/, ""))).size, codes.length);

        const failing = `${given(`${secretLine({ clientSecret: "very~secret", accountPassword: "bad~one" })}${document}`)}\ntry { Complete-Command 'set' $null } catch { "$_" }`;
        const { stdout: failed, stderr, untouched } = await powershell(failing, { host: server() });
        assert.deepEqual([replyIn(failed).error.code, replyIn(failed).host, untouched], ["secret", "as it was", true]);
        assert.doesNotMatch(failed + stderr, /very~secret|bad~one/);
    });
});
