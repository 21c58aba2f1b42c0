import { existsSync } from "node:fs";

// A program run inside the test process and Pulumi's mocks both change the SDK for the whole process, so they must not share one.
const engine = "test/engine/";
// They mostly wait, for a CLI that starts and ends. Each file has its own hosts, tenant, stacks and process.
const twoAtATime = ["--parallel", "--jobs", "2"];
// Where the module is executed: minutes in which both processors are busy. One Windows host serves all of them, one file after the other.
const powershell = ["test/powershell/", "test/conformance/"];

/**
 * The mocha runs of `npm test`: the tests on the real engine, those that execute the PowerShell module, and all others. The files of the
 * others go one after the other, because some look at how long things take; so do the runs.
 * @param {string[]} args what follows `npm test --`: files or patterns to run instead of all, and options of mocha
 * @param {(run: number) => string} resultsFile where the reporter of a run writes
 * @returns {string[][]} the arguments of each run
 */
export function mochaRuns(args, resultsFile) {
    const files = args.filter(isFile);
    const options = args.filter((arg) => !isFile(arg));
    const runs = files.length === 0 ? everything : split(files);
    return runs.map((run, at) => [
        ...["--reporter", "tools/test/reporter.cjs", "--reporter-option", `results=${resultsFile(at)}`],
        ...options,
        ...run,
    ]);
}

/** Whether what is to be run may use a PowerShell or a Windows host. */
export function usesPowerShell(args) {
    const files = args.filter(isFile);
    return files.length === 0 || files.some((file) => [...powershell, engine].some((folder) => meets(file, folder)));
}

const everything = [
    [...[engine, ...powershell].flatMap((folder) => ["--ignore", `${folder}**`]), "test/**/*.test.{ts,mjs}"],
    powershell.map((folder) => `${folder}**/*.test.ts`),
    [...twoAtATime, `${engine}**/*.test.ts`],
];

function split(files) {
    const inside = (...folders) => files.filter((file) => folders.some((folder) => normal(`${file}/`).startsWith(folder)));
    const others = files.filter((file) => !inside(engine, ...powershell).includes(file));
    return [others, inside(...powershell), [...twoAtATime, ...inside(engine)]].filter((run) => run.some(isFile));
}

function isFile(arg) {
    return !arg.startsWith("-") && (/[*]|\.(ts|mjs)$/.test(arg) || existsSync(arg));
}

/** A pattern counts as everything that begins like it: `test/**` meets each folder of the tests. */
function meets(file, folder) {
    const [beginning] = normal(file).split("*");
    return folder.startsWith(beginning) || beginning.startsWith(folder);
}

function normal(file) {
    return file.replace(/^\.\//, "");
}
