import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { setTimeout } from "node:timers/promises";
import { Host, type Exec } from "../conformance/host";
import { deleteFromRegistry, readTree, type RegistryTree } from "../conformance/registry";
import { asciiJson, type Json } from "../conformance/reply";
import { connect } from "../conformance/ssh";
import { skip } from "./skip";
import { noWindowsHost, windowsHost, type WindowsHost } from "./windowsHost";

/** Where these tests write. */
export const testKey = "HKLM\\SOFTWARE\\HybridIdentityProcess";
const recordKey = "HKLM\\SOFTWARE\\HybridIdentity";

/** A Windows host with the module installed, unless the suite leaves that to what it tests. */
export interface OnHost {
    target: WindowsHost;
    exec: Exec;
    host: Host;
    /**
     * The reply to a document. `before` is PowerShell that runs first in the same process, without double quotes or `$`; where it ended the
     * process there is no reply.
     */
    call(verb: "Set" | "Remove", document: string, before?: string): Promise<Json | undefined>;
    /** All values at and below the tests' key, as reg.exe prints them. */
    values(): Promise<RegistryTree>;
    /** All value records by id, and the names of the document records, as reg.exe prints them. */
    records(): Promise<{ values: Record<string, Json>; documents: string[] }>;
    /** Who says that it holds the mutex; empty where nobody does. */
    holder(): Promise<string>;
}

/** Registers the hooks of a suite; skips it where there is no host. The host has to be one that no stack manages, and is left as it was. */
export function useWindowsHost({ install = true } = {}): OnHost {
    const on = {} as OnHost;
    let end = async (): Promise<void> => undefined;

    before(async function () {
        this.timeout(120_000);
        const target = windowsHost() ?? skip(this, noWindowsHost);
        const { exec, close } = await connect({ ...target, privateKey: readFileSync(target.privateKeyFile, "utf8") });
        const executable = target.powershell ?? "powershell.exe";
        const host = new Host(exec, executable);
        const { module, marker } = await host.observe({});
        const left = await Promise.all([recordKey, testKey].map((key) => readTree(exec, key)));
        const untouched = module === null && marker === "" && left.every((tree) => Object.keys(tree).length === 0);
        assert.ok(untouched, `the host ${target.host} is managed, or a test that was stopped left ${recordKey} or ${testKey} there`);
        end = async () => {
            // Of a test that failed: what it left managed is put back, and the module could not go before.
            const { module: left, records } = await host.observe({});
            for (const text of Object.values((records as { documents: Record<string, string> }).documents)) {
                await host.call("Remove", text.slice(text.indexOf("\n") + 1));
            }
            await deleteFromRegistry(exec, recordKey);
            await deleteFromRegistry(exec, testKey);
            const { exitCode, stderr } = left === null ? { exitCode: 0, stderr: "" } : await host.uninstall();
            close();
            assert.equal(exitCode, 0, stderr);
        };
        if (install) {
            assert.equal((await host.install())["ok"], true);
        }

        Object.assign(on, {
            target,
            exec,
            host,
            call: async (verb, document, before = "") => {
                let exitCode = 0;
                const noting: Exec = async (command, stdin) => {
                    const output = await exec(command.replace('-Command "', (start) => start + before), stdin);
                    exitCode = output.exitCode;
                    return output;
                };
                const reply = new Host(noting, executable).call(verb, document).catch((error: unknown) => {
                    if (before !== "" && exitCode !== 0 && exitCode !== 1) {
                        return undefined;
                    }
                    throw error;
                });
                // A process that was ended while it started reg.exe may leave that behind, half started: it keeps the channel open.
                return before === "" ? reply : Promise.race([reply, setTimeout(30_000, undefined, { ref: false })]);
            },
            values: () => readTree(exec, testKey),
            records: async () => {
                const tree = await readTree(exec, recordKey);
                const values = Object.entries(tree[`${recordKey}\\Values`] ?? {}).map(([id, [, data]]) => [id, JSON.parse(data) as Json]);
                return { values: Object.fromEntries(values), documents: Object.keys(tree[`${recordKey}\\Documents`] ?? {}) };
            },
            holder: async () => {
                const { stdout, exitCode } = await exec(`reg.exe query "${recordKey}" /v Holder /reg:64`);
                return exitCode === 0 ? stdout.trim() : "";
            },
        } satisfies OnHost);
    });

    after(async function () {
        this.timeout(120_000);
        await end();
    });
    return on;
}

/** A document by docs/protocol.md that restores what it drops. */
export function restoringDocument(owner: string, desired: Record<string, Record<string, string>>): string {
    const rest = { [`changed ${new Date().toISOString()}`]: "a test", onDestroy: "restore" };
    return `${asciiJson({ document: "many", kind: "registry", owner, protocol: 1, resource: `urn:${owner}`, desired, ...rest })}\n`;
}

/** What reg.exe shows for values; those that are absent are left out. */
export function shown(tree: Record<string, Record<string, string>>): RegistryTree {
    const keys = Object.entries(tree).map(([key, names]): [string, RegistryTree[string]] => {
        const values = Object.entries(names).flatMap(([name, notation]): [string, [string, string]][] => {
            const [, kind = "", data = ""] = /^(\w+):?(.*)$/.exec(notation) ?? [];
            const print = printed[kind];
            return print === undefined ? [] : [[name, print(data)]];
        });
        return [key, Object.fromEntries(values)];
    });
    return Object.fromEntries(keys.filter(([, values]) => Object.keys(values).length > 0));
}

const printed: Record<string, (data: string) => [type: string, data: string]> = {
    dword: (data) => ["REG_DWORD", `0x${Number(data).toString(16)}`],
    string: (data) => ["REG_SZ", data],
    expand: (data) => ["REG_EXPAND_SZ", data],
    multi: (data) => ["REG_MULTI_SZ", (JSON.parse(data) as string[]).join("\\0")],
    binary: (data) => ["REG_BINARY", data.toUpperCase()],
};
