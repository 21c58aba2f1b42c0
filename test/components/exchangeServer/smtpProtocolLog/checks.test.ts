import assert from "node:assert/strict";
import { byConnector, failuresIn, logChecks } from "../../../../components/exchangeServer/smtpProtocolLog/checks";
import type { FoundSmtpLogs, SmtpFailure } from "../../../../drift/types";

const since = "2026-11-21T08:30:00.000Z";
const last = "2026-11-22T08:00:00.000Z";
const thumbprint = "A".repeat(40);
const hub = { role: "Hub", path: "C:\\Exchange\\Hub\\SmtpSend", logging: "found", last };
const frontEnd = { role: "FrontEnd", path: "C:\\Exchange\\FrontEnd\\SmtpSend", logging: "none", last: "2026-11-01T00:00:00.000Z" };
const edge = { role: "Edge", path: "C:\\Exchange\\Edge\\SmtpSend", logging: "absent", last: "" };
const well: FoundSmtpLogs = { folders: [hub, frontEnd, edge], failures: [], seen: {}, read: 12_340_000, more: false };
const failed: SmtpFailure = { connector: "To cloud", reason: "NoCredentials", thumbprint, count: 12, last };

const states = (found: FoundSmtpLogs | string | undefined, connectors: string[] = []) =>
    Object.fromEntries(Object.entries(logChecks(found, { since, connectors })).map(([name, { state }]) => [name, state]));

