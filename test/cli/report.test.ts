import assert from "node:assert/strict";
import { join } from "node:path";
import { cli } from "./support";

// What it makes of a stack is told where a stack is: test/engine/package.test.ts.
describe("report of the command line", () => {
    it("refuses a place where nothing can be written before it looks at anything", async () => {
        const file = join(__dirname, "report.test.ts");
        const { code, out, err } = await cli(["report", "--stack", "prod", "--out", file]);
        assert.deepEqual([code, out], [2, ""]);
        assert.equal(err.split("\n")[0], `--out: ${JSON.stringify(file)} could not be written (EEXIST). Name a place where you may write`);
    });

    it("fails where no preview is to be had, with the reason and no stack trace", async () => {
        const { code, out, err } = await cli(["report", "--stack", "prod"], { PATH: "" });
        assert.deepEqual([code, out], [1, ""]);
        assert.match(err, /^prod could not be looked at: .*ENOENT: pulumi version/);
        assert.doesNotMatch(err, /^ +at /m);
    });
});
