import assert from "node:assert/strict";
import type { AppliedBaseline } from "../../promotion/applied";
import { Baseline, hashOf } from "../../promotion/baseline";
import { judge, Question } from "../../promotion/gate";
import type { PromotionOrder } from "../../promotion/order";

const baseline: Baseline = { name: "2026-12", strongCrypto: true };
const now = new Date("2026-12-02T12:00:00.000Z");
const applied: AppliedBaseline = {
    format: 1,
    name: "2026-12",
    hash: hashOf(baseline),
    state: "compliant",
    since: "2026-12-01T10:00:00.000Z",
    exportedAt: "2026-12-02T11:00:00.000Z",
    exceptions: [],
    notInForce: [],
    roles: [],
    after: ["dev"],
};
const asked = (question: Partial<Question>) => judge({ baseline, roles: [], promotion: { from: "test" }, stack: "contoso/mail/prod", said: { output: applied }, now, ...question });
const verdict = (output: unknown, promotion: Partial<PromotionOrder> = {}) => asked({ promotion: { from: "test", ...promotion }, said: { output } });
const refusal = (change: Partial<AppliedBaseline>, promotion: Partial<PromotionOrder> = {}) => verdict({ ...applied, ...change }, promotion).refusals.join("\n");

describe("promotion gate", () => {
    it("lets through what the stack before has had long enough, without drift, and said lately", () => {
        assert.deepEqual(verdict(applied), { refusals: [], notes: [], after: ["test", "dev"] });
    });

    const refused: [string, Partial<AppliedBaseline>, RegExp][] = [
        ["another baseline", { name: "2026-11" }, /^test applies 2026-11, and not 2026-12\. Apply it there first$/],
        ["one of the same name with other settings", { hash: "0123" }, /^test applies a baseline 2026-12 with other settings \(0123 there, [0-9a-f]{16} here\)/],
        ["one that drifted", { state: "drifted" }, /^test is drifted, and not compliant/],
        ["one that could not be seen", { state: "unknown" }, /^test is unknown, and not compliant/],
        ["one that is only looked at, which no update repairs", { state: "audited" }, /^test is audited: its servers, or some of them, are only looked at, .* Give them the mode "enforce", and run "pulumi up" there$/],
        ["one that says so too long ago", { exportedAt: "2026-12-01T11:59:00.000Z", since: "2026-11-01T10:00:00.000Z" }, /^what test says is of 2026-12-01T11:59:00\.000Z, 24\.0 h old, and "maximumAge" is 24 h/],
        ["one from a clock ahead of this one", { exportedAt: "2026-12-02T12:06:00.000Z" }, /^what test says is of .*, which is yet to come/],
        ["one that is new", { since: "2026-12-01T11:30:00.000Z" }, /^test has it since 2026-12-01T11:30:00\.000Z, 23\.5 h when it was last looked at, and "minimumSoak" is 24 h\. Run "pulumi up" there after 2026-12-02T11:30:00\.000Z$/],
        ["one whose servers do not say since when", { since: "" }, /^test does not say since when/],
        ["an order that comes back to this stack", { after: ["dev", "contoso/mail/prod", "test"] }, /^the order goes round in a circle: prod after test after dev after prod\. Mend it in the settings of prod: let "from" of its "promotion" name/],
    ];
    for (const [what, change, expected] of refused) {
        it(`refuses ${what}`, () => assert.match(refusal(change), expected));
    }

    it("a baseline that was let through once stays, whatever the stack before has by now; not one that an override let through", () => {
        const own = { ...applied, after: ["test", "dev"] };
        const has = (change: object) => asked({ said: { output: { ...applied, name: "2027-01" } }, own: { ...own, ...change } });
        assert.deepEqual(has({}), { refusals: [], notes: [], after: ["test", "dev"] });
        for (const change of [{ hash: "0123" }, { name: "2026-11" }, { override: { from: "test", reason: "mail stands", until: "2026-12-01T10:00:00Z" } }, { after: [] }]) {
            assert.match(has(change).refusals.join(), /^test applies 2027-01, and not 2026-12/);
        }
    });

    it("takes other limits", () => {
        assert.equal(refusal({ since: "2026-12-02T10:00:00.000Z" }, { minimumSoak: 1 }), "");
        assert.equal(refusal({ since: "2026-12-02T11:00:01.000Z" }, { minimumSoak: 0 }), "");
        assert.match(refusal({}, { maximumAge: 0.5 }), /1\.0 h old/);
    });

    it("names what stands in the place of the proof", () => {
        assert.match(verdict(undefined).refusals.join(), /^the stack test has no output "baseline": it was never applied/);
        assert.match(verdict({ ...applied, format: 2 }).refusals.join(), /has not the form that this release/);
        assert.match(verdict({ ...applied, override: { reason: 1 } }).refusals.join(), /has not the form/);
        assert.match(verdict("compliant").refusals.join(), /has not the form/);
        const { refusals } = asked({ said: { error: "unknown stack" } });
        assert.deepEqual(refusals, ["the stack test could not be read: unknown stack"]);
    });

    it("says which settings exceptions leave unproved", () => {
        const { refusals, notes } = verdict({ ...applied, exceptions: ["TLS 1.0"] });
        assert.deepEqual([refusals, notes], [[], ['test has exceptions, so it does not prove "TLS 1.0"']]);
        assert.deepEqual(verdict({ ...applied, notInForce: ["mim01", "exch01"] }).notes, ["mim01, exch01 of test needs a reboot before all of it is in force, so it proves what is written there, and not yet that it works"]);
    });

    it("an override goes without the proof, says so, and ends by itself", () => {
        const override = { reason: "mail stands", until: "2026-12-02T18:00:00Z" };
        const { refusals, notes, override: used } = verdict(undefined, { override });
        assert.deepEqual([refusals, used], [[], { from: "test", ...override }]);
        assert.match(notes.join(), /^promotion\.override goes without the proof of test until 2026-12-02T18:00:00Z \("mail stands"\)\. Missing: the stack test has no output/);
        assert.match(verdict(undefined, { override: { ...override, until: "2026-12-02T11:59:00Z" } }).refusals.join("\n"), /never applied[^]*\npromotion\.override ended at 2026-12-02T11:59:00Z$/);
        assert.match(verdict(undefined, { override: { ...override, until: "2026-12-12T11:59:00Z" } }).refusals.join("\n"), /more than 7 days from now/);
        assert.deepEqual(verdict(applied, { override }).notes, ["promotion.override is not needed any more: test has the proof. Take it out"]);
    });

    it("tells of an override that stands in for a proof further back, which no stack behind it has", () => {
        const override = { from: "dev", reason: "mail stands", until: "2026-12-02T18:00:00Z" };
        const { refusals, notes, after } = verdict({ ...applied, after: [], override });
        assert.deepEqual([refusals, after], [[], ["test"]]);
        assert.deepEqual(notes, ['test has it without the proof of dev, because "mail stands": an override, until 2026-12-02T18:00:00Z']);
        assert.deepEqual(verdict({ ...applied, state: "drifted" }, { override }).after, []);
    });

    it("wants each role proved that has a server here, also of a baseline that was let through before", () => {
        const exchange = 'test has no server with the role exchange, so nothing proves what the baseline sets there. Give a server of test that role';
        const { roles: _, ...older } = applied;
        const from = (output: object, own?: object) => asked({ roles: ["edge", "exchange"], said: { output }, own }).refusals;
        assert.deepEqual(from({ ...applied, roles: ["edge"] }), [exchange]);
        assert.deepEqual(from({ ...applied, roles: ["edge", "exchange", "mim"] }), []);
        assert.deepEqual(from(older).length, 2);
        const own = { ...applied, roles: ["edge"], after: ["test"] };
        assert.deepEqual(from({ ...applied, roles: ["edge"] }, own), [exchange, "this stack had it without the role exchange: new roles need the proof anew"]);
        assert.deepEqual(from({ ...applied, name: "2027-01" }, { ...own, roles: ["edge", "exchange"] }), []);
    });
});
