import assert from "node:assert/strict";
import { setupNeedsReboot, setupTexts } from "../../../../components/windows/shared/setupAnswer";

describe("what a host says of setup", () => {
    const answer = { exitCode: 0, waitedSeconds: 0, config: "unchanged", log: "C:\\x.log" };

    it("is nothing where it ran without more", () => {
        assert.deepEqual([setupTexts(answer), setupTexts(undefined), setupNeedsReboot(answer), setupNeedsReboot(undefined)], [[], [], false, false]);
    });

    it("a wait, a reboot, a changed file and a log that is not there are said", () => {
        const texts = setupTexts({ exitCode: 1641, waitedSeconds: 12, config: "changed, what it was is in C:\\x.config", log: "" });
        assert.match(texts.join("\n"), /waited 12 seconds.*\n.*asks for a reboot \(1641\).*\n.*C:\\x\.config.*\n.*no log/);
        assert.deepEqual([setupNeedsReboot({ exitCode: 3010 }), setupNeedsReboot({ exitCode: 1603 })], [true, false]);
    });
});
