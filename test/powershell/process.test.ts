import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { moduleText } from "../../powershell/moduleText";
import { skip } from "../support/skip";
import { fakes, observe, powershell, replyIn } from "./support/ownProcess";

const services = "HKLM\\SYSTEM\\CurrentControlSet\\Services\\";
const contoso = "HKLM\\SOFTWARE\\Contoso";
const ended = "HybridIdentity: limit: this was not done within 1 seconds, so its process ends itself.";

describe("PowerShell module, in a process of its own", function () {
    this.timeout(600_000);
    before(function () {
        if (spawnSync("pwsh", ["-Version"]).error) {
            skip(this, "no pwsh on PATH");
        }
    });

    it("tells state and start of services, and what it cannot know of either", async () => {
        const start = "2026-11-01T04:01:00.000Z";
        const known = {
            Own: { Status: "Running", ProcessId: 10, CreationDate: start },
            One: { Status: "Running", ProcessId: 20, CreationDate: start },
            Two: { Status: "Running", ProcessId: 20, CreationDate: start },
            Stopped: { Status: "Stopped", ProcessId: 0 },
            Winmgmt: { Status: "Running", ProcessId: 30, CreationDate: start },
        };
        const registered = [...Object.keys(known), "Hidden", "a[b]"].map((name) => [services + name, { Type: "dword:16" }]);
        const keys = { ...Object.fromEntries(registered), [`${services}AFD`]: { Type: "dword:1" } };
        const names = "@('Own', 'own', 'One', 'Stopped', 'Hidden', 'AFD', 'Own service', '*', 'O*')";
        const script = [
            `ConvertTo-JsonText (Get-ServiceFact ${names})`,
            `$env:FAKE_SERVICES = '{ "Winmgmt": { "Status": "Stopped" }, "Own": { "Status": "Paused" } }'`,
            "ConvertTo-JsonText (Get-ServiceFact @('Own'))",
            `$env:FAKE_SERVICES = '{ "": {} }'`,
            "ConvertTo-JsonText (Get-ServiceFact @('Own'))",
        ];
        const { stdout, stderr } = await powershell(script.join("\n"), { services: known, keys });
        type Facts = Record<string, { state: string; startTime: string }>;
        const [all, noWmi, noManager] = stdout.trim().split("\n").map((line) =>
            Object.fromEntries(Object.entries(JSON.parse(line) as Facts).map(([name, { state, startTime }]) => [name, { state, startTime }])),
        );
        assert.equal(stderr, "");
        assert.deepEqual(all, {
            Own: { state: "Running", startTime: start },
            own: { state: "Running", startTime: start },
            One: { state: "Running", startTime: "unknown:it shares its process with other services" },
            Stopped: { state: "Stopped", startTime: "" },
            Hidden: { state: "unknown:denied", startTime: "" },
            AFD: { state: "absent", startTime: "" },
            "Own service": { state: "absent", startTime: "" },
            "*": { state: "absent", startTime: "" },
            "O*": { state: "absent", startTime: "" },
        });
        assert.deepEqual(noWmi, { Own: { state: "Paused", startTime: "unknown:WMI is not there: the service Winmgmt does not run" } });
        assert.deepEqual(noManager, { Own: { state: "unknown:denied", startTime: "" } });
    });

    it("tells whether commands find the module, and under which policy", async () => {
        const script = [
            "$folder = [System.IO.Path]::GetDirectoryName((Get-ModuleFolder))",
            "foreach ($path in @('/one:/two', ('/one:' + $folder + '/'), '')) {",
            "    [System.Environment]::SetEnvironmentVariable('PSModulePath', $path)",
            "    ConvertTo-JsonText (Test-ModulePath)",
            "}",
            "function Get-ExecutionPolicy { return 'AllSigned' }",
            "Get-FilePolicy",
            "function Get-ExecutionPolicy { throw 'no policy' }",
            "Get-FilePolicy",
        ];
        const { stdout } = await powershell(script.join("\n"));
        assert.deepEqual(stdout.trim().split("\n"), ["false", "true", "false", "AllSigned", "unknown:no policy"]);
    });

    it("answers and ends although WMI hangs", async () => {
        const hang = "function Read-CimInstance { return , (Invoke-Bounded 'Invoke-Expression' @{ Command = '[System.Threading.Thread]::Sleep(-1)' } 1) }";
        const known = { Winmgmt: { Status: "Running", ProcessId: 1 } };
        const script = `${hang}\nif (${observe({ services: ["Winmgmt"] })}) { exit 0 } else { exit 1 }`;
        const { code, stdout } = await powershell(script, { services: known, keys: { [`${services}Winmgmt`]: { Type: "dword:32" } } });
        assert.equal(code, 0);
        const { state, startTime } = replyIn(stdout).services.Winmgmt;
        assert.deepEqual([state, startTime], ["Running", "unknown:Invoke-Expression has not answered within 1 seconds"]);
    });

    it("ends itself after the limit of the request, and says so", async () => {
        const script = `function Get-BootTime { [System.Threading.Thread]::Sleep(-1) }\n${observe({ limitSeconds: 1 })}`;
        const { signal, stdout, stderr } = await powershell(script);
        assert.equal(signal, "SIGKILL");
        assert.equal(stdout, "");
        assert.ok(stderr.startsWith(ended), stderr);
    });

    it("ends itself although standard input never does", async () => {
        const { signal, stderr } = await powershell("$DefaultLimit = 1\nGet-HybridIdentityState", { stdin: "open" });
        assert.equal(signal, "SIGKILL");
        assert.ok(stderr.startsWith(ended), stderr);
    });

    it("refuses a limit that is none, and says in which line of what function an unexpected failure happened", async () => {
        const script = `[void](${observe({ limitSeconds: 0 })})\nfunction Get-BootTime {\n    return $null.Nothing()\n}\n[void](${observe({})})`;
        const { stdout } = await powershell(script);
        const [first, second] = stdout.split("HYBRID-IDENTITY-END").map((text) => (text.trim() === "" ? undefined : replyIn(`${text}HYBRID-IDENTITY-END`)));
        assert.equal(first.error.code, "malformed");
        assert.match(first.error.message, /^limitSeconds: expected a whole number from 1 to 86400; received 0\.$/);
        assert.equal(second.error.code, "denied");
        const line = `${moduleText().psm1}\n${fakes}\n${script}`.split("\n").indexOf("    return $null.Nothing()") + 1;
        assert.ok(second.error.message.endsWith(` (Get-BootTime, line ${line})`), second.error.message);
    });

    it("with -WhatIf says what it would do to each value, and writes nothing; -Confirm fails where nobody can be asked", async () => {
        const record = (written: string, original: string) =>
            `string:${JSON.stringify({ original, written, writing: "", owner: "a.b", document: "one", repairs: [] })}`;
        const document = {
            document: "one", kind: "registry", owner: "a.b", protocol: 1, resource: "urn:one",
            desired: { [contoso]: { Wrong: "dword:1", Right: "dword:2" } }, "first seen 2026-11-22T08:30:00.123Z": "test", onDestroy: "restore",
        };
        const keys = {
            [contoso]: { Wrong: "dword:7", Right: "dword:2", Old: "dword:5" },
            ["HKLM\\SOFTWARE\\HybridIdentity\\Values"]: { [`${contoso}\\\\Old`]: record("dword:5", "string:before") },
        };
        const script = [
            `$document = '${JSON.stringify(document)}'`,
            "foreach ($command in @('Set-HybridIdentityState', 'Remove-HybridIdentityState')) {",
            "    [System.Console]::SetIn([System.IO.StringReader]::new($document))",
            "    & $command -WhatIf",
            "}",
            "Initialize-HybridIdentity -WhatIf",
            "Uninstall-HybridIdentity -Force -WhatIf",
            "[System.Console]::SetIn([System.IO.StringReader]::new($document))",
            "Set-HybridIdentityState -Confirm",
        ];
        const { code, stdout, stderr, untouched } = await powershell(script.join("\n"), { keys });
        assert.ok(untouched);
        assert.equal(code, 1);
        assert.match(stderr, /NonInteractive/);
        const said = [...stdout.matchAll(/^What if: Performing the operation "(.*)" on target "(.*)"\.$/gm)].map(([, what, target]) => `${target}: ${what}`);
        assert.deepEqual(said.slice(0, 6), [
            `${contoso}\\\\Wrong: Set dword:7 -> dword:1`,
            `${contoso}\\\\Old: Put back dword:5 -> string:before`,
            "a.b/one: Record the document, and what was there before",
            `${contoso}\\\\Old: Put back dword:5 -> string:before`,
            "a.b/one: Forget the document, and what was there before",
            "HKLM\\SOFTWARE\\HybridIdentity: Make, for these to read: administrators",
        ]);
        assert.equal(said.length, 7, stdout);
    });

    it("says that nothing came, with -WhatIf too", async () => {
        for (const command of ["Set-HybridIdentityState -WhatIf", "Remove-HybridIdentityState -WhatIf", "Get-HybridIdentityState"]) {
            const { code, stderr } = await powershell(`[System.Console]::SetIn([System.IO.StringReader]::new(''))\n${command}`, { keys: {} });
            assert.match(stderr, /HybridIdentity: malformed: nothing came on standard input\./, command);
            assert.equal(code, 1, command);
        }
    });
});
