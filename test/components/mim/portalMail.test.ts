// The component alone: tokens, names, order of registration, and what is refused. What it does stands in test/engine/portalMail.test.ts.
import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { clock } from "../../../components/internal/clock";
import { settled } from "../../../components/internal/inputs";
import { checkPortalMail } from "../../../components/mim/portalMail/checkPortalMail";
import { productName } from "../../../components/mim/shared/server";
import { mim, windows } from "../../../index";
import { hostArgs } from "../support/hostArgs";
import { installMocks, valueOf } from "../support/mocks";

const guid = "6b0e8a0c-1111-4222-8333-444455556666";
const scope = { group: "mim@contoso.com", inScopeMailbox: "a@contoso.com", outOfScopeMailbox: "b@contoso.com" };
const answer = { state: "healthy", check: "done", message: "relay:25 takes mail by SMTP", advice: "", time: "2026-12-01T12:00:00.000Z" };

describe("PortalMail", () => {
    const real = clock.now;
    beforeEach(() => (clock.now = () => new Date("2026-12-01T12:00:00Z")));
    after(() => void (clock.now = real));

    const good = (): mim.PortalMailArgs => ({
        host: new windows.Host("mim01", hostArgs),
        route: "exchangeOnline",
        mailbox: "a@contoso.com",
        tenantId: guid,
        application: { displayName: "MIM mail", mailboxScope: scope },
    });

    async function refused(change: object): Promise<string[]> {
        const recorded = await installMocks();
        const args = { ...good(), ...change };
        assert.throws(
            () => new mim.PortalMail("portal", args as never),
            (error: Error) => pulumi.RunError.isInstance(error),
        );
        await recorded.settle();
        assert.deepEqual(recorded.resources.map(({ type }) => type), ["hybrid-identity:windows:Host"]);
        try {
            new mim.PortalMail("portal", args as never);
            return [];
        } catch (error) {
            const [title, ...lines] = (error as Error).message.split("\n");
            assert.equal(title, 'mim.PortalMail "portal" cannot be used as it is written:');
            return lines.map((one) => one.trim());
        }
    }

    it("refuses everything that is wrong at once, before anything is registered", async () => {
        const lines = await refused({ route: "smpt", mailbox: 5, tenantId: "contoso", restart: "always", harden: "yes", smpt: {}, testMessageTo: "me" });
        assert.deepEqual(lines.map((line) => line.split(":")[0]), ["smpt", "route", "mailbox", "tenantId", "testMessageTo", "harden", "restart"]);
        assert.match(lines[1]!, /unknown choice "smpt"; use one of exchangeOnline, exchangeServer, smtp/);
        assert.match(lines[3]!, /must be a GUID; received a text of 7 characters/);
    });

    it("names what each route needs", async () => {
        assert.deepEqual(await refused({ tenantId: undefined, application: undefined }), [
            'tenantId: is required with route "exchangeOnline"; received nothing',
            'application: is required with route "exchangeOnline"; received nothing',
        ]);
        assert.deepEqual(await refused({ route: "smtp" }), ['smtp: is required with route "smtp"; received nothing']);
        assert.deepEqual(await refused({ route: "exchangeServer" }), ['exchangeServer: is required with route "exchangeServer"; received nothing']);
        assert.deepEqual(await refused({ route: undefined }), ["route: is required; received nothing"]);
        assert.deepEqual(await refused({ route: "smtp", smtp: { port: "25" } }), ["smtp.address: is required; received nothing", 'smtp.port: must be a whole number from 1 to 65535; received "25"']);
    });

    it("a mailbox, a server, a time and the name of a service that are none", async () => {
        const lines = await refused({ mailbox: "not an address", service: " FIMService", restartAfter: "now", startType: "disabled", smtp: { address: "relay:25", port: 0 }, exchangeServer: { address: "x".repeat(3000), port: NaN } });
        assert.deepEqual(lines.map((line) => line.split(":")[0]), ["mailbox", "exchangeServer.address", "exchangeServer.port", "smtp.address", "smtp.port", "service", "startType", "restartAfter"]);
        assert.match(lines[0]!, /must be an SMTP address, in ASCII; received "not an address"/);
        assert.match(lines[3]!, /must be a host name or an IP address, without a port; received "relay:25"/);
        assert.ok(lines.every((line) => line.length < 250), lines.join());
    });

    it("looks into the application, whose names are those of the program", async () => {
        const application = { displayName: "", mailboxScope: "separate", certificate: "x", mode: "audit", secretRotation: { days: 90, overlapDays: 100 } };
        const lines = await refused({ application });
        const named = lines.map((line) => line.split(":")[0]);
        assert.deepEqual(named.slice(0, 3), ["application.certificate", "application.mode", "application.displayName"]);
        assert.ok(named.some((one) => one!.startsWith("application.secretRotation")), lines.join("\n"));
        assert.match(lines[0]!, /MIM takes a client secret only; leave it out/);
        assert.match((await refused({ application: { displayName: "MIM mail" } })).join(), /^application\.mailboxScope: is missing, .* Name the mailboxes; or give mailboxes "all" and allMailboxesReason$/);
        assert.match((await refused({ application: null, setup: null })).join("\n"), /^application: must be an object; received null\nsetup: must be an object; received null$/);
        assert.deepEqual(await refused({ application: { displayName: "MIM mail", mailboxScope: "separate" } }), [
            'application.mailboxScope: is "separate", and PortalMail keeps the order of scope, consent and list itself; declare the scope here',
        ]);
    });

    it("refuses Exchange Online after its end, with the ways out, and not the other routes", async () => {
        assert.match((await refused({ neededUntil: "2027-04-01" })).join(), /^neededUntil: must be before 2027-04-01/);
        // With the others it may stay for the way back, as what it is.
        assert.match((await refused({ route: "smtp", smtp: { address: "relay" }, neededUntil: "March" })).join(), /^neededUntil: must be a day such as "2027-03-31"; received "March"$/);
        clock.now = () => new Date("2027-04-01T00:00:00Z");
        assert.match((await refused({})).join(), /^route: can use EWS no more: in Exchange Online they ended on 2027-04-01\. MIM can send mail over an SMTP relay/);
        await installMocks({ calls: { "hybrid-identity:mim:serverHealth": () => answer } });
        new mim.PortalMail("portal", { ...good(), route: "smtp", smtp: { address: "relay" } });
    });

    it("with setup, its properties have to name the route and the server: nothing else is proof of where the MIM Service sends", async () => {
        const smtp = { route: "smtp", smtp: { address: "relay" } };
        const properties = { MAIL_SERVER: "relay", MAIL_SERVER_IS_EXCHANGE: "0", MAIL_SERVER_IS_EXCHANGE_ONLINE: "0", POLL_EXCHANGE_ENABLED: "0" };
        const lines = await refused({ ...smtp, setup: { properties: { ...properties, MAIL_SERVER: "relay2", MAIL_SERVER_IS_EXCHANGE_ONLINE: "1" } } });
        assert.deepEqual(lines.map((line) => line.split(":")[0]), ['setup.properties["MAIL_SERVER"]', 'setup.properties["MAIL_SERVER_IS_EXCHANGE_ONLINE"]']);
        assert.equal((await refused({ ...smtp, setup: { properties: {}, secretProperties: { SERVICE_ACCOUNT_PASSWORD: "12345678" } } })).length, 4);
        assert.match((await refused({ setup: { properties } })).join(), /^setup\.properties\["MAIL_SERVER_IS_EXCHANGE"\]: must be "1" with route "exchangeOnline"/);
        const wrong = { properties: { "bad name": "1" }, secretProperties: { SHORT: "1" }, keepLogs: 101, propertys: {} };
        assert.deepEqual((await refused({ ...smtp, mailbox: "none", setup: wrong })).map((line) => line.split(/: | is/)[0]), [
            "mailbox", "setup.propertys", "setup.keepLogs", 'setup.properties["bad name"]', 'setup.secretProperties["SHORT"]',
        ]);
        // What was an output when the program was built is refused as soon as it is known.
        let looks = 0;
        const make = async (server: pulumi.Input<string>) => {
            const recorded = await installMocks({ calls: { "hybrid-identity:mim:serverHealth": () => (looks++, answer) } });
            const host = new windows.Host("mim01", hostArgs);
            const mail = new mim.PortalMail("portal", { host, ...smtp, route: "smtp", mailbox: "a@contoso.com", smtp: { address: pulumi.output(server) }, setup: { properties } });
            return { recorded, inPlace: settled(mail.inPlace) };
        };
        const other = await make("relay2");
        await assert.rejects(other.inPlace, /nothing is made/);
        assert.match(other.recorded.failures.join(), /MAIL_SERVER.*must be what smtp\.address is \("relay2"\)/);
        const hidden = await make(pulumi.secret("relay2"));
        await assert.rejects(hidden.inPlace, /nothing is made/);
        assert.match(hidden.recorded.failures.join(), /smtp\["address"\]: is a secret, and messages show it/);
        assert.doesNotMatch(hidden.recorded.failures.join(), /relay2/);
        // A product that nothing is known of proves nothing, whatever people say.
        const { recorded, inPlace } = await make("relay");
        assert.equal(await inPlace, undefined);
        assert.match(recorded.warnings.join("\n"), /the new route is not proved: setup of the MIM Service is unknown/);
        assert.equal(looks, 1, "setup and health share one look at the server");
    });

    it("what setup and the password of the account are given is refused with everything else, in the program's own names", async () => {
        const properties = { MAIL_SERVER: "outlook.office365.com", REINSTALL: "ALL", DB_PASSWORD: pulumi.output("later") };
        const setup = { properties, secretProperties: { SERVICE_ACCOUNT_PASSWORD: "hush-1", OTHER: pulumi.secret("x") }, keepLogs: 1000, waitSeconds: 0.5 };
        const lines = await refused({ setup, secretBy: "registry", accountPassword: "Pa55\nword", mailbox: "none", failOnDrift: true });
        assert.deepEqual(lines.map((line) => line.split(":")[0]), [
            "mailbox", "setup.keepLogs", "setup.waitSeconds", 'setup.properties["REINSTALL"]', 'setup.properties["DB_PASSWORD"]', 'setup.secretProperties["SERVICE_ACCOUNT_PASSWORD"]', "accountPassword", "failOnDrift",
        ]);
        assert.doesNotMatch(lines.join(), /hush-1|Pa55/);
        assert.deepEqual((await refused({ setup: { properties: {}, host: "mim01", mode: "audit", failOnDrift: true, heldBackBy: "", keepLogs: "3" } })).map((line) => line.split(": ").slice(0, 2).join(": ").split(";")[0]!.split(". ")[0]), [
            ...["host", "mode", "failOnDrift", "heldBackBy"].map((one) => `setup.${one}: is not known here`),
            "setup.keepLogs: must be a number",
            "setup.properties: must name at least one property",
        ]);
    });

    it("what cannot have an effect is refused, and not taken in silence", async () => {
        const smtp = { route: "smtp", smtp: { address: "relay" } };
        const named = async (change: object) => (await refused(change)).map((line) => line.split(":")[0]);
        assert.deepEqual(await named({ accountPassword: "x", testMessageTo: "me@contoso.com", keepApplication: true, changedBySetup: "smtp", restart: "never", restartAfter: "2026-12-01T22:00:00Z" }), [
            "accountPassword", "testMessageTo", "keepApplication", "changedBySetup", "restart",
        ]);
        assert.deepEqual(await named({ ...smtp, application: undefined, accountPassword: "x", secretBy: "registry", changedBySetup: "exchangeServer" }), ["accountPassword", "changedBySetup"]);
        assert.deepEqual(await named({ ...smtp, route: "exchangeServer", exchangeServer: { address: "exch01" }, testMessageTo: "me@contoso.com" }), ["testMessageTo"]);
        const setup = { properties: { MAIL_SERVER: "relay", MAIL_SERVER_IS_EXCHANGE: "0", MAIL_SERVER_IS_EXCHANGE_ONLINE: "0", POLL_EXCHANGE_ENABLED: "0" } };
        assert.match((await refused({ ...smtp, setup, changedBySetup: "smtp" })).join(), /^changedBySetup: stands beside setup/);
    });

    it("a mailbox that the application is kept from opening", async () => {
        const within = (more: object) => refused({ application: { displayName: "MIM mail", mailboxScope: { inScopeMailbox: "b@contoso.com", outOfScopeMailbox: "c@contoso.com", ...more } } });
        assert.match((await within({ mailboxes: ["b@contoso.com"] })).join("\n"), /^mailbox: is none of application\.mailboxScope\.mailboxes.*received "a@contoso\.com"$/);
        assert.match((await within({ group: "mim@contoso.com", outOfScopeMailbox: "A@contoso.com" })).join("\n"), /^mailbox: is application\.mailboxScope\.outOfScopeMailbox/);
        // A group may have more members than the one that is tested.
        checkPortalMail("portal", { ...good(), application: { displayName: "MIM mail", mailboxScope: { ...scope, inScopeMailbox: "c@contoso.com" } } });
    });

    it("over a relay: TLS, .NET, the service and the health, in this order, and nothing of a tenant", async () => {
        const asked: object[] = [];
        const recorded = await installMocks({ calls: { "hybrid-identity:mim:serverHealth": (inputs) => (asked.push(inputs), answer) } });
        const host = new windows.Host("mim01", hostArgs);
        const mail = new mim.PortalMail("portal", { host, route: "smtp", mailbox: "a@contoso.com", smtp: { address: "relay", port: 587 }, changedBySetup: "smtp", testMessageTo: "me@contoso.com" });
        assert.deepEqual(await valueOf(mail.inPlace), { route: "smtp", server: "relay:587", since: "2026-12-01T12:00:00.000Z" });
        assert.deepEqual([await valueOf(mail.route), await valueOf(mail.toTakeAway), await valueOf(mail.daysLeft)], ["smtp", [], undefined]);
        await recorded.settle();
        assert.deepEqual(recorded.resources.filter(({ type }) => !type.startsWith("command:")).map(({ type, name }) => `${type.replace("hybrid-identity:", "")} ${name}`), [
            "windows:Host mim01",
            "mim:PortalMail portal",
            "windows:SchannelProtocols portal-tls",
            "windows:DotNetStrongCrypto portal-dotnet",
            "windows:WindowsService portal-service",
            "mim:MailHealth portal-health",
        ]);
        // One look for the health, and one message for the proof.
        assert.deepEqual(asked, [
            { route: "smtp", server: "relay", port: 587 },
            { route: "smtp", server: "relay", port: 587, sender: "a@contoso.com", testMessageTo: "me@contoso.com" },
        ]);
        assert.match(recorded.warnings.join("\n"), /portal: the route over "smtp" \(relay:587\) is not in place yet.*approvals by mail are not possible/);
    });

    it("setup that the MIM Service has not read yet is no proof: a restart or a reboot is pending", async () => {
        const properties = { MAIL_SERVER: "relay", MAIL_SERVER_IS_EXCHANGE: "0", MAIL_SERVER_IS_EXCHANGE_ONLINE: "0", POLL_EXCHANGE_ENABLED: "0" };
        const given = `multi:${JSON.stringify(Object.entries(properties).map(([one, value]) => `${one}=${value}`))}`;
        const changed = "2026-11-20T08:00:00.000Z";
        const record = { original: "absent", written: given, writing: "", owner: "hybrid-identity.test", document: "portal-setup", repairs: [`${changed} absent -> ${given}`] };
        const make = async (startTime: string, reboot: string, restart: "never" | "whenNeeded" = "never", found = given) => {
            const recorded = await installMocks({
                found: { "MIM\\Setup\\\\Properties": found, "MIM\\Setup\\\\RebootNeeded": reboot, "SERVICE\\FIMService\\\\State": "string:Running", "SERVICE\\FIMService\\\\StartType": "string:Automatic" },
                products: { [productName]: [{ code: "{1}", version: "4.6.673.0", view: "64", uninstallString: "" }] },
                services: { FIMService: { state: "Running", startTime } },
                records: { values: { "MIM\\Setup\\\\Properties": JSON.stringify(record) }, documents: {} },
                calls: { "hybrid-identity:mim:serverHealth": () => new Promise((resolve) => setTimeout(() => resolve(answer), 50)) },
            });
            const mail = new mim.PortalMail("portal", { host: new windows.Host("mim01", hostArgs), route: "smtp", mailbox: "a@contoso.com", smtp: { address: "relay" }, setup: { properties }, harden: false, restart });
            const inPlace = await valueOf(mail.inPlace);
            const { inputs } = await recorded.one("command:remote:Command", "portal-service-mim01-portal-service");
            assert.deepEqual([recorded.asked.length, "restart" in JSON.parse(inputs["stdin"])], [1, restart === "whenNeeded"]);
            return [inPlace?.server, recorded.warnings.filter((one) => one.includes("not proved")).join()];
        };
        const [after, before] = ["2026-11-21T08:00:00.000Z", "2026-11-19T08:00:00.000Z"];
        assert.deepEqual(await make(after, "absent"), ["relay", ""]);
        // The service restarts for it, in the run that changes it and in each later one until it has.
        await make(after, "absent", "whenNeeded", "absent");
        await make(before, "absent", "whenNeeded");
        assert.match(String(await make(before, "absent")), /^,portal: the new route is not proved: .*restart FIMService$/);
        assert.match(String(await make(after, `string:${changed}`)), /^,portal: the new route is not proved: .*until the server is rebooted$/);
    });

    it("a relay that does not answer, or does not take the message, is no proof", async () => {
        for (const [taken, testMessageTo] of [[{ ...answer, state: "failing" }, undefined], [answer, "me@contoso.com"]] as const) {
            const call = (inputs: { testMessageTo?: string }) => (inputs.testMessageTo === undefined ? taken : { ...answer, state: "failing", message: "550" });
            const recorded = await installMocks({ calls: { "hybrid-identity:mim:serverHealth": call } });
            const host = new windows.Host("mim01", hostArgs);
            const mail = new mim.PortalMail("portal", { host, route: "smtp", mailbox: "a@contoso.com", smtp: { address: "relay" }, changedBySetup: "smtp", testMessageTo, failWhenUnhealthy: true });
            assert.equal(await valueOf(mail.inPlace), undefined);
            const { message } = await valueOf(mail.checks);
            assert.deepEqual([await valueOf(mail.mail), message?.state, message?.found], ["failing", ...(testMessageTo ? ["failing", "550"] : [undefined, undefined])]);
            await recorded.settle();
            assert.match(recorded.warnings.join("\n"), testMessageTo ? /is not proved: 550; let the relay take mail for that recipient .* or name another testMessageTo/ : /is not proved/);
            assert.match(recorded.failures.join("\n"), testMessageTo ? /mim\.PortalMail "portal": mail is failing, because the test message was not taken/ : /mail is failing/);
        }
    });
});
