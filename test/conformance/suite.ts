import assert from "node:assert/strict";
import { loadCases, recordKey, testKey, testKey32, type Case } from "./cases";
import { moduleText } from "../../powershell/moduleText";
import { Host, type Exec } from "./host";
import { deleteFromRegistry } from "./registry";
import type { Json } from "./reply";
import { ownDocument, ownRecords, ownValue, runCase } from "./steps";

export interface SuiteOptions {
    exec: Exec;
    /** Default `powershell.exe`. */
    powershell?: string;
    /** One line each. */
    print: (line: string) => void;
    /** Default: all of `cases/`. */
    cases?: Case[];
}

/** Runs all cases on a host and leaves it as it was. Throws where the host cannot take the suite; nothing was changed then. */
export async function runSuite(options: SuiteOptions): Promise<{ passed: number; failed: number }> {
    const { exec, powershell = "powershell.exe", print, cases = loadCases() } = options;
    const host = new Host(exec, powershell);
    const count = { passed: 0, failed: 0 };
    const check = async (name: string, run: () => Promise<void>) => {
        try {
            await run();
            count.passed++;
            print(`ok      ${name}`);
        } catch (error) {
            count.failed++;
            print(`FAILED  ${name}\n        ${(error as Error).message.replaceAll("\n", "\n        ")}`);
        }
    };
    const before = await examine(host);
    const facts = before.facts;
    const system = `${facts["osName"]} (build ${facts["osBuild"]}), PowerShell ${facts["powershell"]}`;
    print(`host ${facts["computerName"]}, ${system}, as ${facts["user"]}`);
    try {
        await check("install: a module that is not what was announced is refused", async () => {
            const reply = await host.install({ sha256: "0".repeat(64) });
            assert.deepEqual([reply["ok"], (reply["error"] as Json)["code"], reply["host"]], [false, "install", "as it was"]);
        });
        if (!before.installed) {
            await check("install: puts the module into place", () => checkInstall(host, true));
            await check("install: does nothing when it is there", () => checkInstall(host, false));
        }
        for (const each of cases) {
            await check(each.name, () => runCase(host, each));
            await clean(host);
        }
    } finally {
        await check("leaves the host as it was", () => restore(host, before));
    }
    return count;
}

interface Before {
    facts: Json;
    installed: boolean;
    records: Json;
}

/** Looks at the host and says no where the suite could not put everything back. */
async function examine(host: Host): Promise<Before> {
    const reply = await host.observe({});
    const facts = reply["facts"] as Json | undefined;
    if (reply["ok"] !== true || facts === undefined) {
        throw new Error(`The host does not answer an observe request: ${JSON.stringify(reply)}`);
    }
    const refuse = (why: string) => new Error(`This host cannot take the suite: ${why} Nothing was changed.`);
    if (facts["elevated"] !== true) {
        throw refuse(`the account ${facts["user"]} has no elevated token; use one of the Administrators group.`);
    }
    const module = reply["module"] as Json | null;
    if (module !== null && module["sha256"] !== moduleText().sha256) {
        throw refuse(`another module HybridIdentity ${module["version"]} is installed, which this one would replace. Use a host without it.`);
    }
    const { exitCode } = await host.exec(`reg.exe query "${recordKey}" /s /reg:64`);
    if (module === null && exitCode === 0) {
        throw refuse(`${recordKey} holds records of a module that is not there any more. Delete the key if nothing manages this host.`);
    }
    const { values, documents } = await ownRecords(host);
    const keys = [testKey, testKey32].map(key => host.exec(`reg.exe query "${key}" /s /reg:64`));
    const left = (await Promise.all(keys)).some(query => query.exitCode === 0) || Object.keys({ ...values, ...documents }).length > 0;
    if (left) {
        throw refuse(`${testKey}, ${testKey32} or records of conformance.* are there, left by a run that was stopped. Delete those.`);
    }
    return { facts, installed: module !== null, records: reply["records"] as Json };
}

async function checkInstall(host: Host, changed: boolean): Promise<void> {
    const reply = await host.install();
    assert.deepEqual(reply, { protocol: 1, operation: "install", ok: true, version: moduleText().version, changed, removed: [] });
    const { module, marker } = await host.observe({});
    assert.deepEqual(module, { version: moduleText().version, sha256: moduleText().sha256, unsignedSha256: moduleText().sha256 });
    assert.match(String(marker), new RegExp(`^HybridIdentity ${moduleText().version.replaceAll(".", "\\.")} sha256:${moduleText().sha256} at `));
}

/** Deletes the suite's keys and records. Names come from an observe reply: reg.exe prints what its code page can. */
async function clean(host: Host): Promise<void> {
    await deleteFromRegistry(host.exec, testKey);
    await deleteFromRegistry(host.exec, testKey32);
    const records = (await host.observe({}))["records"] as { values: Record<string, string>; documents: Record<string, string> };
    const own = [
        ...Object.keys(records.values).filter(id => ownValue.test(id)).map(id => ["Values", id]),
        ...Object.keys(records.documents).filter(name => ownDocument.test(name)).map(name => ["Documents", name]),
    ];
    for (const [part, name] of own) {
        await deleteFromRegistry(host.exec, `${recordKey}\\${part}`, name);
    }
}

async function restore(host: Host, before: Before): Promise<void> {
    await clean(host);
    if (!before.installed) {
        const { exitCode, stderr } = await host.uninstall();
        assert.equal(exitCode, 0, `Uninstall-HybridIdentity failed: ${stderr}`);
    }
    const after = await host.observe({});
    assert.equal(after["module"] !== null, before.installed, "the module is not as it was");
    assert.deepEqual(after["records"], before.records);
    const left = await host.exec(`reg.exe query "${testKey}" /s /reg:64`);
    assert.notEqual(left.exitCode, 0, `${testKey} is still there`);
}
