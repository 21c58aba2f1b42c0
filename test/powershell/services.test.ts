// What a real service manager does not do on demand: to hang, to fail, to be paused, to have others that need it.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { pretendHost, type PretendHost } from "../../lab/host/host";
import { addService } from "../../lab/host/control";
import { skip } from "../support/skip";
import { powershell as ownProcess, replyIn } from "./support/ownProcess";

const started = "2026-11-01T04:00:00.000Z";
const running = { state: "Running", startTime: started };
const contoso = "HKLM\\SOFTWARE\\Contoso";

/** Runs a script on a host that was prepared for it. */
async function powershell(script: string, { prepare }: { prepare: (host: PretendHost) => void }) {
    const host = pretendHost();
    prepare(host);
    return { ...(await ownProcess(script, { host })), host };
}

/** What the host's services are told, `NAME property notation`. */
function watch(host: PretendHost, said: string[]): void {
    host.registry.afterWrite = ({ key, name, notation }) => void (key.startsWith("SERVICE\\") && said.push(`${key.slice(8)} ${name} ${notation}`));
}

/** A set by docs/protocol.md, as the module's command gets it. */
function set(members: object): string {
    const rest = { "first seen 2026-11-22T08:30:00.123Z": "test", onDestroy: "retain" };
    const document = { document: "one", kind: "registry", owner: "a.b", protocol: 1, resource: "urn:one", desired: {}, waitSeconds: 1, ...members, ...rest };
    return `[void](Invoke-Operation @('set') '${JSON.stringify(document)}')`;
}

