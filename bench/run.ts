import { writeFileSync } from "node:fs";
import { availableParallelism, cpus, loadavg } from "node:os";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { parseArgs } from "node:util";
import { aims } from "./aims";
import { cells } from "./cells";
import { measureCell, type Show } from "./measure";
import { Project } from "./project";
import { median, ratios, table, type Results } from "./report";
import { setUp } from "./setUp";

const usage = `npm run bench [-- --full | --only TEXT]

Measures previews and updates of pretend Windows hosts, with this library and without it. See docs/bench.md.
  --quick      the cells that the aims need, about 5 minutes on two cores (default)
  --full       every cell
  --only TEXT  of these, the cells whose name "program/hosts/values" holds TEXT, for example library/50
`;

async function main(): Promise<void> {
    const { values: given } = parseArgs({ options: { quick: { type: "boolean" }, full: { type: "boolean" }, only: { type: "string" }, help: { type: "boolean" } } });
    if (given.help) {
        process.stdout.write(usage);
        return;
    }
    const wanted = cells(given.full === true).filter(({ program, hosts, values }) => `${program}/${hosts}/${values}`.includes(given.only ?? ""));
    if (wanted.length === 0) {
        throw new Error(`--only ${given.only}: no cell has this in its name; names are like library/50/500`);
    }
    const { environment, summary, during, duration } = await setUp();
    const begun = performance.now();
    const results: Results = { machine: `${summary}; ${availableParallelism()} cores, ${cpus()[0]?.model}`, load: [loadavg()[0]!, 0], template: [], rows: [] };
    console.log(results.machine);

    let at = 0;
    const show: Show = (what, work) => during(`[cell ${at} of ${wanted.length}, ${duration(performance.now() - begun)}] ${what}`, work);
    const template = new Project("template", environment);
    try {
        await template.init();
        const beside = async (): Promise<void> => {
            results.template.push(await show("empty program of Pulumi's template: preview", () => template.preview("")));
        };
        await template.preview("");
        await beside();
        for (const cell of wanted) {
            at++;
            await measureCell(cell, { environment, show, beside, done: (row) => results.rows.push(row) });
        }
    } finally {
        template.remove();
    }
    results.load[1] = loadavg()[0]!;
    writeFileSync(join(__dirname, "results.json"), JSON.stringify(results, null, 1));
    print(results, duration(performance.now() - begun));
}

function print(results: Results, took: string): void {
    const empty = results.template.map(({ ms }) => ms / 1000);
    console.log(`\n${table(results)}\n`);
    console.log(`Preview of an empty program of Pulumi's template: ${median(empty).toFixed(1)} s (${Math.min(...empty).toFixed(1)} to ${Math.max(...empty).toFixed(1)} s, ${empty.length} times)`);
    console.log(`\nWhat it takes to learn whether hosts are as declared, without this library against with it:\n${ratios(results)}\n`);
    aims(results).forEach(({ aim, met, found }) => console.log(`${met ? "met    " : "NOT MET"}  ${aim}: ${found}`));
    console.log(`\n${took}; load of the machine ${results.load.map((one) => one.toFixed(1)).join(" before, ")} after. Everything is in bench/results.json.`);
}

main().catch((error: unknown) => {
    console.error(error);
    process.exitCode = 1;
});
