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
         * @param {Promise<unknown>} [turn] what it prints is held back until then, so that lines of two programs do not mix
         * @returns {Promise<boolean>} whether it ended with exit code 0
         */
        async node(args, env, turn) {
            const output = turn === undefined ? "inherit" : "pipe";
            // A process group of its own: mocha starts further processes, and none of them may outlive this one.
            const child = spawn(process.execPath, args, { cwd, env, stdio: ["ignore", output, output], detached: !windows });
            running.add(child);
            try {
                const ended = new Promise((resolve, reject) => child.on("error", reject).on("close", (code) => resolve(code === 0)));
                const shown = turn === undefined ? [] : [show(child.stdout, process.stdout, turn), show(child.stderr, process.stderr, turn)];
                const [ok] = await Promise.all([ended, ...shown]);
                return ok;
            } finally {
                running.delete(child);
            }
        },
    };
}

/** Reads all that comes, and writes it from its turn on. */
async function show(from, to, turn) {
    let held = "";
    let write = (data) => (held += data);
    from.setEncoding("utf8").on("data", (data) => write(data));
    const ended = new Promise((resolve) => from.on("close", resolve));
    await turn;
    to.write(held);
    write = (data) => to.write(data);
    await ended;
}
