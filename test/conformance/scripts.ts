/**
 * What the suite asks a host's PowerShell by itself, beside the module. The first line names the script: the pretend host knows it by that
 * (lab/host/asked.ts). It answers a need with `met`, or with what was seen instead.
 */
const script = (name: string, lines: string[]): string => [`# conformance: ${name}`, "$ErrorActionPreference = 'Stop'", ...lines, ""].join("\n");

const machine = "[Microsoft.Win32.RegistryKey]::OpenBaseKey('LocalMachine', 'Registry64')";

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
        "catch { $_.Exception.Message }",
    ]),
    acl: script("acl", [
        `$base = ${machine}`,
        "$name = 'SOFTWARE\\HybridIdentityConformance\\acl'",
        "$key = $base.CreateSubKey($name)",
        "try {",
        "    $security = $key.GetAccessControl()",
        "    $everyone = [System.Security.Principal.SecurityIdentifier]::new('S-1-1-0')",
        "    $security.AddAccessRule([System.Security.AccessControl.RegistryAccessRule]::new($everyone, 'SetValue', 'Deny'))",
        "    $key.SetAccessControl($security)",
        "    try { $base.OpenSubKey($name, $true).Close(); 'a key that denies everybody to write is opened for writing' }",
        "    catch [System.Security.SecurityException] { 'met' }",
        "}",
        "finally {",
        "    $key.Close()",
        "    $base.DeleteSubKey($name)",
        "}",
    ]),
};

/** Any case. */
const anyCase = "[0-9]{3}";

/**
 * Deletes the records of the cases with these numbers. By names that only the suite makes, and not by reg.exe: some are longer than a command
 * line. Documents go first: a set that runs beside this would make the value records again that a document still names.
 */
export function forgetRecords(cases = [anyCase]): string {
    const number = `(${cases.join("|")})`;
    return script("forget", [
        `$own = '^(HKLM(32)?\\\\SOFTWARE\\\\(WOW6432Node\\\\)?HybridIdentityConformance\\\\c${number}\\\\|conformance${number}\\.)'`,
        "foreach ($part in @('Documents', 'Values')) {",
        `    $key = (${machine}).OpenSubKey('SOFTWARE\\HybridIdentity\\' + $part, $true)`,
        "    if ($null -eq $key) { continue }",
        "    foreach ($name in $key.GetValueNames()) { if ($name -match $own) { $key.DeleteValue($name) } }",
        "    $key.Close()",
        "}",
    ]);
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
