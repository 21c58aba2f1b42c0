import assert from "node:assert/strict";
import { setUp } from "../../tools/setup.mjs";
import { createWorkshop } from "./support/workshop.mjs";

const note = ".lab/pulumi-home/set-up-command-1.2.1.json";
const folder = ".lab/pulumi-home/plugins/resource-command-v1.2.1";
const program = `${folder}/pulumi-resource-command`;

describe("set-up of the command plugin", () => {
    let workshop;
    beforeEach(() => {
        workshop = createWorkshop();
        workshop.languageHost();
    });
    afterEach(() => workshop.dispose());

    /** Runs the set-up and tells how the plugin was installed this time. */
    async function installs() {
        workshop.takeCalls();
        const { summary } = await setUp(workshop);
        const calls = workshop.takeCalls().filter((call) => call.startsWith("pulumi plugin"));
        return [...calls.map((call) => (call.includes("--file") ? "stand-in" : "official")), summary.split(", ").at(-1)];
    }

    it("is the official one where it can be downloaded, again when it was changed or half installed", async () => {
        workshop.pulumi("3.230.0", { download: true });
        assert.deepEqual(await installs(), ["official", "official"]);
        assert.deepEqual(await installs(), ["official"]);
        workshop.write(program, "cut");
        assert.deepEqual(await installs(), ["official", "official"]);
        workshop.write(`${folder}.partial`, "");
        assert.deepEqual(await installs(), ["official", "official"]);
    });

    it("is the stand-in elsewhere; the download is asked for once a day", async () => {
        workshop.pulumi("3.230.0");
        const standIn = "stand-in (lab/plugins/command)";
        assert.deepEqual(await installs(), ["official", "stand-in", standIn]);
        assert.deepEqual(await installs(), [standIn]);
        workshop.write(program, "something else");
        assert.deepEqual(await installs(), ["stand-in", standIn]);
        workshop.write(note, JSON.stringify({ origin: "stand-in", refusedAt: new Date(Date.now() - 25 * 3_600_000).toISOString() }));
        assert.deepEqual(await installs(), ["official", "stand-in", standIn]);
        workshop.write(note, "{");
        assert.deepEqual(await installs(), ["official", "stand-in", standIn]);
    });

    it("is installed again when the stand-in's own file was changed", async () => {
        workshop.pulumi("3.230.0");
        await setUp(workshop);
        workshop.program("lab/plugins/command/pulumi-resource-command", "exit 1\n");
        assert.deepEqual(await installs(), ["stand-in", "stand-in (lab/plugins/command)"]);
        assert.equal(workshop.read(program), workshop.read("lab/plugins/command/pulumi-resource-command"));
    });

    describe("uses an original that is there already", () => {
        const built = "\x7fELF and so on";

        it("in the lab's home, put there by hand, also where the stand-in was", async () => {
            workshop.pulumi("3.230.0");
            workshop.write(program, built, 0o755);
            const original = "original in the lab's home (.lab/pulumi-home/plugins/resource-command-v1.2.1)";
            assert.deepEqual(await installs(), [original]);
            assert.equal(workshop.read(program), built);
            workshop.remove(".lab");
            assert.deepEqual(await installs(), ["official", "stand-in", "stand-in (lab/plugins/command)"]);
            workshop.write(program, built, 0o755);
            assert.deepEqual(await installs(), [original]);
            assert.equal(workshop.read(program), built);
        });

        it("on PATH, where the engine takes it from", async () => {
            workshop.pulumi("3.230.0");
            workshop.program("path/pulumi-resource-command", "");
            assert.deepEqual(await installs(), [`original on PATH (${workshop.root}/path/pulumi-resource-command)`]);
            assert.equal(workshop.exists(folder), false);
        });

        it("and says so where the lab's stacks were made by the stand-in, until they are gone", async () => {
            workshop.pulumi("3.230.0");
            await setUp(workshop);
            workshop.write(".lab/state/.pulumi/stacks/lab/dev.json", "{}");
            const told = async () => {
                workshop.shown.length = 0;
                await setUp(workshop);
                return workshop.shown;
            };
            assert.deepEqual(await told(), []);
            workshop.write(program, built, 0o755);
            const [line, ...others] = await told();
            assert.deepEqual(others, []);
            assert.match(line, /^The command plugin is the original now; the lab's stacks were made by the stand-in, .* Delete \.lab\/state and start anew\.$/);
            assert.deepEqual(await told(), [line]);
            workshop.remove(".lab/state");
            assert.deepEqual(await told(), []);
        });
    });

    it("says what was tried when neither can be had", async () => {
        workshop.pulumi("3.230.0");
        workshop.remove("lab");
        await assert.rejects(
            setUp(workshop),
            /command plugin 1\.2\.1 could not be installed[^]*official download: exit code 1: no such host[^]*stand-in: .* does not exist[^]*git checkout/,
        );
    });
});
