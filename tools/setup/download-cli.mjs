import { join } from "node:path";
import { npmCommand } from "./node-modules.mjs";
import { lastLines, run } from "./run.mjs";

const version = "3.265.0";

/**
 * The official download, done by the npm package `pulumi` (which runs Pulumi's own install script for exactly its version).
 * @param {string} work an empty folder
 * @returns {Promise<string>} the folder that holds pulumi and its language hosts
 * @throws {Error} whose message says what was refused
 */
export async function downloadCli({ env, progress }, work) {
    // PULUMI_HOME is where that package puts the CLI; TMPDIR is where it puts the script.
    const environment = { ...env, PULUMI_HOME: work, TMPDIR: work, PULUMI_VERSION: version };
    const [npm, npmArgs] = npmCommand(env);
    return progress.during(`Pulumi CLI: official download of ${version}`, async () => {
        const steps = [
            [
                npm,
                [...npmArgs, "install", "--prefix", work, "--no-save", "--ignore-scripts", "--no-audit", "--no-fund", `pulumi@${version}`],
                60_000,
            ],
            [process.execPath, [join(work, "node_modules", "pulumi", "run.js"), "version"], 5 * 60_000],
        ];
        for (const [program, args, timeoutMs] of steps) {
            const result = await run(program, args, { cwd: work, env: environment, timeoutMs });
            if (!result.ok) throw new Error(`${result.problem}: ${lastLines(result.output, 2)}`);
        }
        return join(work, "versions", version, "bin");
    });
}
