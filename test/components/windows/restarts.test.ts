import assert from "node:assert/strict";
import { restartsOf } from "../../../components/windows/shared/restarts";

const repaired = "2026-11-22T08:00:00.000Z";
const service = (state: string, startTime = "") => ({ FIMService: { state, startTime } });

describe("services that have to restart", () => {
    const table: [string, ReturnType<typeof service> | undefined, string, boolean, string[], RegExp | undefined][] = [
        ["started before the change", service("Running", "2026-11-01T04:00:00.000Z"), repaired, false, ["FIMService"], undefined],
        ["started after it", service("Running", "2026-11-22T09:00:00.000Z"), repaired, false, [], undefined],
        ["runs while this run writes", service("Running", "2026-11-22T09:00:00.000Z"), repaired, true, ["FIMService"], undefined],
        ["runs since nobody knows when, while this run writes", service("Running", "unknown:no WMI"), "", true, ["FIMService"], undefined],
        ["does not run", service("Stopped"), repaired, true, [], undefined],
        ["is not there", service("absent"), "", false, [], /no service FIMService\. Give restartServices the service's own name/],
        ["may not be asked", service("unknown:denied"), repaired, false, ["FIMService (unknown: the account may not ask for it)"], undefined],
        ["runs since nobody knows when", service("Running", "unknown:no WMI"), repaired, false, ["FIMService (unknown: no WMI)"], undefined],
        ["shares its process", service("Running", "unknown:it shares its process with other services"), repaired, false, ["FIMService (unknown: it shares its process with other services)"], undefined],
        ["runs, says an older module, without a start", service("Running"), repaired, false, ["FIMService (unknown: its start could not be read)"], undefined],
        ["may not be asked, and nothing was ever written", service("unknown:denied"), "", false, [], undefined],
        ["is on a host that was not observed", undefined, "", false, ["FIMService (unknown: the host was not observed)"], undefined],
    ];
    for (const [what, states, changed, wrote, pending, warning] of table) {
        it(`one that ${what}`, () => {
            const found = restartsOf(["FIMService"], states, changed, wrote);
            assert.deepEqual(found.pending, pending);
            assert.equal(found.warnings.length, warning ? 1 : 0);
            assert.match(found.warnings[0] ?? "", warning ?? /^$/);
        });
    }
});
