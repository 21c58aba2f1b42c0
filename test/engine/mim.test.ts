import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { exchange, mim, windows } from "../../index";
import { startLab, type Lab, type LabHost } from "../../lab/lab";
import { declareMim, firstNoon } from "./support/mimMail";
import { declareHost } from "./support/scene";
import { useTenant } from "./support/tenantScene";

const path = "SOFTWARE\\Microsoft\\Forefront Identity Manager\\2010\\Service";
const key = `HKLM\\${path}`;
const uninstall = "HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Uninstall\\{5C9F3A10-7D7E-4B0B-9E5C-3B6C6A4F0673}";
const mailbox = "mim@contoso.example";

interface Options {
    settings?: Partial<mim.ServiceSettingsArgs>;
    health?: Partial<mim.MailHealthArgs>;
}

describe("engine: a MIM server and the application that its mail needs", function () {
    this.timeout(300_000);
    const scene = useTenant(firstNoon);
    let lab: Lab;
    let host: LabHost;
    const registry = () => host.state.registry;
    const organization = () => scene.tenant.state.exchange.organization;

    before(async () => {
        lab = await startLab({ hosts: ["mim01"] });
        host = lab.hosts["mim01"]!;
    });
    after(() => lab?.stop());

    function declare({ settings = {}, health = {} }: Options = {}): void {
        scene.stack.program = () => {
            const app = declareMim();
            const access = new exchange.EwsAccess("ews", { clientId: app.clientId });
            const declared = declareHost(host);
            const ids = { host: declared, applicationId: app.clientId, tenantId: scene.tenant.tenantId };
            const made = new mim.ServiceSettings("settings", { onDestroy: "restore", ...ids, ...settings });
            const clientSecret = app.clientSecret.apply((secret) => secret!);
            const mail = new mim.MailHealth("mail", { ...ids, clientSecret, mailbox, ...health }, { dependsOn: [app, access] });
            return { clientId: app.clientId, settings: made.state, restart: made.restartPending, drift: made.drift, health: mail.state, checks: mail.checks, secret: pulumi.secret(clientSecret) };
        };
    }

    const states = (checks: unknown): Record<string, string> =>
        Object.fromEntries(Object.entries(checks as Record<string, { state: string }>).flatMap(([name, { state }]) => (state === "healthy" ? [] : [[name, state]])));
    const sid = () => host.state.accounts["CONTOSO\\svc-mim"]!;
    const tokenKey = () => `HKU\\${sid()}\\${path}`;

    it("the ids come to the server in the run that makes the application; what the service still lacks is said, and what nobody could know", async () => {
        declare();
        await scene.stack.preview();
        const { outputs, warnings } = await scene.stack.up();
        assert.deepEqual([registry().get(key, "ExchangeOnlineApplicationID"), registry().get(key, "ExchangeOnlineTenantID")], [`string:${outputs["clientId"]}`, `string:${scene.tenant.tenantId}`]);
        assert.deepEqual([outputs["settings"], outputs["restart"], outputs["drift"]], ["enforced", ["FIMService"], {}]);
        // The look was before the ids were written.
        assert.deepEqual([outputs["health"], states(outputs["checks"])], ["failing", { applicationId: "failing", tenantId: "failing", secret: "failing", token: "pending" }]);
        assert.match(warnings.join("\n"), /mim01: mail of the MIM Service \(mail\) is failing:[^]*secret: failing: EncryptedExchangeOnlineClientSecret is not there/);
    });

    it("is healthy once secret and token are there, with nothing to do", async () => {
        registry().set(key, "EncryptedExchangeOnlineClientSecret", "string:AQAAANCMnd8BFdERjHoAwE");
        registry().set(tokenKey(), "AccessToken", "string:eyJ0eXAi");
        for (const run of ["preview", "up"] as const) {
            host.resetCounters();
            const { outputs, changes, warnings, text } = await scene.stack[run]({ refresh: true });
            assert.deepEqual([run, changes, outputs["health"], states(outputs["checks"])], [run, {}, "healthy", {}]);
            // One look for the health; the settings are asked for once the application's id has come.
            assert.deepEqual([host.counters.execs, host.counters.writtenValues], [2, 0]);
            assert.doesNotMatch(warnings.join("\n"), /mail of the MIM Service/);
            // Presence is all that is told of them.
            assert.doesNotMatch(text, /AQAAANCM|eyJ0eXAi/);
        }
        assert.doesNotMatch(scene.stack.stateText, /AQAAANCM|eyJ0eXAi/);
    });

    it("shows an id that somebody changed, with both values, and up repairs it", async () => {
        registry().set(key, "ExchangeOnlineTenantID", "string:elsewhere");
        const seen = await scene.stack.preview({ diff: true });
        assert.match(seen.text, new RegExp(`ExchangeOnlineTenantID: "string:'elsewhere' -> string:'${scene.tenant.tenantId}'`));
        assert.deepEqual(states(seen.outputs["checks"]), { tenantId: "failing" });
        assert.equal((await scene.stack.up()).outputs["settings"], "enforced");
        assert.equal(registry().get(key, "ExchangeOnlineTenantID"), `string:${scene.tenant.tenantId}`);
    });

    const breaks: [what: string, break_: () => () => void, expected: Record<string, string>][] = [
        [
            "event 12 since the service started",
            () => {
                host.state.events.push({ log: "Application", provider: "Microsoft.ResourceManagement.ServiceHealthSource", id: 12, time: new Date().toISOString(), message: "The service cannot connect to the Exchange Web Service." });
                return () => (host.state.events.length = 0);
            },
            { events: "failing" },
        ],
        [
            "event 12 from before it started is over",
            () => {
                host.state.events.push({ log: "Application", provider: "Microsoft.ResourceManagement.ServiceHealthSource", id: 12, time: "2020-01-01T00:00:00.000Z", message: "old" });
                return () => (host.state.events.length = 0);
            },
            {},
        ],
        [
            "a log that may not be read",
            () => {
                const before = host.state.logs["Application"]!;
                host.state.logs["Application"] = "denied";
                return () => (host.state.logs["Application"] = before);
            },
            { events: "unknown" },
        ],
        [
            "the access token is gone",
            () => {
                const service = host.state.services["FIMService"]!;
                const before = service.startTime;
                service.startTime = "2026-11-01T04:00:00.000Z";
                registry().set(tokenKey(), "AccessToken", "absent");
                return () => {
                    service.startTime = before;
                    registry().set(tokenKey(), "AccessToken", "string:eyJ0eXAi");
                };
            },
            { token: "failing" },
        ],
        [
            "the list of applications that may use EWS was emptied",
            () => {
                const before = organization().EwsAllowedAppIDs;
                organization().EwsAllowedAppIDs = "cccccccc-0000-4000-8000-000000000003";
                return () => (organization().EwsAllowedAppIDs = before);
            },
            { ews: "failing" },
        ],
        [
            "EWS are off for the mailbox",
            () => {
                const mail = scene.tenant.state.exchange.recipients.find((one) => one.PrimarySmtpAddress === mailbox)!;
                mail.clientAccess!.EwsEnabled = false;
                return () => (mail.clientAccess!.EwsEnabled = true);
            },
            { ews: "failing" },
        ],
    ];
    for (const [what, make, expected] of breaks) {
        it(`${what}: ${JSON.stringify(expected)}`, async () => {
            declare({ settings: { mode: "audit" } });
            const mend = make();
            try {
                const { outputs } = await scene.stack.preview();
                assert.deepEqual(states(outputs["checks"]), expected);
            } finally {
                mend();
            }
        });
    }

    it("an audit writes nothing, and a product that went nowhere refuses what would be enforced", async () => {
        declare({ settings: { mode: "audit" } });
        registry().set(key, "ExchangeOnlineTenantID", "string:elsewhere");
        host.resetCounters();
        const audited = await scene.stack.up();
        assert.deepEqual([audited.outputs["settings"], audited.changes, host.counters.writtenValues], ["drifted", {}, 0]);
        declare({ health: { failWhenUnhealthy: true } });
        registry().set(uninstall, "DisplayVersion", "string:4.4.1302.0");
        const old = await scene.stack.preview({ fails: true });
        assert.match(old.text, /Manager Service and Portal 4\.4\.1302\.0 cannot send mail by application context: .* install 4\.6\.673\.0/);
        registry().set(uninstall, "DisplayName", "string:Something else");
        const { text } = await scene.stack.up({ fails: true });
        assert.match(text, /Microsoft Identity Manager Service and Portal is not installed on this host/);
        assert.match(text, /mail is failing, and "failWhenUnhealthy" is set/);
        assert.equal(registry().get(key, "ExchangeOnlineTenantID"), "string:elsewhere");
        registry().set(uninstall, "DisplayName", "string:Microsoft Identity Manager Service and Portal");
        registry().set(uninstall, "DisplayVersion", "string:4.6.673.0");
    });

    it("a removal under restore puts back what was there before", async () => {
        declare();
        await scene.stack.up();
        // Exchange keeps the last one of the list.
        organization().EwsAllowedAppIDs += ",cccccccc-0000-4000-8000-000000000003";
        await scene.stack.destroy();
        assert.deepEqual([registry().get(key, "ExchangeOnlineApplicationID"), registry().get(key, "ExchangeOnlineTenantID")], ["absent", "absent"]);
    });
});
