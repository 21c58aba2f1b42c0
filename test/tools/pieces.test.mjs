import assert from "node:assert/strict";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import fc from "fast-check";
import { labEnvironment } from "../../tools/setup/environment.mjs";
import { nodeModulesProblem } from "../../tools/setup/node-modules.mjs";
import { createProgress, duration } from "../../tools/setup/progress.mjs";
import { run } from "../../tools/setup/run.mjs";
import { atLeast, parseVersion } from "../../tools/setup/version.mjs";
import { createWorkshop } from "./support/workshop.mjs";

describe("set-up: versions", () => {
    const answers = [
        ["3.230.0\n", [3, 230, 0]],
        ["v3.200.1", [3, 200, 1]],
        ["v3.231.0-alpha.x1234567+dirty", [3, 231, 0]],
        ["warning: a new version\n3.199.0", [3, 199, 0]],
        ["go1.26 linux", undefined],
        ["10.20.30.40", undefined],
        ["", undefined],
    ];
    for (const [text, version] of answers) {
        it(`reads ${JSON.stringify(text)}`, () => assert.deepEqual(parseVersion(text), version));
    }

    it("are ordered part by part", () => {
        const version = fc.tuple(fc.nat(999), fc.nat(999), fc.nat(999));
        const number = ([major, minor, patch]) => (major * 1000 + minor) * 1000 + patch;
        fc.assert(
            fc.property(version, version, (a, b) => {
                assert.deepEqual(parseVersion(`v${a.join(".")}`), a);
                assert.equal(atLeast(a, b), number(a) >= number(b));
            }),
        );
    });
});

describe("set-up: npm packages", () => {
    const lock = {
        "": {},
        "node_modules/a": { version: "1.0.0", integrity: "x" },
        "node_modules/mac": { version: "1.0.0", optional: true },
    };
    const cases = [
        ["as the lock file says", { "node_modules/a": { version: "1.0.0", integrity: "x" } }, undefined],
        ["another version", { "node_modules/a": { version: "1.0.1", integrity: "x" } }, /node_modules\/a is not version 1\.0\.0/],
        ["another content", { "node_modules/a": { version: "1.0.0", integrity: "y" } }, /node_modules\/a is not version 1\.0\.0/],
        ["one missing in npm's list", {}, /node_modules\/a is missing/],
    ];
    let workshop;
    beforeEach(() => (workshop = createWorkshop()));
    afterEach(() => workshop.dispose());
    const install = (packages) => {
        workshop.write("package-lock.json", JSON.stringify({ packages: lock }));
        workshop.write("node_modules/a/package.json", "{}");
        workshop.write("node_modules/.package-lock.json", packages);
    };

    for (const [what, packages, expected] of cases) {
        it(what, () => {
            install(JSON.stringify({ packages }));
            const problem = nodeModulesProblem(workshop.root);
            if (expected) assert.match(problem, expected);
            else assert.equal(problem, undefined);
        });
    }

    it("a list that was cut", () => {
        install('{"pack');
        assert.match(nodeModulesProblem(workshop.root), /cannot be read/);
    });

    it("none", () => assert.equal(nodeModulesProblem(workshop.root), "not installed yet"));
});

describe("set-up: the lab's environment", () => {
    const base = {
        PATH: ["/usr/bin", "/repo/.tools/bin", "/bin"].join(delimiter),
        HOME: "/home/u",
        PULUMI_HOME: "/home/u/.pulumi",
        PULUMI_BACKEND_URL: "s3://theirs",
        PULUMI_ACCESS_TOKEN: "token",
        PULUMI_STACK: "prod",
        PULUMI_CONFIG_PASSPHRASE_FILE: "/home/u/pass",
        SSH_AUTH_SOCK: "/tmp/agent",
    };

    it("holds the lab's own and nothing of the user's", () => {
        assert.deepEqual(labEnvironment("/repo", { ownBin: true, base }), {
            PATH: ["/repo/.tools/bin", "/usr/bin", "/bin"].join(delimiter),
            HOME: "/home/u",
            PULUMI_HOME: "/repo/.lab/pulumi-home",
            PULUMI_BACKEND_URL: "file:///repo/.lab/state",
            PULUMI_CONFIG_PASSPHRASE: "lab",
            PULUMI_SKIP_UPDATE_CHECK: "true",
            PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
        });
    });

    it("leaves PATH as it is where Pulumi is on it", () => {
        assert.equal(labEnvironment("/repo", { ownBin: false, base }).PATH, ["/usr/bin", "/bin"].join(delimiter));
    });
});

describe("set-up: programs", () => {
    const options = { timeoutMs: 10_000 };

    it("gives the output and the lines of one that ends well", async () => {
        const lines = [];
        const result = await run("/bin/sh", ["-c", "echo one; echo two"], { ...options, onLine: (line) => lines.push(line) });
        assert.deepEqual(result, { ok: true, output: "one\ntwo\n", problem: "" });
        assert.deepEqual(lines, ["one", "two"]);
    });

    it("names the exit code, and a program that does not exist", async () => {
        assert.equal((await run("/bin/sh", ["-c", "exit 7"], options)).problem, "exit code 7");
        assert.equal((await run("no-such-program", [], options)).problem, "no-such-program was not found");
    });

    it("ends one that takes too long, with everything it started", async () => {
        const folder = mkdtempSync(join(tmpdir(), "run-"));
        const late = join(folder, "late");
        const result = await run("/bin/sh", ["-c", `(sleep 1; echo > "${late}") & wait`], { timeoutMs: 200 });
        assert.equal(result.problem, "no end after 0 s");
        await new Promise((resolve) => setTimeout(resolve, 1200));
        assert.equal(existsSync(late), false);
        rmSync(folder, { recursive: true });
    });

    it("waits no longer for what something that left its group keeps open", async function () {
        this.timeout(15_000);
        const daemon = 'const { pid } = require("child_process").spawn("sleep", ["20"], { detached: true, stdio: "inherit" }); console.log(pid); process.exit()';
        const result = await run(process.execPath, ["-e", daemon], { timeoutMs: 2_000 });
        process.kill(Number(result.output));
        assert.match(result.problem, /^no end after/);
    });
});

describe("set-up: progress", () => {
    it("says what begins and ends, one plain line each, where nobody watches a terminal", async () => {
        let text = "";
        await createProgress({ write: (part) => (text += part) }).during("Building", async (detail) => detail("3 of 9"));
        assert.match(text, /^Building \.\.\.\nBuilding, 3 of 9 \(\d+ ms\), done\n$/);
    });

    it("updates one line on a terminal and says when it did not work", async () => {
        let text = "";
        const terminal = { write: (part) => (text += part), isTTY: true, columns: 40 };
        const failing = createProgress(terminal).during("Building", async (detail) => {
            detail("3 of 9");
            await new Promise((resolve) => setTimeout(resolve, 300));
            throw new Error("no");
        });
        await assert.rejects(failing, /no/);
        assert.match(text, /^\r\x1b\[KBuilding, 3 of 9 \(\d+ ms\)\r\x1b\[KBuilding, 3 of 9 \(\d+ ms\), did not work\n$/);
    });

    it("gives times as people say them", () => {
        assert.deepEqual([0, 999, 1000, 59_000, 60_000, 125_400].map(duration), [
            "0 ms",
            "999 ms",
            "1 s",
            "59 s",
            "1 min 00 s",
            "2 min 05 s",
        ]);
    });
});
