import assert from "node:assert/strict";
import { exitCodeOf, summaryOf, summaryText } from "../../report/summary";
import { component, large, mixed, reportOf } from "./support/reports";

describe("summary of a report", () => {
    it("counts hosts, values, what is unknown or fails, and errors", () => {
        assert.equal(summaryText(summaryOf(large(true))), "50 hosts, 1,000 drifted values, 0 unknown, 0 errors");
        assert.equal(summaryText(summaryOf(mixed())), "4 hosts, 22 drifted values, 1 failing, 1 unknown, 1 error");
    });

    const codes: [string, Parameters<typeof reportOf>, number][] = [
        ["all is well", [[component("a"), component("b", { state: "healthy" }), component("c", { state: "enforced" }), component("d", { state: "pending" })]], 0],
        ["something drifted", [[component("a", { state: "drifted" })]], 3],
        ["something is unknown", [[component("a", { state: "drifted" }), component("b", { state: "unknown" })]], 1],
        ["a check fails", [[component("a", { state: "failing" })]], 1],
        ["an error ended the preview before any component", [[], { errors: ["x"] }], 1],
    ];
    for (const [what, args, code] of codes) {
        it(`has the exit code ${code} where ${what}`, () => assert.equal(exitCodeOf(reportOf(...args)), code));
    }
});
