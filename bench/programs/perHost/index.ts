import * as command from "@pulumi/command";
import { valuesOf } from "../../values";
import { settings } from "../settings";

// The tuned form without this library: one command per host, with all values on stdin; still run again each time, still blind in a preview.
const { servers, values, privateKey } = settings();
const now = new Date().toISOString();

const script = `
$ErrorActionPreference = 'Stop'
foreach ($line in $lines) {
    $key, $name, $type, $data = $line -split '\\|', 4
    if (-not (Test-Path "Registry::$key")) { New-Item "Registry::$key" -Force | Out-Null }
    if ((Get-ItemProperty "Registry::$key" -Name $name -ErrorAction SilentlyContinue).$name -ne $data) {
        Set-ItemProperty "Registry::$key" -Name $name -Type $type -Value $data
    }
}
`;
const lines = Object.entries(valuesOf(values)).flatMap(([key, names]) =>
    Object.entries(names).map(([name, notation]) => `${key}|${name}|${notation.replace(":", "|")}`),
);

for (const { name, address, ...reached } of servers) {
    new command.remote.Command(`${name}-values`, {
        connection: { host: address, ...reached, privateKey },
        create: 'powershell.exe -NoLogo -NoProfile -NonInteractive -Command "& ([scriptblock]::Create([Console]::In.ReadToEnd()))"',
        stdin: `$lines = @'\n${lines.join("\n")}\n'@ -split '\\n'\n${script}`,
        triggers: [now],
    });
}
