// Windows Installer, registry, files and records for real, with a package that is named and numbered as MIM's and made here. On Wine the installer's
// COM object writes no log, and .NET does not survive its exception: what fails, and what becomes of a log, is tried with msiexec.exe in its place.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { secretLine } from "../../drift/secretLine";
import { moduleText } from "../../powershell/moduleText";
import { addValue, deleteFromRegistry, readTree } from "../conformance/registry";
import type { Json } from "../conformance/reply";
import { restoringDocument, testKey, useWindowsHost } from "../support/onHost";
import { skip } from "../support/skip";
import { replyIn } from "./support/ownProcess";

const product = "Microsoft Identity Manager Service and Portal";
const code = "{7B1D0C52-0A57-4E0C-9C3B-2F5B0E3A4673}";
const uninstall = `HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Uninstall\\${code}`;
const service = "HKLM\\SYSTEM\\CurrentControlSet\\Services\\FIMService";
const record = "HKLM\\SOFTWARE\\HybridIdentity\\Setup";
const tls = "HKLM\\SYSTEM\\CurrentControlSet\\Control\\SecurityProviders\\SCHANNEL\\Protocols\\TLS 1.1";
const place = `${testKey}\\Product`;
const folder = "C:\\HybridIdentityProcess";
const secret = 'kept "by" svc-mim \\ 7';
const standIn = "(secret 1a2b3c4d)";

/** Writes two values made of its properties; fails where MAIL_SERVER is `fails`. */
const source = `<?xml version="1.0"?>
<Wix xmlns="http://schemas.microsoft.com/wix/2006/wi">
  <Product Id="${code}" Name="${product}" Version="4.6.673.0" Manufacturer="Contoso" Language="1033" UpgradeCode="{7B1D0C52-0A57-4E0C-9C3B-2F5B0E3A4674}">
    <Package InstallerVersion="200" Compressed="yes"/>
    <Media Id="1" Cabinet="a.cab" EmbedCab="yes"/>
    <Property Id="MAIL_SERVER" Value="none" Secure="yes"/>
    <Property Id="SERVICE_ACCOUNT_PASSWORD" Value="none" Secure="yes"/>
    <Condition Message="It fails.">MAIL_SERVER &lt;&gt; "fails"</Condition>
    <Directory Id="TARGETDIR" Name="SourceDir">
      <Component Id="c" Guid="{7B1D0C52-0A57-4E0C-9C3B-2F5B0E3A4675}" Win64="yes">
        <RegistryKey Root="HKLM" Key="${place.slice("HKLM\\".length)}">
          <RegistryValue Name="MailServer" Type="string" Value="[MAIL_SERVER]" KeyPath="yes"/>
          <RegistryValue Name="Password" Type="string" Value="[SERVICE_ACCOUNT_PASSWORD]"/>
        </RegistryKey>
      </Component>
    </Directory>
    <Feature Id="f" Level="1"><ComponentRef Id="c"/></Feature>
  </Product>
</Wix>
`;

/** Stands for the COM object: the same properties, the same log, and an exit code. */
const viaMsiexec = String.raw`
function Invoke-Installer {
    param([string[]]$Properties, [string]$Log)
    $start = [System.Diagnostics.ProcessStartInfo]::new([System.IO.Path]::Combine([System.Environment]::GetFolderPath('System'), 'msiexec.exe'))
    $start.Arguments = '/i ' + $Setup.code + ' /qn /l*v "' + $Log + '" ' + (Get-SetupLine $Properties)
    $start.UseShellExecute = $false
    $process = [System.Diagnostics.Process]::Start($start)
    $process.WaitForExit()
    return $process.ExitCode
}
`;

const list = (...properties: string[]) => `multi:${JSON.stringify(properties)}`;
const document = (properties: string) => restoringDocument("setup.test", { "MIM\\Setup": { Properties: properties } });

