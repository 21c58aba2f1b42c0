import { existsSync } from "node:fs";

/**
 * Arguments for mocha: all tests, unless the user names some. One file after the other, because some tests look at how long things take;
 * `--parallel` is there for the impatient.
 * @param {string[]} args what follows `npm test --`
 * @param {string} resultsFile where the reporter writes
 */
export function mochaArguments(args, resultsFile) {
    const named = args.some((arg) => /[*]|\.(ts|mjs)$/.test(arg) || (!arg.startsWith("-") && existsSync(arg)));
    return [
        ...["--reporter", "tools/test/reporter.cjs", "--reporter-option", `results=${resultsFile}`],
        ...args,
        ...(named ? [] : ["test/**/*.test.{ts,mjs}"]),
    ];
}
