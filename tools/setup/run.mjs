import { spawn } from "node:child_process";
import { constants, setPriority } from "node:os";

const windows = process.platform === "win32";
const running = new Set();
const keptCharacters = 20_000;

// A signal handler that calls process.exit() reaches this too: nothing that was started here outlives the set-up.
process.on("exit", () => running.forEach(end));

/**
 * Runs a program to its end, bounded in time, with its output kept instead of shown.
 * @param {string} program
 * @param {string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, timeoutMs: number, onLine?: (line: string) => void, background?: boolean }} options
 * `background`: it and whatever it starts lets others go first
 * @returns {Promise<{ ok: boolean, output: string, problem: string }>} `output` is the end of stdout and stderr together; `problem` says in
 * one line why `ok` is false (not found, exit code, too long). Never rejects.
 */
export function run(program, args, { cwd, env, timeoutMs, onLine = () => {}, background = false }) {
    return new Promise((resolve) => {
        // npm is a .cmd on Windows, which only a shell can start; elsewhere an own process group makes it possible to end the whole tree.
        const child = spawn(program, args, {
            cwd,
            env,
            stdio: ["ignore", "pipe", "pipe"],
            detached: !windows,
            shell: windows && program.endsWith(".cmd"),
            windowsHide: true,
        });
        running.add(child);
        if (background && child.pid !== undefined) setPriority(child.pid, constants.priority.PRIORITY_BELOW_NORMAL);
        let output = "";
        let late = false;
        const timer = setTimeout(() => {
            late = true;
            end(child);
            // What left the group may keep them open for ever.
            child.stdout.destroy();
            child.stderr.destroy();
        }, timeoutMs);
        for (const stream of [child.stdout, child.stderr]) {
            let rest = "";
            stream.setEncoding("utf8").on("data", (text) => {
                output = (output + text).slice(-keptCharacters);
                const lines = (rest + text).split(/\r?\n/);
                rest = lines.pop() ?? "";
                lines.forEach(onLine);
            });
        }
        const finish = (problem) => {
            clearTimeout(timer);
            running.delete(child);
            resolve({ ok: problem === "", output, problem });
        };
        child.on("error", (error) =>
            finish(error.code === "ENOENT" ? `${program} was not found` : `${program} could not be started: ${error.message}`),
        );
        child.on("close", (code, signal) => {
            if (late) finish(`no end after ${Math.round(timeoutMs / 1000)} s`);
            else if (code === 0) finish("");
            else finish(code === null ? `ended by ${signal}` : `exit code ${code}`);
        });
    });
}

/** The last lines of a program's output, for a message. */
export function lastLines(output, count = 6) {
    return output.trimEnd().split(/\r?\n/).slice(-count).join("\n");
}

function end(child) {
    try {
        if (windows) child.kill();
        else process.kill(-child.pid, "SIGKILL");
    } catch {
        // It has ended by itself in the meantime.
    }
}
