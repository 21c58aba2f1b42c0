import assert from "node:assert/strict";
import { Batch } from "../../remote/batch";

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe("batch", () => {
    const asked: number[][] = [];
    beforeEach(() => asked.splice(0));
    const double = async (numbers: number[]) => {
        asked.push(numbers);
        return numbers.map((number) => number * 2);
    };

    it("answers together what is asked in one go, each with its own", async () => {
        const batch = new Batch(double, 5);
        assert.deepEqual(await Promise.all([batch.ask(1), batch.ask(2), batch.ask(3)]), [2, 4, 6]);
        assert.deepEqual(asked, [[1, 2, 3]]);
    });

    it("waits on while requests keep coming", async () => {
        const batch = new Batch(double, 100);
        const answers = [batch.ask(1)];
        for (const number of [2, 3, 4]) {
            await wait(40);
            answers.push(batch.ask(number));
        }
        await Promise.all(answers);
        assert.deepEqual(asked, [[1, 2, 3, 4]]);
    });

    it("starts anew after an answer, and while one is under way", async () => {
        const batch = new Batch(async (numbers: number[]) => (await wait(30), double(numbers)), 5);
        const first = batch.ask(1);
        await wait(15);
        assert.deepEqual(await Promise.all([first, batch.ask(2)]), [2, 4]);
        assert.equal(await batch.ask(3), 6);
        assert.deepEqual(asked, [[1], [2], [3]]);
    });

    it("hands a failure to all who asked", async () => {
        const batch = new Batch(() => Promise.reject(new Error("no such host")), 5);
        const outcomes = await Promise.allSettled([batch.ask(1), batch.ask(2)]);
        assert.deepEqual(
            outcomes.map((outcome) => outcome.status === "rejected" && (outcome.reason as Error).message),
            ["no such host", "no such host"],
        );
    });

    it("does not mix up answers when there are too few", async () => {
        const batch = new Batch(async () => [1], 5);
        const outcomes = await Promise.allSettled([batch.ask(1), batch.ask(2)]);
        assert.deepEqual(
            outcomes.map((outcome) => outcome.status),
            ["rejected", "rejected"],
        );
    });
});