describe("setup of a product on a Windows host", function () {
    this.timeout(300_000);
    let ended = async (): Promise<void> => undefined;
    // Before the hook that ends the connection.
    after(() => ended());
    const on = useWindowsHost({ install: false });

    before(async function () {
        const made = makePackage() ?? skip(this, "no wixl, which makes the package (Debian: apt-get install wixl)");
        assert.deepEqual(await readTree(on.exec, tls), {}, "TLS 1.1 is set here");
        assert.deepEqual([await readTree(on.exec, service), (await on.host.observe({ products: [product] }))["products"]], [{}, { [product]: [] }], "a MIM Service is installed here");
        const bytes = made.toString("base64").replace(/.{1,3000}/g, "$&\n");
        await script(`[void][System.IO.Directory]::CreateDirectory('${folder}')\n[System.IO.File]::WriteAllBytes('${folder}\\mim.msi', [System.Convert]::FromBase64String(@'\n${bytes}'@))`);
        await script(`[System.IO.File]::WriteAllText('${folder}\\service.exe.config', '<configuration/>')`);
        ended = async () => {
            await on.exec(`msiexec.exe /x ${code} /qn`);
            await deleteFromRegistry(on.exec, service);
            await deleteFromRegistry(on.exec, tls);
            await script(`[System.IO.Directory]::Delete('${folder}', $true)\n$kept = [System.IO.Path]::Combine([System.Environment]::GetFolderPath('CommonApplicationData'), 'HybridIdentity')\nif ([System.IO.Directory]::Exists($kept)) { [System.IO.Directory]::Delete($kept, $true) }`);
        };
        const { exitCode, stdout, stderr } = await on.exec(`msiexec.exe /i ${folder}\\mim.msi /qn`);
        assert.equal(exitCode, 0, stdout + stderr);
        await addValue(on.exec, service, "PollExchangeEnabled", "REG_DWORD", "1");
        await addValue(on.exec, service, "ImagePath", "REG_EXPAND_SZ", `${folder}\\service.exe`);
    });

    function makePackage(): Buffer | undefined {
        const home = mkdtempSync(join(tmpdir(), "wixl-"));
        try {
            writeFileSync(join(home, "mim.wxs"), source);
            const { error, status, stderr } = spawnSync("wixl", ["-a", "x64", "-o", "mim.msi", "mim.wxs"], { cwd: home, encoding: "utf8" });
            if (error) {
                return undefined;
            }
            assert.equal(status, 0, stderr);
            return readFileSync(join(home, "mim.msi"));
        } finally {
            rmSync(home, { recursive: true });
        }
    }

    async function script(text: string): Promise<{ stdout: string; stderr: string }> {
        const command = `${on.target.powershell ?? "powershell.exe"} -NoLogo -NoProfile -NonInteractive -Command "& ([scriptblock]::Create([Console]::In.ReadToEnd()))"`;
        return on.exec(command, `& {\n${text}\n}\n`);
    }

    async function run(operation: string, stdin: string, replaced = ""): Promise<{ stdout: string; stderr: string }> {
        const call = `[System.Console]::SetIn([System.IO.StringReader]::new(@'\n${stdin}\n'@ + "\`n"))\ntry { Complete-Command '${operation}' $null } catch { [System.Console]::Error.WriteLine("$_") }`;
        return script(`${moduleText().psm1}\n${replaced}\n${call}`);
    }

    const polling = async () => [(await readTree(on.exec, service))[service]?.["PollExchangeEnabled"], (await readTree(on.exec, record))[record]?.["PollExchangeEnabled"]];
    const asBefore = [["REG_DWORD", "0x1"], undefined];

    it("changes the product by its properties, the secret one among them, once", async () => {
        const properties = list('MAIL_SERVER=relay "one".contoso.com', `SERVICE_ACCOUNT_PASSWORD=${standIn}`);
        const { stdout, stderr } = await run("set", secretLine({ properties: { SERVICE_ACCOUNT_PASSWORD: secret } }) + document(properties));
        const reply = replyIn(stdout) as unknown as Json;
        assert.deepEqual([reply["ok"], reply["written"]], [true, { "MIM\\Setup": { Properties: `absent -> ${properties}` } }], stdout + stderr);
        assert.deepEqual([(reply["setup"] as Json)["exitCode"], (reply["setup"] as Json)["config"]], [0, "unchanged"]);
        assert.deepEqual((await readTree(on.exec, place))[place], { MailServer: ["REG_SZ", 'relay "one".contoso.com'], Password: ["REG_SZ", secret] });
        assert.deepEqual(await polling(), asBefore);
        const records = JSON.stringify(await readTree(on.exec, "HKLM\\SOFTWARE\\HybridIdentity"));
        assert.ok(![records, stdout, stderr].some((sink) => sink.includes("svc-mim")));
        const again = replyIn((await run("set", document(properties))).stdout) as unknown as Json;
        assert.deepEqual([again["ok"], again["written"], again["setup"]], [true, {}, undefined]);
        const seen = (await on.host.observe({ values: { "MIM\\Setup": ["Properties", "RebootNeeded"] } }))["values"] as Json;
        assert.deepEqual(seen["MIM\\Setup"], { Properties: properties, RebootNeeded: "absent" });
    });

    it("a change that fails is told by its code, and leaves record and polling as they were", async () => {
        const before = (await readTree(on.exec, record))[record];
        const reply = replyIn((await run("set", document(list("MAIL_SERVER=fails")), viaMsiexec)).stdout);
        assert.deepEqual([reply.ok, reply.error.code, reply.host], [false, "setup", "as it was"]);
        assert.match(reply.error.message, /ended with 1603\. Setup failed and has rolled back.*logs\\setup-\S+\.log/);
        assert.deepEqual([(await readTree(on.exec, record))[record], await polling()], [before, asBefore]);
    });

    it("what is not there is refused before anything is changed, and an installation in progress too", async () => {
        await addValue(on.exec, uninstall.replace("4673}", "4674}"), "DisplayName", "REG_SZ", product);
        const twice = replyIn((await run("set", document(list("MAIL_SERVER=two")))).stdout);
        await deleteFromRegistry(on.exec, uninstall.replace("4673}", "4674}"));
        assert.match(twice.error.message, /installed 2 times.*Setup was not run/);
        // The owner of a mutex may take it again, so another process has to hold it.
        const other = script("$mutex = [System.Threading.Mutex]::new($true, 'Global\\_MSIExecute')\n[System.Threading.Thread]::Sleep(15000)\n$mutex.ReleaseMutex()");
        await script("[System.Threading.Thread]::Sleep(3000)");
        const busy = replyIn((await run("set", document(list("MAIL_SERVER=two")).replace('"onDestroy"', '"waitSeconds": 2, "onDestroy"'))).stdout);
        await other;
        assert.match(busy.error.message, /Another installation is in progress.*within 2 seconds/);
        assert.deepEqual(await polling(), asBefore);
    });

    it("the log is kept without its secrets, for as many runs as told, and what a killed run left goes", async () => {
        const show = "[System.Console]::Error.WriteLine('FILES'); foreach ($path in (Get-SetupFile '.')) { [System.Console]::Error.WriteLine([System.IO.Path]::GetFileName($path) + ' ' + [System.IO.File]::ReadAllText($path)) }";
        const left = "[void](Initialize-SetupLog)\n[System.IO.File]::WriteAllText([System.IO.Path]::Combine((Get-SetupFolder), 'raw-00000000000000000000000000000000.log'), 'svc-mim')\n";
        // Setup overwrites the file of the service, and says that it needs a reboot.
        const overwrites = viaMsiexec.replace("return $process.ExitCode", `[System.IO.File]::WriteAllText('${folder}\\service.exe.config', $Log)\n    return 3010`);
        // Wine's msiexec.exe takes quotes inside a value out of its command line.
        const plain = secret.replaceAll('"', "");
        const properties = list("MAIL_SERVER=four", `SERVICE_ACCOUNT_PASSWORD=${standIn}`);
        const stdin = secretLine({ properties: { SERVICE_ACCOUNT_PASSWORD: plain } }) + document(properties).replace('"onDestroy"', '"keepLogs": 1, "onDestroy"');
        const { stdout } = await run("set", stdin, overwrites + left);
        const reply = replyIn(stdout) as unknown as Json;
        assert.deepEqual([reply["ok"], (reply["setup"] as Json)["exitCode"]], [true, 3010], stdout);
        assert.match(String((reply["setup"] as Json)["config"]), /^changed, what it was is in .*\.config$/);
        assert.equal((await readTree(on.exec, place))[place]?.["Password"]?.[1], plain);
        const { stderr } = await run("observe", "{}", `${show}\n`);
        const files = stderr.slice(stderr.indexOf("FILES"));
        assert.match(files, /\(secret\)/);
        assert.match(files, /setup-\S+\.config <configuration\/>/);
        assert.equal(files.match(/setup-\S+\.log /g)?.length, 1);
        assert.doesNotMatch(files, /svc-mim|raw-/);
        const seen = ((await on.host.observe({ values: { "MIM\\Setup": ["RebootNeeded"] } }))["values"] as Json)["MIM\\Setup"] as Json;
        assert.match(String(seen["RebootNeeded"]), /^string:20/);
    });

    it("TLS 1.1 that is off: refused, or on for the time of setup and put back, whether setup ends well, fails, or is killed", async () => {
        await addValue(on.exec, `${tls}\\Client`, "Enabled", "REG_DWORD", "0");
        await addValue(on.exec, `${tls}\\Server`, "DisabledByDefault", "REG_DWORD", "1");
        const off = { [`${tls}\\Client`]: { Enabled: ["REG_DWORD", "0x0"] }, [`${tls}\\Server`]: { DisabledByDefault: ["REG_DWORD", "0x1"] } };
        const isOn = { Enabled: ["REG_DWORD", "0x1"], DisabledByDefault: ["REG_DWORD", "0x0"] };
        const now = async () => {
            const { [tls]: _, ...keys } = await readTree(on.exec, tls);
            return keys;
        };
        const noted = async () => Object.keys((await readTree(on.exec, record))[record] ?? {}).filter((name) => name.startsWith("TLS"));
        const allowed = (properties: string) => document(properties).replace('"onDestroy"', '"allowTemporaryTls11": true, "onDestroy"');
        const before = (await readTree(on.exec, record))[record];

        const refused = replyIn((await run("set", document(list("MAIL_SERVER=five")))).stdout);
        assert.deepEqual([refused.error.code, refused.host, (await readTree(on.exec, record))[record], await now()], ["setup", "as it was", before, off]);
        assert.match(refused.error.message, /TLS 1\.1 is off on this host \(TLS 1\.1 Client Enabled dword:0, TLS 1\.1 Server DisabledByDefault dword:1\).*Set allowTemporaryTls11.*Setup was not run/);

        const failed = replyIn((await run("set", allowed(list("MAIL_SERVER=fails")), viaMsiexec)).stdout);
        assert.match(failed.error.message, /ended with 1603.*TLS 1\.1 was turned on for it without a reboot/);
        assert.deepEqual([await now(), await noted(), await polling()], [off, [], asBefore]);

        const killed = "function Invoke-Installer {\n    param([string[]]$Properties, [string]$Log)\n    [System.Diagnostics.Process]::GetCurrentProcess().Kill()\n}\n";
        assert.doesNotMatch((await run("set", allowed(list("MAIL_SERVER=five")), killed)).stdout, /HYBRID-IDENTITY-REPLY/);
        assert.deepEqual([await now(), (await noted()).length, (await polling())[0]], [{ [`${tls}\\Client`]: isOn, [`${tls}\\Server`]: isOn }, 4, ["REG_DWORD", "0x0"]]);

        const { stdout } = await run("set", allowed(list("MAIL_SERVER=five")));
        const reply = replyIn(stdout) as unknown as Json;
        assert.deepEqual([reply["ok"], (await readTree(on.exec, place))[place]?.["MailServer"]], [true, ["REG_SZ", "five"]], stdout);
        assert.deepEqual([await now(), await noted(), await polling()], [off, [], asBefore]);
    });

    it("removal forgets the record and runs nothing", async () => {
        const before = (await readTree(on.exec, place))[place];
        const removed = replyIn((await run("remove", document(list("MAIL_SERVER=four")))).stdout);
        assert.equal(removed.ok, true);
        assert.deepEqual([(await readTree(on.exec, place))[place], (await readTree(on.exec, record))[record]?.["Properties"]], [before, undefined]);
    });
});
