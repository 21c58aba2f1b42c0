import { createInterface } from "node:readline";
import { duration } from "../setup/progress.mjs";
import { startLab } from "../lab.mjs";

const windows = process.platform === "win32";

/** Thrown between two steps after Ctrl-C. */
export class Interrupted extends Error {}

/** Thrown when a step did not do what it should; the message is written for people. */
export class StepFailure extends Error {}

/**
 * Shows and runs the steps of `npm start`.
 * @param {{ total: number, environment: NodeJS.ProcessEnv, write: (text: string) => void }} options
 */
export function createSteps({ total, environment, write }) {
    let number = 0;
    let interrupted = false;
    let child;
    const show = (text) => write(text.replace(/^(?=.)/gm, "    "));

    return {
        show,
        /** Asks the running program to end in its own way (Pulumi gives its lock back); after that no further step begins. */
        interrupt() {
            interrupted = true;
            if (!child || child.letFinish) return;
            if (windows) child.kill();
            else process.kill(-child.pid, "SIGINT");
        },
        /** @param {string} title @param {() => Promise<void>} work */
        async step(title, work) {
            if (interrupted) throw new Interrupted();
            const start = Date.now();
            write(`\n${++number}/${total}  ${title}\n`);
            await work();
            show(`(${duration(Date.now() - start)})\n`);
        },
        /**
         * Runs the lab's command line.
         * @param {string[]} args
         * @param {{ select?: (output: string) => string, mayFail?: boolean, letFinish?: boolean }} [options] `select`: the part of its
         * output to show; default all, as it comes.
         * `mayFail`: its exit code says nothing. `letFinish`: it is short and must not be left half done
         * @returns {Promise<string>} its output
         * @throws {StepFailure} with all of its output
         */
        lab(args, { select, mayFail = false, letFinish = false } = {}) {
            return new Promise((resolve, reject) => {
                let output = "";
                // A process group of its own: Ctrl-C reaches it once, through `interrupt`,
                // whether it comes from a terminal or from a program.
                child = startLab(args, environment, { stdio: ["ignore", "pipe", "pipe"], detached: !windows });
                child.letFinish = letFinish;
                for (const stream of [child.stdout, child.stderr]) {
                    createInterface(stream).on("line", (line) => {
                        output += `${line}\n`;
                        if (!select) show(`${line}\n`);
                    });
                }
                child.on("error", reject).on("close", (code) => {
                    child = undefined;
                    if (interrupted) return reject(new Interrupted());
                    if (code !== 0 && !mayFail)
                        return reject(new StepFailure(`npm run lab -- ${args.join(" ")}: exit code ${code}${select ? `\n${output}` : ""}`));
                    if (select) show(select(output));
                    resolve(output);
                });
            });
        },
    };
}
