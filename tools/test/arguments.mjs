import { existsSync } from "node:fs";

// A program run inside the test process and Pulumi's mocks both change the SDK for the whole process, so they must not share one.
const engine = "test/engine/";
// They mostly wait, for a CLI that starts and ends. Each file has its own hosts, tenant, stacks and process.
const twoAtATime = ["--parallel", "--jobs", "2"];
// The suites that need the one Windows host for themselves, one after the other: minutes in which processes of that host start and end.
const onWindows = [
    "test/powershell/killed.test.ts",
    "test/powershell/twoAtOnce.test.ts",
    "test/conformance/windows.test.ts",
    "test/engine/windowsHost.test.ts",
];
const powershell = ["test/powershell/", "test/conformance/"];

/**
 * The mocha runs of `npm test`: the tests on the real engine, those on the Windows host, and all others. They go side by side, because each
 * of them waits for much that is not on a processor. The files of the others go one after the other, because some look at how long things take.
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

const notOnWindows = onWindows.flatMap((file) => ["--ignore", file]);
const everything = [
    ["--ignore", `${engine}**`, ...notOnWindows, "test/**/*.test.{ts,mjs}"],
    onWindows,
    [...twoAtATime, ...notOnWindows, `${engine}**/*.test.ts`],
];

function split(files) {
    const inside = (...places) => files.filter((file) => places.some((place) => normal(`${file}/`).startsWith(place)));
    const host = inside(...onWindows);
    const onEngine = inside(engine).filter((file) => !host.includes(file));
    const others = files.filter((file) => !host.includes(file) && !onEngine.includes(file));
    return [others, host, [...twoAtATime, ...onEngine]].filter((run) => run.some(isFile));
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
