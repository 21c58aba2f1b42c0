// All of a MIM Service's mail on the real engine: pretend server, MIM Service, tenant and relay. The tests run on each other's state.
import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { mim } from "../../index";
import { startLab, type Lab, type LabHost } from "../../lab/lab";
import { MimService } from "../../lab/mimService";
import { setServiceState } from "../../lab/host/control";
import { protect } from "../../lab/host/dpapi";
import { callGraph } from "../../lab/tenant/client";
import { DEFAULT_ROLES } from "../../lab/tenant/seed";
import { fingerprint } from "../../lab/tenant/state";
import { startSmtp, type SmtpServer } from "../../lab/smtp";
import { consentsIn, firstNoon, isWrite, secretRotation, writesTo } from "./support/mimMail";
import { nameOf, type Run } from "./support/run";
import { declareHost } from "./support/scene";
import { useTenant } from "./support/tenantScene";

const path = "SOFTWARE\\Microsoft\\Forefront Identity Manager\\2010\\Service";
const key = `HKLM\\${path}`;
const tls12 = "HKLM\\SYSTEM\\CurrentControlSet\\Control\\SecurityProviders\\SCHANNEL\\Protocols\\TLS 1.2\\Client";
const mailbox = "mim@contoso.example";
const other = "cccccccc-0000-4000-8000-000000000003";

