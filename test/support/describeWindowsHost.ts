import { readFileSync } from "node:fs";
import { connect } from "../conformance/ssh";
import { noWindowsHost, windowsHost } from "./windowsHost";

// Not the module's own look at a host: what is said of a host must hold where the module is broken. Every program of Wine says whose it is.
const question = `
$key = 'HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion'
$product = [Microsoft.Win32.Registry]::GetValue($key, 'ProductName', '')
$build = [Microsoft.Win32.Registry]::GetValue($key, 'CurrentBuild', '')
$kernel = [Diagnostics.FileVersionInfo]::GetVersionInfo([Environment]::SystemDirectory + '\\kernel32.dll')
if ($kernel.ProductName -eq 'Wine') { $product = 'Wine as ' + $product }
[Console]::Out.Write("$product, build $build, PowerShell $($PSVersionTable.PSVersion)")
`;

/** Asks the named host what it is. */
async function describe(): Promise<string> {
    const target = windowsHost();
    if (target === undefined) {
        throw new Error(noWindowsHost);
    }
    const { host, port, user, privateKeyFile, hostKey, powershell = "powershell.exe" } = target;
    const where = `${user}@${host}:${port}`;
    // What keeps it from answering names the host itself.
    const { exec, close } = await connect({ host, port, user, privateKey: readFileSync(privateKeyFile, "utf8"), hostKey });
    try {
        const command = `${powershell} -NoLogo -NoProfile -NonInteractive -Command "& ([scriptblock]::Create([Console]::In.ReadToEnd()))"`;
        const { stdout, stderr, exitCode } = await exec(command, question);
        if (!/, build \d+, PowerShell \d/.test(stdout)) {
            throw new Error(`${where}: ${powershell} did not say what it is: exit code ${exitCode}, ${(stdout + stderr).slice(-200)}`);
        }
        return `${stdout.trim()}, on ${host}:${port}`;
    } finally {
        close();
    }
}

describe().then(
    line => console.log(line),
    (error: Error) => {
        console.error(error.message);
        process.exitCode = 1;
    },
);
