import assert from "node:assert/strict";
import { moduleText } from "../../powershell/moduleText";
import { logFolder, recordKey, testKey, testKeys } from "./cases";
import type { Host } from "./host";
import { leaveMark, linesBack, readMarks, type Mark } from "./mark";
import { deleteFromRegistry, readTree } from "./registry";
import type { Json } from "./reply";
import { findServices, forgetRecords, harmless, noService, putFiles, serviceScript } from "./scripts";

/** How a host stood before the suite. */
export interface Standing {
    facts: Json;
    installed: boolean;
    records: Json;
    service: Service;
}

/** The suite's service and where it was; both are empty where it has none, and `missing` says why. */
export interface Service {
    name: string;
    was: string;
    missing: string;
}

/** Names of value records and document records that only the suite makes, and the owner in those of keys that others have, too. */
const ownName = /\\HybridIdentityConformance\\|^conformance[0-9]{3}\./i;
const ownOwner = /"owner":"conformance[0-9]{3}\./;

/** What a run that begins or ends takes between the suite's key and its mark, in milliseconds. */
const moment = 1_000;

/** Looks at the host and says no where the suite could not put everything back; else leaves the mark of this run there. */
export async function examine(host: Host, stop?: AbortSignal, again = false): Promise<Standing> {
    const reply = await host.observe({});
    const facts = reply["facts"] as Json | undefined;
    if (reply["ok"] !== true || facts === undefined) {
        throw new Error(`The host does not answer an observe request: ${JSON.stringify(reply)}`);
    }
    const refuse = (why: string) => new Error(`This host cannot take the suite, and nothing was changed on it: ${why}`);
    if (facts["elevated"] !== true) {
        throw refuse(`the account ${facts["user"]} has no elevated token; use one of the Administrators group.`);
    }
    const module = reply["module"] as Json | null;
    if (module !== null && module["sha256"] !== moduleText().sha256) {
        throw refuse(`another module HybridIdentity ${module["version"]} is installed, which this one would replace. Use a host without it.`);
    }
    const [other] = Object.values(await readMarks(host));
    if (other !== undefined) {
        throw refuse(besides(other));
    }
    if (module === null && (await isThere(host, recordKey))) {
        throw refuse(`${recordKey} holds records of a module that is not there any more. Delete the key if nothing manages this host.`);
    }
    const records = reply["records"] as { values: Json; documents: Json };
    const ownRecords = Object.entries({ ...records.values, ...records.documents }).some(([name, data]) => ownName.test(name) || ownOwner.test(String(data)));
    const left = ownRecords || (await leftOver(host));
    if (left && !again) {
        await new Promise(resolve => setTimeout(resolve, moment));
        return examine(host, stop, true);
    }
    if (left) {
        const lines = linesBack({ installed: true, service: "", was: "" });
        throw refuse(`it has what was left by a run that was stopped, and no word of how it was before that. ${howBack(lines)}\nThe module may be of that run, too: Uninstall-HybridIdentity takes it away, and refuses where a stack manages the host.\n`);
    }
    const service = await findService(host, records);
    stop?.throwIfAborted();
    const installed = module !== null;
    const [meanwhile] = await leaveMark(host, { installed, service: service.name, was: service.was });
    if (meanwhile !== undefined) {
        throw refuse(besides(meanwhile));
    }
    return { facts, installed, records, service };
}

/** What a person does who finds a host as the suite did not want to leave it. */
export function howBack(lines: string[]): string {
    return `These lines put the host back, one after another, in a PowerShell there that runs as administrator:\n${lines.map(line => `    ${line}\n`).join("")}`;
}

function besides(mark: Mark): string {
    return `another run goes on there since ${mark.since}, from ${mark.from}, or was stopped. Where it goes on, wait for its end. Where it was stopped:\n${howBack(linesBack(mark))}`;
}

/** The first harmless service that nobody's records speak of: what is recorded of it would be deleted with what the suite records. */
async function findService(host: Host, records: Json): Promise<Service> {
    const there = (await host.ask(findServices(harmless))).split(/\s+/).filter(name => name !== "");
    const said = JSON.stringify(records);
    const name = there.find(each => !new RegExp(`\\bSERVICE\\\\+${each}(?![\\w.-])`, "i").test(said)) ?? "";
    const missing = there.length === 0 ? `there is none of ${harmless.join(" and ")}` : name === "" ? `a stack manages ${there.join(" and ")}` : "";
    return { name, was: name === "" ? "" : await host.ask(serviceScript(name)), missing };
}

/** Deletes what the suite made, and proves that the host is as it was. */
export async function restore(host: Host, before: Standing): Promise<void> {
    const { name, was } = before.service;
    await host.ask(forgetRecords(undefined, name));
    if (name !== "") {
        assert.equal(await host.ask(serviceScript(name, was)), was, `the service ${name} is not as it was`);
    }
    await host.ask(putFiles(logFolder));
    await Promise.all(testKeys.filter(key => key !== testKey).map(key => deleteFromRegistry(host.reg, key)));
    if (!before.installed) {
        const { exitCode, stderr } = await host.uninstall();
        assert.equal(exitCode, 0, `Uninstall-HybridIdentity failed: ${stderr}`);
    }
    // Last, with the mark in it.
    await deleteFromRegistry(host.reg, testKey);
    const after = await host.observe({});
    assert.equal(after["module"] !== null, before.installed, "the module is not as it was");
    assert.deepEqual(after["records"], before.records);
    for (const key of [...testKeys, ...(before.installed ? [] : [recordKey])]) {
        assert.equal(await isThere(host, key), false, `${key} is still there`);
    }
}

/** Whether there is something that only the suite makes, but for records. */
async function leftOver(host: Host): Promise<boolean> {
    const keys = await Promise.all(testKeys.map(key => isThere(host, key)));
    const [, again = ""] = (await readTree(host.reg, recordKey))[recordKey]?.["Restarting"] ?? [];
    return keys.includes(true) || again.includes(noService);
}

async function isThere(host: Host, key: string): Promise<boolean> {
    return (await host.reg(`reg.exe query "${key}" /reg:64`)).exitCode === 0;
}
