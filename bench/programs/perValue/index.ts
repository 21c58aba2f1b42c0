import * as command from "@pulumi/command";
import { valuesOf } from "../../values";
import { settings } from "../settings";

// The program that is written first without this library: one command per value, run again by a trigger that changes each time, because
// nothing else makes Pulumi look at the host.
const { servers, values, privateKey } = settings();
const now = new Date().toISOString();

for (const { name, address, ...reached } of servers) {
    const connection = { host: address, ...reached, privateKey };
    for (const [key, names] of Object.entries(valuesOf(values))) {
        for (const [value, notation] of Object.entries(names)) {
            new command.remote.Command(`${name}-${key}-${value}`, { connection, create: enforce(key, value, notation), triggers: [now] });
        }
    }
}

function enforce(key: string, name: string, notation: string): string {
    const [, type, data] = /^(\w+):(.*)$/.exec(notation) ?? [];
    const path = `Registry::${key}`;
    const script =
        `if (-not (Test-Path '${path}')) { New-Item '${path}' -Force | Out-Null }; ` +
        `if ((Get-ItemProperty '${path}' -Name '${name}' -ErrorAction SilentlyContinue).'${name}' -ne '${data}') ` +
        `{ Set-ItemProperty '${path}' -Name '${name}' -Type ${type} -Value '${data}' }`;
    return `powershell.exe -NoLogo -NoProfile -NonInteractive -Command "${script}"`;
}
