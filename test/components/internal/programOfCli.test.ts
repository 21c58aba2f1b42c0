import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const repository = join(__dirname, "../../..");

/** Answers each failure to print with another try, as the SDK does. */
const program = `
require(${JSON.stringify(join(repository, "node_modules/tsx/dist/cjs/index.cjs"))});
process.on("uncaughtException", () => process.stderr.write("again\\n"));
require(${JSON.stringify(join(repository, "components/internal/programOfCli.ts"))}).prepareProgram();
process.stdout.write("ready\\n");
process.stdin.once("data", () => process.stderr.write("first\\n"));
`;

describe("a program that the CLI runs", function () {
    this.timeout(30_000);

    it("ends when nobody is left that reads what it prints", async () => {
        const folder = mkdtempSync(join(tmpdir(), "program-"));
        const main = join(folder, "node_modules/@pulumi/pulumi/cmd/run/index.js");
        mkdirSync(join(main, ".."), { recursive: true });
        writeFileSync(main, program);
        const child = spawn(process.execPath, [main], { stdio: ["pipe", "pipe", "pipe"] });
        try {
            await once(child.stdout, "data");
            child.stderr.destroy();
            await once(child.stderr, "close");
            child.stdin.write("go\n");
            const [code] = await once(child, "exit");
            assert.equal(code, 1);
        } finally {
            child.kill("SIGKILL");
            rmSync(folder, { recursive: true });
        }
    });
});
