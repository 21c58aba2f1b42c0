import assert from "node:assert/strict";
import fc from "fast-check";
import { planHost } from "../../drift/plan";
import type { Declaration, Observation } from "../../drift/types";
import { context, declare, documentRecord, idOf, key, observe, observeTree, plan, timedMember, valueRecord } from "./support/host";

const now = "2026-11-22T08:30:00.123Z";
const tls = declare("tls", { A: "dword:1" });
/** A host as "tls" left it. */
const enforced = { values: { [idOf("A")]: valueRecord() }, documents: { "shop.prod/tls": documentRecord({ A: "dword:1" }) } };

function stdinOf(record: string): string {
    return record.slice(record.indexOf("\n") + 1);
}

describe("plan: rules 5 and 6, the recorded text again", () => {
    it("renders exactly what the host recorded when all is as declared", () => {
        const result = plan(tls, observe({ A: "dword:1" }, enforced));
        assert.deepEqual(result, {
            action: "same",
            stdin: stdinOf(enforced.documents["shop.prod/tls"]),
            time: "2026-11-20T09:59:58.000Z",
            state: "compliant",
            drift: [],
            problems: [],
            notices: [],
        });
    });

    it("does not mind another spelling of keys and names, nor takeOverFrom", () => {
        const other = declare("tls", {}, { desired: { "HKEY_LOCAL_MACHINE\\software\\contoso": { a: "dword:0x1" } } });
        const seen = observeTree({ "hklm\\software\\CONTOSO": { a: "dword:1" } }, enforced);
        assert.equal(plan(other, seen, { takeOverFrom: "shop.test" }).action, "same");
    });

    const changes: [string, Declaration, string][] = [
        ["only onDestroy changed", declare("tls", { A: "dword:1" }, { onDestroy: "restore" }), "onDestroy"],
        ["the component was renamed", declare("tls", { A: "dword:1" }, { resource: "urn:renamed" }), "resource"],
        ["a value is no longer desired", declare("tls", {}), "desired, records of the values"],
        ["another form is desired", declare("tls", { A: "dword:1 or nonzero" }), "desired"],
    ];
    for (const [name, declaration, why] of changes) {
        it(`renders a new text when ${name}`, () => {
            const result = plan(declaration, observe({ A: "dword:1" }, enforced));
            assert.equal(result.action, "new");
            assert.equal(result.state, "compliant");
            assert.deepEqual(timedMember(result.stdin), [`changed ${now}`, why]);
        });
    }

    const records: [string, Observation["records"], string][] = [
        ["the value record was deleted", { ...enforced, values: {} }, "changed"],
        ["the value record is damaged", { ...enforced, values: { [idOf("A")]: valueRecord().slice(1) } }, "changed"],
        ["the value record could not be read", { ...enforced, values: { [idOf("A")]: "unknown:type" } }, "changed"],
        [
            "the value record names another document",
            { ...enforced, values: { [idOf("A")]: valueRecord({ document: "other" }) } },
            "changed",
        ],
        ["one record too many names the document", { ...enforced, values: { ...enforced.values, [idOf("B")]: valueRecord() } }, "changed"],
        ["the document record was deleted", { ...enforced, documents: {} }, "record missing"],
        [
            "the document record is damaged",
            { ...enforced, documents: { "shop.prod/tls": "2026-11-20T10:00:00.000Z\n{" } },
            "record missing",
        ],
        [
            "the document record is of another kind",
            { ...enforced, documents: { "shop.prod/tls": documentRecord({ A: "dword:1" }, { kind: "other" }) } },
            "changed",
        ],
        [
            "only another stack has a document of this id",
            { ...enforced, documents: { "shop.test/tls": documentRecord({ A: "dword:1" }, { owner: "shop.test" }) } },
            "record missing",
        ],
        [
            "the document record speaks another protocol",
            { ...enforced, documents: { "shop.prod/tls": documentRecord({ A: "dword:1" }, { protocol: 2 }) } },
            "changed",
        ],
        [
            "the document record has two times",
            { ...enforced, documents: { "shop.prod/tls": documentRecord({ A: "dword:1" }, { [`changed ${now}`]: "" }) } },
            "changed",
        ],
        ["there is no record at all", { values: {}, documents: {} }, "first seen"],
    ];
    for (const [name, on, member] of records) {
        it(`renders a new text when ${name}`, () => {
            const result = plan(tls, observe({ A: "dword:1" }, on));
            assert.equal(result.action, "new");
            assert.equal(timedMember(result.stdin)[0], `${member} ${now}`);
            assert.equal(result.time, now);
        });
    }

    it("is not satisfied with a value that moved to another document meanwhile (--target)", () => {
        const moved = { values: { [idOf("A")]: valueRecord({ document: "y" }) }, documents: enforced.documents };
        assert.equal(plan(tls, observe({ A: "dword:1" }, moved)).action, "new");
    });
});

