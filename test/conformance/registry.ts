import type { Output } from "./reply";

/** Type and data by name by key, as reg.exe prints them. */
export type RegistryTree = Record<string, Record<string, [type: string, data: string]>>;

type Exec = (command: string) => Promise<Output>;

// reg.exe and not the module: what is checked must not vouch for itself.

/** Writes one value, and its key where it is missing. */
export async function addValue(exec: Exec, key: string, name: string, type: string, data: string): Promise<void> {
    await succeed(exec, `reg.exe add "${key}" ${option(name)} /t ${type} /d "${data}" /f /reg:64`);
}

/** Deletes a key with everything in it, or one value; fine where there is none. */
export async function deleteFromRegistry(exec: Exec, key: string, name?: string): Promise<void> {
    await exec(`reg.exe delete "${key}" ${name === undefined ? "" : `${option(name)} `}/f /reg:64`);
}

/** All values at and below a key. Keys without values are left out: reg.exe shows them in some places and not in others. */
export async function readTree(exec: Exec, key: string): Promise<RegistryTree> {
    const command = `reg.exe query "${key}" /s /reg:64`;
    const { stdout, stderr, exitCode } = await exec(command);
    // 1, in words of the host's language: there is no such key. Anything else is no answer, and not an empty key.
    if (exitCode > 1 || exitCode < 0) {
        throw new Error(`${command} ended with ${exitCode}: ${stderr.trim()}`);
    }
    return exitCode === 0 ? parseQuery(stdout) : {};
}

/** What `reg.exe query KEY /s` prints. A line that begins no key and no value goes on with the data of the last value. */
export function parseQuery(text: string): RegistryTree {
    const tree: RegistryTree = {};
    let values: RegistryTree[string] = {};
    let last: [string, string] | undefined;
    for (const line of text.split(/\r?\n/)) {
        const key = /^HKEY_LOCAL_MACHINE(\\.*)$/.exec(line)?.[1];
        const [, name, type, data = ""] = /^ {4}(.*?) {4}(REG_[A-Z_]+)(?: {4}(.*))?$/.exec(line) ?? [];
        if (key !== undefined) {
            values = tree[`HKLM${key}`] = {};
            last = undefined;
        } else if (name !== undefined && type !== undefined) {
            // "(Default)" in the language of the host.
            last = values[/^\([^()]+\)$/.test(name) ? "(default)" : name] = [type, data];
        } else if (last !== undefined) {
            last[1] += `\n${line}`;
        }
    }
    const all = Object.values(tree).flatMap(found => Object.values(found));
    all.forEach(value => (value[1] = value[1].replace(/\n+$/, "")));
    return Object.fromEntries(Object.entries(tree).filter(([, found]) => Object.keys(found).length > 0));
}

function option(name: string): string {
    return name === "(default)" ? "/ve" : `/v "${name}"`;
}

async function succeed(exec: Exec, command: string): Promise<void> {
    const { exitCode, stderr } = await exec(command);
    if (exitCode !== 0) {
        throw new Error(`${command} ended with ${exitCode}: ${stderr.trim()}`);
    }
}
