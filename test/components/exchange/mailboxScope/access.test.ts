import assert from "node:assert/strict";
import { judgeAccess, limitedAt } from "../../../../components/exchange/mailboxScope/access";
import { policySettlesAt } from "../../../../components/exchange/mailboxScope/migration";

describe("access to mailboxes", () => {
    const settles = policySettlesAt("Pulumi: limited since 2026-12-01T10:00:00.000Z");
    const at = (time: string) => judgeAccess({ inScope: "denied", outOfScope: "denied" }, settles, new Date(time));

    it("is pending while Exchange may not follow its limit yet, and then tells when that was made", () => {
        assert.equal(at("2026-12-01T11:59:00Z").state, "pending");
        assert.equal(limitedAt(at("2026-12-01T11:59:00Z")), "2026-12-01T10:00:00.000Z");
    });

    it("is failed after that, and nothing is excused by it any more", () => {
        assert.equal(at("2026-12-01T12:00:00Z").state, "failed");
        assert.deepEqual([limitedAt(at("2026-12-01T12:00:00Z")), limitedAt(undefined)], [undefined, undefined]);
    });
});