describe("plan: rule 7, what is shown", () => {
    it("names each drifted value with what was found", () => {
        const result = plan(tls, observe({ A: "dword:9" }, enforced));
        assert.equal(result.action, "new");
        assert.equal(result.state, "drifted");
        assert.deepEqual(timedMember(result.stdin), [`drift seen ${now}`, { [key]: { A: "dword:9 -> dword:1" } }]);
    });

    it("leaves out a value that only the program changed, but lists it in drift", () => {
        const result = plan(declare("tls", { A: "dword:2" }), observe({ A: "dword:1" }, enforced));
        assert.deepEqual(timedMember(result.stdin), [`changed ${now}`, "desired"]);
        assert.deepEqual(result.drift, [{ path: key, name: "A", found: "dword:1", desired: "dword:2" }]);
    });

    it("names a value that was tampered with and whose declaration changed", () => {
        const result = plan(declare("tls", { A: "dword:2" }), observe({ A: "dword:9" }, enforced));
        assert.deepEqual(timedMember(result.stdin)[1], { [key]: { A: "dword:9 -> dword:2" } });
    });

    it("counts what was being written as ours (an update that was killed)", () => {
        const half = { ...enforced, values: { [idOf("A")]: valueRecord({ writing: "dword:2" }) } };
        for (const present of ["dword:1", "dword:2"]) {
            assert.equal(timedMember(plan(declare("tls", { A: "dword:3" }), observe({ A: present }, half)).stdin)[0], `changed ${now}`);
        }
        assert.equal(timedMember(plan(declare("tls", { A: "dword:3" }), observe({ A: "dword:4" }, half)).stdin)[0], `drift seen ${now}`);
    });

    it("counts any number other than 0 as ours where that is what was wanted", () => {
        const loose = { ...enforced, values: { [idOf("A")]: valueRecord({ written: "dword:1 or nonzero" }) } };
        assert.equal(
            timedMember(plan(declare("tls", { A: "dword:0" }), observe({ A: "dword:4294967295" }, loose)).stdin)[0],
            `changed ${now}`,
        );
    });

    it("shows drift against a record that is lost or released, also where it says the value is ours", () => {
        const wanted = declare("tls", { A: "dword:2" });
        const released = { values: { [idOf("A")]: valueRecord({ owner: "", document: "" }) }, documents: {} };
        for (const records of [released, { ...enforced, values: {} }]) {
            assert.deepEqual(timedMember(plan(wanted, observe({ A: "dword:1" }, records)).stdin), [
                `drift seen ${now}`,
                { [key]: { A: "dword:1 -> dword:2" } },
            ]);
        }
    });

    it("names exactly the drifted values", () => {
        const wanted = declare("tls", { A: "dword:1", B: "dword:1", C: "dword:1" });
        const values = Object.fromEntries(["A", "B", "C"].map((name) => [idOf(name), valueRecord()]));
        const documents = { "shop.prod/tls": documentRecord({ A: "dword:1", B: "dword:1", C: "dword:1" }) };
        const result = plan(wanted, observe({ A: "absent", B: "dword:1", C: "string:1" }, { values, documents }));
        assert.deepEqual(timedMember(result.stdin)[1], { [key]: { A: "absent -> dword:1", C: "string:'1' -> dword:1" } });
    });

    it("gives the same drift another time, also while the clock stands still or after it went back", () => {
        const record = (time: string): Observation["records"] => {
            const stdin = { "first seen 2026-11-20T09:59:58.000Z": undefined, [`drift seen ${time}`]: {} };
            return { ...enforced, documents: { "shop.prod/tls": documentRecord({ A: "dword:1" }, stdin) } };
        };
        const times = (...runs: string[]): string[] =>
            runs.map((at) => plan(tls, observe({ A: "dword:9" }, record(now)), { now: new Date(at) }).time);
        assert.deepEqual(times(now), ["2026-11-22T08:30:00.124Z"]);
        // Two runs while the clock is behind, the first of which changed nothing on the host.
        assert.deepEqual(times("2026-11-22T07:00:00.000Z", "2026-11-22T07:10:00.000Z"), [
            "2026-11-22T07:00:00.000Z",
            "2026-11-22T07:10:00.000Z",
        ]);
    });

    it("finds the drift of a host that was put back to a snapshot, or set up anew", () => {
        assert.equal(timedMember(plan(tls, observe({ A: "dword:9" }, enforced)).stdin)[0], `drift seen ${now}`);
        assert.equal(timedMember(plan(tls, observe({ A: "absent" })).stdin)[0], `drift seen ${now}`);
    });
});

