// All of a MIM Service's mail on the real engine: pretend server, MIM Service, tenant and relay.
import assert from "node:assert/strict";
import { clock } from "../../components/internal/clock";
import { mim } from "../../index";
import { startLab, type Lab, type LabHost } from "../../lab/lab";
import { MimService } from "../../lab/mimService";
import { startSmtp, type SmtpServer } from "../../lab/smtp";
import { consentsIn, firstNoon, secretRotation, writesTo } from "./support/mimMail";
import { declareHost } from "./support/scene";
import { useTenant } from "./support/tenantScene";

const path = "SOFTWARE\\Microsoft\\Forefront Identity Manager\\2010\\Service";
const key = `HKLM\\${path}`;
const protocols = "HKLM\\SYSTEM\\CurrentControlSet\\Control\\SecurityProviders\\SCHANNEL\\Protocols";
const mailbox = "mim@contoso.example";
const other = "cccccccc-0000-4000-8000-000000000003";

describe("engine: all of a MIM Service's mail", function () {
    this.timeout(300_000);
    const scene = useTenant(firstNoon);
    let lab: Lab;
    let host: LabHost;
    let service: MimService;
    let relay: SmtpServer;
    const registry = () => host.state.registry;
    const organization = () => scene.tenant.state.exchange.organization;

    before(async () => {
        lab = await startLab({ hosts: ["mim01"] });
        host = lab.hosts["mim01"]!;
        const decrypt = (_: LabHost, text: string) => Buffer.from(text, "base64").toString("utf16le");
        service = new MimService(host, scene.tenant, { decrypt });
        relay = await startSmtp(scene.tenant.certificate);
    });
    after(async () => {
        await relay?.stop();
        await lab?.stop();
    });

    function declare(args: Partial<mim.PortalMailArgs> = {}): void {
        scene.stack.program = () => {
            const mail = new mim.PortalMail("portal", {
                host: declareHost(host),
                route: "exchangeOnline",
                mailbox,
                tenantId: scene.tenant.tenantId,
                application: {
                    displayName: "MIM mail",
                    secretRotation,
                    mailboxScope: { group: "mim-mailboxes@contoso.example", inScopeMailbox: mailbox, outOfScopeMailbox: "ceo@contoso.example" },
                },
                smtp: { address: "localhost", port: relay.port },
                ...args,
            });
            const { state, mail: health, checks, route, inPlace, toTakeAway, daysLeft, clientId, restartPending, rebootPending } = mail;
            return { state, mail: health, checks, route, inPlace, toTakeAway, daysLeft, clientId, restartPending, rebootPending };
        };
    }

    const states = (checks: unknown): Record<string, string> =>
        Object.fromEntries(Object.entries(checks as Record<string, { state: string }>).flatMap(([name, { state }]) => (state === "healthy" ? [] : [[name, state]])));

    it("takes the server from relay to application context, in the order that the page has", async () => {
        declare();
        const planned = await scene.stack.preview();
        console.log(planned.text);
        scene.tenant.resetCalls();
        const { outputs, warnings, text } = await scene.stack.up();
        console.log(text, outputs, writesTo(scene.tenant), host.counters);
        console.log(scene.tenant.calls.filter((one) => one.cmdlet).map((one) => one.cmdlet));
    });

    it("no change", async () => {
        host.resetCounters();
        const seen = await scene.stack.preview({ refresh: true });
        console.log(seen.text, seen.outputs, host.counters);
    });

    it("route", async () => {
        organization().EwsAllowedAppIDs += `,${other}`;
        declare({ route: "smtp" });
        scene.tenant.resetCalls();
        const seen = await scene.stack.preview({ refresh: true });
        console.log(seen.text, seen.outputs);
        const done = await scene.stack.up({ refresh: true });
        console.log(done.text, done.outputs, writesTo(scene.tenant));
        const seen2 = await scene.stack.preview({ refresh: true });
        console.log(seen2.text, seen2.outputs);
        const done2 = await scene.stack.up({ refresh: true });
        console.log(done2.text, done2.outputs, scene.tenant.calls.filter((one) => one.method === "DELETE" || /^(Set|Remove)-/.test(one.cmdlet ?? "")).map((one) => `${one.method} ${one.cmdlet ?? one.path}`));
    });
});
