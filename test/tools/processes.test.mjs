import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";

const module = JSON.stringify(new URL("../../tools/test/processes.mjs", import.meta.url).href);

describe("npm test: its processes", () => {
    it("say whether they ended well", async () => {
        const program = `import { createProcesses } from ${module};
            const { node } = createProcesses({ cwd: "." });
            console.log(await node(["-e", ""], process.env), await node(["-e", "process.exit(3)"], process.env));`;
        const { child, shown } = start(program);
        await once(child, "close");
        assert.equal(shown.text, "true false\n");
    });

    it("print in their turn, and from then on as they go", async () => {
        const say = (text) => JSON.stringify(`process.stdout.write(${JSON.stringify(text)})`);
        const program = `import { createProcesses } from ${module};
            const { node } = createProcesses({ cwd: "." });
            let go;
            const turn = new Promise((resolve) => (go = resolve));
            const second = node(["-e", ${say("second ")}], process.env, turn);
            await node(["-e", ${say("first ")}], process.env);
            go();
            console.log(await second);`;
        const { child, shown } = start(program);
        await once(child, "close");
        assert.equal(shown.text, "first second true\n");
    });

    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
        it(`end at ${signal} with what they started, and their parent goes on to clean up`, async () => {
            // The output closes once nobody holds it any more: the inner one has ended, too.
            const inner = `setInterval(() => {}, 1000); console.log("up");`;
            const outer = `require("node:child_process").spawn(process.execPath, ["-e", ${JSON.stringify(inner)}], { stdio: "inherit" });`;
            const program = `import { createProcesses } from ${module};
                const { node, interrupted } = createProcesses({ cwd: "." });
                const ok = await node(["-e", ${JSON.stringify(outer)}], process.env);
                console.log("cleaning up", ok, interrupted());`;
            const { child, shown } = start(program);
            await once(child.stdout, "data");
            child.kill(signal);
            const [code] = await once(child, "close");
            assert.equal(code, 0);
            assert.equal(shown.text, "up\ncleaning up false true\n");
        });
    }
});

function start(program) {
    const child = spawn(process.execPath, ["--input-type=module", "-e", program], {
        env: { ...process.env, NODE_OPTIONS: "" },
        stdio: ["ignore", "pipe", "ignore"],
    });
    const shown = { text: "" };
    child.stdout.setEncoding("utf8").on("data", (data) => (shown.text += data));
    return { child, shown };
}
