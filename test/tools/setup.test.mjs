import assert from "node:assert/strict";
import { delimiter, join } from "node:path";
import { setUp } from "../../tools/setup.mjs";
import { provideYamlHost } from "../../tools/setup/yaml-host.mjs";
import { createWorkshop, cut } from "./support/workshop.mjs";

describe("set-up", () => {
    let workshop;
    beforeEach(() => (workshop = createWorkshop()));
    afterEach(() => workshop.dispose());

    const summary = async () => (await setUp(workshop)).summary.split("; ").slice(1).join("; ");
    const builds = () => workshop.takeCalls().filter((call) => call.startsWith("go build")).length;
    const standIn = "command plugin 1.2.1, stand-in (lab/plugins/command)";

    it("does everything on a fresh clone, and on the second run nothing and in silence", async () => {
        workshop.go();
        assert.equal(await summary(), `Pulumi 3.230.0, built from its Go modules; ${standIn}`);
        const kinds = workshop.takeCalls().map((call) => call.split(" ").slice(0, 2).join(" "));
        assert.deepEqual(kinds, ["npm ci", "npm install", "go list", "go build", "go list", "go build", "pulumi plugin", "pulumi plugin"]);
        workshop.shown.length = 0;

        assert.equal(await summary(), `Pulumi 3.230.0, built from its Go modules; ${standIn}`);
        assert.deepEqual(workshop.takeCalls(), []);
        assert.deepEqual(workshop.shown, []);
        assert.equal(workshop.exists(".tools/lock"), false);
    });

    describe("takes the Pulumi CLI from PATH", () => {
        it("where it is 3.200 or newer and has a language host", async () => {
            workshop.pulumi("3.200.0");
            workshop.languageHost();
            const { summary: text, environment } = await setUp(workshop);
            assert.match(text, /Pulumi 3\.200\.0, on PATH/);
            assert.equal(environment.PATH, workshop.env.PATH);
            assert.equal(workshop.exists(".tools/bin"), false);
        });

        it("not where it is older", async () => {
            workshop.pulumi("3.199.9");
            workshop.languageHost();
            workshop.go();
            assert.match(await summary(), /^Pulumi 3\.230\.0, built/);
        });

        it("not without a language host", async () => {
            workshop.pulumi("3.240.0");
            workshop.go();
            assert.match(await summary(), /^Pulumi 3\.230\.0, built/);
        });
    });

    describe("heals", () => {
        const breakages = {
            "a CLI that was cut": () => cut(workshop, ".tools/bin/pulumi"),
            "a CLI that does not answer": () => workshop.program(".tools/bin/pulumi", "exit 3\n"),
            "a language host that was cut": () => workshop.write(".tools/bin/pulumi-language-nodejs", "\x7fELF", 0o755),
            "a missing language host": () => workshop.remove(".tools/bin/pulumi-language-nodejs"),
            "a folder that was not finished": () => workshop.remove(".tools/bin/origin.json"),
            "a CLI made for other versions": () => workshop.write("tools/pulumi/go.mod", "module other"),
        };
        for (const [what, damage] of Object.entries(breakages)) {
            it(what, async () => {
                workshop.go();
                await setUp(workshop);
                workshop.takeCalls();
                damage();
                assert.equal(await summary(), `Pulumi 3.230.0, built from its Go modules; ${standIn}`);
                assert.equal(builds(), 2);
                await setUp(workshop);
                assert.equal(builds(), 0);
            });
        }

        it("npm packages of which one is gone", async () => {
            workshop.go();
            await setUp(workshop);
            workshop.takeCalls();
            workshop.remove("node_modules/a");
            await setUp(workshop);
            assert.deepEqual(workshop.takeCalls(), ["npm ci --include=dev --no-audit --no-fund"]);
        });
    });

    it("says what was tried and what can be done when no way leads to a CLI", async () => {
        workshop.pulumi("3.100.0");
        workshop.languageHost();
        await assert.rejects(setUp(workshop), (error) => {
            assert.equal(error.name, "SetupFailure");
            const [wanted, ...rest] = error.message.split("\n");
            assert.equal(wanted, "The Pulumi CLI could not be had.");
            const text = rest.join("\n");
            for (const part of [
                /on PATH: .*3\.100\.0, older than 3\.200\.0/,
                /official download: exit code 1: getaddrinfo ENOTFOUND registry/,
                /build from Go modules: no go on PATH/,
                /Install Pulumi 3\.200 or newer/,
            ]) {
                assert.match(text, part);
            }
            return true;
        });
        assert.equal(workshop.exists(".tools/bin"), false);
        assert.equal(workshop.exists(".tools/lock"), false);
    });

    it("says so when what was built does not answer, and leaves nothing half-finished", async () => {
        workshop.go("broken");
        await assert.rejects(setUp(workshop), /build from Go modules: .*pulumi version: no version in its answer/);
        assert.equal(workshop.exists(".tools/bin"), false);
    });

    it("says what npm said when the packages cannot be installed", async () => {
        workshop.write("npm-cli.js", 'console.error("npm error network"); process.exit(1);');
        await assert.rejects(
            setUp(workshop),
            /npm packages .* could not be installed[^]*npm ci: exit code 1\n\s+npm error network[^]*npm ping/,
        );
    });
});

describe("set-up: the YAML language host, for tests", () => {
    let workshop;
    beforeEach(() => {
        workshop = createWorkshop();
        workshop.write("tools/language-yaml/go.mod", "module yaml");
    });
    afterEach(() => workshop.dispose());

    const builds = () => workshop.takeCalls().filter((call) => call.startsWith("go build")).length;
    const host = (folder) => workshop.program(`${folder}/pulumi-language-yaml`, "");

    it("is taken from PATH", async () => {
        host("path");
        const { environment, problem } = await provideYamlHost(workshop);
        assert.deepEqual([environment, problem, builds()], [workshop.env, undefined, 0]);
    });

    it("is built once, and again for another version", async () => {
        workshop.go();
        host("built");
        const { environment, problem } = await provideYamlHost(workshop);
        assert.equal(problem, undefined);
        assert.equal(environment.PATH, `${workshop.env.PATH}${delimiter}${join(workshop.root, ".tools/yaml")}`);
        assert.equal(builds(), 1);
        await provideYamlHost(workshop);
        assert.equal(builds(), 0);
        workshop.write("tools/language-yaml/go.mod", "module other");
        await provideYamlHost(workshop);
        assert.equal(builds(), 1);
        assert.equal(workshop.exists(".tools/lock"), false);
    });

    it("is done without where it cannot be had, and says why", async () => {
        assert.deepEqual(await provideYamlHost(workshop), { environment: workshop.env, problem: "no go on PATH" });
    });
});
