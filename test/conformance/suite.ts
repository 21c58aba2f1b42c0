import assert from "node:assert/strict";
import type { Asker } from "./asker";
import { moduleText } from "../../powershell/moduleText";
import { loadCases, testKey32, type Case } from "./cases";
import { ConnectionLost, Host, type Exec } from "./host";
import { linesBack } from "./mark";
import { Needs } from "./needs";
import { readTree } from "./registry";
import type { Json } from "./reply";
import { forgetRecords } from "./scripts";
import { examine, howBack, restore } from "./standing";
import { runCase, usesKey32 } from "./steps";

export interface SuiteOptions {
    exec: Exec;
    /** Default: what is asked beside the module has a PowerShell of its own each time. */
    asker?: Asker;
    /** Default `powershell.exe`. */
    powershell?: string;
    /** How many cases run at once. Default 4. */
    jobs?: number;
    /** One line each. */
    print: (line: string) => void;
    /** Default: all of `cases/`. */
    cases?: Case[];
    /** No case begins after this; the host is put back then. */
    stop?: AbortSignal;
    /** Called before the suite changes anything but its mark, with how the host is put back by hand. */
    begun?: (howBack: string) => void;
}

export interface Count {
    /** The host, its Windows and its PowerShell. */
    on: string;
    passed: number;
    failed: number;
    skipped: number;
    /** How many cases and checks did not run, because the run was stopped. */
    left: number;
}

/** How often it is said how many are done. */
const saidEvery = 20;

/** The module reads all records for every set: those of cases that have ended would make the later ones slow. */
const forgetAfter = 10;

/** What a run ends with. */
export function closingLines({ passed, failed, skipped, left, on }: Count): string[] {
    return [`${passed} passed, ${failed} failed, ${skipped} skipped`, ...(left === 0 ? [] : [`stopped: ${left} did not run`]), `on ${on}${skipped === 0 ? "" : ". What was skipped is not proved there"}.`];
}

/**
 * Runs all cases on a host and leaves it as it was. Throws where the host cannot take the suite, and nothing was changed then; and where the connection
 * is lost, with what to do.
 */
export async function runSuite(options: SuiteOptions): Promise<Count> {
    const { exec, asker, powershell = "powershell.exe", jobs = 4, print, cases = loadCases(), stop, begun } = options;
    const host = new Host(exec, powershell, asker);
    const count = { on: "", passed: 0, failed: 0, skipped: 0, left: 0 };
    let lost: ConnectionLost | undefined;
    let total = 0;
    const done = () => count.passed + count.failed + count.skipped;
    const check = async (name: string, run: () => Promise<string | void>) => {
        if (lost) return;
        try {
            const missing = await run();
            count[missing === undefined ? "passed" : "skipped"]++;
            print(missing === undefined ? `ok      ${name}` : `skipped ${name}: ${missing}`);
        } catch (error) {
            if (error instanceof ConnectionLost) {
                lost = error;
                return;
            }
            count.failed++;
            print(`FAILED  ${name}\n        ${(error as Error).message.replaceAll("\n", "\n        ")}`);
        }
        if (done() % saidEvery === 0) print(`        [${done()}/${total}]`);
    };
    const before = await examine(host, stop);
    const back = howBack(linesBack({ installed: before.installed, service: before.service.name, was: before.service.was }));
    begun?.(back);
    const facts = before.facts;
    count.on = `${facts["computerName"]}, ${facts["osName"]} (build ${facts["osBuild"]}), PowerShell ${facts["powershell"]}`;
    print(`host ${count.on}, as ${facts["user"]}`);
    const own = before.installed ? 3 : 5;
    total = cases.length + own;
    print(`${cases.length} cases, and ${own} checks of the suite itself`);
    const needs = new Needs(host, before);
    const ended: string[] = [];
    const runOne = async (each: Case) => {
        if (stop?.aborted) return;
        const service = each.needs?.includes("service") ? before.service.name : "";
        await check(each.name, async () => {
            if (ended.length >= forgetAfter) {
                await host.ask(forgetRecords(ended.splice(0)));
            }
            const missing = await needs.missing(each.needs ?? []);
            // They all have the one service, so the records of the last one go first.
            if (missing === undefined && service !== "") {
                await host.ask(forgetRecords([...ended.splice(0), each.place.number], service));
            }
            return missing ?? runCase(host, each, service);
        });
        ended.push(each.place.number);
    };
    try {
        await check("install: a module that is not what was announced is refused", async () => {
            const reply = await host.install({ sha256: "0".repeat(64) });
            assert.deepEqual([reply["ok"], (reply["error"] as Json)["code"], reply["host"]], [false, "install", "as it was"]);
        });
        if (!before.installed) {
            await check("install: puts the module into place", () => checkInstall(host, true));
            await check("install: does nothing when it is there", () => checkInstall(host, false));
        }
        const those = (beside: string) => cases.filter(each => company(each) === beside);
        await besideOne(those("holding"), those("reading"), jobs, runOne);
        await besideOne(those("onService"), those("others"), jobs, runOne);
        await sideBySide(those("alone"), 1, runOne);
        await check("writes to the 32-bit view only what names it", () => checkKey32(host, cases));
    } finally {
        await check("leaves the host as it was", () =>
            restore(host, before).catch((error: Error) => {
                throw error instanceof ConnectionLost ? error : new Error(`${error.message}\n${back}`);
            }),
        );
    }
    if (lost) {
        throw new Error(`The connection was lost, and what the run changed is still on the host. ${lost.message}\n${back}`);
    }
    count.left = total - done();
    return count;
}

