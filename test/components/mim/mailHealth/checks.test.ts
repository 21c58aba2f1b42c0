import assert from "node:assert/strict";
import { failing, healthy, overall, type HealthChecks } from "../../../../components/internal/health";
import { hostChecks } from "../../../../components/mim/mailHealth/checks";
import { besideEws } from "../../../../components/mim/mailHealth/health";
import type { DriftEntry, Observation } from "../../../../drift/types";
import { facts } from "../../../drift/support/host";

const product = "Microsoft Identity Manager Service and Portal";
const key = "HKLM\\SOFTWARE\\Microsoft\\Forefront Identity Manager\\2010\\Service";
const hive = "HKU\\<FIMService>\\SOFTWARE\\Microsoft\\Forefront Identity Manager\\2010\\Service";
const application = { applicationId: "6b0e8a0c-1111-4222-8333-444455556666", tenantId: "0f0f0f0f-1111-4222-8333-444455556666" };
const expected = { service: "FIMService", application };

/** A server whose mail is well. */
function well(): Observation {
    return {
        facts: { ...facts, user: "MIM01\\Administrator" },
        module: null,
        marker: "",
        values: { [key]: { ExchangeOnlineApplicationID: `string:${application.applicationId.toUpperCase()}`, ExchangeOnlineTenantID: `expand:${application.tenantId}` } },
        services: { FIMService: { state: "Running", startTime: "2026-11-21T22:00:00.000Z", startType: "Automatic" } },
        records: { values: {}, documents: {} },
        products: { [product]: [{ code: "{A}", version: "4.6.673.0", view: "64", uninstallString: "MsiExec.exe /I{A}" }] },
        names: { [key]: ["EncryptedExchangeOnlineClientSecret", "ExchangeOnlineApplicationID", "ExchangeOnlineTenantID"], [hive]: ["AccessToken"] },
        events: [{ count: 0, newest: [], since: "2026-11-21T22:00:00.000Z", more: false }],
    };
}

const states = (checks: HealthChecks): Record<string, string> => Object.fromEntries(Object.entries(checks).map(([name, one]) => [name, one.state]));

