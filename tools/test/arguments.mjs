import { existsSync } from "node:fs";

// A program run inside the test process and Pulumi's mocks both change the SDK for the whole process, so they must not share one.
const engine = "test/engine/";
// They mostly wait, for a CLI that starts and ends. Each file has its own hosts, tenant, stacks and process.
const twoAtATime = ["--parallel", "--jobs", "2"];

/**
 * The mocha runs of `npm test`: the tests on the real engine, and all others. The files of the others go one after the other, because some
 * look at how long things take.
 * @param {string[]} args what follows `npm test --`: files or patterns to run instead of all, and options of mocha
 * @param {(run: number) => string} resultsFile where the reporter of a run writes
 * @returns {string[][]} the arguments of each run
 */
export function mochaRuns(args, resultsFile) {
    const files = args.filter(isFile);
    const options = args.filter((arg) => !isFile(arg));
    const runs =
        files.length === 0
            ? [["--ignore", `${engine}**`, "test/**/*.test.{ts,mjs}"], [...twoAtATime, `${engine}**/*.test.ts`]]
            : [files.filter((file) => !inEngine(file)), [...twoAtATime, ...files.filter(inEngine)]].filter((run) => run.some(isFile));
    return runs.map((run, at) => [
        ...["--reporter", "tools/test/reporter.cjs", "--reporter-option", `results=${resultsFile(at)}`],
        ...options,
        ...run,
    ]);
}

function isFile(arg) {
    return !arg.startsWith("-") && (/[*]|\.(ts|mjs)$/.test(arg) || existsSync(arg));
}

function inEngine(file) {
    return `${file}/`.replace(/^\.\//, "").startsWith(engine);
}
