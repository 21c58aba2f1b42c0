import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { dword, mim, windows } from "../../../index";
import { hostArgs } from "../support/hostArgs";
import { installMocks, valueOf, type MockOptions } from "../support/mocks";

const product = "Microsoft Identity Manager Service and Portal";
const path = "SOFTWARE\\Microsoft\\Forefront Identity Manager\\2010\\Service";
const [key, hive] = [`HKLM\\${path}`, `HKU\\<FIMService>\\${path}`];
const ids = { applicationId: "6b0e8a0c-1111-4222-8333-444455556666", tenantId: "0f0f0f0f-1111-4222-8333-444455556666" };
const opened = { state: "healthy", check: "ews", message: "a token with full_access_as_app, and the inbox of mim@contoso.com opened by EWS", advice: "", time: "2026-11-22T08:30:00.000Z" };

/** A server whose mail is well, and a tenant that lets its application in. */
const well: MockOptions = {
    found: { [`${key}\\\\ExchangeOnlineApplicationID`]: `string:${ids.applicationId}`, [`${key}\\\\ExchangeOnlineTenantID`]: `string:${ids.tenantId}` },
    services: { FIMService: { state: "Running", startTime: "2026-11-21T22:00:00.000Z", startType: "Automatic" } },
    products: { [product]: [{ code: "{A}", version: "4.6.673.0", view: "64", uninstallString: "" }] },
    names: { [key]: ["EncryptedExchangeOnlineClientSecret"], [hive]: ["AccessToken"] },
    events: [{ count: 0, newest: [], since: "2026-11-21T22:00:00.000Z", more: false }],
    calls: { "hybrid-identity:exchange:ewsHealth": () => opened },
};

async function build(options: MockOptions, args: Partial<mim.MailHealthArgs> = {}) {
    const recorded = await installMocks({ ...well, ...options });
    const host = new windows.Host("mim01", hostArgs);
    const health = new mim.MailHealth("mail", { host, ...ids, clientSecret: "s3cret", mailbox: "mim@contoso.com", ...args });
    return { recorded, host, health };
}