describe("engine: all of a MIM Service's mail", function () {
    this.timeout(300_000);
    const scene = useTenant(firstNoon);
    let lab: Lab;
    let host: LabHost;
    let service: MimService;
    let relay: SmtpServer;
    /** What the tenant was asked to change and the host to do, in their order. */
    const done: string[] = [];
    const registry = () => host.state.registry;
    const organization = () => scene.tenant.state.exchange.organization;

    before(async () => {
        lab = await startLab({ hosts: ["mim01"] });
        host = lab.hosts["mim01"]!;
        service = new MimService(host, scene.tenant);
        relay = await startSmtp(scene.tenant.certificate);
        host.onExec = (operation) => operation === "probe" || done.push(operation);
        const { calls } = scene.tenant;
        calls.push = (...made) => {
            done.push(...made.filter(isWrite).map(({ method, path: to, cmdlet }) => cmdlet ?? `${method} ${to.replace(/\/[\w-]{36,}/g, "")}`));
            return Array.prototype.push.apply(calls, made);
        };
    });
    after(async () => {
        await relay?.stop();
        await lab?.stop();
    });

    /** Who puts the secret in place, once somebody does. */
    let secret: Partial<mim.PortalMailArgs> = {};

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
                ...secret,
                ...args,
            });
            const { state, mail: health, checks, route, toTakeAway, restartPending, rebootPending } = mail;
            const known = { clientId: mail.clientId.apply((one) => one ?? ""), inPlace: mail.inPlace.apply((one) => one?.server ?? "") };
            return { state, mail: health, checks, route, toTakeAway, restartPending, rebootPending, ...known };
        };
    }

    /** What is not healthy. */
    const ill = ({ outputs }: Run): Record<string, string> =>
        Object.fromEntries(Object.entries(outputs["checks"] as Record<string, { state: string }>).flatMap(([name, { state }]) => (state === "healthy" ? [] : [[name, state]])));
    const sid = () => host.state.accounts["CONTOSO\\svc-mim"]!;
    const hasToken = () => registry().get(`HKU\\${sid()}\\${path}`, "AccessToken") !== "absent";
    const events = () => host.state.events.filter(({ time }) => time >= host.state.services["FIMService"]!.startTime).map(({ id }) => id);
    const warned = ({ warnings }: Run) => warnings.join("\n");
    /** Whether a secret of the tenant stands in a text, whichever it is. */
    const holdsSecret = (text: string) => (text.match(/[\w~.-]{16,}/g) ?? []).some((one) => Object.values(scene.tenant.state.secretHashes).includes(fingerprint(one)));
    const tls11 = () => ["Enabled", "DisabledByDefault"].map((name) => registry().get(tls12.replace("1.2", "1.1"), name));
    /** As setup in change mode does it. */
    async function putSecret(): Promise<string> {
        const { id } = scene.tenant.state.applications.find((one) => one.displayName === "MIM mail")!;
        const { body } = await callGraph(scene.tenant, "POST", `/v1.0/applications/${id}/addPassword`, { passwordCredential: { displayName: "by hand" } });
        registry().set(key, "EncryptedExchangeOnlineClientSecret", `string:${protect(host.state, sid(), String(body["secretText"]))}`);
        return String(body["secretText"]);
    }
    /** As the MIM Service finds everything when it starts anew. */
    async function restart(): Promise<void> {
        setServiceState(host.state, "FIMService", "Stopped");
        setServiceState(host.state, "FIMService", "Running");
        await service.idle();
    }

    it("from relay to application context, in the order of the page; a step that fails is done by the next run, and nothing before it twice", async () => {
        declare();
        scene.tenant.grant(["Application.ReadWrite.All"]);
        for (const run of ["preview", "up"] as const) {
            assert.match((await scene.stack[run]({ fails: true })).text, /portal-app: .* lacks AppRoleAssignment\.ReadWrite\.All/);
            assert.deepEqual([done, host.counters.execs], [[], 0]);
        }
        scene.tenant.grant(DEFAULT_ROLES);
        scene.tenant.behaviour.faults.push({ path: "appRoleAssignedTo", method: "POST", status: 403, times: 1 });
        await scene.stack.up({ fails: true });
        assert.deepEqual([done.includes("set"), registry().get(key, "ExchangeOnlineTenantID")], [false, "absent"]);
        await host.fault("dropped@set");
        await scene.stack.up({ fails: true });
        await host.fault("none");
        const made = await scene.stack.up();
        const { outputs, text } = made;
        // The ids come in this very run; a secret does not, since nobody was told to put it there.
        assert.deepEqual(ill(made), { applicationId: "pending", tenantId: "pending", secret: "failing", token: "pending", dotNet: "pending" });
        assert.equal(holdsSecret(text), false);
        await service.idle();
        const order = done.filter((one) => !one.startsWith("PATCH") && !one.startsWith("POST /EWS"));
        const first = ["New-ApplicationAccessPolicy", "POST /v1.0/applications/addPassword", "POST /v1.0/servicePrincipals"];
        assert.equal(order[0], "POST /v1.0/applications");
        assert.deepEqual(order.slice(1, 4).sort(), first);
        const consent = "POST /v1.0/servicePrincipals/appRoleAssignedTo";
        // The consent that failed, and the one of the next run; then nothing but the list and the server.
        assert.deepEqual(order.slice(4), [consent, consent, "Set-OrganizationConfig", "Set-OrganizationConfig", "install", "set", "set", "set", "set"]);
        assert.deepEqual([outputs["state"], outputs["restartPending"], outputs["rebootPending"], outputs["toTakeAway"]], ["enforced", [], true, []]);
        assert.deepEqual([registry().get(key, "ExchangeOnlineApplicationID"), registry().get(key, "ExchangeOnlineTenantID")], [`string:${outputs["clientId"]}`, `string:${scene.tenant.tenantId}`]);
    });

    it("without the secret: event 12 after the restart, and the preview says what is missing; once it is there, mail works", async () => {
        const seen = await scene.stack.preview({ refresh: true, expectNoChanges: true });
        assert.deepEqual([seen.outputs["mail"], ill(seen), events(), hasToken()], ["failing", { secret: "failing", token: "pending", events: "failing" }, [12], false]);
        assert.equal(holdsSecret(`"secret": "${await putSecret()}",`), true);
        await restart();
        assert.deepEqual([events(), hasToken()], [[], true]);
        host.resetCounters();
        const well = await scene.stack.preview({ refresh: true, expectNoChanges: true });
        assert.deepEqual([well.outputs["mail"], ill(well), host.counters.execs], ["healthy", {}, 1]);
        // Neither token nor secret, in what is said and in what is kept.
        const kept = [seen.text, well.text, scene.stack.stateText, JSON.stringify(registry().snapshot())];
        assert.deepEqual(kept.map(holdsSecret), [false, false, false, false]);
        assert.doesNotMatch(kept.slice(0, 3).join(), /eyJ0eX/);
        // Whatever removes them, goes the other way round.
        const needs = scene.stack.resources.flatMap(({ urn, ...more }) => ((more as { dependencies?: string[] }).dependencies ?? []).map((one) => `${nameOf(urn)} ${nameOf(one)}`));
        for (const one of ["portal-app-consent portal-app-scope-policy", "portal-app-scope-policy portal-app-sp", "portal-ews-allowed portal-app-consent", "portal-ews-allowed portal-app-scope-policy"]) {
            assert.ok(needs.includes(one), one);
        }
    });

    const breaks: [what: string, break_: () => void, shown: RegExp, found: Record<string, string>][] = [
        [
            "somebody takes the consent away",
            () => scene.tenant.state.servicePrincipals.forEach((one) => (one.appRoleAssignedTo = one.appRoleAssignedTo.filter((given) => given.principalDisplayName !== "MIM mail"))),
            /\+ azuread:index\/appRoleAssignment:AppRoleAssignment: \(create\)\n[^]*portal-app-consent/,
            { events: "failing", ews: "pending" },
        ],
        [
            "somebody empties the list of applications that may use EWS",
            () => (organization().EwsAllowedAppIDs = ""),
            /\+ hybrid-identity:exchange:EwsAllowedApplication: \(create\)\n[^]*portal-ews-allowed/,
            { events: "failing", ews: "pending" },
        ],
        [
            "somebody switches TLS 1.2 off",
            () => registry().set(tls12, "Enabled", "dword:0"),
            /TLS 1\.2\\Client\\Enabled: dword:0 -> dword:1 or nonzero \(TLS 1\.2, client: disabled -> enabled\)/,
            { token: "pending", events: "failing", tls: "pending" },
        ],
    ];
    for (const [what, makeIt, shown, found] of breaks) {
        it(`${what}: mail stops, the preview shows it as what it is, and up repairs it`, async () => {
            makeIt();
            await restart();
            assert.deepEqual(events(), [12]);
            const seen = await scene.stack.preview({ refresh: true, diff: true });
            assert.match(seen.text, shown);
            assert.deepEqual(ill(seen), found);
            // What the host did not see changing, restarts nothing: this is how a program asks for it.
            declare({ restartAfter: new Date().toISOString() });
            await scene.stack.up({ refresh: true });
            await service.idle();
            assert.deepEqual([events(), hasToken()], [[], true]);
            declare();
        });
    }

    it("the secret on the server has ended: event 12 there while the newest one works from here, until the server has a new one", async () => {
        const application = scene.tenant.state.applications.find((one) => one.displayName === "MIM mail")!;
        application.passwordCredentials = application.passwordCredentials.filter((one) => one.displayName !== "by hand");
        await restart();
        const seen = await scene.stack.preview({ refresh: true, expectNoChanges: true });
        assert.deepEqual([ill(seen), events()], [{ token: "pending", events: "failing" }, [12]]);
        assert.match(warned(seen), /events: failing: event 12 .*; the check ews is healthy, so restart the service \(mim\.PortalMail: restartAfter\)\. Where it comes again/);
        await putSecret();
        await restart();
        assert.deepEqual([events(), hasToken()], [[], true]);
    });

    it("secretBy registry: the secret is put in place without anybody logging on, and each new one is an update that shows both key ids", async () => {
        secret = { secretBy: "registry", accountPassword: pulumi.secret(host.state.passwords["CONTOSO\\SVC-MIM"]!) };
        declare();
        const keyOf = (run: Run) => /ClientSecretKeyId: (.*)/.exec(warned(run))?.[1] ?? "";
        const first = await scene.stack.preview({ refresh: true });
        const own = () => scene.tenant.state.applications.find((one) => one.displayName === "MIM mail")!.passwordCredentials;
        const newest = () => own().filter((one) => one.displayName !== "by hand").at(-1)!.keyId;
        assert.match(keyOf(first), new RegExp(`^string:'sha256:[0-9a-f]{64}' -> string:'${newest()}'`));
        // Mail works by the other one, until that is replaced.
        assert.deepEqual([first.outputs["mail"], ill(first)], ["pending", { secret: "pending" }]);
        assert.match(warned(first), /mail of the MIM Service \(portal\) is pending:\n  secret: pending: MIM\\ExchangeOnline\\ClientSecretKeyId .* is not as declared; this update repairs it/);
        const put = await scene.stack.up({ refresh: true });
        await service.idle();
        assert.deepEqual([put.outputs["state"], events(), hasToken()], ["enforced", [], true]);
        const well = await scene.stack.preview({ refresh: true, expectNoChanges: true });
        assert.deepEqual([ill(well), host.state.scheduler.tasks], [{}, []]);
        // Somebody deletes the newest secret in the portal: a new one is made, and the server gets it in the same update.
        const before = newest();
        own().splice(own().findIndex((one) => one.keyId === before), 1);
        await restart();
        assert.deepEqual(events(), [12]);
        const renewed = await scene.stack.up({ refresh: true });
        await service.idle();
        assert.match(keyOf(renewed), new RegExp(`^string:'${before}' -> string:'${newest()}'`));
        assert.deepEqual([newest() === before, renewed.outputs["restartPending"], events(), hasToken()], [false, [], [], true]);
        assert.deepEqual(ill(await scene.stack.preview({ refresh: true, expectNoChanges: true })), {});
        const kept = [first.text, put.text, renewed.text, scene.stack.stateText, JSON.stringify(registry().snapshot()), JSON.stringify(host.state.scheduler)];
        assert.deepEqual(kept.map((one) => holdsSecret(one) || one.includes("Kept-by-svc-mim")), kept.map(() => false));
    });

    it("setup: in change mode, once for what is given; refused on a server that is hardened already, unless TLS 1.1 may be on meanwhile", async () => {
        const properties = { MAIL_SERVER: "outlook.office365.com" };
        declare({ setup: { properties } });
        for (const run of ["preview", "up"] as const) {
            const refused = await scene.stack[run]({ refresh: true, fails: true });
            assert.match(refused.errors.join("\n"), /TLS 1\.1 is off on this host \(Client Enabled dword:0, .*Set allowTemporaryTls11/);
            assert.equal(host.state.installer.calls.length, 0);
        }
        declare({ setup: { properties, allowTemporaryTls11: true } });
        const planned = warned(await scene.stack.preview({ refresh: true }));
        assert.match(planned, /setup of the MIM Service: MAIL_SERVER: not given -> 'outlook\.office365\.com'/);
        assert.match(planned, /it is turned on for the time of setup, and put back as it was/);
        await scene.stack.up({ refresh: true });
        await service.idle();
        await scene.stack.preview({ refresh: true, expectNoChanges: true });
        assert.deepEqual(host.state.installer.calls.map((one) => [one.properties["MAIL_SERVER"], one.tls11]), [["outlook.office365.com", "dword:1"]]);
        assert.deepEqual(tls11(), ["dword:0", "dword:1"]);
        declare();
        await scene.stack.up({ refresh: true });
        await service.idle();
    });

    it("an audit writes nothing, neither here nor there, whatever is off, and says all of it", async () => {
        declare({ mode: "audit" });
        const before = organization().EwsAllowedAppIDs;
        const well = await scene.stack.up({ refresh: true });
        assert.deepEqual([well.outputs["state"], well.outputs["mail"]], ["compliant", "healthy"]);
        breaks.forEach(([, makeIt]) => makeIt());
        registry().set(key, "ExchangeOnlineTenantID", "string:elsewhere");
        organization().EwsAllowedAppIDs = other;
        scene.tenant.resetCalls();
        host.resetCounters();
        for (const run of ["preview", "up"] as const) {
            const { outputs, changes, text } = await scene.stack[run]({ refresh: true });
            assert.deepEqual([outputs["state"], outputs["mail"], changes, host.counters.writtenValues], ["drifted", "failing", {}, 0]);
            assert.deepEqual(writesTo(scene.tenant).filter((one) => one !== "POST /EWS/Exchange.asmx"), []);
            for (const said of [/TLS 1\.2\\Client\\Enabled: dword:0 ->/, /ExchangeOnlineTenantID: string:'elsewhere' ->/, /\(portal\) is failing:\n\s+tls: failing: .*TLS 1\.2/, /portal-ews: [\w-]+ is not in the list of applications that may use EWS; only audited here/, /full_access_as_app/]) {
                assert.match(text, said, run);
            }
        }
        // Not read is never fine.
        scene.stack.settings = { skipHosts: ["mim01"] };
        const unread = await scene.stack.preview({ refresh: true });
        assert.deepEqual([unread.outputs["state"], ill(unread)["host"], unread.changes], ["unknown", "unknown", {}]);
        scene.stack.settings = {};
        declare();
        organization().EwsAllowedAppIDs = before;
        await scene.stack.up({ refresh: true });
        await restart();
        assert.deepEqual([consentsIn(scene.tenant).length, registry().get(tls12, "Enabled"), events()], [1, "dword:1", []]);
    });

    const kept = () => [consentsIn(scene.tenant).length, organization().EwsAllowedAppIDs?.split(",").length, scene.tenant.state.exchange.policies.length, scene.tenant.state.applications.filter((one) => one.displayName === "MIM mail").length];
    const list = /1\. its entry in the list of applications that may use EWS; 2\. the consent full_access_as_app; 3\. the limit to its mailboxes; 4\. the application with its secrets/;

    it("off Exchange Online, first update: the new route is proved, and nothing in the tenant goes; the preview says what the second takes away", async () => {
        declare({ route: "smtp", testMessageTo: "robin@contoso.example" });
        const unmoved = await scene.stack.up({ refresh: true });
        assert.deepEqual([unmoved.outputs["inPlace"], relay.messages, kept(), ill(unmoved)], ["", [], [1, 1, 1, 1], {}]);
        // Mail still goes the old way: whether it does is shown, a new secret reaches the server as before, and so does an id that somebody changed.
        const mailboxEws = scene.tenant.state.exchange.recipients.find(({ PrimarySmtpAddress }) => PrimarySmtpAddress === mailbox)!.clientAccess!;
        mailboxEws.EwsEnabled = false;
        host.resetCounters();
        const shut = await scene.stack.preview({ refresh: true });
        assert.deepEqual([shut.outputs["mail"], ill(shut), host.counters.execs], ["failing", { oldRoute: "failing" }, 1]);
        assert.match(warned(shut), /mail of the MIM Service \(portal-old-health\) is failing:\n  ews: failing: .*EWS is disabled/);
        mailboxEws.EwsEnabled = null;
        const own = () => scene.tenant.state.applications.find((one) => one.displayName === "MIM mail")!.passwordCredentials;
        const newest = () => own().filter((one) => one.displayName !== "by hand").at(-1)!.keyId;
        const gone = newest();
        own().splice(own().findIndex((one) => one.keyId === gone), 1);
        registry().set(key, "ExchangeOnlineTenantID", "string:elsewhere");
        const renewed = await scene.stack.up({ refresh: true });
        await service.idle();
        assert.match(warned(renewed), new RegExp(`ClientSecretKeyId: string:'${gone}' -> string:'${newest()}'`));
        assert.deepEqual([newest() === gone, renewed.outputs["restartPending"], registry().get(key, "ExchangeOnlineTenantID"), events(), hasToken()], [false, [], `string:${scene.tenant.tenantId}`, [], true]);
        assert.match(warned(renewed), /mail may still go over Exchange Online: until the new route is proved, the ids and the secret on the server are kept/);
        assert.match(warned(unmoved), /change the MIM Service by setup in change mode, then say so with changedBySetup: "smtp"/);
        declare({ route: "smtp", changedBySetup: "smtp", testMessageTo: "robin@contoso.example" });
        relay.behaviour.starttls = false;
        const dark = await scene.stack.up({ refresh: true });
        assert.deepEqual([dark.outputs["inPlace"], ill(dark)["server"], kept()], ["", "failing", [1, 1, 1, 1]]);
        assert.match(warned(dark), /the route over "smtp" is not proved: localhost:\d+: starttls: the server does not offer STARTTLS/);
        relay.behaviour.starttls = true;
        const planned = await scene.stack.preview({ refresh: true });
        assert.match(warned(planned), /approvals by mail are not possible any more.*Nothing is taken away by this update; the one after the proof takes away, in this order: /);
        assert.match(warned(planned), /this update proves it, and sends a test message to robin@contoso\.example\./);
        assert.match(warned(planned), list);
        assert.deepEqual([relay.messages, planned.outputs["toTakeAway"], planned.text.includes("delete")], [[], ["its entry in the list of applications that may use EWS", "the consent full_access_as_app", "the limit to its mailboxes", "the application with its secrets"], false]);
        const first = await scene.stack.up({ refresh: true });
        assert.deepEqual([first.outputs["inPlace"], ill(first), kept()], [`localhost:${relay.port}`, {}, [1, 1, 1, 1]]);
        assert.deepEqual(relay.messages.map(({ from, to, secure }) => [from, to, secure]), [[mailbox, ["robin@contoso.example"], true]]);
        const target = { route: "smtp", changedBySetup: "smtp", testMessageTo: "robin@contoso.example" } as const;
        declare();
        const back = await scene.stack.preview({ refresh: true });
        assert.deepEqual([back.changes, back.steps], [{}, []]);
        declare(target);
    });

    it("a destroy that Exchange refuses, because the entry is the last one, takes nothing in the tenant away", async () => {
        const secrets = () => scene.tenant.state.applications.map(({ passwordCredentials }) => passwordCredentials.map(({ keyId }) => keyId));
        const before = [kept(), secrets()];
        const { text } = await scene.stack.destroy({ fails: true });
        assert.match(text, /is the last application id in EwsAllowedAppIDs while EwsEnabled is \$true, .*Allow another application first/);
        assert.deepEqual([kept(), secrets()], before);
        await scene.stack.up({ refresh: true });
        assert.deepEqual([kept(), secrets()], before);
    });

    it("second update: not while the entry is the last one, nor while the relay does not answer; then in the order that was said", async () => {
        const last = await scene.stack.preview({ refresh: true, expectNoChanges: true });
        assert.match(warned(last), /an empty list blocks EWS for everyone/);
        organization().EwsAllowedAppIDs += `,${other}`;
        relay.behaviour.starttls = false;
        // Nobody needs EWS any more: who switches them off, as the message of the last entry says, is let.
        organization().EwsEnabled = false;
        const down = await scene.stack.preview({ refresh: true, expectNoChanges: true });
        organization().EwsEnabled = true;
        assert.match(warned(down), /does not work now \(localhost:\d+: starttls: .*\), so nothing is taken away/);
        relay.behaviour.starttls = true;
        const planned = await scene.stack.preview({ refresh: true });
        assert.match(warned(planned), new RegExp(`this update takes away, in this order: ${list.source}`));
        assert.match(planned.text, /- +azuread:index:AppRoleAssignment portal-app-consent delete/);
        done.length = 0;
        const second = await scene.stack.up({ refresh: true });
        const [entry, consent, policy, ...application] = done.filter((one) => !one.startsWith("POST /EWS"));
        assert.match(consent!, /^DELETE \/v1\.0\/servicePrincipals\/appRoleAssignedTo/);
        assert.deepEqual([entry, policy], ["Set-OrganizationConfig", "Remove-ApplicationAccessPolicy"]);
        assert.deepEqual([application.at(-1), application.length <= 3], ["DELETE /v1.0/applications", true]);
        assert.deepEqual([kept(), organization().EwsAllowedAppIDs, second.outputs["toTakeAway"], relay.messages.length], [[0, 1, 0, 0], other, [], 1]);
        await scene.stack.preview({ refresh: true, expectNoChanges: true });
    });

    it("setup by PortalMail itself: back to Exchange Online, and in two updates onto an Exchange server on premises, without anybody saying so", async () => {
        const setup = (properties: Record<string, string>) => ({ properties, allowTemporaryTls11: true });
        const online = setup({ MAIL_SERVER: "outlook.office365.com", MAIL_SERVER_IS_EXCHANGE: "1", MAIL_SERVER_IS_EXCHANGE_ONLINE: "1" });
        const onPremises = setup({ MAIL_SERVER: "localhost", MAIL_SERVER_IS_EXCHANGE: "1", MAIL_SERVER_IS_EXCHANGE_ONLINE: "0" });
        const given = () => host.state.installer.calls.slice(1).map((one) => [one.properties["MAIL_SERVER"], one.tls11]);
        declare({ setup: online });
        await scene.stack.up({ refresh: true });
        await service.idle();
        assert.deepEqual([given(), tls11(), kept()], [[["outlook.office365.com", "dword:1"]], ["dword:0", "dword:1"], [1, 2, 1, 1]]);

        // Its EWS are those of the pretend tenant: they ask for a logon as those of a server on premises do.
        const port = Number(new URL(scene.tenant.url).port);
        const target = { route: "exchangeServer", exchangeServer: { address: "localhost", port }, setup: onPremises } as const;
        declare({ ...target, exchangeServer: { address: "localhost", port: 1 } });
        const dark = await scene.stack.preview({ refresh: true, fails: true });
        assert.match(dark.errors.join("\n"), /document "portal-setup" is refused, and nothing of it changes:\n  the server of route "exchangeServer" does not work now \(localhost:1: connect: .*\), and setup would bring the MIM Service to it/);
        declare(target);
        const planned = await scene.stack.preview({ refresh: true });
        assert.match(warned(planned), /the route over "exchangeServer" \(localhost:\d+\) is not in place yet: once setup of the MIM Service has ended well .*, this update proves it\. With it, the service's mailbox has to be on that server/);
        assert.match(warned(planned), /MAIL_SERVER_IS_EXCHANGE_ONLINE: '1' -> '0'/);
        assert.match(warned(planned), list);
        await host.fault("setupEnds:1603");
        await scene.stack.up({ refresh: true, fails: true });
        const unmoved = () => (scene.stack.resources.find(({ urn }) => nameOf(urn) === "portal")?.outputs as { inPlace?: unknown } | undefined)?.inPlace;
        assert.deepEqual([unmoved(), kept(), tls11()], [undefined, [1, 2, 1, 1], ["dword:0", "dword:1"]]);
        await host.fault("none");
        const first = await scene.stack.up({ refresh: true });
        await service.idle();
        assert.deepEqual([first.outputs["inPlace"], (first.outputs["checks"] as Record<string, { state: string }>)["server"]!.state, kept()], [`localhost:${port}`, "healthy", [1, 2, 1, 1]]);
        assert.deepEqual([given().slice(1), tls11()], [[["localhost", "dword:1"], ["localhost", "dword:1"]], ["dword:0", "dword:1"]]);

        declare({ setup: online });
        const back = await scene.stack.preview({ refresh: true });
        const commands = { setup: "update", service: "update" };
        const changes = Object.fromEntries(Object.entries(back.changes).map(([name, operation]) => [/^portal-(\w+)-/.exec(name)![1], operation]));
        assert.deepEqual([changes, /azuread:\S+ \S+ (create|delete|update)/.test(back.text)], [commands, false]);
        assert.match(warned(back), /MAIL_SERVER_IS_EXCHANGE_ONLINE: '0' -> '1'/);

        declare(target);
        assert.match(warned(await scene.stack.preview({ refresh: true })), new RegExp(`this update takes away, in this order: ${list.source}`));
        const second = await scene.stack.up({ refresh: true });
        assert.deepEqual([kept(), second.outputs["toTakeAway"], given().length], [[0, 1, 0, 0], [], 3]);
        await scene.stack.preview({ refresh: true, expectNoChanges: true });
    });
});
