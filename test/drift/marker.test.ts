import assert from "node:assert/strict";
import { deployedModuleDrift, importProblems, hasNewerModule, installMarker, moduleDrift } from "../../drift/marker";
import type { ModuleState, Observation } from "../../drift/types";

const ours = { version: "1.2.0", sha256: "a".repeat(64) };
const other = "b".repeat(64);
const recorded = `HybridIdentity 1.2.0 sha256:${ours.sha256} at 2026-11-22T08:30:00.000Z`;
const now = new Date("2026-11-22T09:00:00.000Z");

function observed(module: ModuleState | null, marker: string): Observation {
    return { module, marker } as Observation;
}
const installed = { ...ours, unsignedSha256: ours.sha256 };

describe("marker of the installed module", () => {
    it("is the host's own, verbatim, where the host has the module and finished its installation", () => {
        assert.equal(installMarker(ours, observed(installed, recorded), now), recorded);
    });

    const changed: [string, Observation | undefined][] = [
        ["nothing was observed", undefined],
        ["the host has no module", observed(null, recorded)],
        ["the module was changed on the host", observed({ ...installed, sha256: other }, recorded)],
        ["the host has another version", observed({ ...installed, version: "1.1.0" }, recorded)],
        ["the installation was not finished", observed(installed, "")],
        ["the marker is of another version", observed(installed, recorded.replace("1.2.0", "1.1.0"))],
        ["the marker is damaged", observed(installed, recorded.slice(0, -1))],
    ];
    for (const [when, observation] of changed) {
        it(`is new when ${when}`, () => {
            assert.equal(installMarker(ours, observation, now), `HybridIdentity 1.2.0 sha256:${ours.sha256} at 2026-11-22T09:00:00.000Z`);
        });
    }

    it("never has the time that the host recorded", () => {
        const same = new Date("2026-11-22T08:30:00.000Z");
        assert.match(installMarker(ours, observed(null, recorded), same), / at 2026-11-22T08:30:00\.001Z$/);
    });
});

describe("warning about the module", () => {
    it("is none for a new host and for one that has it", () => {
        assert.equal(moduleDrift(ours, observed(null, "")), undefined);
        assert.equal(moduleDrift(ours, observed(installed, recorded)), undefined);
    });

    it("tells removed, changed and another version apart", () => {
        assert.match(moduleDrift(ours, observed(null, recorded))!, /^The module HybridIdentity 1\.2\.0 was removed from the host\. It will be installed as 1\.2\.0/);
        assert.match(moduleDrift(ours, observed({ ...installed, sha256: other }, recorded))!, /sha256 b{64}\), which was changed since it was installed \(sha256 a{64}\)/);
        const older = { version: "1.1.0", sha256: other, unsignedSha256: other };
        assert.match(moduleDrift(ours, observed(older, ""))!, /^The host has the module HybridIdentity 1\.1\.0 \(sha256 b{64}\)\. It will be installed as 1\.2\.0/);
    });

    it("is none for a newer module, which stays", () => {
        for (const [version, newer] of <[string, boolean][]>[["1.2.1", true], ["1.10.0", true], ["1.2.0", false], ["1.1.9", false], ["1.1.10", false]]) {
            const host = observed({ version, sha256: other, unsignedSha256: other }, recorded);
            assert.equal(hasNewerModule(ours, host), newer, version);
            assert.equal(moduleDrift(ours, host) === undefined, newer, version);
        }
        assert.equal(hasNewerModule(ours, observed(null, "")), false);
    });

    it("says what keeps commands from importing the installed module, and the remedy", () => {
        const seen = observed(installed, "");
        const facts = (more: object) => ({ ...seen, facts: { ...seen.facts, user: "MIM01\\svc", ...more } });
        assert.deepEqual(importProblems(facts({})), []);
        assert.deepEqual(importProblems(facts({ moduleFound: true, executionPolicy: "RemoteSigned" })), []);
        const [path, policy] = importProblems(facts({ moduleFound: false, executionPolicy: "AllSigned" }));
        assert.match(path!, /^PSModulePath.*Add that folder to the PSModulePath of the machine and restart sshd\.$/);
        assert.match(policy!, /as MIM01\\svc has it, is AllSigned: .*Set-ExecutionPolicy RemoteSigned; .*module: "preinstalled"\.$/);
        assert.equal(importProblems(facts({ executionPolicy: "Restricted" })).length, 1);
    });

    it("leaves the signature out where administrators deploy the module", () => {
        assert.equal(deployedModuleDrift(ours, observed({ ...installed, sha256: other }, "")), undefined);
        assert.match(deployedModuleDrift(ours, observed({ ...installed, unsignedSha256: other }, ""))!, /sha256 b{64} without signature\), this library brings 1\.2\.0/);
        assert.match(deployedModuleDrift(ours, observed(null, ""))!, /is not installed on the host\. Deploy it there/);
    });
});
