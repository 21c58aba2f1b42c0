import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { promotion } from "../../index";
import { baselines } from "../../stacks/baselines";

describe("baselines of this repository", () => {
    it("are as they were published: what was applied once is not changed", () => {
        const published = JSON.parse(readFileSync(join(__dirname, "../../stacks/baselines/published.json"), "utf8")) as Record<string, string>;
        const now = Object.fromEntries(Object.values(baselines).map((one) => [one.name, promotion.hashOf(one)]));
        assert.deepEqual(now, published, "give what is new a new name, and add its hash here");
    });
});
