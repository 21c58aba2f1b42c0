import assert from "node:assert/strict";
import { judgeBuild } from "../../../../components/mim/shared/server";

describe("MIM: the build", () => {
    const cases: [version: string, enough: boolean, advice: RegExp | undefined][] = [
        ["4.6.673.0", true, undefined],
        ["4.6.1000.0", true, undefined],
        ["4.10.1.0", true, undefined],
        ["5.0", true, undefined],
        ["4.6.672.99", true, /4\.6\.673\.0 .* is advised/],
        ["4.6.421.0", true, /is advised/],
        ["4.6.421", true, /is advised/],
        ["4.6.420.9999", false, /needs build 4\.6\.421\.0/],
        ["4.5.9999.0", false, /needs build/],
        ["", false, /reads "", which is none/],
        ["4.6.673.0-rc", false, /which is none/],
    ];
    for (const [version, enough, advice] of cases) {
        it(`${JSON.stringify(version)}: ${enough ? "enough" : "not enough"}${advice ? ", with advice" : ""}`, () => {
            const judged = judgeBuild(version);
            assert.equal(judged.enough, enough);
            assert.match(judged.advice ?? "none", advice ?? /^none$/);
        });
    }
});
