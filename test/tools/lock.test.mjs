import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { withLock } from "../../tools/setup/lock.mjs";
import { createWorkshop } from "./support/workshop.mjs";

describe("the lock of the set-up", () => {
    let folder, file;
    beforeEach(() => {
        folder = mkdtempSync(join(tmpdir(), "lock-"));
        file = join(folder, "deeper", "lock");
    });
    afterEach(() => rmSync(folder, { recursive: true, force: true }));

    const never = () => assert.fail("nobody else holds the lock");
    const hold = (text) => withLock(file, never, async () => writeFileSync(file, text)).then(() => writeFileSync(file, text));

    it("lets one in at a time and tells the other whom it waits for", async () => {
        const order = [];
        const owners = [];
        const work = (name) => async () => {
            order.push(`${name} in`);
            await sleep(50);
            order.push(`${name} out`);
        };
        await Promise.all([withLock(file, never, work("a")), withLock(file, (owner) => owners.push(owner), work("b"))]);
        assert.deepEqual(order, ["a in", "a out", "b in", "b out"]);
        assert.deepEqual(owners, [process.pid]);
    });

    it("is given back when the work fails", async () => {
        await assert.rejects(
            withLock(file, never, () => Promise.reject(new Error("no"))),
            /^Error: no$/,
        );
        assert.equal(existsSync(file), false);
    });

    it("is taken over from a process that is gone", async () => {
        await hold(`${spawnSync(process.execPath, ["-e", ""]).pid}\n1\n`);
        assert.equal(await withLock(file, never, async () => "done"), "done");
    });

    it("is taken over where it names no process", async () => {
        await hold("");
        assert.equal(await withLock(file, never, async () => "done"), "done");
    });

    it("is taken over from a living process that has not touched it for a minute", async () => {
        await hold(`${process.pid}\n1\n`);
        const old = new Date(Date.now() - 61_000);
        utimesSync(file, old, old);
        assert.equal(await withLock(file, never, async () => "done"), "done");
    });
});

describe("set-ups in several processes", function () {
    this.timeout(120_000);
    let workshop;
    beforeEach(() => (workshop = createWorkshop()));
    afterEach(() => workshop.dispose());

    function start() {
        const text = `import { setUp } from ${JSON.stringify(new URL("../../tools/setup.mjs", import.meta.url).href)};
            await setUp(JSON.parse(process.env.WORKSHOP));`;
        const { root, env, plugins } = workshop;
        const options = {
            env: { ...process.env, NODE_OPTIONS: "", WORKSHOP: JSON.stringify({ root, env, plugins }) },
            stdio: ["ignore", "ignore", "pipe"],
        };
        const child = spawn(process.execPath, ["--input-type=module", "-e", text], options);
        let shown = "";
        child.stderr.setEncoding("utf8").on("data", (data) => (shown += data));
        return { child, ended: once(child, "close").then(([code]) => ({ code, shown })) };
    }
    const builds = () => workshop.takeCalls().filter((call) => call.startsWith("go build")).length;

    it("do the work once", async () => {
        workshop.go("3.230.0", "/bin/sleep 0.5");
        const results = await Promise.all([start().ended, start().ended]);
        assert.deepEqual(
            results.map(({ code }) => code),
            [0, 0],
        );
        assert.equal(builds(), 2);
        assert.equal(results.filter(({ shown }) => shown.includes("Waiting for another set-up")).length, 1);
    });

    it("heal what a killed one left", async () => {
        workshop.go("3.230.0", "/bin/sleep 3");
        const { child, ended } = start();
        while (!workshop.read("calls").includes("go list")) await sleep(20);
        child.kill("SIGKILL");
        await ended;
        assert.equal(workshop.exists(".tools/lock"), true);
        workshop.go();
        assert.equal((await start().ended).code, 0);
        assert.equal(workshop.exists(".tools/lock"), false);
    });

    it("end at Ctrl-C with everything they started", async () => {
        workshop.go("3.230.0", `/bin/sleep 1; echo > "${workshop.root}/late"`);
        const { child, ended } = start();
        while (!workshop.read("calls").includes("go list")) await sleep(20);
        child.kill("SIGINT");
        assert.equal((await ended).code, 130);
        await sleep(1200);
        assert.equal(workshop.exists("late"), false);
        assert.equal(workshop.exists(".tools/lock"), false);
    });
});
