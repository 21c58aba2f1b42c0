/**
 * What a test run amounts to.
 * @param {{ typesOk: boolean, mochaOk: boolean, results?: { passed: number, failed: number, skipped: string[] } }} run
 * `results` is missing where mocha ended before it could report
 * @returns {{ lines: string[], exitCode: number }} the last line is `N passed, N failed`
 */
export function verdict({ typesOk, mochaOk, results }) {
    const { passed, failed, skipped } = results ?? { passed: 0, failed: 0, skipped: [] };
    const problems = [];
    if (!typesOk) problems.push("The types are not right (tsc): counted as one failed test.");
    if (!results) problems.push("mocha ended before it could report: counted as one failed test.");
    else if (passed + failed === 0) problems.push("No test was executed: counted as one failed test.");
    else if (!mochaOk && failed === 0) problems.push("mocha ended with an error though no test failed: counted as one failed test.");
    const allFailed = failed + problems.length;
    return {
        lines: [...skipped.map((title) => `Skipped: ${title}`), ...problems, `${passed} passed, ${allFailed} failed`],
        exitCode: allFailed === 0 ? 0 : 1,
    };
}
