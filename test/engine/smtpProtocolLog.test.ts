import assert from "node:assert/strict";
import { exchangeServer } from "../../index";
import { runCommand } from "../../lab/commands";
import { declareHost, useScene } from "./support/scene";

describe("engine: what the protocol logs of an Exchange server say", function () {
    this.timeout(240_000);
    const scene = useScene({ hosts: ["exch01"], program: () => program() });
    const connector = "Outbound to Office 365";

    function program(args: Partial<exchangeServer.SmtpProtocolLogArgs> = {}) {
        return () => {
            const host = declareHost(scene.host());
            const log = new exchangeServer.SmtpProtocolLog("smtp", { host, connectors: [connector], ...args });
            return { state: log.state, failures: log.failures, checks: log.checks };
        };
    }

    const stateOf = async () => {
        const { components, warnings } = await scene.stack.report();
        assert.deepEqual(components.map(({ type, name, host }) => [type, name, host]), [["exchangeServer.SmtpProtocolLog", "smtp", "exch01"]]);
        return { state: components[0]!.state, warnings: warnings.join("\n") };
    };

    it("a preview shows it in one look each, first unknown, then well, then stuck, then well again; and nothing is written", async () => {
        const before = JSON.stringify(scene.host().state.registry.snapshot());
        const silent = await stateOf();
        assert.equal(silent.state, "unknown");
        assert.match(silent.warnings, /^exch01: mail that leaves the server over TLS \(smtp\) is unknown:\n {2}logs: unknown: no log has a line since .*\. Hub: there is no folder C:\\Program Files\\Microsoft\\Exchange Server\\V15\\TransportRoles\\Logs\\Hub\\ProtocolLog\\SmtpSend; .*switch logging on/);
        await runCommand(scene.lab, ["mail", "exch01", "3"]);
        assert.deepEqual(await stateOf(), { state: "healthy", warnings: "" });
        await runCommand(scene.lab, ["certificate", "exch01", "twin"]);
        await runCommand(scene.lab, ["mail", "exch01", "2"]);
        const stuck = await stateOf();
        assert.equal(stuck.state, "failing");
        assert.match(stuck.warnings, /connector Outbound to Office 365: failing: 2 failed at TLS with NoCredentials since .*, with the certificate ([0-9A-F]{40}); the certificate \1 had no private key that opened\./);
        const twin = /with the certificate ([0-9A-F]{40})/.exec(stuck.warnings)![1]!;
        await runCommand(scene.lab, ["certificate", "exch01", twin, "gone"]);
        await runCommand(scene.lab, ["mail", "exch01"]);
        assert.deepEqual(await stateOf(), { state: "healthy", warnings: "" });
        const { execs, writtenValues } = scene.host().counters;
        assert.deepEqual([execs, writtenValues], [4, 0]);
        assert.equal(JSON.stringify(scene.host().state.registry.snapshot()), before);
    });

    it("an up gives it out, without a command, and ends with an error where that is asked for", async () => {
        const shown = await runCommand(scene.lab, ["certificate", "exch01", "twin"]);
        await runCommand(scene.lab, ["mail", "exch01"]);
        const { outputs, changes } = await scene.stack.up();
        assert.deepEqual([changes, outputs["state"]], [{}, "failing"]);
        const [failure, ...more] = (outputs["failures"] as Record<string, exchangeServer.TlsFailure[]>)[connector]!;
        assert.deepEqual([failure!.reason, failure!.count, failure!.thumbprint, more], ["NoCredentials", 1, /([0-9A-F]{40}).*key none/.exec(shown)![1], []]);
        assert.deepEqual(Object.keys(scene.stack.commands), []);
        scene.stack.program = program({ failWhenUnhealthy: true });
        const { text } = await scene.stack.preview({ fails: true });
        assert.match(text, /exchangeServer\.SmtpProtocolLog "smtp" on host "exch01": mail is failing, and "failWhenUnhealthy" is set/);
    });
});
