import assert from "node:assert/strict";
import { checkPromotion } from "../../promotion/order";

describe("order of promotion", () => {
    it("refuses settings that are none, all at once", () => {
        const problems = checkPromotion({ from: "a b", minimumSoak: -1, maximumAge: "24" as never, override: { reason: "", until: "tomorrow" } }, "prod");
        assert.deepEqual(problems.map(({ property }) => property), ["from", "minimumSoak", "maximumAge", "override.reason", "override.until"]);
        assert.match(checkPromotion({ from: "prod" }, "prod")[0]!.message, /^is this stack itself/);
        assert.deepEqual(checkPromotion({ from: "org/project/test" }, "prod"), []);
    });
});
