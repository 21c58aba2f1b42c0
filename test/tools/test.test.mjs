import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { lookupFiles } from "mocha/lib/cli/lookup-files.js";
import { mochaRuns, usesEngine, usesPowerShell } from "../../tools/test/arguments.mjs";
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
        ["no test executed", true, [{ ok: true, results: results(0, 0) }], "0 passed, 1 failed"],
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

    it("names every skipped test, and counts them where there are any", () => {
        const runs = [
            { ok: true, results: results(1, 0, ["a (not run: why)", "b"]) },
            { ok: true, results: results(2, 0, ["c"]) },
        ];
        assert.deepEqual(verdict(true, runs), {
            lines: ["Skipped: a (not run: why)", "Skipped: b", "Skipped: c", "3 passed, 0 failed, 3 skipped"],
            exitCode: 0,
        });
    });

    it("fails for each thing that had to be there and was not", () => {
        const runs = [{ ok: true, results: results(1, 0, ["a"]) }];
        assert.deepEqual(verdict(true, runs, ["PowerShell", "Windows host"]), {
            lines: [
                "Skipped: a",
                "PowerShell: required here, and not there: counted as one failed test.",
                "Windows host: required here, and not there: counted as one failed test.",
                "1 passed, 2 failed, 1 skipped",
            ],
            exitCode: 1,
        });
    });
});

describe("npm test: runs of mocha", () => {
    const own = (run) => ["--reporter", "tools/test/reporter.cjs", "--reporter-option", `results=${run}.json`];
    const numbered = (rows) => {
        let count = 0;
        return rows.map((runs) => runs.map((run) => [...own(count++), ...run]));
    };
    const host = ["test/powershell/encryption.test.ts", "test/powershell/setup.test.ts", "test/powershell/killed.test.ts", "test/powershell/twoAtOnce.test.ts", "test/conformance/windows.test.ts", "test/engine/windowsHost.test.ts"];
    const ignored = (...patterns) => patterns.flatMap((pattern) => ["--ignore", pattern]);
    const others = [...ignored("test/engine/**", ...host), "test/**/*.test.{ts,mjs}"];
    const three = ["--parallel", "--jobs", "3"];
    const longest = "portalMail|mailboxScope|audit|deletedApplication|project";
    const engine = [...three, ...ignored(...host), ...["@", "!"].map((which) => `test/engine/**/${which}(${longest}).test.ts`)];
    const cases = [
        [[], [[others, engine], [host]]],
        [
            ["--grep", "a thing"],
            [
                [
                    ["--grep", "a thing", ...others],
                    ["--grep", "a thing", ...engine],
                ],
                [["--grep", "a thing", ...host]],
            ],
        ],
        [["test/drift/x.test.ts"], [[["test/drift/x.test.ts"]]]],
        [["test/drift", "--parallel"], [[["--parallel", "test/drift"]]]],
        [["test/engine"], [[[...three, "test/engine"]]]],
        [["./test/conformance/windows.test.ts"], [[["./test/conformance/windows.test.ts"]]]],
        [
            ["test/engine/a.test.ts", "test/drift/*", "./test/engine/b.test.ts", "test/conformance", "./test/powershell/killed.test.ts"],
            [[["test/drift/*", "test/conformance"], [...three, "test/engine/a.test.ts", "./test/engine/b.test.ts"]], [["./test/powershell/killed.test.ts"]]],
        ],
    ];
    for (const [args, expected] of cases) {
        it(JSON.stringify(args), () =>
            assert.deepEqual(
                mochaRuns(args, (run) => `${run}.json`),
                numbered(expected),
            ),
        );
    }
});

describe("npm test: the tests on the engine", () => {
    it("are all there, each once, the longest first", () => {
        const [[, run]] = mochaRuns([], () => "");
        const found = run.filter((argument) => argument.endsWith(".test.ts") && argument.includes("*")).flatMap((pattern) => lookupFiles(pattern, ["ts"]));
        const all = lookupFiles("test/engine/**/*.test.ts", ["ts"]);
        assert.deepEqual([...found].sort(), [...all].sort());
        assert.ok(found.indexOf("test/engine/portalMail.test.ts") < 5, found.join(" "));
    });
});

describe("npm test: the suites on the Windows host", () => {
    it("are those that ask for one, and no others", () => {
        const all = readdirSync("test", { recursive: true }).filter((file) => file.endsWith(".test.ts"));
        const asking = all.filter((file) => /useWindowsHost\(|noWindowsHost\)/.test(readFileSync(`test/${file}`, "utf8")));
        const [, [host]] = mochaRuns([], () => "");
        assert.deepEqual(asking.map((file) => `test/${file}`).sort(), host.slice(4).sort());
    });
});

describe("npm test: whether tests may use a PowerShell or a Windows host", () => {
    const cases = [
        [[], true],
        [["--grep", "a thing"], true],
        [["test/drift/x.test.ts", "test/tools"], false],
        [["test/drift/x.test.ts", "test/powershell/x.test.ts"], true],
        [["./test/conformance"], true],
        [["test/engine/x.test.ts"], true],
        [["test/**/h*.test.ts"], true],
        [["test"], true],
        [["test/p*/*.test.ts"], true],
        [["test/drift/*"], false],
    ];
    for (const [args, expected] of cases) it(`${JSON.stringify(args)}: ${expected}`, () => assert.equal(usesPowerShell(args), expected));
});

describe("npm test: whether tests may use the real engine", () => {
    const cases = [
        [[], true],
        [["test/engine/x.test.ts"], true],
        [["test/**/h*.test.ts"], true],
        [["test/drift/x.test.ts", "test/powershell"], false],
    ];
    for (const [args, expected] of cases) it(`${JSON.stringify(args)}: ${expected}`, () => assert.equal(usesEngine(args), expected));
});
