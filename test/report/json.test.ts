import assert from "node:assert/strict";
import { earlierReport, jsonOf, withSince } from "../../report/json";
import { createdAt, drifted, mixed, reportOf, TLS } from "./support/reports";

const later = "2026-11-30T20:00:00.000Z";
const of = (found: string) => reportOf([drifted("a", "mim01", [[TLS, "Enabled", found, "dword:0"]])]);

describe("report as JSON", () => {
    it("is the report with its format, stack and time", () => {
        const report = mixed();
        assert.deepEqual(JSON.parse(jsonOf("prod", report, { createdAt })), { format: 1, stack: "prod", createdAt, ...report });
    });

    it("is read again where it is of the same stack and format", () => {
        const text = jsonOf("prod", mixed(), { createdAt });
        assert.equal(earlierReport(text, "prod")?.createdAt, createdAt);
        for (const [other, stack] of [[text, "test"], ["", "prod"], ["{", "prod"], [text.replace('"format": 1', '"format": 2'), "prod"], ["[]", "prod"]] as const) {
            assert.equal(earlierReport(other, stack), undefined, other.slice(0, 40));
        }
    });

    it("tells since when a value is found so", () => {
        const first = withSince(of("dword:1"), undefined, createdAt);
        const sinceOf = (found: string) => {
            const again = withSince(of(found), earlierReport(jsonOf("prod", first, { createdAt }), "prod"), later);
            return (Object.values(again.components[0]!.drift as object)[0] as { since: string }).since;
        };
        assert.deepEqual([sinceOf("dword:1"), sinceOf("dword:2")], [createdAt, later]);
    });

    it("leaves other drift as it is", () => {
        const { components } = mixed();
        assert.deepEqual(withSince(reportOf(components), undefined, createdAt).components.at(-1), components.at(-1));
    });
});
