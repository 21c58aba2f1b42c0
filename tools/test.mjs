import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { main, repository, setUp } from "./setup.mjs";
import { findOnPath } from "./setup/find-on-path.mjs";
import { places } from "./setup/places.mjs";
import { mochaRuns } from "./test/arguments.mjs";
import { verdict } from "./test/verdict.mjs";

const windows = process.platform === "win32";
const { tools } = places(repository);
let interrupted = false;

await main(async () => {
    const { environment, summary } = await setUp();
    console.log(`Set-up: ${summary}.`);
    // It would win over the backend that a test names for itself, and put the test's stacks into the lab.
    delete environment.PULUMI_BACKEND_URL;
    mkdirSync(tools, { recursive: true });
    const work = mkdtempSync(join(tools, "test-"));
    try {
        console.log("\nTypes: tsc --noEmit");
        const typesOk = await node(["node_modules/typescript/bin/tsc", "--noEmit"], environment);
        const resultsFile = (run) => join(work, `${run}.json`);
        const runs = [];
        for (const args of mochaRuns(process.argv.slice(2), resultsFile)) {
            console.log(`\nTests: mocha ${args.slice(4).join(" ")}`);
            const ok = await node(["node_modules/mocha/bin/mocha.js", ...args], environment);
            if (interrupted) break;
            runs.push({ ok, results: read(resultsFile(runs.length)) });
        }
        if (interrupted) return 130;
        if (!findOnPath("pwsh", environment.PATH)) console.log("PowerShell: not executed (no pwsh on PATH).");
        const { lines, exitCode } = verdict(typesOk, runs);
        console.log(lines.join("\n"));
        return exitCode;
    } finally {
        rmSync(work, { recursive: true, force: true });
    }
});

/** @returns {Promise<boolean>} whether it ended with exit code 0 */
async function node(args, env) {
    // A process group of its own: mocha starts further processes, and none of them may outlive this one.
    const child = spawn(process.execPath, args, { cwd: repository, env, stdio: ["ignore", "inherit", "inherit"], detached: !windows });
    const end = (signal) => {
        interrupted = true;
        if (windows) child.kill();
        else process.kill(-child.pid, signal);
    };
    process.on("SIGINT", end).on("SIGTERM", end);
    try {
        return await new Promise((resolve, reject) => child.on("error", reject).on("close", (code) => resolve(code === 0)));
    } finally {
        process.removeListener("SIGINT", end).removeListener("SIGTERM", end);
    }
}

function read(file) {
    try {
        return JSON.parse(readFileSync(file, "utf8"));
    } catch {
        return undefined;
    }
}
