import assert from "node:assert/strict";
import { probe } from "../../../components/windows/host/observeHost";
import { dword, windows } from "../../../index";
import { hostArgs } from "../support/hostArgs";
import { framed, installMocks, MockOptions, valueOf } from "../support/mocks";

type Args = Partial<windows.WindowsServiceArgs>;

const started = "2026-11-01T04:01:00.000Z";
const running = { "SERVICE\\FIMService\\\\State": "string:Running", "SERVICE\\FIMService\\\\StartType": "string:Automatic" };
const services = { FIMService: { state: "Running", startTime: started } };

async function build(options: MockOptions, args: Args, before?: (host: windows.Host) => void) {
    const recorded = await installMocks({ found: running, services, ...options });
    const host = new windows.Host("mim01", hostArgs);
    before?.(host);
    const fim = new windows.WindowsService("fim", { host, service: "FIMService", ...args });
    const command = await recorded.one("command:remote:Command", "fim-mim01-fim");
    return { recorded, fim, document: JSON.parse(command.inputs["stdin"]) };
}

/** What the constructor says. */
async function refused(args: Args, more: Partial<windows.HostArgs> = {}): Promise<string[]> {
    await installMocks();
    const host = new windows.Host("mim01", { ...hostArgs, ...more });
    try {
        new windows.WindowsService("fim", { host, service: "FIMService", ...args });
        return [];
    } catch (error) {
        return (error as Error).message.split("\n").slice(1).map((line) => line.trim());
    }
}

const readers = (host: windows.Host) => void new windows.RegistryValues("tls", { host, values: { "HKLM\\SOFTWARE\\X": { A: dword(1) } }, restartServices: ["fimservice"] });

