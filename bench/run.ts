import { writeFileSync } from "node:fs";
import { availableParallelism, cpus, loadavg } from "node:os";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { parseArgs } from "node:util";
import { aims } from "./aims";
import { cells } from "./cells";
import { measureCell, type Show } from "./measure";
import { median } from "./median";
import { measureMfa } from "./mfa";
import { measureMim } from "./mim";
import { Project } from "./project";
import { ratios, table, tenantTable, type Results } from "./report";
import { setUp } from "./setUp";
import { measureSmtpLogs } from "./smtpLogs";
import { measureTenant } from "./tenant";

const usage = `npm run bench [-- --full] [--only TEXT]

Measures previews and updates of pretend Windows hosts, with this library and without it. See docs/bench.md.
  --quick      the cells that the aims need, about 5 minutes on two idle cores (default)
  --full       every cell, about an hour
  --only TEXT  of these, the cells whose name "program/hosts/values" holds TEXT, for example library/50;
               "tenant" is what Entra and Exchange Online are asked, "mim" a MIM server's mail against its TLS alone,
               "mfa" the numbers of 10,000 people, "smtpLogs" protocol logs searched against read (where pwsh is on PATH)
`;

const options = { quick: { type: "boolean" }, full: { type: "boolean" }, only: { type: "string" }, help: { type: "boolean" } } as const;

async function main(): Promise<void> {
    const { values: given } = parseArgs({ options });
    if (given.help) {
        process.stdout.write(usage);
        return;
    }
    const { only = "" } = given;
    const wanted = cells(given.full === true).filter(({ program, hosts, values }) => `${program}/${hosts}/${values}`.includes(only));
    const [withTenant, withMim, withMfa, withLogs] = ["tenant", "mim", "mfa", "smtpLogs"].map((one) => one.includes(only));
    if (wanted.length === 0 && !withTenant && !withMim && !withMfa && !withLogs) {
        throw new Error(`--only ${only}: no cell has this in its name. Names are like library/50/500; some cells need --full`);
    }
    const { environment, summary, during, duration } = await setUp();
    const begun = performance.now();
    const machine = `${summary}; ${availableParallelism()} cores, ${cpus()[0]?.model}`;
    const results: Results = { machine, load: [load(), 0], template: [], rows: [] };
    console.log(`${machine}; load ${results.load[0].toFixed(1)}`);

    let at = 0;
    const show: Show = (what, work) => during(`[${at}/${wanted.length} cells, ${duration(performance.now() - begun)}] ${what}`, work);
    const template = new Project("template", environment);
    try {
        await template.first();
        const beside = async (): Promise<void> => {
            results.template.push(await show("empty program of Pulumi's template: preview", () => template.preview()));
        };
        if (wanted.length > 0) {
            await beside();
        }
        for (const cell of wanted) {
            await measureCell(cell, { environment, show, beside, done: (row) => results.rows.push(row) });
            at++;
        }
        if (withTenant) {
            results.tenant = await measureTenant(environment, show);
        }
        if (withMim) {
            results.mim = await measureMim(environment, show);
        }
        if (withMfa) {
            results.mfa = await measureMfa(environment, show);
        }
        if (withLogs) {
            results.smtpLogs = await measureSmtpLogs(show);
        }
    } finally {
        template.remove();
    }
    results.load[1] = load();
    writeFileSync(join(__dirname, "results.json"), JSON.stringify(results, null, 1));
    print(results, duration(performance.now() - begun));
}

function print(results: Results, took: string): void {
    if (results.rows.length > 0) {
        printHosts(results);
    }
    if (results.tenant) {
        console.log(`\nA preview without a change, which reads everything anew:\n${tenantTable(results.tenant)}\n`);
    }
    aims(results).forEach(({ aim, met, found }) => console.log(`${met ? "met    " : "NOT MET"}  ${aim}: ${found}`));
    const [before, after] = results.load.map((one) => one.toFixed(1));
    console.log(`\n${took}; load of the machine ${before} before, ${after} after. All numbers are in bench/results.json.`);
}

function printHosts(results: Results): void {
    const empty = results.template.map(({ ms }) => ms / 1000);
    const [middle, least, most] = [median(empty), Math.min(...empty), Math.max(...empty)].map((one) => one.toFixed(1));
    console.log(`\n${table(results)}`);
    console.log(`\nPreview of an empty program of Pulumi's template: ${middle} s (${least} to ${most} s, ${empty.length} times).`);
    console.log(`\nTo learn whether hosts are as declared, without this library against with it:\n${ratios(results)}\n`);
}

function load(): number {
    return loadavg()[0] ?? 0;
}

// So that what is left on disk is removed at the end, as it is without an interruption.
process.on("SIGINT", () => process.exit(130)).on("SIGTERM", () => process.exit(143));

main().catch((error: unknown) => {
    console.error(error);
    process.exitCode = 1;
});
