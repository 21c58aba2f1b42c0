import assert from "node:assert/strict";
import { dword, windows } from "../../index";
import { Killed } from "../../lab/host/reply";
import { addService } from "../../lab/host/control";
import { documentOf, driftOf, reasonOf } from "./support/run";
import { declareHost, useScene } from "./support/scene";

const KEY = "HKLM\\SOFTWARE\\Contoso";
const SERVICE = "SERVICE\\FIMService";
const COMMAND = "fim-mim01-fim";

describe("engine: a service of a Windows host", function () {
    this.timeout(240_000);
    const scene = useScene();
    const host = () => scene.host().state;
    const fim = () => host().services["FIMService"]!;
    /** Writes to the service since the last call, `NAME notation`. */
    let seen: string[] = [];

    beforeEach(() => {
        seen = [];
        host().registry.afterWrite = ({ key, name, notation }) => void (key.startsWith("SERVICE\\") && seen.push(`${key.slice(8)} ${name} ${notation}`));
    });

    function declare(service?: Partial<windows.WindowsServiceArgs>, values?: Partial<windows.RegistryValuesArgs>) {
        return () => {
            const declared = declareHost(scene.host());
            const reader = values && new windows.RegistryValues("values", { host: declared, values: { [KEY]: { A: dword(1) } }, restartServices: ["FIMService"], ...values });
            const made = service && new windows.WindowsService("fim", { host: declared, service: "FIMService", ...service });
            return { ...(made && { state: made.state, drift: made.drift, pending: made.restartPending }), ...(reader && { readerPending: reader.restartPending }) };
        };
    }

    it("drift is shown in the preview with both values, repaired by up, and put back at the end", async () => {
        Object.assign(fim(), { state: "Stopped", startTime: "" });
        host().registry.set("HKLM\\SYSTEM\\CurrentControlSet\\Services\\FIMService", "Start", "dword:4");
        scene.stack.program = declare({ state: "running", startType: "automaticDelayed", onDestroy: "restore" });
        const block = {
            [SERVICE]: {
                StartType: "string:'Disabled' -> string:'AutomaticDelayed' (service FIMService, start type: Disabled -> AutomaticDelayed)",
                State: "string:'Stopped' -> string:'Running' (service FIMService: Stopped -> Running)",
            },
        };
        const preview = await scene.stack.preview();
        assert.deepEqual(driftOf(preview, COMMAND), block);
        assert.match(preview.warnings.join("\n"), /fim: SERVICE\\FIMService\\State: string:'Stopped' -> string:'Running' \(service FIMService: Stopped -> Running\)/);
        assert.deepEqual([preview.outputs["state"], seen], ["drifted", []]);
        const [reported] = (await scene.stack.report()).components;
        assert.deepEqual([reported?.type, reported?.name, reported?.host, reported?.state], ["windows.WindowsService", "fim", "mim01", "drifted"]);
        const up = await scene.stack.up();
        assert.deepEqual([up.outputs["state"], up.outputs["drift"]], ["enforced", {}]);
        assert.deepEqual(seen, ["FIMService StartType string:AutomaticDelayed", "FIMService State string:Running"]);
        assert.deepEqual((await scene.stack.preview({ expectNoChanges: true })).changes, {});

        Object.assign(fim(), { state: "StartPending" });
        assert.deepEqual(driftOf(await scene.stack.preview(), COMMAND), { [SERVICE]: { State: "string:'StartPending' -> string:'Running' (service FIMService: StartPending -> Running)" } });
        await scene.stack.up();
        assert.equal(fim().state, "Running");

        seen = [];
        scene.stack.program = declare();
        const removal = await scene.stack.up();
        assert.match(removal.warnings.join("\n"), /put back: SERVICE\\FIMService\\State: string:'Running' -> string:'Stopped'/);
        assert.deepEqual(seen, ["FIMService State string:Stopped", "FIMService StartType string:Disabled"]);
    });

    it("restarts once when a value that the service reads was changed, and not in the next run", async () => {
        fim().dependents = ["FIMSynchronizationService"];
        scene.stack.program = declare({ restart: "whenNeeded" }, {});
        const first = await scene.stack.preview();
        assert.match(JSON.stringify(documentOf(first, COMMAND)["restart"]), /^\{"FIMService":"if started before \d{4}-.*Z"\}$/);
        assert.match(first.warnings.join("\n"), /mim01: restart of FIMService, which runs since \S+: the document "values" changes values in this run/);
        assert.deepEqual([first.outputs["pending"], seen], [["FIMService"], []]);
        const up = await scene.stack.up();
        assert.deepEqual([up.outputs["state"], up.outputs["pending"], up.outputs["readerPending"]], ["enforced", [], []]);
        assert.deepEqual(seen, [
            "FIMSynchronizationService State string:Stopped",
            "FIMService State string:Stopped",
            "FIMService State string:Running",
            "FIMSynchronizationService State string:Running",
        ]);
        for (const what of ["preview", "up"] as const) {
            const { changes, warnings, outputs } = await scene.stack[what]();
            assert.deepEqual([changes, warnings, outputs["state"], outputs["pending"], outputs["readerPending"]], [{}, [], "compliant", [], []]);
        }

        seen = [];
        host().registry.set(KEY, "A", "dword:9");
        const repair = await scene.stack.up();
        assert.deepEqual(repair.changes, { "values-mim01-values": "update", [COMMAND]: "update" });
        assert.match(String(reasonOf(repair, COMMAND).what), /^restart of FIMService, which runs since \S+: the document "values" changes values in this run$/);
        assert.equal(seen.length, 4);
        assert.deepEqual((await scene.stack.preview()).changes, {});
    });

    it("never restarts what did not ask for it, and names it instead", async () => {
        scene.stack.program = declare({ state: "running" }, {});
        const { outputs } = await scene.stack.up();
        assert.deepEqual([seen, outputs["readerPending"]], [[], ["FIMService"]]);
        scene.stack.program = declare({ state: "running", restart: "whenNeeded" }, {});
        const asked = await scene.stack.up();
        assert.match(String(reasonOf(asked, COMMAND).what), /the document "values" changed values at \S+Z$/);
        assert.deepEqual([asked.outputs["pending"], asked.outputs["readerPending"], seen.length], [[], [], 2]);
    });

    it("restarts once after a time, when it is over", async () => {
        const now = Date.now();
        scene.stack.program = declare({ restartAfter: new Date(now + 3_600_000).toISOString() });
        await scene.stack.up();
        assert.deepEqual(seen, []);
        scene.stack.program = declare({ restartAfter: new Date(now).toISOString() });
        assert.match(String(reasonOf(await scene.stack.up(), COMMAND).what), /it shall restart after/);
        assert.equal(seen.length, 2);
        assert.deepEqual((await scene.stack.up()).changes, {});
    });

    it("a run that is killed between stop and start: the next one starts what was stopped", async () => {
        fim().dependents = ["FIMSynchronizationService"];
        scene.stack.program = declare({ restart: "whenNeeded" }, {});
        host().registry.afterWrite = ({ key, notation }) => {
            if (key === SERVICE && notation === "string:Stopped") {
                throw new Killed();
            }
        };
        await scene.stack.up({ fails: true });
        host().registry.afterWrite = undefined;
        assert.deepEqual([fim().state, host().services["FIMSynchronizationService"]!.state], ["Stopped", "Stopped"]);
        assert.equal(Object.keys((await scene.stack.preview()).changes).includes(COMMAND), true);
        await scene.stack.up();
        assert.deepEqual([fim().state, host().services["FIMSynchronizationService"]!.state], ["Running", "Running"]);
        assert.deepEqual((await scene.stack.preview()).changes, {});
    });

    it("audit writes nothing and restarts nothing, and says what it would do", async () => {
        Object.assign(fim(), { state: "Stopped", startTime: "" });
        scene.stack.program = declare({ state: "running", mode: "audit" });
        const stopped = await scene.stack.up();
        assert.deepEqual([stopped.changes, stopped.outputs["state"], seen], [{}, "drifted", []]);
        Object.assign(fim(), { state: "Running", startTime: "2026-11-01T04:00:00.000Z" });
        scene.stack.program = declare({ restart: "whenNeeded", mode: "audit" }, {});
        const run = await scene.stack.up();
        assert.match(run.warnings.join("\n"), /only audited, not done: restart of FIMService, which runs since 2026-11-01T04:00:00.000Z/);
        assert.deepEqual([run.outputs["pending"], seen], [["FIMService"], []]);
    });

    it("a service that is not there, is disabled, may not be asked, or runs since nobody knows when: refused, with the rest shown", async () => {
        scene.stack.program = declare({ state: "running", service: "Ghost" }, {});
        const absent = await scene.stack.preview({ fails: true });
        assert.match(absent.errors.join("\n"), /There is no service Ghost\. Give the service's own name/);
        assert.equal(absent.changes["values-mim01-values"], "create");

        scene.stack.program = declare({ state: "running" });
        Object.assign(fim(), { state: "Stopped", startTime: "" });
        host().registry.set("HKLM\\SYSTEM\\CurrentControlSet\\Services\\FIMService", "Start", "dword:4");
        assert.match((await scene.stack.preview({ fails: true })).errors.join("\n"), /The service FIMService is disabled, so it cannot be started/);
        host().registry.set("HKLM\\SYSTEM\\CurrentControlSet\\Services\\FIMService", "Start", "dword:2");
        await scene.host().fault("serviceDenied:FIMService");
        assert.match((await scene.stack.preview({ fails: true })).errors.join("\n"), /SERVICE\\FIMService\\State could not be read: denied/);

        await scene.host().fault("none");
        Object.assign(fim(), { state: "Running", startTime: "unknown:WMI does not answer" });
        scene.stack.program = declare({ restart: "whenNeeded" }, {});
        assert.match((await scene.stack.preview({ fails: true })).errors.join("\n"), /It is not known since when the service FIMService runs, so not whether it has to restart: WMI does not answer/);
    });

    it("a start that fails or hangs ends the run with an error, and the next one repairs", async () => {
        addService(host(), "Contoso");
        scene.stack.program = declare({ service: "Contoso", state: "running", timeout: 5 });
        await scene.host().fault("serviceFails:Contoso");
        assert.match((await scene.stack.up({ fails: true })).errors.join("\n"), /mismatch/);
        await scene.host().fault("serviceHangs:Contoso");
        assert.match((await scene.stack.up({ fails: true })).errors.join("\n"), /The service Contoso is still StartPending/);
        await scene.host().fault("none");
        await scene.stack.up();
        assert.equal(host().services["Contoso"]!.state, "Running");
        assert.deepEqual((await scene.stack.preview()).changes, {});
    });
});
