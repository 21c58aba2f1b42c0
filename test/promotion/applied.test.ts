import assert from "node:assert/strict";
import { AppliedBaseline, steadySince } from "../../promotion/applied";
import { Baseline, hashOf } from "../../promotion/baseline";

const baseline: Baseline = { name: "2026-12", strongCrypto: true };
const since = "2026-12-01T10:00:00.000Z";
const applied: AppliedBaseline = { format: 1, name: "2026-12", hash: hashOf(baseline), state: "compliant", since, exportedAt: "2026-12-02T11:00:00.000Z", exceptions: [], notInForce: [], after: [] };

describe("time since which a stack has a baseline", () => {
    it("is what was said first, where the host's record is of the moment after", () => {
        const [first, record] = [since, "2026-12-01T10:00:01.151Z"];
        assert.equal(steadySince(record, baseline, applied), first);
        assert.equal(steadySince("2026-12-01T09:59:58.000Z", baseline, applied), first);
        for (const [other, own] of [["2026-12-01T10:15:00.000Z", applied], [record, { ...applied, hash: "0123" }], [record, { ...applied, since: "" }], ["", applied], [record, undefined]] as const) {
            assert.equal(steadySince(other, baseline, own), other);
        }
    });
});
