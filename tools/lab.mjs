import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { main, repository, setUp } from "./setup.mjs";

/**
 * Runs the lab's command line in the lab's environment.
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} environment from `setUp`
 * @param {import("node:child_process").SpawnOptions} options
 * @returns {import("node:child_process").ChildProcess}
 */
export function startLab(args, environment, options) {
    return spawn(process.execPath, ["--import", "tsx", "lab/cli.ts", ...args], { cwd: repository, env: environment, ...options });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
    await main(async () => {
        const { environment } = await setUp();
        // Ctrl-C reaches the child as well; what it does then is its own business, and its exit code is ours.
        process.on("SIGINT", () => {});
        const child = startLab(process.argv.slice(2), environment, { stdio: "inherit" });
        process.on("SIGTERM", () => child.kill());
        return new Promise((resolve, reject) => child.on("error", reject).on("close", (code) => resolve(code ?? 1)));
    });
}