describe("what protocol logs say", () => {
    it("is well where one role has lines, the others have none or no folder, and nothing failed", () => {
        assert.deepEqual(logChecks(well, { since, connectors: [] }), { logs: { state: "healthy", found: `Hub until ${last}; 12.3 MB read`, advice: "" } });
    });

    it("is never well where they were not read, whatever the reason", () => {
        const none = (folders: FoundSmtpLogs["folders"]) => ({ ...well, folders });
        const table: [found: FoundSmtpLogs | string | undefined, says: RegExp][] = [
            [undefined, /^the protocol logs could not be read: the module that is deployed there is too old/],
            ["unknown:the host did not answer it", /^the protocol logs could not be read: the host did not answer it$/],
            [none([{ ...hub, logging: "none" }, frontEnd, edge]), /^no log has a line since 2026-11-21T08:30:00\.000Z\. Hub: the last line is of 2026-11-22T08:00:00\.000Z in C:\\Exchange\\Hub\\SmtpSend; FrontEnd: .*; Edge: there is no folder C:\\Exchange\\Edge\\SmtpSend$/],
            [none([edge, edge, edge]), /^no log has a line since /],
            [none([]), /^no log has a line since /],
            [none([hub, { ...frontEnd, logging: "unknown:denied" }, edge]), /^FrontEnd: denied$/],
            [none([hub, { ...frontEnd, logging: "something new" }, edge]), /^FrontEnd: something new$/],
            [none([hub, frontEnd, edge].map((one) => ({ ...one, logging: "unknown:X is absent" }))), /^X is absent$/],
            [{ ...well, more: true }, /^not all since .* was looked at: 12\.3 MB read, older files were left out$/],
        ];
        for (const [found, says] of table) {
            const { logs } = logChecks(found, { since, connectors: [] });
            assert.equal(logs!.state, "unknown", String(says));
            assert.match(logs!.found, says);
        }
    });

    it("names the way to switch logging on, and the argument for a folder that was moved", () => {
        const { logs } = logChecks({ ...well, folders: [edge] }, { since, connectors: [] });
        assert.equal(logs!.advice, 'switch logging on (Set-SendConnector "NAME" -ProtocolLoggingLevel Verbose), or name the folders in logFolders where they were moved');
    });

    it("of a connector that was named and has no line is unknown, beside others that are well", () => {
        const seen = { "To cloud": last, Partner: "" };
        assert.deepEqual(states({ ...well, seen }, ["To cloud", "Partner"]), { logs: "healthy", "connector To cloud": "healthy", "connector Partner": "unknown" });
        assert.deepEqual(states({ ...well, seen, more: true }, ["To cloud"]), { logs: "unknown", "connector To cloud": "unknown" });
        assert.deepEqual(states(well, ["constructor"]), { logs: "healthy", "connector constructor": "unknown" });
        assert.match(logChecks({ ...well, seen }, { since, connectors: ["Partner"] })["connector Partner"]!.advice, /Set-SendConnector "Partner" -ProtocolLoggingLevel Verbose/);
    });

    it("of what failed gives number, reason, certificate and last time, and what to do, also where more is unknown", () => {
        const older = { ...failed, reason: "SocketError", thumbprint: "", count: 1, last: "2026-11-21T09:00:00.000Z" };
        const found = { ...well, failures: [older, failed], seen: { "To cloud": last }, more: true };
        const checks = logChecks(found, { since, connectors: ["To cloud"], certificateName: "<I>CN=CA<S>CN=mail.contoso.com" });
        assert.deepEqual(Object.entries(checks).map(([name, { state }]) => [name, state]), [["logs", "unknown"], ["connector To cloud", "failing"]]);
        assert.deepEqual(checks["connector To cloud"], {
            state: "failing",
            found: `12 failed at TLS with NoCredentials since ${since}, the last at ${last}, with the certificate ${thumbprint}; 1 failed at TLS with SocketError since ${since}, the last at 2026-11-21T09:00:00.000Z, with a certificate that the log does not name`,
            advice: `the certificate ${thumbprint} had no private key that opened. It is one that the TLS name <I>CN=CA<S>CN=mail.contoso.com means; another of the same issuer and subject may have a key. Repair it (certutil -repairstore my ${thumbprint}) or give the connector one with a key, then restart MSExchangeTransport`,
        });
    });

    it("of what failed and works since is well, and what failed is still told; not where a newer log could not be read", () => {
        const since2 = "2026-11-22T08:10:00.000Z";
        const older = { ...failed, reason: "SocketError", count: 1, last: "2026-11-21T09:00:00.000Z" };
        const found = { ...well, failures: [older, failed], works: { "To cloud": since2 }, seen: { "to CLOUD": last } };
        const told = `12 failed at TLS until ${last} with NoCredentials; 1 failed at TLS until 2026-11-21T09:00:00.000Z with SocketError; TLS works since ${since2}`;
        for (const connectors of [["to CLOUD"], []]) {
            const checks = logChecks(found, { since, connectors });
            assert.deepEqual(checks[`connector ${connectors[0] ?? "To cloud"}`], { state: "healthy", found: told, advice: "" });
            assert.equal(Object.keys(checks).length, 2);
        }
        assert.equal(byConnector(found.failures)["To cloud"]!.length, 2);
        assert.deepEqual(states({ ...found, more: true }), { logs: "unknown", "connector To cloud": "healthy" });
        const unread = logChecks({ ...found, folders: [{ ...hub, logging: "unknown:SEND1.LOG: denied" }] }, { since, connectors: [] })["connector To cloud"]!;
        assert.deepEqual([unread.state, unread.found], ["unknown", `${told}, in what could be read, which is not all`]);
        assert.equal(states({ ...well, failures: [{ ...failed, connector: "constructor" }], works: {} })["connector constructor"], "failing");
        // Spelled in two ways in the logs, of which one fails still.
        assert.equal(states({ ...found, failures: [failed, { ...failed, connector: "TO CLOUD" }] }, ["To cloud"])["connector To cloud"], "failing");
    });

    it("of a connector without a line names those that have some", () => {
        const silent = (met?: string[]) => logChecks({ ...well, seen: { Partner: "" }, met }, { since, connectors: ["Partner"] })["connector Partner"]!.found;
        assert.deepEqual([silent(["To cloud"]), silent(["A", "B"]), silent([]), silent()], [`it has no line since ${since}; To cloud has`, `it has no line since ${since}; A, B have`, ...Array(2).fill(`it has no line since ${since}`)]);
    });

    it("what could not be read has the advice of its kind", () => {
        const advice = (...loggings: string[]) => logChecks({ ...well, folders: loggings.map((logging) => ({ ...hub, logging })) }, { since, connectors: [] })["logs"]!.advice;
        const folder = "see that the folder can be read; one that was moved is named in logFolders";
        assert.equal(advice("unknown:HKLM\\SOFTWARE\\Microsoft\\ExchangeServer\\v15\\Setup\\MsiInstallPath is absent"), "see that Exchange is installed there");
        assert.equal(advice("unknown:denied"), "let this account read it");
        assert.equal(advice("unknown:SEND2026112008-1.LOG: its fields are not those that are known here"), "look at the beginning of that file: where it is damaged, move it out of the folder");
        assert.equal(advice("found", "unknown:its files were left out"), "raise maximumBytes, name the connectors, or look at a shorter time with since");
        assert.equal(advice("unknown:SEND1.LOG: denied", "unknown:The path is too long"), `let this account read it; ${folder}`);
    });

    it("joins to the certificate only what fails for want of a key", () => {
        const advice = (reason: string, by = thumbprint) =>
            logChecks({ ...well, failures: [{ ...failed, reason, thumbprint: by }] }, { since, connectors: [], certificateName: "<I>A<S>B" })["connector To cloud"]!.advice;
        assert.match(advice("NoCredentials", ""), /^the certificate that was sent had no private key .*\(certutil -repairstore my SERIALNUMBER\)/);
        const mine = { thumbprint, serial: "01", chosen: true, notBefore: last, notAfter: last, key: "none", access: "" };
        const twin = { ...mine, thumbprint: "C".repeat(40), chosen: false, key: "opens", access: "no" };
        const now = (certificates: Parameters<typeof logChecks>[1]["certificates"]) =>
            logChecks({ ...well, failures: [failed] }, { since, connectors: [], certificateName: "<I>A<S>B", certificates })["connector To cloud"]!.advice;
        assert.ok(now({ certificates: [mine, twin], saved: [] }).includes(`the server has now ${thumbprint} (the one that Exchange takes, no key), ${twin.thumbprint} (key opens, and NETWORK SERVICE may not read it). Repair`));
        assert.ok(now({ certificates: [{ ...twin, access: "yes" }], saved: [] }).includes(`${twin.thumbprint} (key opens). ${thumbprint} is not among them any more. Repair`));
        assert.match(now({ certificates: [{ ...twin, access: "yes", chosen: true }], saved: [] }), /^(\S+) is not among those of <I>A<S>B any more, and C{40}, which Exchange takes now, has a key that opens\. The next mail that leaves says whether that was it: Retry-Queue$/);
        assert.match(now("unknown:denied"), /another of the same issuer and subject may have a key\. What the server has of that name is not known: denied\./);
        assert.match(advice("UnknownCredentials"), /Enable-ExchangeCertificate -Services SMTP/);
        assert.doesNotMatch(advice("UnknownCredentials") + advice("SocketError"), /<I>/);
    });

    it("stands by connector, what failed last first", () => {
        const other = { ...failed, connector: "Partner", reason: "SocketError" };
        const older = { ...failed, thumbprint: "B".repeat(40), last: "2026-11-21T09:00:00.000Z" };
        const { connector: _, ...one } = failed;
        assert.deepEqual(byConnector([older, other, failed]), {
            "To cloud": [one, { ...one, thumbprint: "B".repeat(40), last: "2026-11-21T09:00:00.000Z" }],
            Partner: [{ ...one, reason: "SocketError" }],
        });
        assert.deepEqual([failuresIn(undefined), failuresIn("unknown:denied"), failuresIn({ ...well, failures: [failed] })], [[], [], [failed]]);
    });
});
