import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { main, repository, setUp } from "./setup.mjs";
import { findOnPath } from "./setup/find-on-path.mjs";
import { places } from "./setup/places.mjs";
import { mochaArguments } from "./test/arguments.mjs";
import { verdict } from "./test/verdict.mjs";

const { tools } = places(repository);

await main(async () => {
    const { environment, summary } = await setUp();
    console.log(`Set-up: ${summary}.`);
    // It would win over the backend that a test names for itself, and put the test's stacks into the lab.
    delete environment.PULUMI_BACKEND_URL;
    process.on("SIGINT", () => {});
    mkdirSync(tools, { recursive: true });
    const work = mkdtempSync(join(tools, "test-"));
    try {
        console.log("\nTypes: tsc --noEmit");
        const typesOk = await node(["node_modules/typescript/bin/tsc", "--noEmit"], environment);
        console.log("\nTests: mocha");
        const resultsFile = join(work, "results.json");
        const mochaOk = await node(["node_modules/mocha/bin/mocha.js", ...mochaArguments(process.argv.slice(2), resultsFile)], environment);
        if (!findOnPath("pwsh", environment.PATH)) console.log("PowerShell: not executed (no pwsh on PATH).");
        const { lines, exitCode } = verdict({ typesOk, mochaOk, results: read(resultsFile) });
        console.log(lines.join("\n"));
        return exitCode;
    } finally {
        rmSync(work, { recursive: true, force: true });
    }
});

/** @returns {Promise<boolean>} whether it ended with exit code 0 */
function node(args, env) {
    const child = spawn(process.execPath, args, { cwd: repository, env, stdio: "inherit" });
    return new Promise((resolve, reject) => child.on("error", reject).on("close", (code) => resolve(code === 0)));
}

function read(file) {
    try {
        return JSON.parse(readFileSync(file, "utf8"));
    } catch {
        return undefined;
    }
}
