// What components say by rejections is told apart although they are made side by side.
import * as assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { Failures, note } from "../../provider/languages/failures";

describe("provider: failures of components", () => {
    const told = async (work: Promise<unknown>) => work.then((done) => ({ done }), (error: Error) => ({ error: error.message }));

    it("belong to the component in whose work they came up, and end it after the others", async () => {
        const failures = new Failures();
        const ended: string[] = [];
        const component = (name: string, milliseconds: number, error?: string) =>
            told(
                failures.collect(async () => {
                    await sleep(milliseconds);
                    if (error !== undefined) {
                        note(new Error(error));
                    }
                    return name;
                }),
            ).then((one) => (ended.push(name), one));
        const all = await Promise.all([component("a", 5, "a is wrong"), component("b", 30), component("c", 700)]);
        assert.deepEqual(all, [{ error: "a is wrong" }, { done: "b" }, { done: "c" }]);
        assert.deepEqual(ended, ["b", "c", "a"]);
    });

    it("are told all, with what the constructor throws", async () => {
        const work = async () => {
            note(new Error("one"));
            note("two");
            note(new Error("one"));
            throw new Error("three");
        };
        assert.deepEqual(await told(new Failures().collect(work)), { error: "one\ntwo\nthree" });
    });

    it("are told once in a run, whoever finds the same", async () => {
        const failures = new Failures();
        const same = () => told(failures.collect(async () => note(new Error("mim01: no answer"))));
        const all = [...(await Promise.all([same(), same()])), await same()];
        assert.deepEqual(all.map((one) => "error" in one), [true, false, false]);
    });

    it("that come up too late are taken by one that still is at work", async () => {
        const failures = new Failures();
        let late = Promise.resolve();
        await failures.collect(async () => void (late = sleep(20).then(() => note(new Error("late")))));
        const other = told(failures.collect(() => sleep(40)));
        await late;
        assert.deepEqual(await other, { error: "late" });
    });
});
