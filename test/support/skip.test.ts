import assert from "node:assert/strict";
import Mocha from "mocha";
import { skip } from "./skip";

/** Runs a suite `s` in a mocha of its own and gives the names of the tests that were skipped. */
async function skippedOf(fill: (suite: Mocha.Suite) => void): Promise<string[]> {
    const mocha = new Mocha({ reporter: class {} as unknown as Mocha.ReporterConstructor });
    fill(Mocha.Suite.create(mocha.suite, "s"));
    const skipped: string[] = [];
    await new Promise(resolve => mocha.run(resolve).on("pending", test => skipped.push(test.fullTitle())));
    return skipped;
}

describe("skip", () => {
    const test = (title: string, body: Mocha.Func = () => undefined) => new Mocha.Test(title, body);

    it("puts the reason into the name of the test", async () => {
        const skipped = await skippedOf(suite => {
            suite.addTest(test("a", function () { skip(this, "no tool"); }));
            suite.addTest(test("b"));
        });
        assert.deepEqual(skipped, ["s a (not run: no tool)"]);
    });

    it("puts it into the names of all tests of a suite, also of those in suites below", async () => {
        const skipped = await skippedOf(suite => {
            suite.beforeAll(function () { skip(this, "no tool"); });
            suite.addTest(test("a"));
            Mocha.Suite.create(suite, "below").addTest(test("b"));
        });
        assert.deepEqual(skipped, ["s a (not run: no tool)", "s below b (not run: no tool)"]);
    });
});
