import certificates from "../support/certificates.json";

/** Of ../support/certificates.json: two of one name, one of another, and one that is out of date. */
export type CertificateName = "a" | "b" | "other" | "old";

/**
 * What the suite asks a host's PowerShell by itself, beside the module. The first line names the script: the pretend host knows it by that
 * (lab/host/asked.ts). It answers a need with `met`, or with what was seen instead.
 */
const script = (name: string, lines: string[]): string => [`# conformance: ${name}`, "$ErrorActionPreference = 'Stop'", ...lines, ""].join("\n");

const machine = "[Microsoft.Win32.RegistryKey]::OpenBaseKey('LocalMachine', 'Registry64')";

/** Services that a host can be without. */
export const harmless = ["RpcLocator", "Spooler"];

/** A service that no host has. */
export const noService = "HybridIdentityNoService";

/** By what a host may lack. */
export const needScripts = {
    wmi: script("wmi", [
        // Asked first: where the service does not run, some hosts never answer the question below.
        "$service = Get-Service -Name Winmgmt -ErrorAction SilentlyContinue",
        "if ($null -eq $service) { 'there is no service Winmgmt'; return }",
        "if ([string]$service.Status -ne 'Running') { 'Winmgmt is ' + $service.Status; return }",
        "try { [void](Get-CimInstance -ClassName Win32_OperatingSystem -OperationTimeoutSec 20); 'met' }",
        "catch { $_.Exception.Message }",
    ]),
    sam: script("sam", [
        "try {",
        `    if ($null -eq (${machine}).OpenSubKey('SAM\\SAM\\Domains\\Account')) { 'there is no HKLM\\SAM\\SAM\\Domains\\Account' }`,
        "    else { 'this account may read HKLM\\SAM\\SAM' }",
        "}",
        "catch [System.Security.SecurityException] { 'met' }",
    ]),
    eventLog: script("eventLog", [
        "try { [void](Get-WinEvent -LogName System -MaxEvents 1); 'met' }",
        // The message alone may be no more than "Success.".
        "catch { $_.Exception.GetType().Name + ': ' + $_.Exception.Message }",
    ]),
    // Every Windows has one for all of its sessions.
    mutex: script("mutex", ["'met'"]),
    // A secret is put in place as an account whose password the suite knows, in the one place that a MIM Service reads.
    tasks: script("tasks", ["'that has only a pretend host'"]),
    // A product is changed that only a stand-in may be.
    setup: script("setup", ["'that has only a pretend host'"]),
    certificates: script("certificates", [
        "try {",
        "    $store = [System.Security.Cryptography.X509Certificates.X509Store]::new('My', 'LocalMachine')",
        "    $store.Open('ReadWrite, OpenExistingOnly')",
        "    $store.Close()",
        "    'met'",
        "}",
        "catch { $_.Exception.GetBaseException().Message }",
    ]),
    sids: script("sids", [
        "try { [void][System.Security.Principal.SecurityIdentifier]::new('S-1-5-32-545').Translate([System.Security.Principal.NTAccount]); 'met' }",
        "catch { $_.Exception.Message }",
    ]),
    accounts: script("accounts", [
        "try { [void][System.Security.Principal.NTAccount]::new('BUILTIN\\Administrators').Translate([System.Security.Principal.SecurityIdentifier]); 'met' }",
        "catch { $_.Exception.Message }",
    ]),
};

/** Prints those of these services that the host has, a line each. */
export function findServices(names: string[]): string {
    return script("findServices", [`foreach ($name in @('${names.join("', '")}')) { if (Get-Service -Name $name -ErrorAction SilentlyContinue) { $name } }`]);
}

/** Brings a service where it shall be, such as `Running Manual`, and prints where it is. */
export function serviceScript(name: string, wanted = ""): string {
    return script("service", [
        `$name = '${name}'`,
        `$state, $type = '${wanted}'.Split(' ')`,
        // It changes the start type, and may then say that it cannot change the delay.
        "function Set-Start($to) { Set-Service -Name $name -StartupType $to -ErrorAction SilentlyContinue }",
        "if ($state -eq 'Running') {",
        "    Set-Start 'Manual'",
        "    Start-Service -Name $name",
        "}",
        "if ($state -eq 'Stopped') { Stop-Service -Name $name -Force }",
        `$key = (${machine}).OpenSubKey('SYSTEM\\CurrentControlSet\\Services\\' + $name, $true)`,
        "if ($type) {",
        "    Set-Start ($type -replace 'Delayed', '')",
        "    if ($type -eq 'AutomaticDelayed') { $key.SetValue('DelayedAutostart', 1) } else { $key.DeleteValue('DelayedAutostart', $false) }",
        "}",
        "$type = @('', '', 'Automatic', 'Manual', 'Disabled')[$key.GetValue('Start')]",
        "if ($type -eq 'Automatic' -and $key.GetValue('DelayedAutostart')) { $type = 'AutomaticDelayed' }",
        "\"$((Get-Service -Name $name).Status) $type\"",
    ]);
}

