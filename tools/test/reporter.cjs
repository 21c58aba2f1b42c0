const { writeFileSync } = require("node:fs");
const { reporters, Runner } = require("mocha");

/**
 * Mocha's own `spec`, and at the end the counts and the skipped tests in the file that the option `results` names: `npm test` counts from
 * there.
 */
module.exports = class extends reporters.Spec {
    constructor(runner, options) {
        super(runner, options);
        const skipped = [];
        runner.on(Runner.constants.EVENT_TEST_PENDING, (test) => skipped.push(test.fullTitle()));
        runner.once(Runner.constants.EVENT_RUN_END, () => {
            const { passes, failures } = this.stats;
            writeFileSync(options.reporterOptions.results, JSON.stringify({ passed: passes, failed: failures, skipped }));
        });
    }
};
