/**
 * Skips a test, or from a `before` all tests of its suite, and puts the reason into their names: a test that is not run without a printed
 * reason looks like one that passed.
 */
export function skip(context: Mocha.Context, why: string): never {
    const here = context.runnable() as Mocha.Hook | Mocha.Test;
    const told = (test: Mocha.Runnable) => (test.title += ` (not run: ${why})`);
    if (here.type === "hook") {
        here.parent!.eachTest(told);
    } else {
        told(here);
    }
    return context.skip();
}