/** Any case. */
const anyCase = "[0-9]{3}";

/**
 * Deletes the records of the cases with these numbers; of all, and what belongs to none, where none are given. By names
 * that only the suite makes, or by their owner, and not by reg.exe: some are longer than a command
 * line. Documents go first: a set that runs beside this would make the value records again that a document still names.
 */
export function forgetRecords(cases?: string[], service = ""): string {
    const number = `(${(cases ?? [anyCase]).join("|")})`;
    const ofService = service === "" ? "" : `|^SERVICE\\\\${service}\\\\`;
    return script("forget", [
        // A registry lists names by their places: who lists them while one is deleted misses another. Where a case holds the mutex for a minute, this goes on.
        "$mutex = [System.Threading.Mutex]::new($false, 'Global\\HybridIdentity')",
        "$held = $true",
        "try { $held = $mutex.WaitOne(15000) } catch [System.Threading.AbandonedMutexException] { }",
        "$unit = [System.Text.RegularExpressions.MatchEvaluator] { param($match) '\\u' + ([int][char]$match.Value).ToString('x4') }",
        `$own = '\\\\HybridIdentityConformance\\\\c${number}\\\\|^conformance${number}\\.${ofService}'`,
        `$owner = '"owner":"conformance${number}\\.'`,
        "try {",
        "foreach ($part in @('Documents', 'TakenOver', 'Values')) {",
        `    $key = (${machine}).OpenSubKey('SOFTWARE\\HybridIdentity\\' + $part, $true)`,
        "    if ($null -eq $key) { continue }",
        "    foreach ($name in $key.GetValueNames()) {",
        "        if ($name -notmatch $own -and [string]$key.GetValue($name) -notmatch $owner) { continue }",
        "        $key.DeleteValue($name)",
        // What was kept of its original: docs/protocol.md says how its key is named.
        "        $id = ($name -replace '\\AHKLM32\\\\SOFTWARE', 'HKLM\\SOFTWARE\\WOW6432Node').ToUpperInvariant() -replace '[\"\\\\]', '\\$0'",
        "        $bytes = [System.Text.Encoding]::ASCII.GetBytes('\"' + [regex]::Replace($id, '[^\\x20-\\x7e]', $unit) + '\"')",
        "        $hash = [System.BitConverter]::ToString([System.Security.Cryptography.SHA256]::Create().ComputeHash($bytes)).Replace('-', '').ToLowerInvariant()",
        `        (${machine}).DeleteSubKeyTree('SOFTWARE\\HybridIdentity\\Originals\\' + $hash, $false)`,
        "    }",
        "    $key.Close()",
        "}",
        ...(cases === undefined ? forgetRest(service) : []),
        "}",
        "finally {",
        "    if ($held) { $mutex.ReleaseMutex() }",
        "    $mutex.Dispose()",
        "}",
    ]);
}

/** What belongs to no case: the note of services that are to be started again, where it is the suite's, and the key of kept originals, where it is empty. */
function forgetRest(service: string): string[] {
    return [
        `$key = (${machine}).OpenSubKey('SOFTWARE\\HybridIdentity', $true)`,
        "if ($null -ne $key) {",
        `    if (@($key.GetValue('Restarting')) -match '^(${[noService, ...(service === "" ? [] : [service])].join("|")})$') { $key.DeleteValue('Restarting') }`,
        "    $originals = $key.OpenSubKey('Originals')",
        "    if ($null -ne $originals) {",
        "        $empty = $originals.SubKeyCount + $originals.ValueCount -eq 0",
        "        $originals.Close()",
        "        if ($empty) { $key.DeleteSubKey('Originals') }",
        "    }",
        "    $key.Close()",
        "}",
    ];
}

