import assert from "node:assert/strict";
import { pretendHost, type PretendHost } from "../../lab/host/host";
import { observe } from "../../lab/host/module";

// That the pretend host answers as the module does, test/powershell/readings.test.ts and the conformance suite show. Here is what needs no PowerShell.

function ask(host: PretendHost, request: object): any {
    return observe(host, { protocol: 1, operation: "observe", owner: "app.dev", values: {}, ...request });
}

describe("the pretend host's readings", () => {
    it("make the SID of a service's own account of its name, as Windows does", () => {
        const host = pretendHost({ services: { TrustedInstaller: { state: "Stopped", startTime: "" } } });
        const { accounts } = ask(host, { accounts: ["NT SERVICE\\trustedinstaller", "NT SERVICE\\Other"] });
        assert.equal(accounts["NT SERVICE\\trustedinstaller"], "S-1-5-80-956008885-3418522649-1831038044-1853292631-2271478464");
        assert.equal(accounts["NT SERVICE\\Other"], "absent");
    });

    it("see a product that somebody takes out of the registry", () => {
        const host = pretendHost();
        const key = "HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Uninstall\\{A}";
        host.registry.set(key, "DisplayName", "string:MIM");
        const product = { code: "{A}", version: "", view: "64", uninstallString: "" };
        assert.deepEqual(ask(host, { products: ["mim"] }).products, { mim: [product] });
        host.registry.deleteKey(key);
        assert.deepEqual(ask(host, { products: ["mim"] }).products, { mim: [] });
    });

    it("see an event that was written, until the log is denied", () => {
        const host = pretendHost();
        const question = { log: "Application", provider: "MIM*", ids: [12], since: "2026-11-22T08:00:00.000Z" };
        const event = { log: "Application", provider: "MIM.Health", id: 12, time: "2026-11-22T08:30:00.000Z", message: "no\ttoken" };
        host.events.push(event, { ...event, time: "2026-11-22T07:00:00.000Z" });
        const newest = [{ time: event.time, id: 12, provider: "MIM.Health", message: "no token" }];
        assert.deepEqual(ask(host, { events: [question] }).events, [{ count: 1, newest, since: question.since, more: false }]);
        host.logs["Application"] = "denied";
        assert.deepEqual(ask(host, { events: [question] }).events, ["unknown:denied"]);
        assert.match(ask(host, { events: [{ ...question, log: "None" }] }).events[0], /^unknown:There is not an event log/);
    });

    it("know the hive of a service's account while it is loaded", () => {
        const host = pretendHost({ services: { S: { state: "Running", startTime: "" } }, accounts: { "CONTOSO\\svc": "S-1-5-21-7" } });
        host.registry.set("HKLM\\SYSTEM\\CurrentControlSet\\Services\\S", "ObjectName", "string:CONTOSO\\svc");
        const names = () => ask(host, { names: ["HKU\\<S>\\Software\\X"] }).names["HKU\\<S>\\Software\\X"];
        assert.equal(names(), "unknown:not loaded");
        host.registry.set("HKU\\S-1-5-21-7\\Software\\X", "Token", "string:hidden");
        assert.deepEqual(names(), ["Token"]);
        host.accountFault = "no domain controller";
        assert.equal(names(), "unknown:no domain controller");
    });
});
