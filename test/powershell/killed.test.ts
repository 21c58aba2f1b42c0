import assert from "node:assert/strict";
import type { Json } from "../conformance/reply";
import { generator, long, testSeed, type Random } from "../support/random";
import { restoringDocument, shown, testKey, useWindowsHost } from "../support/onHost";

const wanted = long ? 1000 : 20;
const owner = "process.killed";

type Tree = Record<string, Record<string, string>>;

/** 80 values of two keys, with what is there before the first run. */
const originals: Tree = Object.fromEntries(
    ["A", "B"].map((key) => [`${testKey}\\${key}`, Object.fromEntries(Array.from({ length: 40 }, (_, at) => [`v${at}`, original(at)]))]),
);

function original(at: number): string {
    const few: Record<number, string> = { 5: `string:before ${at}`, 15: `multi:["a","b${at}"]`, 25: "expand:%TEMP%\\x" };
    return few[at] ?? [`dword:${at}`, "absent", `binary:00ff${String(at).padStart(2, "0")}`][at % 3]!;
}

/** Each value as declared, or left out, at random. */
function anyDesired(random: Random): Tree {
    const any = (): string => [`dword:${1000 + random(5)}`, `string:ours ${random(5)}`, "absent", "binary:01"][random(4)]!;
    const chosen = (names: object): [string, string][] => Object.keys(names).flatMap((name) => (random(5) === 0 ? [] : [[name, any()]]));
    return Object.fromEntries(Object.entries(originals).map(([key, names]) => [key, Object.fromEntries(chosen(names))]));
}

const allNames = (tree: Tree): [key: string, name: string, notation: string][] =>
    Object.entries(tree).flatMap(([key, names]) => Object.entries(names).map(([name, notation]): [string, string, string] => [key, name, notation]));

/** Writes the originals, not by the module. */
const prepare = [
    "$ErrorActionPreference = 'Stop'",
    "$base = [Microsoft.Win32.RegistryKey]::OpenBaseKey('LocalMachine', 'Registry64')",
    ...allNames(originals).flatMap(([key, name, notation]) => {
        const [, kind = "", data = ""] = /^(\w+):?(.*)$/.exec(notation)!;
        const value: Record<string, string> = {
            dword: `${data}, 'DWord'`,
            binary: `[byte[]](${data.replace(/../g, "0x$&,").slice(0, -1)}), 'Binary'`,
            string: `'${data}', 'String'`,
            expand: `'${data}', 'ExpandString'`,
            multi: `[string[]]@(${data.slice(1, -1).replaceAll('"', "'")}), 'MultiString'`,
        };
        return kind === "absent" ? [] : [`$base.CreateSubKey('${key.slice("HKLM\\".length)}').SetValue('${name}', ${value[kind]})`];
    }),
].join("\n");

/** Ends its own process from another thread, wherever the first one is: TerminateProcess, as taskkill /f does it. */
const killAfter = (ms: number): string =>
    `[void][Threading.CancellationTokenSource]::new(${ms}).Token.Register(` +
    `[Delegate]::CreateDelegate([Action], [Diagnostics.Process]::GetCurrentProcess(), 'Kill'))`;
/** The same, counted from the first change of the host on. */
const killWritingAfter = (ms: number): string => `[void](Set-PSBreakpoint -Command Write-Holder -Action { ${killAfter(ms)} })`;

describe(`PowerShell module on a Windows host, killed ${wanted} times`, function () {
    this.timeout(wanted * 60_000);
    const on = useWindowsHost();

    async function check(desired: Tree, when: string): Promise<void> {
        const now = Object.fromEntries(Object.entries(originals).map(([key, names]) => [key, { ...names, ...desired[key] }]));
        assert.deepEqual(await on.values(), shown(now), when);
        const found = Object.entries((await on.records()).values).map(([id, record]) => [id, record["original"]]);
        const known = new Map(allNames(originals).map(([key, name, notation]) => [`${key}\\\\${name}`, notation]));
        assert.deepEqual(found, found.map(([id]) => [id, known.get(id as string)]), `${when}: originals in the records`);
    }

    it("loses no original, and a run that completes gives exactly what is declared", async () => {
        const random = generator(testSeed());
        const count = { kills: 0, writing: 0, completed: 0 };
        const told = () => `      ${count.kills} kills, ${count.writing} of them in the middle of writing; ${count.completed} runs completed`;
        let desired = anyDesired(random);
        const complete = async (verb: "Set" | "Remove"): Promise<void> => {
            const reply = (await on.call(verb, restoringDocument(owner, desired))) as Json;
            assert.equal(reply["ok"], true, JSON.stringify(reply));
            count.completed++;
            await check(verb === "Set" ? desired : {}, `after ${count.kills} kills, ${verb}`);
        };

        await on.host.ask(prepare);
        await check({}, "before the first set");
        let holder = "";
        // How long writing takes. It is learnt, because it is another time on every host and whenever others use it.
        let length = 1000;
        while (count.kills < wanted) {
            desired = anyDesired(random);
            const verb = random(4) === 0 ? "Remove" : "Set";
            const kill = random(5) === 0 ? killAfter(random(3 * length)) : killWritingAfter(random(length));
            const reply = await on.call(verb, restoringDocument(owner, desired), `${kill}; `);
            const [before, now] = [holder, await on.holder()];
            holder = now;
            if (reply === undefined) {
                count.kills++;
                // Who was killed while it held the mutex stays named as its holder.
                count.writing += now !== "" && now !== before ? 1 : 0;
                length = Math.round(length * 1.1);
                if (count.kills % 50 === 0) console.log(told());
            } else {
                assert.equal(reply["ok"], true, JSON.stringify(reply));
                count.completed++;
                length = Math.round(length * 0.8);
                await check(verb === "Set" ? desired : {}, `after ${count.kills} kills, ${verb} that was faster`);
            }
        }
        await complete("Set");
        await complete("Remove");
        console.log(told());
        assert.ok(count.writing * 5 >= count.kills, "too few kills hit in the middle of writing to show anything");
    });
});
