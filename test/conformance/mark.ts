import { randomUUID } from "node:crypto";
import { hostname } from "node:os";
import { logFolder, testKey, testKeys } from "./cases";
import type { Host } from "./host";
import { addValue, deleteFromRegistry, readTree } from "./registry";
import { forgetRecords, serviceScript } from "./scripts";

/** What a run tells of itself on the host before it changes anything, so that whoever comes after a killed one can put the host back. */
export interface Mark {
    since: string;
    /** Account and machine. */
    from: string;
    /** Whether the module was there before. */
    installed: boolean;
    /** The suite's service and where it was, such as `Stopped Manual`; empty where it has none. */
    service: string;
    was: string;
}

/** A value for each run, by a name of its own: of two that begin at the same moment, one at least sees the other. */
const runKey = `${testKey}\\Run`;

/** Leaves the mark of a new run. Gives those of others instead, and takes it back, where another run began at the same moment. */
export async function leaveMark(host: Host, before: Omit<Mark, "since" | "from">): Promise<Mark[]> {
    const id = randomUUID();
    const from = `${process.env["USERNAME"] ?? process.env["USER"] ?? "somebody"}@${hostname()}`.replace(/[^\w.@-]/g, "_");
    const { service, was, installed } = before;
    const data = { since: new Date().toISOString(), from, module: installed ? "present" : "absent", service, was };
    const text = Object.entries(data).map(([name, value]) => `${name}=${value}`);
    await addValue(host.reg, runKey, id, "REG_SZ", text.join("; "));
    const { [id]: own, ...others } = await readMarks(host);
    if (own !== undefined && Object.keys(others).length === 0) {
        return [];
    }
    await deleteFromRegistry(host.reg, runKey, id);
    if (Object.keys(await readMarks(host)).length === 0) {
        await deleteFromRegistry(host.reg, testKey);
    }
    return Object.values(others);
}

/** The marks on the host, by the ids of their runs. */
export async function readMarks(host: Host): Promise<Record<string, Mark>> {
    const values = (await readTree(host.reg, runKey))[runKey] ?? {};
    return Object.fromEntries(Object.entries(values).map(([id, [, data]]) => [id, readMark(data)]));
}

function readMark(text: string): Mark {
    const { since = "", from = "", module, service = "", was = "" } = Object.fromEntries(text.split("; ").map(part => part.split("="))) as Record<string, string>;
    return { since, from, installed: module !== "absent", service, was };
}

/** Lines for a PowerShell on the host that put it back, one after another. The mark goes last: until then it tells what is left to do. */
export function linesBack({ installed, service, was }: Pick<Mark, "installed" | "service" | "was">): string[] {
    const keys = [...testKeys].reverse().map(key => `'${key.replace("HKLM", "HKEY_LOCAL_MACHINE").replace("HKU", "HKEY_USERS")}'`);
    return [
        inOneLine(forgetRecords(undefined, service)),
        ...(service === "" ? [] : [inOneLine(serviceScript(service, was))]),
        `if (Test-Path '${logFolder}') { Remove-Item '${logFolder}' -Recurse -Force }`,
        // Without -Force: a stack may have come meanwhile.
        ...(installed ? [] : ["if (Get-Module HybridIdentity -ListAvailable) { Uninstall-HybridIdentity }"]),
        `foreach ($key in ${keys.join(", ")}) { if (Test-Path "Registry::$key") { Remove-Item "Registry::$key" -Recurse -Force } }`,
    ];
}

/** A script without what needs lines of its own, in a scope of its own. */
function inOneLine(script: string): string {
    const lines = script.split("\n").map(line => line.trim()).filter(line => line !== "" && !line.startsWith("#"));
    return `& { ${lines.join("; ").replaceAll("{; ", "{ ").replaceAll("}; finally", "} finally")} }`;
}