describe("MailHealth", () => {
    it("is healthy where all is, says nothing and registers no command", async () => {
        const { recorded, health } = await build({});
        assert.equal(await valueOf(health.state), "healthy");
        assert.deepEqual(Object.keys(await valueOf(health.checks)), ["product", "service", "applicationId", "tenantId", "secret", "token", "events", "ews"]);
        assert.equal(await valueOf(health.hostName), "mim01");
        await recorded.settle();
        assert.deepEqual(recorded.resources.map(({ type }) => type), ["hybrid-identity:windows:Host", "hybrid-identity:mim:MailHealth"]);
        assert.deepEqual([recorded.warnings, recorded.failures], [[], []]);
    });

    it("shares the one look at the host with the other components, also where its ids are known only later", async () => {
        const recorded = await installMocks(well);
        const host = new windows.Host("mim01", hostArgs);
        const later = pulumi.output(new Promise<string>((resolve) => setTimeout(() => resolve(ids.applicationId), 60)));
        const health = new mim.MailHealth("mail", { host, ...ids, applicationId: later, clientSecret: "s3cret", mailbox: "mim@contoso.com" });
        new windows.RegistryValues("extra", { host, values: { "HKLM\\SOFTWARE\\Contoso": { A: dword(1) } }, restartServices: ["FIMService"] });
        assert.equal(await valueOf(health.state), "healthy");
        await recorded.settle();
        const [asked, ...more] = recorded.asked;
        assert.deepEqual(more, []);
        assert.deepEqual(asked!.request.services, ["FIMService"]);
        assert.deepEqual(Object.keys(asked!.request.values).sort(), ["HKLM\\SOFTWARE\\Contoso", key]);
        assert.deepEqual(asked!.request.names, [key, hive]);
        assert.deepEqual(asked!.request.events, [{ log: "Application", provider: "Microsoft.ResourceManagement*", ids: [12], sinceStartOf: "FIMService" }]);
    });

    it("warns once, with each check that is not well and what to do, and not with the secret", async () => {
        const denied = { ...opened, state: "failing", message: "403", advice: "put the application into the list" };
        const { recorded, health } = await build({
            names: { [key]: [], [hive]: "absent" },
            calls: { "hybrid-identity:exchange:ewsHealth": (inputs) => (assert.equal(inputs.clientSecret, "s3cret"), denied) },
        });
        assert.equal(await valueOf(health.state), "failing");
        await recorded.settle();
        assert.deepEqual(recorded.warnings, [
            [
                "mim01: mail of the MIM Service (mail) is failing:",
                "  secret: failing: EncryptedExchangeOnlineClientSecret is not there; `pulumi up` puts it there where mim.PortalMail (secretBy: \"registry\") or mim.ServiceSecret does so, else setup in change mode; then restart the service",
                "  token: failing: the service's account holds no access token; see what the check ews says: secret, consent, scope, allow list; then restart the service",
                "  ews: failing: 403; put the application into the list",
            ].join("\n"),
        ]);
        assert.deepEqual(recorded.failures, []);
    });

    it("a host that did not answer leaves it unknown, whatever EWS say", async () => {
        const { recorded, health } = await build({ error: new Error("no route to host") });
        assert.equal(await valueOf(health.state), "unknown");
        await recorded.settle();
        assert.match(recorded.failures.join("\n"), /mim01: no route to host/);
        assert.match(recorded.warnings.join("\n"), /is unknown:\n {2}host: unknown: the host was not observed$/);
    });

    it("a call that went wrong leaves it unknown, and stands there without a stack", async () => {
        const { recorded, health } = await build({ calls: { "hybrid-identity:exchange:ewsHealth": () => assert.fail("no provider") } });
        assert.equal(await valueOf(health.state), "unknown");
        await recorded.settle();
        assert.match(recorded.warnings.join(), /^mim01: mail of the MIM Service \(mail\) is unknown:\n {2}ews: unknown: [^\n]*$/);
    });

    it("refuses what is no id, address or time, all at once and no text that may be a secret", async () => {
        const wrong = { applicationId: "S3cret~", tenantId: "S3cret~", mailbox: "mim", changedAt: "yesterday", server: { address: "localhost:25" }, clientSecret: "", service: "x/y" };
        await assert.rejects(build({}, wrong), (error: Error) => {
            assert.ok(pulumi.RunError.isInstance(error));
            const [title, ...lines] = error.message.split("\n");
            assert.equal(title, 'mim.MailHealth "mail" cannot be used as it is written:');
            assert.deepEqual(lines.map((line) => line.trim().split(":")[0]), ["applicationId", "tenantId", "clientSecret", "mailbox", "server.address", "changedAt", "service"]);
            assert.doesNotMatch(error.message, /S3cret/);
            return true;
        });
        await build({}, { tenantId: "contoso.com", changedAt: "2026-11-30T08:00:00Z" });
    });

    it("ends the run where that is asked for: failing or unknown, not pending", async () => {
        const pending = await build({ calls: { "hybrid-identity:exchange:ewsHealth": () => ({ ...opened, state: "pending" }) } }, { failWhenUnhealthy: true });
        assert.equal(await valueOf(pending.health.state), "pending");
        await pending.recorded.settle();
        assert.deepEqual(pending.recorded.failures, []);
        const unread = await build({ events: ["unknown:denied"] }, { failWhenUnhealthy: true });
        assert.equal(await valueOf(unread.health.state), "unknown");
        await unread.recorded.settle();
        assert.deepEqual(unread.recorded.failures, ['mim.MailHealth "mail" on host "mim01": mail is unknown, and "failWhenUnhealthy" is set']);
        // "pulumi up" begins with a preview, which would keep it from what repairs the mail.
        const previewed = await build({ preview: true, events: ["unknown:denied"] }, { failWhenUnhealthy: true });
        await previewed.recorded.settle();
        assert.match(previewed.recorded.failures.join(), /is set\. "pulumi up" ends with its own preview like this; where this one shows what repairs it, run "pulumi up --skip-preview"$/);
    });

    it("refuses what has no effect with its route", async () => {
        const lines = async (args: object) => build({}, args).then(() => assert.fail("nothing was refused"), (error: Error) => error.message.split("\n").slice(1).map((one) => one.trim()));
        const idle = ["applicationId", "tenantId", "clientSecret", "mailbox"].map((one) => `${one}: has no effect with route "smtp"; leave it out`);
        assert.deepEqual(await lines({ route: "smtp", server: { address: "relay" } }), idle);
        assert.deepEqual(await lines({ server: { address: "relay" } }), ['server: has no effect with route "exchangeOnline"; leave it out']);
    });
});