describe("MailHealth: what a look at a server tells", () => {
    it("looks for nothing of an application where mail goes another way, and takes any build", () => {
        const old = { ...well(), products: { [product]: [{ code: "{A}", version: "4.4.1302.0", view: "64" as const, uninstallString: "" }] } };
        const states = Object.entries(hostChecks(old, { service: "FIMService" })).map(([name, { state }]) => `${name} ${state}`);
        assert.deepEqual(states, ["product healthy", "service healthy", "events healthy"]);
    });

    it("all is well", () => {
        const checks = hostChecks(well(), expected);
        const healthy = Object.fromEntries(["product", "service", "applicationId", "tenantId", "secret", "token", "events"].map((name) => [name, "healthy"]));
        assert.deepEqual(states(checks), healthy);
        assert.equal(overall(checks), "healthy");
    });

    it("event 12 where mail goes another way: nothing is advised that is not there", () => {
        const advice = (message: string) => hostChecks({ ...well(), events: event(message) }, { service: "FIMService" })["events"]!.advice;
        assert.match(advice("There is no Access Token"), /still goes over Exchange Online, .*: change it to this route by setup in change mode, then restart it$/);
        assert.match(advice("cannot connect to the Exchange Web Service"), /see the check server, and TLS/);
    });

    const event = (message: string) => [{ count: 3, more: false, since: "2026-11-21T22:00:00.000Z", newest: [{ time: "2026-11-22T08:00:00.000Z", id: 12, provider: "p", message }] }];
    const found = (versions: string[]) => ({ [product]: versions.map((version) => ({ code: `{${version}}`, version, view: "64" as const, uninstallString: "" })) });
    const cases: [what: string, change: Partial<Observation>, check: string, state: string, says: RegExp][] = [
        ["the product is not installed", { products: { [product]: [] } }, "product", "failing", /is not installed/],
        ["the product is too old", { products: found(["4.4.1302.0"]) }, "product", "failing", /needs build 4\.6\.421\.0/],
        ["two products match", { products: found(["4.6.673.0", "4.6.421.0"]) }, "product", "failing", /there 2 times: 4\.6\.673\.0 .*4\.6\.421\.0/],
        ["the products are denied", { products: { [product]: "unknown:denied" } }, "product", "unknown", /could not be read: denied.*an account that may/],
        ["an older module says nothing of products", { products: undefined }, "product", "unknown", /too old to answer/],
        ["no such service", { services: { FIMService: { state: "absent", startTime: "" } } }, "service", "failing", /there is no service FIMService/],
        ["the service is disabled", { services: { FIMService: { state: "Stopped", startTime: "", startType: "Disabled" } } }, "service", "failing", /it is disabled/],
        ["the service is starting", { services: { FIMService: { state: "StartPending", startTime: "" } } }, "service", "pending", /is starting/],
        ["nobody may ask for the service", { services: { FIMService: { state: "unknown:denied", startTime: "" } } }, "service", "unknown", /denied/],
        ["another application", { values: { [key]: { ExchangeOnlineApplicationID: "string:other" } } }, "applicationId", "failing", /is string:other, expected 6b0e8a0c/],
        ["an id that is no text", { values: { [key]: { ExchangeOnlineApplicationID: "dword:1" } } }, "applicationId", "failing", /is dword:1/],
        ["an id that could not be read", { values: { [key]: { ExchangeOnlineTenantID: "unknown:denied" } } }, "tenantId", "unknown", /denied/],
        ["an id that nobody answered", { values: {} }, "tenantId", "unknown", /no answer/],
        ["no tenant", { values: { [key]: { ExchangeOnlineTenantID: "absent" } } }, "tenantId", "failing", /is absent/],
        ["no secret", { names: { [key]: ["ExchangeOnlineTenantID"], [hive]: ["T"] } }, "secret", "failing", /is not there/],
        ["no settings at all", { names: { [key]: "absent", [hive]: ["T"] } }, "secret", "failing", /is not there/],
        ["settings that are denied", { names: { [key]: "unknown:denied", [hive]: ["T"] } }, "secret", "unknown", /denied/],
        ["no token", { names: { [key]: [], [hive]: [] } }, "token", "failing", /no access token.*check ews/],
        ["no key for a token", { names: { [key]: [], [hive]: "absent" } }, "token", "failing", /no access token/],
        ["an account that is none", { names: { [key]: [], [hive]: 'unknown:the service FIMService runs as "X", which is no account that this host knows' } }, "token", "unknown", /runs as "X".*ObjectName.*give the service another/],
        ["an account that nobody tells", { names: { [key]: [], [hive]: "unknown:the account was not found within 10 seconds; a domain controller may not answer" } }, "token", "unknown", /see that the account that the service logs on as/],
        ["a hive that is not loaded", { names: { [key]: [], [hive]: "unknown:not loaded" } }, "token", "unknown", /not loaded.*restart the service/],
        ["the service does not run, and its account still holds a token", { services: { FIMService: { state: "Stopped", startTime: "" } } }, "token", "pending", /FIMService does not run: a token .* an earlier start.*once it runs/],
        ["the service does not run, so no event was looked for", { services: { FIMService: { state: "Stopped", startTime: "" } }, events: ["unknown:the service FIMService does not run"] }, "events", "pending", /^the service FIMService does not run: there is no event since its start\. look again/],
        ["the service is stopped", { services: { FIMService: { state: "Stopped", startTime: "" } } }, "service", "failing", /start it; `pulumi up` does where mim\.PortalMail/],
        [
            "no token right after the start",
            { names: { [key]: [], [hive]: [] }, services: { FIMService: { state: "Running", startTime: "2026-11-22T08:25:00.000Z" } } },
            "token",
            "pending",
            /look again/,
        ],
        [
            "no token, and nobody knows when the service started",
            { names: { [key]: [], [hive]: [] }, services: { FIMService: { state: "Running", startTime: "unknown:WMI" } } },
            "token",
            "failing",
            /no access token/,
        ],
        ["event 12", { events: event("cannot connect to the Exchange Web Service") }, "events", "failing", /3 since 2026-11-21T22.*08:00.*TLS, DNS/],
        ["event 12, no token", { events: event("There is no Access Token for the office365 mailbox") }, "events", "failing", /has no access token/],
        ["a log that cannot be read", { events: ["unknown:denied"] }, "events", "unknown", /Application log could not be read: denied/],
        ["a start that nobody knows", { events: ["unknown:the start of FIMService is not known"] }, "events", "unknown", /not known/],
    ];
    for (const [what, change, check, state, says] of cases) {
        it(`${what}: ${state}`, () => {
            const checks = hostChecks({ ...well(), ...change }, expected);
            const one = checks[check]!;
            assert.equal(one.state, state);
            assert.match(`${one.found}. ${one.advice}`, says);
            assert.equal(overall(checks) === "healthy", false);
        });
    }

    it("what the same run writes for the first time is pending, and only that: what could not be read stays unknown, what else is wrong stays failing", () => {
        const none = { ...well(), values: { [key]: { ExchangeOnlineApplicationID: "absent", ExchangeOnlineTenantID: "absent" } }, names: { [key]: [], [hive]: [] } };
        const entry = (path: string, name: string) => ({ path, name, found: "absent", desired: "string:x" });
        const ids = [entry(key, "ExchangeOnlineApplicationID"), entry(key.toUpperCase(), "ExchangeOnlineTenantID")];
        const secret = entry("MIM\\ExchangeOnline", "ClientSecretKeyId");
        const seen = (found: Observation, ...firstWrites: DriftEntry[]) => {
            const { applicationId, tenantId, secret, token } = hostChecks(found, { ...expected, firstWrites });
            return [applicationId, tenantId, secret, token].map((one) => one!.state).join(" ");
        };
        assert.equal(seen(none), "failing failing failing failing");
        assert.equal(seen(none, ...ids), "pending pending failing pending");
        assert.equal(seen(none, ...ids, secret), "pending pending pending pending");
        assert.equal(seen({ ...none, names: { [key]: "unknown:denied", [hive]: "unknown:denied" } }, ...ids, secret), "pending pending unknown unknown");
        assert.equal(seen({ ...none, values: { [key]: { ExchangeOnlineApplicationID: "string:other", ExchangeOnlineTenantID: "absent" } } }, ids[1]!), "failing pending failing pending");
        assert.match(hostChecks(none, { ...expected, firstWrites: ids })["tenantId"]!.found, /is absent, expected .*: this update writes it, for the first time/);
    });

    it("beside a mailbox that opens from here, the remedy is a restart", () => {
        const seen = { token: failing("no token", "see ews"), events: failing("event 12", "see ews"), secret: failing("is not there", "put it there") };
        const advice = (ews: HealthChecks[string]) => Object.values(besideEws({ ...seen, ews })).map((one) => one.advice.slice(0, 50));
        const restart = "the check ews is healthy, so restart the service (";
        assert.deepEqual(advice(healthy("opened")), [restart, restart, "put it there", ""]);
        assert.deepEqual(advice(failing("403", "allow it")), ["see ews", "see ews", "put it there", "allow it"]);
    });

    it("the worst of all counts, and nothing that was looked at is not healthy", () => {
        const of = (...all: ("healthy" | "pending" | "unknown" | "failing")[]) => overall(Object.fromEntries(all.map((state, at) => [at, { state, found: "", advice: "" }])));
        assert.deepEqual(
            [of("healthy", "pending"), of("pending", "unknown"), of("unknown", "failing"), of("healthy", "healthy"), of()],
            ["pending", "unknown", "failing", "healthy", "unknown"],
        );
    });
});
