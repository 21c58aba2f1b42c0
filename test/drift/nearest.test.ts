import assert from "node:assert/strict";
import { misspelt, nearest } from "../../drift/nearest";

describe("the name that a misspelt one means", () => {
    const known = ["host", "document", "onDestroy", "restartServices", "values"];
    const means: [given: string, expected: string | undefined][] = [
        ["hots", "host"],
        ["HOST", "host"],
        ["value", "values"],
        ["onDestory", "onDestroy"],
        ["restartService", "restartServices"],
        ["docment", "document"],
        ["ho", "host"],
        ["password", undefined],
        ["x", undefined],
    ];
    for (const [given, expected] of means) {
        it(`${given}: ${expected}`, () => assert.equal(nearest(given, known), expected));
    }

    it("is not one that only begins alike, where other names may be meant for something else", () => {
        assert.deepEqual([misspelt("restartAfter", known), misspelt("hots", known)], [undefined, "host"]);
    });
});
