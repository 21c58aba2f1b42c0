/**
 * What a test run amounts to.
 * @param {boolean} typesOk
 * @param {{ ok: boolean, results?: { passed: number, failed: number, skipped: string[] } }[]} runs of mocha; `results` is missing where one
 * ended before it could report
 * @param {string[]} lacking what had to be there and was not
 * @returns {{ lines: string[], exitCode: number }} the last line is `N passed, N failed` or `N passed, N failed, N skipped`
 */
export function verdict(typesOk, runs, lacking = []) {
    const sum = (count) => runs.reduce((total, { results }) => total + (results ? count(results) : 0), 0);
    const passed = sum((results) => results.passed);
    const failed = sum((results) => results.failed);
    const skipped = runs.flatMap(({ results }) => results?.skipped ?? []);
    const problems = lacking.map((what) => `${what}: required here, and not there: counted as one failed test.`);
    if (!typesOk) problems.push("The types are not right (tsc): counted as one failed test.");
    for (const { ok, results } of runs) {
        if (!results) problems.push("mocha ended before it could report: counted as one failed test.");
        else if (!ok && results.failed === 0) problems.push("mocha ended with an error though no test failed: counted as one failed test.");
    }
    if (passed + failed + problems.length === 0) problems.push("No test was executed: counted as one failed test.");
    const allFailed = failed + problems.length;
    const counts = [`${passed} passed`, `${allFailed} failed`, ...(skipped.length > 0 ? [`${skipped.length} skipped`] : [])];
    return {
        lines: [...skipped.map((title) => `Skipped: ${title}`), ...problems, counts.join(", ")],
        exitCode: allFailed === 0 ? 0 : 1,
    };
}
