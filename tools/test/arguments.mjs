import { existsSync } from "node:fs";

// A program run inside the test process and Pulumi's mocks both change the SDK for the whole process, so they must not share one.
const engine = "test/engine/";
// They mostly wait, for a CLI that starts and ends. Each file has its own hosts, tenant, stacks and process.
const sideBySide = ["--parallel", "--jobs", "3"];
// Begun first: one of them that began last would run alone at the end, for minutes.
const longest = "portalMail|mailboxScope|audit|deletedApplication|project";
// The suites that need the one Windows host for themselves, one after the other: minutes in which processes of that host start and end. The
// last one is alone in using the SDK there.
const onWindows = [
    "test/powershell/encryption.test.ts",
    "test/powershell/setup.test.ts",
    "test/powershell/killed.test.ts",
    "test/powershell/twoAtOnce.test.ts",
    "test/conformance/windows.test.ts",
    "test/engine/windowsHost.test.ts",
];
const powershell = ["test/powershell/", "test/conformance/"];

/**
 * The mocha runs of `npm test`: all others, then the tests on the real engine, and beside both those on the Windows host. The files of the others
 * go one after the other, because some look at how long things take.
 * @param {string[]} args what follows `npm test --`: files or patterns to run instead of all, and options of mocha
 * @param {(run: number) => string} resultsFile where the reporter of a run writes
 * @returns {string[][][]} the arguments of each run, in rows: the runs of a row go one after the other, the rows side by side
 */
export function mochaRuns(args, resultsFile) {
    const files = args.filter(isFile);
    const options = args.filter((arg) => !isFile(arg));
    const rows = files.length === 0 ? everything : split(files);
    let count = 0;
    const results = () => ["--reporter", "tools/test/reporter.cjs", "--reporter-option", `results=${resultsFile(count++)}`];
    return rows.map((runs) => runs.map((run) => [...results(), ...options, ...run]));
}

/** Whether what is to be run may use a PowerShell or a Windows host. */
export function usesPowerShell(args) {
    const files = args.filter(isFile);
    return files.length === 0 || files.some((file) => [...powershell, engine].some((folder) => meets(file, folder)));
}

/** Whether what is to be run may use the real engine. */
export function usesEngine(args) {
    const files = args.filter(isFile);
    return files.length === 0 || files.some((file) => meets(file, engine));
}

const ignoring = (...patterns) => patterns.flatMap((pattern) => ["--ignore", pattern]);
const everything = [
    [
        [...ignoring(`${engine}**`, ...onWindows), "test/**/*.test.{ts,mjs}"],
        [...sideBySide, ...ignoring(...onWindows), `${engine}**/@(${longest}).test.ts`, `${engine}**/!(${longest}).test.ts`],
    ],
    [onWindows],
];

function split(files) {
    const inside = (list, ...places) => list.filter((file) => places.some((place) => normal(`${file}/`).startsWith(place)));
    const host = inside(files, ...onWindows);
    const left = files.filter((file) => !host.includes(file));
    const onEngine = inside(left, engine);
    const others = left.filter((file) => !onEngine.includes(file));
    const rows = [[others, [...sideBySide, ...onEngine]], [host]];
    return rows.map((runs) => runs.filter((run) => run.some(isFile))).filter((runs) => runs.length > 0);
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