describe("plan: rule 8, values handed over", () => {
    const records = {
        values: {
            [idOf("A")]: valueRecord({ document: "x" }),
            [idOf("B")]: valueRecord({ document: "x" }),
            [idOf("C")]: valueRecord({ document: "x" }),
        },
        documents: { "shop.prod/x": documentRecord({ A: "dword:1", B: "dword:1", C: "dword:1" }, { document: "x" }) },
    };
    const x = declare("x", { A: "dword:1" }, { onDestroy: "restore" });
    const y = declare("y", { B: "dword:1" });

    it("names the value that another document of the run takes, and no other", () => {
        const plans = planHost([x, y], observe({ A: "dword:1", B: "dword:1" }, records), context()).documents;
        assert.deepEqual(JSON.parse(plans.get("x")!.stdin).handed, { [key]: ["B"] });
        assert.equal(JSON.parse(plans.get("y")!.stdin).handed, undefined);
        assert.deepEqual(plans.get("y")!.problems, []);
    });

    it("names values in one order, whatever the order of the run", () => {
        const z = declare("z", { C: "dword:1" });
        for (const run of [
            [x, y, z],
            [z, y, x],
        ]) {
            const { documents } = planHost(run, observe({ A: "dword:1", B: "dword:1", C: "dword:1" }, records), context());
            assert.deepEqual(JSON.parse(documents.get("x")!.stdin).handed, { [key]: ["B", "C"] });
        }
    });

    it("names nothing when no document takes it", () => {
        const alone = plan(x, observe({ A: "dword:1" }, records));
        assert.equal(JSON.parse(alone.stdin).handed, undefined);
    });

    it("knows values from the document record where their records are lost", () => {
        const plans = planHost([x, y], observe({ A: "dword:1", B: "dword:1" }, { ...records, values: {} }), context()).documents;
        assert.deepEqual(JSON.parse(plans.get("x")!.stdin).handed, { [key]: ["B"] });
    });
});

describe("plan: unknown", () => {
    it("keeps the whole document for one value that could not be read, and shows the drift of the others", () => {
        const run = [declare("x", { A: "dword:1", B: "dword:1" }), declare("y", { C: "dword:1" })];
        const { documents } = planHost(run, observe({ A: "unknown:denied", B: "dword:0", C: "dword:0" }), context());
        const x = documents.get("x")!;
        assert.equal(x.action, "keep");
        assert.equal(x.state, "unknown");
        assert.deepEqual(x.problems.map((one) => one.split(". ")[0]), [`${key}\\A could not be read: denied: MIM01\\svc may not read it`]);
        assert.deepEqual(x.drift, [{ path: key, name: "B", found: "dword:0", desired: "dword:1" }]);
        assert.equal(documents.get("y")!.state, "drifted");
        assert.equal(documents.get("y")!.action, "new");
    });

    it("says of a hive that is not loaded which one, and what to do", () => {
        const path = "HKU\\S-1-5-21-1-2-3-1000\\Software\\Contoso";
        const declaration = { ...declare("x", {}), desired: { [path]: { A: "absent" } } };
        const result = plan(declaration, observeTree({ [path]: { A: "unknown:not loaded" } }));
        assert.equal(result.state, "unknown");
        assert.deepEqual(result.problems, [
            `${path}\\A could not be read: the hive HKU\\S-1-5-21-1-2-3-1000 is not loaded. Start the service of that account, or log it ` +
                "on once, and run again",
        ]);
    });

    it("shows a number of a wrong size as drift, which can be repaired", () => {
        const result = plan(tls, observe({ A: "hex(4):0100000000000000" }));
        assert.equal(result.action, "new");
        assert.deepEqual(result.drift, [{ path: key, name: "A", found: "hex(4):0100000000000000", desired: "dword:1" }]);
    });

    it("never takes a value that was not answered for an absent one", () => {
        const result = plan(declare("tls", { A: "absent" }), observeTree({}));
        assert.equal(result.state, "unknown");
        assert.equal(result.action, "keep");
    });

    it("keeps every document when the records could not be read", () => {
        const result = planHost([tls], observe({ A: "dword:0" }, "unknown:denied"), context());
        const kept = result.documents.get("tls")!;
        assert.equal(kept.action, "keep");
        assert.match(kept.problems.join(), /records of the document "tls" could not be read: denied, though \S+ is an administrator: the access list of HKLM/);
        assert.equal(kept.drift.length, 1);
        assert.deepEqual(result.orphans, []);
    });

    it("keeps a document that is too large for its record", () => {
        const large = declare("tls", { A: `string:${"a".repeat(131000)}` });
        const result = plan(large, observe({ A: "absent" }));
        assert.equal(result.action, "keep");
        assert.match(result.problems.join(), /document "tls" \(urn:tls\) is too large: 133,\d{3} characters.*131,047.*Split/);
    });
});

