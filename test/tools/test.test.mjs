import assert from "node:assert/strict";
import { mochaRuns } from "../../tools/test/arguments.mjs";
import { verdict } from "../../tools/test/verdict.mjs";

describe("npm test: verdict", () => {
    const results = (passed, failed, skipped = []) => ({ passed, failed, skipped });
    const good = { ok: true, results: results(3, 0) };
    const cases = [
        ["all well", true, [good, { ok: true, results: results(2, 0) }], "5 passed, 0 failed"],
        [
            "failed tests",
            true,
            [
                { ok: false, results: results(1, 2) },
                { ok: false, results: results(0, 1) },
            ],
            "1 passed, 3 failed",
        ],
        ["wrong types", false, [good], "3 passed, 1 failed"],
        ["no test executed", true, [{ ok: true, results: results(0, 0, ["a b"]) }], "0 passed, 1 failed"],
        ["one run without a test", true, [{ ok: true, results: results(0, 0) }, good], "3 passed, 0 failed"],
        ["mocha broke down", true, [good, { ok: false }], "3 passed, 1 failed"],
        ["mocha unhappy without a failed test", true, [{ ok: false, results: results(3, 0) }], "3 passed, 1 failed"],
    ];
    for (const [what, typesOk, runs, last] of cases) {
        it(`${what}: ${last}`, () => {
            const { lines, exitCode } = verdict(typesOk, runs);
            assert.equal(lines.at(-1), last);
            assert.equal(exitCode, last.endsWith(" 0 failed") ? 0 : 1);
        });
    }

    it("names every skipped test", () => {
        const { lines } = verdict(true, [{ ok: true, results: results(1, 0, ["a: not executed (why)", "b"]) }]);
        assert.deepEqual(lines, ["Skipped: a: not executed (why)", "Skipped: b", "1 passed, 0 failed"]);
    });
});

describe("npm test: runs of mocha", () => {
    const own = (run) => ["--reporter", "tools/test/reporter.cjs", "--reporter-option", `results=${run}.json`];
    const others = ["--ignore", "test/engine/**", "test/**/*.test.{ts,mjs}"];
    const two = ["--parallel", "--jobs", "2"];
    const engine = [...two, "test/engine/**/*.test.ts"];
    const cases = [
        [[], [others, engine]],
        [
            ["--grep", "a thing"],
            [
                ["--grep", "a thing", ...others],
                ["--grep", "a thing", ...engine],
            ],
        ],
        [["test/drift/x.test.ts"], [["test/drift/x.test.ts"]]],
        [["test/drift", "--parallel"], [["--parallel", "test/drift"]]],
        [["test/engine"], [[...two, "test/engine"]]],
        [
            ["test/engine/a.test.ts", "test/drift/*", "./test/engine/b.test.ts"],
            [["test/drift/*"], [...two, "test/engine/a.test.ts", "./test/engine/b.test.ts"]],
        ],
    ];
    for (const [args, expected] of cases) {
        it(JSON.stringify(args), () =>
            assert.deepEqual(
                mochaRuns(args, (run) => `${run}.json`),
                expected.map((run, at) => [...own(at), ...run]),
            ),
        );
    }
});
