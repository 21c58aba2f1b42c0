import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { main, repository, setUp } from "./setup.mjs";
import { places } from "./setup/places.mjs";
import { createProgress } from "./setup/progress.mjs";
import { provideYamlHost } from "./setup/yaml-host.mjs";
import { mochaRuns, usesEngine, usesPowerShell } from "./test/arguments.mjs";
import { bundlePlugins } from "./test/bundles.mjs";
import { provideExecution } from "./test/execution.mjs";
import { createProcesses } from "./test/processes.mjs";
import { startVault } from "./test/vault.mjs";
import { verdict } from "./test/verdict.mjs";

const { tools } = places(repository);
const args = process.argv.slice(2);

await main(async () => {
    const { environment, summary } = await setUp();
    console.log(`Set-up: ${summary}.`);
    const progress = createProgress();
    const { environment: env, problem } = usesEngine(args) ? await provideYamlHost({ root: repository, env: environment, progress }) : { environment };
    if (problem) console.log(`Programs in YAML: not run (${problem}).`);
    // It would win over the backend that a test names for itself, and put the test's stacks into the lab.
    delete env.PULUMI_BACKEND_URL;
    // The CLI starts some thousand times and ends after a second: what it would collect is an eighth of that time.
    Object.assign(env, { GOGC: "off", GOMEMLIMIT: "400MiB" });
    mkdirSync(tools, { recursive: true });
    const folder = mkdtempSync(join(tools, "test-"));
    const { node, interrupted } = createProcesses({ cwd: repository });
    Object.assign(env, await bundlePlugins(repository, join(folder, "bundles")));
    const vault = await startVault();
    Object.assign(env, vault.environment);
    // A Windows host takes as long to start as the types to check.
    const execution = provideExecution({ root: repository, env, folder, wanted: usesPowerShell(args) });
    try {
        console.log("\nTypes: tsc --noEmit");
        const typesOk = await node(["node_modules/typescript/bin/tsc", "--noEmit"], env);
        const { environment, lines: executedOn, lacking } = await execution;
        if (interrupted()) return 130;
        console.log(["", ...executedOn].join("\n").trimEnd());
        const resultsFile = (run) => join(folder, `${run}.json`);
        const rows = mochaRuns(args, resultsFile);
        console.log(["", ...rows.flat().map((run) => `Tests: mocha ${run.slice(4).join(" ")}`)].join("\n"));
        let started = 0;
        const runRow = async (row, turn) => {
            const ended = [];
            for (const [run, at] of row.map((run) => [run, started++])) {
                if (interrupted()) break;
                const ok = await node(["node_modules/mocha/bin/mocha.js", ...run], environment, turn);
                ended.push({ ok, results: read(resultsFile(at)) });
            }
            return ended;
        };
        let turn;
        // They start together; each prints once the one before it has ended.
        const ended = rows.map((row) => (turn = runRow(row, turn)));
        const runs = (await Promise.all(ended)).flat();
        if (interrupted()) return 130;
        const { lines, exitCode } = verdict(typesOk, runs, lacking);
        console.log([...executedOn, ...lines].join("\n"));
        return exitCode;
    } finally {
        vault.stop();
        await (await execution).stop();
        rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    }
});

function read(file) {
    try {
        return JSON.parse(readFileSync(file, "utf8"));
    } catch {
        return undefined;
    }
}
