import { spawn } from "node:child_process";

const windows = process.platform === "win32";

/**
 * Runs programs of Node one after the other or side by side. From now on Ctrl-C ends them and nothing else: this process goes on, to clean
 * up.
 * @param {{ cwd: string }} options
 */
export function createProcesses({ cwd }) {
    const running = new Set();
    let interrupted = false;
    const end = (signal) => {
        if (!interrupted) console.error("\nInterrupted: ending what was started.");
        interrupted = true;
        for (const child of running) {
            if (windows) child.kill();
            else process.kill(-child.pid, signal);
        }
    };
    process.on("SIGINT", end).on("SIGTERM", end).on("SIGHUP", end);
    return {
        /** Whether somebody wants the whole to end. */
        interrupted: () => interrupted,
        /**
         * @param {string[]} args
         * @param {NodeJS.ProcessEnv} env
         * @returns {Promise<boolean>} whether it ended with exit code 0
         */
        async node(args, env) {
            // A process group of its own: mocha starts further processes, and none of them may outlive this one.
            const child = spawn(process.execPath, args, { cwd, env, stdio: ["ignore", "inherit", "inherit"], detached: !windows });
            running.add(child);
            try {
                return await new Promise((resolve, reject) => child.on("error", reject).on("close", (code) => resolve(code === 0)));
            } finally {
                running.delete(child);
            }
        },
    };
}
