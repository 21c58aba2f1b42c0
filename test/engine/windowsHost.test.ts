// The main job with nothing pretended between the engine and the registry but the command plugin, where only its stand-in is to be had.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import * as pulumi from "@pulumi/pulumi";
import { binary, dword, expand, multi, qword, string, windows } from "../../index";
import { addValue, deleteFromRegistry, readTree } from "../conformance/registry";
import { testKey, useWindowsHost } from "../support/onHost";
import { cli } from "../cli/support";
import { engineOrSkip, temporaryFolder } from "./support/engine";
import { runPrinted } from "./support/printed";
import { documentOf, driftOf } from "./support/run";
import { EngineStack } from "./support/stack";

const schannel = "HKLM\\SYSTEM\\CurrentControlSet\\Control\\SecurityProviders\\SCHANNEL\\Protocols";
const dotNet = ["HKLM\\SOFTWARE\\Microsoft\\.NETFramework", "HKLM\\SOFTWARE\\WOW6432Node\\Microsoft\\.NETFramework"];
const setup = "HKLM\\SOFTWARE\\Microsoft\\NET Framework Setup\\NDP\\v4\\Full";
const commands = ["tls-mim01-tls", "dotnet-mim01-dotnet", "extra-mim01-extra"];

/** What somebody does to a value with reg.exe, by what is declared: type and data, and how that reads. Undefined: the value is deleted. */
const wrong: [declared: RegExp, done: [type: string, data: string] | undefined, found: string][] = [
    [/^dword:0$/, ["REG_DWORD", "7"], "dword:7"],
    [/^dword:1 or nonzero$/, undefined, "absent"],
    [/^dword:1$/, ["REG_SZ", "1"], "string:1"],
    [/^qword:/, ["REG_QWORD", "4294967296"], "qword:4294967296"],
    [/^string:/, ["REG_SZ", "by hand"], "string:by hand"],
    [/^expand:/, ["REG_SZ", "x"], "string:x"],
    [/^multi:/, ["REG_MULTI_SZ", "mim02\\0mim01"], 'multi:["mim02","mim01"]'],
    [/^binary:/, ["REG_BINARY", "00FE"], "binary:00fe"],
];

describe("engine: the main job on a Windows host", function () {
    this.timeout(600_000);
    const folder = temporaryFolder();
    let stack: EngineStack;
    let dotNetWasThere: boolean;

    // Before the hook that ends the connection.
    after(async () => {
        folder.remove();
        if (dotNetWasThere === false) {
            await deleteFromRegistry(on.exec, setup, "Install");
        }
    });
    const on = useWindowsHost({ install: false });

    before(async function () {
        stack = await EngineStack.create(await engineOrSkip(this), folder.path, "prod");
        dotNetWasThere = "Install" in ((await readTree(on.exec, setup))[setup] ?? {});
        if (!dotNetWasThere) {
            await addValue(on.exec, setup, "Install", "REG_DWORD", "1");
        }
        await addValue(on.exec, testKey, "Number", "REG_DWORD", "5");
        await addValue(on.exec, testKey, "Names", "REG_MULTI_SZ", "was\\0here");
    });

    const program = () => {
        const { host: address, port, user, privateKeyFile, hostKey, powershell } = on.target;
        const privateKey = pulumi.secret(readFileSync(privateKeyFile, "utf8"));
        const host = new windows.Host("mim01", { address, port, user, privateKey, hostKey, ...(powershell && { powershell }) });
        const onDestroy = "restore";
        new windows.SchannelProtocols("tls", { host, onDestroy, enable: ["TLS 1.2"], disable: ["TLS 1.0"] });
        new windows.DotNetStrongCrypto("dotnet", { host, onDestroy });
        const values = { Number: dword(1), Long: qword("18446744073709551615"), Text: string("\u00fcber"), Home: expand("%TEMP%\\x") };
        const more = { Names: multi(["mim01", "mim02"]), Bytes: binary("00ff") };
        new windows.RegistryValues("extra", { host, onDestroy, values: { [testKey]: { ...values, ...more } } });
        return {};
    };
    const standing = () => Promise.all([schannel, ...dotNet, testKey].map((key) => readTree(on.exec, key)));

    it("is adopted as it is: what adopt prints finds no drift", async () => {
        const { host, port, user, privateKeyFile, hostKey, powershell = "powershell.exe" } = on.target;
        const { out, err } = await cli(["adopt", "--host", host, "--port", `${port}`, "--user", user, "--key", privateKeyFile, "--host-key", hostKey, "--powershell", powershell]);
        assert.match(out, /^const host = new windows\.Host\(/m, err);
        stack.program = runPrinted(out, readFileSync(privateKeyFile, "utf8"));
        const { outputs, changes } = await stack.preview();
        const names = [...out.matchAll(/^new \w+\.\w+\("([^"]+)"/gm)].map(([, name]) => name!);
        assert.deepEqual([outputs, changes], [Object.fromEntries(names.map((name) => [name, "compliant"])), {}], out);
        assert.ok(names.length > 0, out);
    });

    it("writes, shows each value that somebody changed and nothing else, repairs, and puts everything back", async () => {
        const before = await standing();
        stack.program = program;
        const first = await stack.up();
        assert.deepEqual(Object.keys(first.changes).sort(), ["mim01-module", ...commands].sort());
        assert.deepEqual((await stack.preview({ expectNoChanges: true })).changes, {});
        const declared = await standing();

        const expected: Record<string, Record<string, Record<string, string>>> = {};
        for (const command of commands) {
            for (const [key, names] of Object.entries(documentOf(first, command).desired)) {
                for (const [name, desired] of Object.entries(names)) {
                    const [, done, found] = wrong.find(([known]) => known.test(desired))!;
                    await (done ? addValue(on.exec, key, name, ...done) : deleteFromRegistry(on.exec, key, name));
                    const left = (await readTree(on.exec, key))[key]?.[name];
                    assert.deepEqual(left?.[0], done?.[0], `${key}\\${name} after reg.exe`);
                    ((expected[command] ??= {})[key] ??= {})[name] = `${quoted(found)} -> ${quoted(desired)}`;
                }
            }
        }
        const count = Object.values(expected).flatMap((keys) => Object.values(keys).flatMap((names) => Object.keys(names))).length;
        console.log(`      ${count} values`);
        assert.ok(count >= 18, "8 of Schannel, at least 4 of .NET, 6 others");
        for (const what of ["preview", "up"] as const) {
            const run = await stack[what]();
            assert.deepEqual(Object.fromEntries(Object.keys(run.changes).map((command) => [command, withoutMeaning(driftOf(run, command))])), expected, what);
        }
        assert.deepEqual(await standing(), declared);
        const clean = await stack.preview({ expectNoChanges: true });
        assert.deepEqual([clean.changes, clean.warnings, clean.errors], [{}, [], []]);

        await stack.destroy();
        assert.deepEqual(await standing(), before);
    });
});

/** Texts stand in quotes, so that a blank at their end is seen. */
function quoted(notation: string): string {
    return notation.replace(/^(string|expand):([^]*)$/, "$1:'$2'");
}

/** What a value means stands behind it in brackets; test/drift/describe.test.ts is about that. */
function withoutMeaning(drift: unknown): unknown {
    return JSON.parse(JSON.stringify(drift).replace(/ \((?:TLS|\.NET) [^"]*\)"/g, '"'));
}
