import assert from "node:assert/strict";
import { addService } from "../../lab/host/control";
import { set } from "../../lab/host/module";
import { hostWith, text } from "./documents";

describe("the pretend host, services", () => {
    it("starts again what a failed run stopped, with the services that were stopped along", () => {
        const host = hostWith({});
        const running = { state: "Running", startTime: "2026-11-01T04:00:00.000Z" };
        addService(host, "Main", { ...running, dependents: ["A", "Off", "B"] });
        ["A", "B"].forEach(name => addService(host, name, running));
        addService(host, "Off");
        addService(host, "Other", { fault: "fails" });
        const said: string[] = [];
        host.registry.afterWrite = ({ key, notation }) => void (key.startsWith("SERVICE\\") && said.push(`${key.slice(8)} ${notation}`));
        const desired = { "SERVICE\\Main": { State: "string:Stopped" }, "SERVICE\\Other": { State: "string:Running" } };
        const reply = set(host, text("x", {}, { desired }));
        assert.deepEqual([(reply["error"] as { code: string }).code, reply["host"]], ["mismatch", "as it was"]);
        const stops = ["A string:Stopped", "B string:Stopped", "Main string:Stopped"];
        assert.deepEqual(said, [...stops, "Other string:Running", "Main string:Running", "B string:Running", "A string:Running"]);
    });
});