/**
 * What may run beside a case: `holding` keeps all that write waiting for a minute, in which those that only read can run; those `onService` follow one
 * another, because they have the one service.
 */
function company(each: Case): "holding" | "reading" | "onService" | "others" | "alone" {
    if (each.steps.some(step => step.held)) return "holding";
    if (each.alone) return "alone";
    if (each.needs?.includes("service")) return "onService";
    const writes = each.steps.some(step => step.set ?? step.remove ?? step.give ?? step.refuse ?? step.send ?? step.install ?? step.uninstall ?? step.recorded);
    return writes ? "others" : "reading";
}

/** Runs the first ones after one another, and the others beside them. */
async function besideOne<T>(first: T[], others: T[], jobs: number, run: (item: T) => Promise<void>): Promise<void> {
    if (jobs === 1) return sideBySide([...first, ...others], 1, run);
    await Promise.all([sideBySide(first, 1, run), sideBySide(others, first.length === 0 ? jobs : jobs - 1, run)]);
}

/** Runs all, at most `jobs` at once, and starts them in their order. */
async function sideBySide<T>(items: T[], jobs: number, run: (item: T) => Promise<void>): Promise<void> {
    const left = items.values();
    const work = async () => {
        for (const item of left) {
            await run(item);
        }
    };
    await Promise.all(Array.from({ length: jobs }, work));
}

async function checkInstall(host: Host, changed: boolean): Promise<void> {
    const reply = await host.install();
    assert.deepEqual(reply, { protocol: 1, operation: "install", ok: true, version: moduleText().version, changed, removed: [] });
    const { module, marker } = await host.observe({});
    assert.deepEqual(module, { version: moduleText().version, sha256: moduleText().sha256, unsignedSha256: moduleText().sha256 });
    assert.match(String(marker), new RegExp(`^HybridIdentity ${moduleText().version.replaceAll(".", "\\.")} sha256:${moduleText().sha256} at `));
}

/** Cases that do not speak of the 32-bit view do not look at it either: one look for all of them. */
async function checkKey32(host: Host, cases: Case[]): Promise<void> {
    const named = cases.filter(each => usesKey32(each)).map(each => each.place.key32);
    const others = Object.keys(await readTree(host.reg, testKey32)).filter(key => !named.some(one => `${key}\\`.startsWith(`${one}\\`)));
    assert.deepEqual(others, []);
}