describe("plan: what components need", () => {
    it("gives the time of the last repair", () => {
        const repairs = ["2026-11-01T00:00:00.000Z dword:0 -> dword:1", "2026-11-05T00:00:00.000Z dword:0 -> dword:1"];
        const result = plan(tls, observe({ A: "dword:1" }, { ...enforced, values: { [idOf("A")]: valueRecord({ repairs }) } }));
        assert.deepEqual(result.newestRepair, { time: "2026-11-05T00:00:00.000Z", by: 'the document "tls"' });
    });

    it("a repair is that of the document that its record names", () => {
        const repairs = ["2026-11-01T00:00:00.000Z dword:0 -> dword:1"];
        const by = (whose: object) => plan(tls, observe({ A: "dword:1" }, { values: { [idOf("A")]: valueRecord({ repairs, ...whose }) }, documents: {} })).newestRepair?.by;
        assert.equal(by({ owner: "shop.other", document: "schannel" }), 'the document "schannel" of the stack "shop.other"');
        assert.equal(by({ owner: "", document: "" }), 'a document that has released what "tls" declares');
    });

    it("says once, in the run that finds it, that records of its values or its own are damaged or lost", () => {
        const broken = { [idOf("A")]: "dword:5" };
        const notices = (records: Observation["records"], more = {}) => plan(tls, observe({ A: "dword:1" }, records), more).notices;
        const unknown = "What was there before this library is not known any more, so what is there then will be left as it is at removal.";
        const said = (how: string) => [`The document "tls": the host's record of ${key}\\A is ${how}. ${unknown}`];
        assert.deepEqual(notices(enforced), []);
        assert.deepEqual(notices({ ...enforced, values: broken }), said("damaged"));
        assert.deepEqual(notices({ ...enforced, values: {} }), said("lost"));
        assert.deepEqual(notices({ values: broken, documents: {} }), said("damaged"));
        assert.deepEqual(notices({ values: {}, documents: {} }), []);
        assert.deepEqual(notices({ values: broken, documents: { "shop.other/tls": documentRecord({ A: "dword:1" }, { owner: "shop.other" }) } }), []);
        assert.deepEqual(notices({ ...enforced, documents: { "shop.prod/tls": "{" } }), ['The host\'s record of the document "tls" is damaged, and counts as missing: an update writes it anew.']);
    });

    it("decides alike twice, never hides drift, and never renders a recorded text over drift", () => {
        const notation = fc.constantFrom("dword:0", "dword:1", "dword:2", "absent");
        const record = fc.option(
            fc.record({ written: fc.constantFrom("", "dword:0", "dword:1"), writing: fc.constantFrom("", "dword:1"), owned: fc.boolean() }),
            { nil: undefined },
        );
        fc.assert(
            fc.property(notation, notation, record, fc.boolean(), (found, wanted, value, withDocument) => {
                const values: Record<string, string> = {};
                if (value) {
                    values[idOf("A")] = valueRecord({ ...value, owned: undefined, ...(value.owned ? {} : { owner: "", document: "" }) });
                }
                const documents: Record<string, string> = withDocument ? { "shop.prod/tls": documentRecord({ A: "dword:1" }) } : {};
                const [first, second] = [0, 1].map(() => plan(declare("tls", { A: wanted }), observe({ A: found }, { values, documents })));
                assert.deepEqual(first, second);
                assert.equal(first!.state === "drifted", found !== wanted);
                assert.equal(first!.drift.length, found === wanted ? 0 : 1);
                if (found !== wanted) {
                    assert.equal(first!.action, "new");
                    assert.ok(withDocument || first!.time === now);
                }
            }),
        );
    });
});
