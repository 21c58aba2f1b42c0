import assert from "node:assert/strict";
import {
    checkExecutable,
    getCommand,
    installCommand,
    languageModeCommand,
    probeCommand,
    removeCommand,
    setCommand,
} from "../../remote/commands";

const marker = `HybridIdentity 1.0.0 sha256:${"ab".repeat(32)} at 2026-11-22T08:30:00.123Z`;

describe("commands", () => {
    it("are those of the protocol", () => {
        const start = "powershell.exe -NoLogo -NoProfile -NonInteractive -Command";
        const load = "Import-Module HybridIdentity -MinimumVersion 1.0 -MaximumVersion 1.999 -ErrorAction Stop; HybridIdentity\\";
        assert.equal(probeCommand(), `${start} "& ([scriptblock]::Create([Console]::In.ReadToEnd()))"`);
        assert.equal(installCommand(marker), `${start} "& ([scriptblock]::Create([Console]::In.ReadToEnd())) # ${marker}"`);
        assert.equal(setCommand(), `${start} "${load}Set-HybridIdentityState"`);
        assert.equal(removeCommand(), `${start} "${load}Remove-HybridIdentityState"`);
        assert.equal(getCommand(), `${start} "${load}Get-HybridIdentityState"`);
        assert.equal(languageModeCommand(), `${start} "(Get-Variable ExecutionContext -ValueOnly).SessionState.LanguageMode"`);
    });

    it("name the executable, and hold nothing that a shell would read", () => {
        const all = [
            probeCommand,
            setCommand,
            removeCommand,
            getCommand,
            languageModeCommand,
            (exe?: string) => installCommand(marker, exe),
        ];
        for (const command of all) {
            const text = command("pwsh.exe");
            assert.match(text, /^pwsh\.exe -NoLogo/);
            assert.doesNotMatch(text, /[$%`^\r\n]/);
            assert.equal(text.split('"').length, 3, "one pair of quotes");
            assert.ok(text.length < 300);
        }
    });

    it("refuse a marker that is none", () => {
        for (const bad of ["", `${marker}"; Remove-Item C:\\`, `${marker}\n`, marker.replace("ab", "AB"), "HybridIdentity 1.0.0"]) {
            assert.throws(() => installCommand(bad), /^TypeError: marker: expected .* received .*installMarker/);
        }
    });

    for (const good of ["powershell.exe", "pwsh", "pwsh-preview.exe", "C:\\PROGRA~1\\PowerShell\\7\\pwsh.exe", "d:\\tools\\pwsh.exe"]) {
        it(`take ${good}`, () => {
            assert.equal(checkExecutable(good), undefined);
        });
    }

    for (const bad of [
        "",
        'pw"sh',
        "pw'sh",
        "$env:x",
        "a&b",
        "%ComSpec%",
        "a;b",
        "a|b",
        "..\\pwsh.exe",
        "/usr/bin/pwsh",
        "\\\\server\\share\\pwsh.exe",
        "pwsh.exe\n",
        "-Command",
        "C:pwsh.exe",
    ]) {
        it(`refuse ${JSON.stringify(bad)}`, () => {
            const problem = checkExecutable(bad);
            assert.ok(problem?.includes(`received ${JSON.stringify(bad)}`), problem);
            assert.throws(() => probeCommand(bad), /^TypeError: powershell: must /);
        });
    }

    it("refuse a space, and say what to do instead", () => {
        assert.match(checkExecutable("C:\\Program Files\\PowerShell\\7\\pwsh.exe") ?? "", /must not hold a space.*system PATH.*PROGRA~1/);
    });
});