/** Prints the data of REG_QWORD values of HKLM, a line each, as reg.exe shows it: 0x and hexadecimal digits. */
export function readQwords(values: Array<[key: string, name: string]>): string {
    const escaped = (text: string) => text.replace(/[^A-Za-z0-9]/g, unit => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
    return script("qwords", [
        `$base = ${machine}`,
        ...values.map(([key, name]) => {
            const [path, value] = [key.replace(/^HKLM\\/, ""), name === "(default)" ? "" : name].map(escaped);
            return `'0x' + $base.OpenSubKey([regex]::Unescape('${path}')).GetValue([regex]::Unescape('${value}')).ToString('x')`;
        }),
    ]);
}

/** An expression of PowerShell that gives this text: a here-string in which all but plain ASCII is escaped. */
function quoted(text: string): string {
    const escaped = text.replace(/[^\n\x20-\x7e]|\\/g, unit =>
        unit === "\\" ? "\\\\" : `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
    );
    return `([regex]::Unescape(@'\n${escaped}\n'@))`;
}

const registryFile = [
    "$reg = [System.IO.Path]::Combine([System.Environment]::SystemDirectory, 'reg.exe')",
    "$file = [System.IO.Path]::GetTempFileName()",
];

/** Takes a .reg file in. Unicode encodings of .NET would replace half a surrogate pair, so the bytes are copied. */
export function importFile(text: string): string {
    return script("import", [
        ...registryFile,
        `$units = ([string][char]0xfeff + ${quoted(text.replaceAll("\r\n", "\n"))}.Replace("\`n", "\`r\`n")).ToCharArray()`,
        "$bytes = [byte[]]::new(2 * $units.Length)",
        "[System.Buffer]::BlockCopy($units, 0, $bytes, 0, $bytes.Length)",
        "[System.IO.File]::WriteAllBytes($file, $bytes)",
        "& $reg import $file /reg:64 | Out-Null",
        "$code = $LASTEXITCODE",
        "[System.IO.File]::Delete($file)",
        "if ($code -ne 0) { throw ('reg.exe import ended with ' + $code) }",
    ]);
}

/**
 * Prints a key and all below it as a .reg file. Escaped is what is not printable ASCII, and a `u` behind a backslash, which would read as an escape.
 * Nothing where there is no key.
 */
export function exportKey(key: string): string {
    return script("export", [
        ...registryFile,
        // Windows PowerShell makes an error of every line that is redirected.
        "$ErrorActionPreference = 'Continue'",
        `& $reg export ${quoted(key)} $file /y /reg:64 2>&1 | Out-Null`,
        "if ($LASTEXITCODE -ne 0) { return }",
        "$bytes = [System.IO.File]::ReadAllBytes($file)",
        "[System.IO.File]::Delete($file)",
        "$units = [char[]]::new($bytes.Length / 2 - 1)",
        "[System.Buffer]::BlockCopy($bytes, 2, $units, 0, $bytes.Length - 2)",
        "$escape = [System.Text.RegularExpressions.MatchEvaluator] { param($match) '\\u' + ([int][char]$match.Value).ToString('x4') }",
        "[regex]::Replace([string]::new($units), '[^\\n\\r\\x20-\\x7e]|(?<=\\\\)u', $escape)",
    ]);
}

/** Prints who may do what with the records key, as the entries of SDDL. */
export const recordAccess = script("access", [
    `$security = (${machine}).OpenSubKey('SOFTWARE\\HybridIdentity').GetAccessControl()`,
    "$security.GetSecurityDescriptorSddlForm('Access')",
]);

/** Makes a key of HKLM that is kept in memory only. */
export function makeVolatile(key: string): string {
    const path = quoted(key.replace(/^HKLM\\/, ""));
    return script("volatile", [`(${machine}).CreateSubKey(${path}, $true, [Microsoft.Win32.RegistryOptions]::Volatile).Close()`]);
}

/**
 * Puts files into a folder, with one byte for a character, as if nobody had written to them for long. The last one stays open for writing until the next call,
 * as Exchange keeps it, where one process does all of them. Without any file the folder goes with all that is in it.
 */
export function putFiles(folder: string, files: Record<string, string[]> = {}): string {
    return script("files", [
        "if (Test-Path variable:global:writer) { $global:writer.Dispose() }",
        `$folder = ${quoted(folder)}`,
        "$latin = [System.Text.Encoding]::GetEncoding(28591)",
        "[void][System.IO.Directory]::CreateDirectory($folder)",
        ...Object.entries(files).flatMap(([name, content]) => [
            `$file = [System.IO.Path]::Combine($folder, ${quoted(name)})`,
            `[System.IO.File]::WriteAllBytes($file, $latin.GetBytes(${quoted(content.map(line => `${line}\r\n`).join(""))}))`,
            "[System.IO.File]::SetLastWriteTimeUtc($file, [datetime]::new(2001, 2, 3))",
        ]),
        Object.keys(files).length === 0 ? "[System.IO.Directory]::Delete($folder, $true)" : "$global:writer = [System.IO.FileStream]::new($file, 'Open', 'Write', 'Read')",
    ]);
}

/** A set in a process of its own, while this one holds the mutex. Prints what that process prints, and ends as it ends. */
export function setWhileHeld(command: string, document: string): string {
    return script("held", [
        "$mutex = [System.Threading.Mutex]::new($false, 'Global\\HybridIdentity')",
        "[void]$mutex.WaitOne()",
        "$start = [System.Diagnostics.ProcessStartInfo]::new()",
        "$start.FileName = [System.Diagnostics.Process]::GetCurrentProcess().MainModule.FileName",
        `$start.Arguments = '-NoLogo -NoProfile -NonInteractive -Command "${command}"'`,
        "$start.UseShellExecute = $false",
        "$start.RedirectStandardInput = $true",
        "$start.RedirectStandardOutput = $true",
        "$process = [System.Diagnostics.Process]::Start($start)",
        `$process.StandardInput.Write(@'\n${document}\n'@)`,
        "$process.StandardInput.Close()",
        "[System.Console]::Out.Write($process.StandardOutput.ReadToEnd())",
        "$process.WaitForExit()",
        "$mutex.ReleaseMutex()",
        "exit $process.ExitCode",
    ]);
}

/** Several calls of the module's commands in one process: the replies follow one another. */
export function callSeveral(importModule: string, calls: Array<[verb: string, stdin: string]>): string {
    return script("several", [
        importModule,
        ...calls.flatMap(([verb, stdin]) => [
            `[System.Console]::SetIn([System.IO.StringReader]::new(${quoted(stdin)}))`,
            `try { HybridIdentity\\${verb}-HybridIdentityState } catch { [System.Console]::Error.WriteLine($_.Exception.Message) }`,
        ]),
    ]);
}

/** Puts a certificate of the suite into the store of the computer with a key as it is wanted there, or takes it out. */
export function certificateScript(name: CertificateName, key: string): string {
    const { thumbprint, der, pfx } = certificates[name];
    return script("certificate", [
        `$key = '${key}'`,
        `$pfx = [string]::Join('', @('${pfx.match(/.{1,3000}/g)!.join("', '")}'))`.replaceAll("', '", "',\n'"),
        `$der = '${der}'`,
        "function ConvertTo-Bytes($hex) { [byte[]]@(for ($at = 0; $at -lt $hex.Length; $at += 2) { [System.Convert]::ToByte($hex.Substring($at, 2), 16) }) }",
        "$class = [System.Security.Cryptography.X509Certificates.X509Certificate2]",
        "$store = [System.Security.Cryptography.X509Certificates.X509Store]::new('My', 'LocalMachine')",
        "$store.Open('ReadWrite, OpenExistingOnly')",
        "try {",
        `    foreach ($one in $store.Certificates) { if ($one.Thumbprint -eq '${thumbprint}') { $store.Remove($one) } }`,
        "    if ($key -eq 'gone') { return }",
        "    if ($key -eq 'none') { $store.Add($class::new((ConvertTo-Bytes $der))); return }",
        `    $one = $class::new((ConvertTo-Bytes $pfx), '${certificates.password}', 'MachineKeySet, PersistKeySet')`,
        "    $store.Add($one)",
        "    if ($key -eq 'lost') { $store.Remove($one); $store.Add($class::new((ConvertTo-Bytes $der))); return }",
        "    $private = [System.Security.Cryptography.X509Certificates.RSACertificateExtensions]::GetRSAPrivateKey($one)",
        "    if ($private.GetType().Name -eq 'RSACng') { $name = $private.Key.UniqueName } else { $name = $private.CspKeyContainerInfo.UniqueKeyContainerName }",
        "    $private.Dispose()",
        "    $file = @(Get-ChildItem -Path ($env:ProgramData + '\\Microsoft\\Crypto') -Recurse -File -Filter $name)[0].FullName",
        "    if ($key -eq 'broken') { Remove-Item -LiteralPath $file -Force; return }",
        "    & icacls.exe $file /remove:g '*S-1-5-20' | Out-Null",
        "    if ($key -eq 'there') { & icacls.exe $file /grant '*S-1-5-20:R' | Out-Null }",
        "}",
        "finally { $store.Close() }",
    ]);
}
