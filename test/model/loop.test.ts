import assert from "node:assert/strict";
import fc from "fast-check";
import { planHost } from "../../drift/plan";
import type { HostPlan } from "../../drift/types";
import { observe, set } from "../../lab/host/module";
import type { Action } from "./support/actions";
import { realTool } from "./support/tool";
import { rootKey, takenOverKey, valuesKey } from "./support/values";
import { exploreAll, rivals, walks } from "./support/walk";
import type { Tool } from "./support/world";

// What is not asked of the loop, each with its place in the model:
// - A value record and every document record that names it are gone: what is there counts as the original and is nobody's (`forget`).
// - A value record was unreadable and named by no document record, or supplied by one: the original may stay unknown for good (`forget`).
// - An administrator wrote what would do for what a stack wrote or was writing: it may be taken for the stack's (`ambiguous`).
// - A document record was lost before its document was dropped, or a create was killed and its document dropped: nothing is restored, the
//   orphans name the values (`answersFor`, `checkOrphans`).
// - A stack is renamed and drops a document in one run: its removal, in the old name, is not announced (`checkSaid`).
// - The clock stands still while the host's records and the engine's state go apart (`pause`), or jumps; two operations of one host share a
//   time (`hostNow`).
// - A value flips because of `--target`, `--replace`, a group policy or another stack in between, or a skipped host (`checkNoFlip`).
// - State from an old backup.

/** More of them, and longer sequences, by environment: MODEL_RUNS=50000 MODEL_DEPTH=5. */
const runs = Number(process.env["MODEL_RUNS"] ?? 800);
const depth = Number(process.env["MODEL_DEPTH"] ?? 4);

/** A small part of real life, on one host and mostly one value. */
const few: Action[] = [
    { do: "up", stack: 0 },
    { do: "up", stack: 0, fault: { command: 0, kind: "kill", after: 4 } },
    { do: "up", stack: 0, fault: { command: 0, kind: "kill", after: 6 } },
    { do: "up", stack: 0, fault: { command: 1, kind: "lost", after: 0 } },
    { do: "tamper", host: 0, value: "b", content: "dword:7" },
    { do: "desire", stack: 0, slot: 0, value: "b", wish: "dword:2" },
    { do: "desire", stack: 0, slot: 0, value: "b", wish: undefined },
    { do: "declare", stack: 0, doc: { component: "c2", id: "y", host: 0, desired: { c: "dword:0" }, onDestroy: "restore" } },
    { do: "moveValue", stack: 0, slot: 0, value: "b" },
    { do: "drop", stack: 0, slot: 0 },
    { do: "loseValue", host: 0, value: "b", how: "deleted" },
];

/** A small part of what two stacks may do that want one value. */
const disputed: Action[] = [
    { do: "up", stack: 0 },
    { do: "up", stack: 1 },
    { do: "up", stack: 1, fault: { command: 0, kind: "kill", after: 3 } },
    { do: "up", stack: 1, fault: { command: 0, kind: "lost", after: 0 } },
    { do: "up", stack: 1, replace: 0 },
    { do: "up", stack: 1, meanwhile: true },
    { do: "up", stack: 1, meanwhile: true, replace: 0 },
    { do: "takeOver", stack: 1, on: false },
    { do: "again", host: 0, back: 1 },
    { do: "drop", stack: 0, slot: 0 },
    { do: "drop", stack: 1, slot: 0 },
];

describe("the drift loop", () => {
    it(`keeps its promises in ${runs} random walks of up to 40 steps`, function () {
        this.timeout(0);
        fc.assert(walks(realTool), { numRuns: runs });
    });

    it(`keeps its promises in all sequences of ${depth} out of ${few.length} actions`, function () {
        this.timeout(0);
        assert.equal(exploreAll(realTool, few, depth), few.length ** depth);
    });

    it(`keeps its promises where two stacks want one value, in all sequences of ${depth} out of ${disputed.length} actions`, function () {
        this.timeout(0);
        assert.equal(exploreAll(realTool, disputed, depth, rivals), disputed.length ** depth);
    });
});

describe("the model of the drift loop", () => {
    /** Each breaks one rule; a model that does not see it proves nothing. */
    const broken: [string, RegExp, Partial<Tool>][] = [
        [
            "the program's clock never moves",
            /drift of [abc,]+ is hidden/,
            { plan: (run, seen, context) => planHost(run, seen, { ...context, now: new Date(0) }) },
        ],
        [
            "the program does not say what is handed over",
            /was written all the same/,
            { plan: (...asked) => withoutHanded(planHost(...asked)) },
        ],
        ["what could not be read counts as absent", /unknown: \w/, { observe: (host, request) => withoutUnknown(observe(host, request)) }],
        [
            "the host forgets its value records",
            /original of \w became unknown/,
            { set: (host, text) => (host.registry.deleteKey(valuesKey), set(host, text)) },
        ],
        [
            "the host forgets all records",
            /original of \w became/,
            { set: (host, text) => (host.registry.deleteKey(rootKey), set(host, text)) },
        ],
    ];
    for (const [what, message, change] of broken) {
        it(`sees when ${what}`, function () {
            this.timeout(0);
            const { failed, errorInstance } = fc.check(walks({ ...realTool, ...change }), { numRuns: 2000, seed: 1, endOnFailure: true });
            assert.equal(failed, true);
            assert.match((errorInstance as Error).message, message);
        });
    }

    it("sees when the host forgets which texts have taken over", () => {
        const forgetful: Tool = { ...realTool, set: (host, text) => (host.registry.deleteKey(takenOverKey), set(host, text)) };
        assert.throws(() => exploreAll(forgetful, disputed, 4, rivals), /b of one\.dev went to two\.dev in a set of two\.dev/);
    });
});

function withoutHanded({ documents, ...rest }: HostPlan): HostPlan {
    const plans = [...documents].map(([id, plan]) => [id, { ...plan, stdin: plan.stdin.replace('"handed"', '"unused"') }] as const);
    return { documents: new Map(plans), ...rest };
}

function withoutUnknown<T>(reply: T): T {
    return JSON.parse(JSON.stringify(reply).replaceAll("unknown:denied", "absent"));
}
