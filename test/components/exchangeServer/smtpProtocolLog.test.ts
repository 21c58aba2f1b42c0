import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { clock } from "../../../components/internal/clock";
import { dword, exchangeServer, windows } from "../../../index";
import { hostArgs } from "../support/hostArgs";
import { installMocks, valueOf, type MockOptions } from "../support/mocks";

const last = "2026-11-22T08:00:00.000Z";
const thumbprint = "A".repeat(40);
const logs = {
    folders: [{ role: "Hub", path: "C:\\Hub", logging: "found", last }],
    failures: [],
    seen: {},
    read: 1_000_000,
    more: false,
};
const failure = { connector: "To cloud", reason: "NoCredentials", thumbprint, count: 3, last };

async function build(options: MockOptions, args: Partial<exchangeServer.SmtpProtocolLogArgs> = {}) {
    const recorded = await installMocks({ smtpLogs: [logs], ...options });
    const host = new windows.Host("exch01", hostArgs);
    const log = new exchangeServer.SmtpProtocolLog("smtp", { host, ...args });
    return { recorded, host, log };
}

describe("SmtpProtocolLog", () => {
    const { now } = clock;
    before(() => void (clock.now = () => new Date("2026-11-22T08:30:00.000Z")));
    after(() => void (clock.now = now));

    it("is healthy where nothing failed, says nothing and registers no command", async () => {
        const { recorded, log } = await build({});
        assert.equal(await valueOf(log.state), "healthy");
        assert.deepEqual([await valueOf(log.failures), await valueOf(log.hostName)], [{}, "exch01"]);
        await recorded.settle();
        assert.deepEqual(recorded.resources.map(({ type }) => type), ["hybrid-identity:windows:Host", "hybrid-identity:exchangeServer:SmtpProtocolLog"]);
        assert.deepEqual([recorded.warnings, recorded.failures], [[], []]);
        assert.deepEqual(recorded.asked[0]!.request.smtpLogs, [{ since: "2026-11-21T08:30:00.000Z" }]);
    });

    it("shares the one look with the other components, each with its own answer", async () => {
        const recorded = await installMocks({ smtpLogs: [logs, { ...logs, failures: [failure] }] });
        const host = new windows.Host("exch01", hostArgs);
        const first = new exchangeServer.SmtpProtocolLog("a", { host, since: "2026-11-22T08:00:00Z", maximumBytes: 1e6, connectors: [] });
        const later = pulumi.output(new Promise<string>((resolve) => setTimeout(() => resolve("<I>CN=CA<S>CN=mail"), 60)));
        const second = new exchangeServer.SmtpProtocolLog("b", { host, since: "2h", logFolders: { frontEnd: "D:\\Logs", edge: undefined }, certificateName: later });
        new windows.RegistryValues("extra", { host, values: { "HKLM\\SOFTWARE\\Contoso": { A: dword(1) } } });
        assert.deepEqual([await valueOf(first.state), await valueOf(second.state)], ["healthy", "failing"]);
        await recorded.settle();
        const [asked, ...more] = recorded.asked;
        assert.deepEqual(more, []);
        assert.deepEqual(asked!.request.smtpLogs, [
            { since: "2026-11-22T08:00:00.000Z", maximumBytes: 1_000_000, connectors: [] },
            { since: "2026-11-22T06:30:00.000Z", folders: { FrontEnd: "D:\\Logs" } },
        ]);
    });

    it("asks for the certificate's name as it is meant, though it was copied with blanks or in lower case", async () => {
        const { recorded } = await build({}, { certificateName: '  <i>CN="a<b"<s>CN=mail\n' });
        await recorded.settle();
        assert.deepEqual(recorded.asked[0]!.request.certificates, ['<I>CN="a<b"<S>CN=mail']);
    });

    it("warns once, with each check that is not well and what to do", async () => {
        const { recorded, log } = await build({ smtpLogs: [{ ...logs, failures: [failure] }] }, { connectors: ["To cloud", "Partner"] });
        assert.equal(await valueOf(log.state), "failing");
        const { connector: _, ...one } = failure;
        assert.deepEqual(await valueOf(log.failures), { "To cloud": [one] });
        await recorded.settle();
        assert.deepEqual(recorded.warnings, [
            [
                "exch01: mail that leaves the server over TLS (smtp) is failing:",
                `  connector To cloud: failing: 3 failed at TLS with NoCredentials since 2026-11-21T08:30:00.000Z, the last at ${last}, with the certificate ${thumbprint}; the certificate ${thumbprint} had no private key that opened. Repair it (certutil -repairstore my ${thumbprint}) or give the connector one with a key, then restart MSExchangeTransport`,
                '  connector Partner: unknown: it has no line since 2026-11-21T08:30:00.000Z; its logging is off (Set-SendConnector "Partner" -ProtocolLoggingLevel Verbose), it sent nothing, or Exchange spells its name otherwise',
            ].join("\n"),
        ]);
        assert.deepEqual(recorded.failures, []);
    });

    it("is unknown where the host did not answer, or an older module did", async () => {
        const silent = await build({ error: new Error("no route to host") });
        assert.equal(await valueOf(silent.log.state), "unknown");
        await silent.recorded.settle();
        assert.match(silent.recorded.warnings.join("\n"), /is unknown:\n {2}host: unknown: the host was not observed$/);
        const old = await build({ smtpLogs: undefined });
        assert.equal(await valueOf(old.log.state), "unknown");
        await old.recorded.settle();
        assert.match(old.recorded.warnings.join("\n"), /logs: unknown: the protocol logs could not be read: the module that is deployed there is too old/);
    });

    it("ends the run where that is asked for, when it fails and when it is unknown", async () => {
        const looks: [MockOptions["smtpLogs"], string][] = [[[{ ...logs, failures: [failure] }], "failing"], [["unknown:denied"], "unknown"]];
        for (const [smtpLogs, state] of looks) {
            const { recorded, log } = await build({ smtpLogs }, { failWhenUnhealthy: true });
            assert.equal(await valueOf(log.state), state);
            await recorded.settle();
            assert.deepEqual(recorded.failures, [`exchangeServer.SmtpProtocolLog "smtp" on host "exch01": mail is ${state}, and "failWhenUnhealthy" is set`]);
        }
    });

    it("refuses what is no time, name, folder or amount, all at once", async () => {
        const wrong = { since: "24", connectors: ["", "a\nb"], certificateName: "CN=mail", maximumBytes: 5, logFolders: { hub: "\\\\server\\logs", frontEnd: "D:\\..\\x", edge: "Logs", mailbox: "D:\\x" } };
        await assert.rejects(build({}, wrong as never), (error: Error) => {
            assert.ok(pulumi.RunError.isInstance(error));
            const [title, ...lines] = error.message.split("\n");
            assert.equal(title, 'exchangeServer.SmtpProtocolLog "smtp" cannot be used as it is written:');
            const named = ["since", "connectors[0]", "connectors[1]", "certificateName", "maximumBytes", "logFolders.mailbox", "logFolders.hub", "logFolders.frontEnd", "logFolders.edge"];
            assert.deepEqual(lines.map((line) => line.trim().split(":")[0]), named);
            return true;
        });
        for (const since of ["0h", "10000h", "yesterday", "2026-13-01T00:00:00Z", ""]) {
            await assert.rejects(build({}, { since }), /since: must be a UTC time such as "2026-11-30T08:00:00Z", or hours before now from "1h" to "9999h"; received /);
        }
        await assert.rejects(build({}, { since: "2026-11-22T08:30:01Z" }), /since: must be over by now, 2026-11-22T08:30:00\.000Z; received "2026-11-22T08:30:01Z"/);
    });
});