describe("WindowsService", () => {
    it("declares what is given, with the time that the host waits", async () => {
        const both = await build({}, { state: "stopped", startType: "automaticDelayed", timeout: 30 });
        assert.deepEqual(both.document.desired, { "SERVICE\\FIMService": { StartType: "string:AutomaticDelayed", State: "string:Stopped" } });
        assert.deepEqual([both.document.waitSeconds, both.document.restart], [30, undefined]);
        assert.deepEqual(both.recorded.asked[0]?.request.values, { "SERVICE\\FIMService": ["State", "StartType"] });
        assert.equal(both.recorded.asked[0]?.request.services, undefined, "since when a service runs is asked only for a restart");
        const one = await build({}, { startType: "manual" });
        assert.deepEqual([one.document.desired, one.document.waitSeconds], [{ "SERVICE\\FIMService": { StartType: "string:Manual" } }, 120]);
    });

    it("restarts where a component before it changes a value that the service reads", async () => {
        const { document, recorded, fim } = await build({ preview: true }, { restart: "whenNeeded" }, readers);
        assert.deepEqual(document.restart, { FIMService: "if started before 2026-11-22T08:30:00.000Z" });
        assert.deepEqual(recorded.asked[0]?.request.services, ["fimservice", "FIMService"]);
        assert.ok(recorded.warnings.includes(`mim01: restart of FIMService, which runs since ${started}: the document "tls" changes values in this run`), recorded.warnings.join());
        assert.deepEqual(await valueOf(fim.restartPending), ["FIMService"]);
        const never = await build({}, { state: "running" }, readers);
        assert.equal(never.document.restart, undefined);
    });

    it("restarts for what a component before it has changed in an earlier run, also where that one is decided after it in every run", async () => {
        const repairs = ["2026-11-20T07:00:00.000Z dword:0 -> dword:1"];
        const record = (owner: string) => ({ original: "absent", written: "dword:1", writing: "", owner, document: "tls", repairs });
        const late = (host: windows.Host) => {
            // Known once the host was asked for the service.
            const { observe } = probe;
            const asked = new Promise<void>((resolve) => (probe.observe = (...args) => (resolve(), observe(...args))));
            const values = asked.then(() => ({ "HKLM\\SOFTWARE\\X": { A: dword(1) } }));
            new windows.RegistryValues("tls", { host, values, restartServices: ["fimservice"] });
        };
        const restart = async (owner: string, startTime: string) => {
            const records = { values: { "HKLM\\SOFTWARE\\X\\\\A": JSON.stringify(record(owner)) }, documents: {} };
            const { recorded, document } = await build({ found: { ...running, "HKLM\\SOFTWARE\\X\\\\A": "dword:1" }, services: { FIMService: { state: "Running", startTime } }, records }, { restart: "whenNeeded" }, late);
            assert.equal(recorded.asked.length, 2);
            return [document.restart !== undefined, recorded.warnings.some((one) => one.includes('the document "tls" changed values at 2026-11-20T07:00:00.000Z'))];
        };
        assert.deepEqual(await restart("hybrid-identity.test", started), [true, true]);
        assert.deepEqual(await restart("hybrid-identity.test", "2026-11-21T04:01:00.000Z"), [false, false]);
        assert.deepEqual(await restart("shop.other", started), [false, false]);
    });

    it("a restart that is yet to come is explained, since nothing of this run shows it", async () => {
        const said = async (restartAfter: string) => (await build({ preview: true }, { restartAfter })).recorded.infos.filter((one) => one.includes("restartAfter"));
        assert.deepEqual(await said("2026-11-22T08:00:00Z").then(({ length }) => length), 0);
        assert.deepEqual(await said("2999-01-01T00:00:00Z"), ['fim: "restartAfter" is 2999-01-01T00:00:00Z, which is yet to come: the first update after it restarts FIMService, and none before']);
    });

    it("is enforced by a restart alone, which leaves nothing pending, for the other component neither", async () => {
        const stdout = (inputs: { stdin?: string }) => {
            // The module's installation has no document.
            const document = inputs.stdin?.startsWith("{") ? JSON.parse(inputs.stdin) : {};
            const [, time] = Object.keys(document).flatMap((name) => /^(?:drift seen|first seen) (.*)$/.exec(name)?.slice(0, 2) ?? []);
            const written = document.document === "tls" ? { "HKLM\\SOFTWARE\\X": { A: "absent -> dword:1" } } : {};
            return framed({ protocol: 1, operation: "set", ok: true, time, written, ...(document.restart && { restarted: ["FIMService"] }) });
        };
        let tls: windows.RegistryValues;
        const { fim } = await build({ stdout }, { restart: "whenNeeded" }, (host) => {
            tls = new windows.RegistryValues("tls", { host, values: { "HKLM\\SOFTWARE\\X": { A: dword(1) } }, restartServices: ["FIMService"] });
        });
        assert.deepEqual([await valueOf(fim.state), await valueOf(fim.restartPending), await valueOf(tls!.restartPending)], ["enforced", [], []]);
    });

    it("nothing is said to be written in a preview that would write and restart; and nothing restarts for a document that is refused", async () => {
        const both = (given: object) => async () => {
            const recorded = await installMocks({ preview: true, found: running, services, ...given });
            const host = new windows.Host("mim01", hostArgs);
            new windows.RegistryValues("values", { host, values: { "HKLM\\SOFTWARE\\Contoso": { A: dword(1) } }, restartServices: ["FIMService"] });
            const fim = new windows.WindowsService("fim", { host, service: "FIMService", restart: "whenNeeded" });
            const pending = await valueOf(fim.restartPending);
            await recorded.settle();
            return { pending, said: [...recorded.infos, ...recorded.warnings].join("\n") };
        };
        const fresh = await both({})();
        assert.deepEqual(fresh.pending, ["FIMService"]);
        assert.match(fresh.said, /restart of FIMService, which runs since .*changes values in this run/);
        assert.doesNotMatch(fresh.said, /not in force/);
        const repairs = ["2026-11-22T07:00:00.000Z dword:0 -> dword:1"];
        const theirs = { original: "absent", written: "dword:0", writing: "", owner: "shop.other", document: "tls", repairs };
        const refused = await both({ found: { ...running, "HKLM\\SOFTWARE\\Contoso\\\\A": "dword:0" }, records: { values: { "HKLM\\SOFTWARE\\Contoso\\\\A": JSON.stringify(theirs) }, documents: {} } })();
        assert.doesNotMatch(refused.said, /document "values" change/);
    });

    it("is refused on the host where it could not be done", async () => {
        for (const [found, args, said] of [
            [{}, { state: "stopped" }, /There is no service FIMService\. Give the service's own name/],
            [{ ...running, "SERVICE\\FIMService\\\\State": "string:Stopped", "SERVICE\\FIMService\\\\StartType": "string:Disabled" }, { state: "running" }, /is disabled, so it cannot be started/],
            [{ ...running, "SERVICE\\FIMService\\\\StartType": "string:Disabled" }, { restart: "whenNeeded" }, /runs and is disabled, so that it could not be started again/],
            [{ ...running, "SERVICE\\FIMService\\\\State": "unknown:denied" }, { state: "running" }, /SERVICE\\FIMService\\State could not be read: denied/],
        ] as [Record<string, string>, Args, RegExp][]) {
            const { recorded, document, fim } = await build({ found }, args);
            assert.match(recorded.failures.join(), said);
            assert.ok("not observed" in document);
            assert.equal(await valueOf(fim.state), "unknown");
        }
        const disabled = { ...running, "SERVICE\\FIMService\\\\State": "string:Stopped", "SERVICE\\FIMService\\\\StartType": "string:Disabled" };
        await installMocks({ found: disabled, services });
        const audited = new windows.WindowsService("fim", { host: new windows.Host("mim01", hostArgs), service: "FIMService", state: "running", mode: "audit" });
        assert.deepEqual([await valueOf(audited.state), Object.keys(await valueOf(audited.drift))], ["drifted", ["SERVICE\\FIMService\\\\State"]]);
        const { recorded } = await build({ services: { FIMService: { state: "Running", startTime: "unknown:no WMI" } } }, { restart: "whenNeeded" }, readers);
        assert.match(recorded.failures.join(), /not known since when the service FIMService runs, so not whether it has to restart: no WMI/);
    });

    it("a disabled service that runs, or gets another start type, may be declared to run", async () => {
        const disabled = { ...running, "SERVICE\\FIMService\\\\StartType": "string:Disabled" };
        assert.deepEqual((await build({ found: disabled }, { state: "running" })).recorded.failures, []);
        const stopped = { ...disabled, "SERVICE\\FIMService\\\\State": "string:Stopped" };
        assert.deepEqual((await build({ found: stopped }, { state: "running", startType: "manual" })).recorded.failures, []);
    });

    it("refuses arguments that contradict each other or say nothing", async () => {
        const table: [Args, RegExp][] = [
            [{}, /^state: nothing is declared of the service/],
            [{ restart: "never" }, /^state: nothing is declared of the service/],
            [{ state: "stopped", restart: "whenNeeded" }, /^state: a service that shall be stopped is not restarted/],
            [{ state: "stopped", restartAfter: "2026-11-28T22:00:00Z" }, /^state: a service that shall be stopped is not restarted/],
            [{ state: "running", startType: "disabled" }, /^startType: a disabled service cannot be started/],
            [{ restartAfter: "2026-11-28T22:00:00+01:00" }, /^restartAfter: must be a UTC time/],
            [{ restartAfter: "2026-11-31T22:00:99Z" }, /^restartAfter: must be a UTC time/],
            [{ state: "running", service: "a\\b" }, /^service: must be a service's own name/],
            [{ state: "running", service: "" }, /^service: must be a service's own name/],
            [{ state: "running", timeout: 0 }, /^timeout: must be a whole number of seconds from 1 to 599, less than the host's "commandTimeout"; received 0/],
            [{ state: "running", timeout: 600 }, /^timeout: .*received 600/],
        ];
        for (const [args, said] of table) {
            const lines = await refused(args);
            assert.equal(lines.length, 1, JSON.stringify(args) + lines.join());
            assert.match(lines[0]!, said);
        }
        assert.deepEqual(await refused({ state: "running", timeout: 3600 }, { commandTimeout: 7200 }), []);
        assert.match((await refused({ state: "running", timeout: 3601 }, { commandTimeout: 7200 }))[0]!, /from 1 to 3600/);
    });

    it("a component that names the service has to stand before it", async () => {
        await installMocks();
        const host = new windows.Host("mim01", hostArgs);
        new windows.WindowsService("fim", { host, service: "FIMService", restart: "whenNeeded" });
        assert.throws(() => readers(host), /restartServices: fimservice is restarted by a component that was declared before this one, .* Declare this component first/);
        const other = new windows.Host("mim02", { ...hostArgs, address: "other" });
        new windows.WindowsService("fim2", { host: other, service: "FIMService", state: "running" });
        readers(other);
    });

    it("is no key of RegistryValues", async () => {
        await installMocks();
        const host = new windows.Host("mim01", hostArgs);
        assert.throws(
            () => new windows.RegistryValues("x", { host, values: { "SERVICE\\FIMService": { State: "string:Running" } } }),
            /values\["SERVICE\\\\FIMService"\]: is no registry key, .* Use windows\.WindowsService/,
        );
    });
});
