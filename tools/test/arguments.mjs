import { existsSync } from "node:fs";

/**
 * Arguments for mocha: all tests, unless the user names some. Files run side by side in two processes, unless the user says `--no-parallel`.
 * @param {string[]} args what follows `npm test --`
 * @param {string} resultsFile where the reporter writes
 */
export function mochaArguments(args, resultsFile) {
    const named = args.some((arg) => /[*]|\.(ts|mjs)$/.test(arg) || (!arg.startsWith("-") && existsSync(arg)));
    return [
        ...["--reporter", "tools/test/reporter.cjs", "--reporter-option", `results=${resultsFile}`],
        ...(args.includes("--no-parallel") ? [] : ["--parallel", "--jobs", "2"]),
        ...args,
        ...(named ? [] : ["test/**/*.test.{ts,mjs}"]),
    ];
}