describe("PowerShell module and services that are not well", function () {
    this.timeout(600_000);
    before(function () {
        if (spawnSync("pwsh", ["-Version"]).error) {
            skip(this, "no pwsh on PATH");
        }
    });

    it("stops what needs a service before it, starts exactly that again, and waits for what is on its way", async () => {
        const said: string[] = [];
        const { stdout } = await powershell("Restart-HostService 'Main' (Get-EmptyRun)\n(Read-RegistryValue $RecordKey @('Restarting'))['Restarting']\nWait-ServiceState 'Late'", {
            prepare: host => {
                addService(host, "Main", { ...running, dependents: ["A", "Off", "B"] });
                ["A", "B"].forEach(name => addService(host, name, running));
                addService(host, "Off");
                addService(host, "Late", { state: "StartPending" });
                watch(host, said);
            },
        });
        const stops = ["A State string:Stopped", "B State string:Stopped", "Main State string:Stopped"];
        assert.deepEqual(said, [...stops, "Main State string:Running", "B State string:Running", "A State string:Running"]);
        assert.deepEqual(stdout.trim().split("\n"), ["absent", "Running"]);
    });

    it("continues what is paused, and pauses what was found so", async () => {
        const script = "Set-ServiceState 'P' 'Running'\nGet-ServiceWord 'P'\nSet-ServiceState 'P' 'Paused'\nGet-ServiceWord 'P'\nSet-ServiceState 'S' 'Paused'\nGet-ServiceWord 'S'";
        const { stdout, stderr } = await powershell(script, {
            prepare: host => {
                addService(host, "P", { ...running, state: "Paused" });
                addService(host, "S");
            },
        });
        assert.deepEqual([stdout.trim().split("\n"), stderr], [["Running", "Paused", "Paused"], ""]);
    });

    it("a start that does not last is a mismatch, one that hangs a failure, and what was written before is put back", async () => {
        for (const [fault, code, said, left] of [
            ["fails", "mismatch", /SERVICE\\S\\\\State reads back as string:Stopped after string:Running was written/, "as it was"],
            ["hangs", "service", /The service S is StartPending after 1 seconds/, "partly changed: SERVICE\\S\\\\State"],
        ] as const) {
            const { stdout, host } = await powershell(set({ desired: { [contoso]: { A: "dword:1" }, "SERVICE\\S": { StartType: "string:Automatic", State: "string:Running" } } }), {
                prepare: one => addService(one, "S", { fault }, "dword:4"),
            });
            const reply = replyIn(stdout);
            assert.deepEqual([reply.error.code, reply.host], [code, left]);
            assert.match(reply.error.message, said);
            const start = host.registry.get("HKLM\\SYSTEM\\CurrentControlSet\\Services\\S", "Start");
            assert.deepEqual([host.registry.get(contoso, "A"), start], ["absent", "dword:4"]);
        }
    });

    it("a run that fails starts again what it stopped, with the services that were stopped along", async () => {
        const said: string[] = [];
        const { stdout } = await powershell(set({ desired: { "SERVICE\\Main": { State: "string:Stopped" }, "SERVICE\\Other": { State: "string:Running" } } }), {
            prepare: host => {
                addService(host, "Main", { ...running, dependents: ["A", "Off", "B"] });
                ["A", "B"].forEach(name => addService(host, name, running));
                addService(host, "Off");
                addService(host, "Other", { fault: "fails" });
                watch(host, said);
            },
        });
        const reply = replyIn(stdout);
        assert.deepEqual([reply.error.code, reply.host], ["mismatch", "as it was"]);
        const stops = ["A State string:Stopped", "B State string:Stopped", "Main State string:Stopped"];
        assert.deepEqual(said, [...stops, "Other State string:Running", "Main State string:Running", "B State string:Running", "A State string:Running"]);
    });

    it("one that may not be asked keeps the document out", async () => {
        const { stdout, host } = await powershell(set({ desired: { [contoso]: { A: "dword:1" }, "SERVICE\\S": { State: "string:Running" } } }), {
            prepare: one => addService(one, "S", { fault: "denied" }),
        });
        assert.deepEqual([replyIn(stdout).error.code, host.registry.hasKey("HKLM\\SOFTWARE\\HybridIdentity")], ["denied", false]);
    });

    it("what could not be started again is not restarted: itself or what needs it is disabled", async () => {
        const text = set({ desired: { [contoso]: { A: "dword:1" } }, restart: { S: "if started before 2099-01-01T00:00:00.000Z" } });
        for (const disabled of ["S", "Needs"]) {
            const { stdout, host } = await powershell(text, {
                prepare: one => {
                    addService(one, "Winmgmt", running);
                    addService(one, "S", { ...running, dependents: ["Needs"] }, disabled === "S" ? "dword:4" : "dword:3");
                    addService(one, "Needs", running, disabled === "Needs" ? "dword:4" : "dword:3");
                },
            });
            assert.match(replyIn(stdout).error.message, new RegExp(`The service ${disabled} runs and is disabled`));
            assert.deepEqual([host.registry.get(contoso, "A"), host.services["S"]!.state], ["absent", "Running"]);
        }
    });

    it("since when it runs must be known before anything is written, and a restart that fails is tried again", async () => {
        const restart = { S: "if started before 2099-01-01T00:00:00.000Z" };
        const script = `${set({ desired: { [contoso]: { A: "dword:1" } }, restart })}`;
        const unknown = await powershell(script, { prepare: one => addService(one, "S", running) });
        assert.match(replyIn(unknown.stdout).error.message, /not known since when the service S runs.*Winmgmt does not run/);
        assert.equal(unknown.host.registry.get(contoso, "A"), "absent");
        const prepare = (one: PretendHost) => {
            addService(one, "Winmgmt", running);
            addService(one, "S", { ...running, fault: "fails" });
        };
        const { stdout, host } = await powershell(script, { prepare });
        const reply = replyIn(stdout);
        assert.deepEqual([reply.error.code, reply.host], ["service", "partly changed: SERVICE\\S\\\\State"]);
        assert.deepEqual([host.registry.get(contoso, "A"), host.registry.get("HKLM\\SOFTWARE\\HybridIdentity", "Restarting")], ["absent", 'multi:["S"]']);
    });
});
