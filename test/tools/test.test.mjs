import assert from "node:assert/strict";
import { mochaArguments } from "../../tools/test/arguments.mjs";
import { verdict } from "../../tools/test/verdict.mjs";

describe("npm test: verdict", () => {
    const good = { typesOk: true, mochaOk: true, results: { passed: 3, failed: 0, skipped: [] } };
    const cases = [
        ["all well", {}, "3 passed, 0 failed"],
        ["failed tests", { mochaOk: false, results: { passed: 1, failed: 2, skipped: [] } }, "1 passed, 2 failed"],
        ["wrong types", { typesOk: false }, "3 passed, 1 failed"],
        ["no test executed", { results: { passed: 0, failed: 0, skipped: ["a b"] } }, "0 passed, 1 failed"],
        ["mocha broke down", { mochaOk: false, results: undefined }, "0 passed, 1 failed"],
        ["mocha unhappy without a failed test", { mochaOk: false }, "3 passed, 1 failed"],
    ];
    for (const [what, change, last] of cases) {
        it(`${what}: ${last}`, () => {
            const { lines, exitCode } = verdict({ ...good, ...change });
            assert.equal(lines.at(-1), last);
            assert.equal(exitCode, last.endsWith(" 0 failed") ? 0 : 1);
        });
    }

    it("names every skipped test", () => {
        const { lines } = verdict({ ...good, results: { passed: 1, failed: 0, skipped: ["a: not executed (why)", "b"] } });
        assert.deepEqual(lines, ["Skipped: a: not executed (why)", "Skipped: b", "1 passed, 0 failed"]);
    });
});

describe("npm test: arguments", () => {
    const own = ["--reporter", "tools/test/reporter.cjs", "--reporter-option", "results=r.json"];
    const all = "test/**/*.test.{ts,mjs}";
    const cases = [
        [[], [...own, all]],
        [["test/drift/x.test.ts"], [...own, "test/drift/x.test.ts"]],
        [["test/drift"], [...own, "test/drift"]],
        [
            ["--grep", "a thing"],
            [...own, "--grep", "a thing", all],
        ],
        [["--parallel"], [...own, "--parallel", all]],
    ];
    for (const [args, expected] of cases) {
        it(JSON.stringify(args), () => assert.deepEqual(mochaArguments(args, "r.json"), expected));
    }
});
