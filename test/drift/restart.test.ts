import assert from "node:assert/strict";
import { decideRestart, wishedServices, type Reader } from "../../drift/restart";
import type { DocumentPlan, Letting, Observation, RestartWish } from "../../drift/types";

const started = "2026-11-22T06:00:00.000Z";
const before = "2026-11-22T05:00:00.000Z";
const later = "2026-11-22T07:00:00.000Z";
const now = "2026-11-22T08:00:00.000Z";

function observed(state = "Running", startTime = started): Observation {
    return { facts: { now }, services: { FIM: { state, startTime } } } as unknown as Observation;
}

/** A document that names the service in other letters. */
function reader(plan: Partial<DocumentPlan>, services = ["fim"]): Reader {
    return { document: "tls", services, plan: { action: "same", drift: [], ...plan } as DocumentPlan };
}

const drift = [{ path: "HKLM\\X", name: "A", found: "absent", desired: "dword:1" }];
const wanted: RestartWish = { service: "FIM", whenNeeded: true };
const why = (reason: string) => `restart of FIM, which runs since ${started}: ${reason}`;
const none = { due: false };
const due = (reason: string) => ({ restart: { service: "FIM", time: now, why: why(reason) }, due: true });
const kept = (time: string) => ({ restart: { service: "FIM", time }, due: false });
const repaired = (time: string) => reader({ newestRepair: { time, by: 'the document "tls"' } });
const letting = (restore: boolean): Letting[] => [{ document: "tls", restore, values: [{ path: "HKLM\\X", name: "A", found: "dword:1", original: "absent", fate: "put back" }] }];

describe("when a service has to restart", () => {
    const table: [string, ReturnType<typeof decideRestart>, RestartWish, Reader[], string?, Observation?, Letting[]?][] = [
        ["nothing was ever changed", none, wanted, [reader({})]],
        ["a value is changed in this run", due('the document "tls" changes values in this run'), wanted, [reader({ action: "new", drift })]],
        ["a value is off and its document is left alone", none, wanted, [reader({ action: "keep", drift })]],
        ["a value is put back in this run", due('the document "tls" changes values in this run'), wanted, [reader({ action: "new" })], "", observed(), letting(true)],
        ["a value is let go as it is", none, wanted, [reader({ action: "new" })], "", observed(), letting(false)],
        ["another service reads the values", none, wanted, [reader({ action: "new", drift }, ["W3SVC"])]],
        ["a value was changed after the start", due(`the document "tls" changed values at ${later}`), wanted, [repaired(later)]],
        ["a value was changed before the start", none, wanted, [repaired(before)]],
        ["the same, and the document says something already", kept(before), wanted, [repaired(before)], before],
        ["a restart was not done", due(`the restart of ${later} was not done`), wanted, [], later],
        ["a restart was not done, and what it was for is known", due(`the document "tls" changed values at ${later}`), wanted, [repaired(later)], later],
        ["it does not run", kept(later), wanted, [repaired(later)], later, observed("Stopped", "")],
        ["it runs since nobody knows when, and nothing was ever changed", none, wanted, [reader({})], "", observed("Running", "unknown:no WMI")],
        ["a time is over", due(`it shall restart after ${later}`), { service: "FIM", whenNeeded: false, after: later }, []],
        ["a time is over and it started since", none, { service: "FIM", whenNeeded: false, after: before }, []],
        ["a time is not over", none, { service: "FIM", whenNeeded: false, after: "2026-11-22T09:00:00.000Z" }, []],
        ["values were changed and only a time was asked for", none, { service: "FIM", whenNeeded: false, after: before }, [repaired(later)]],
    ];
    for (const [what, expected, wish, readers, recorded = "", observation = observed(), lets = []] of table) {
        it(what, () => assert.deepEqual(decideRestart(wish, wish.service, readers, lets, observation, recorded), expected));
    }

    const unknown: [string, Observation, RegExp][] = [
        ["runs since nobody knows when", observed("Running", "unknown:no WMI"), /not known since when the service FIM runs.*: no WMI$/],
        ["runs, says an older module, without a start", observed("Running", ""), /its start could not be read$/],
        ["may not be asked", observed("unknown:denied", ""), /the account may not ask for it$/],
        ["was not answered for", { facts: { now }, services: {} } as unknown as Observation, /the host did not answer for it$/],
        ["is not there", observed("absent", ""), /There is no service FIM to restart/],
    ];
    for (const [what, observation, said] of unknown) {
        it(`one that ${what} keeps the document as it is`, () => {
            const { restart, due: is, problem } = decideRestart(wanted, wanted.service, [repaired(later)], [], observation, before);
            assert.deepEqual([restart, is], [undefined, false]);
            assert.match(problem ?? "", said);
        });
    }

    it("one beside it restarts for the same reasons, by its own start, and need not be there", () => {
        const beside: RestartWish = { ...wanted, beside: ["FRONT"] };
        assert.deepEqual(wishedServices(beside), ["FIM", "FRONT"]);
        const both = (front: object): Observation => ({ facts: { now }, services: { FIM: { state: "Running", startTime: started }, FRONT: front } }) as unknown as Observation;
        const decided = (front: object) => decideRestart(beside, "FRONT", [repaired(later)], [], both(front), "");
        assert.deepEqual([decided({ state: "absent", startTime: "" }), decided({ state: "Running", startTime: "2026-11-22T07:30:00.000Z" })], [none, none]);
        assert.deepEqual(decided({ state: "Running", startTime: before }).restart?.service, "FRONT");
    });
});
