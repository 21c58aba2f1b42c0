import assert from "node:assert/strict";
import { Facts, leavingStep, notInForce, remainsIn, toldIn } from "../../../../components/mim/portalMail/leaving";
import { wayOutText } from "../../../../components/mim/portalMail/routes";

const stack = "urn:pulumi:prod::lab::";
const portal = `${stack}hybrid-identity:mim:PortalMail::portal`;
const [app, ews] = ["entra:MailApplication", "exchange:EwsAccess"].map((one) => `${stack}hybrid-identity:mim:PortalMail$hybrid-identity:${one}`) as [string, string];
const policy = `${app}$hybrid-identity:exchange:MailboxScope$hybrid-identity:exchange:ApplicationAccessPolicy`;
const names = [`${app}$azuread:index/application:Application::portal-app-app`, `${app}$azuread:index/servicePrincipal:ServicePrincipal::portal-app-sp`, `${policy}::portal-app-scope-policy`];
const others = [`${ews}$hybrid-identity:exchange:EwsAllowedApplication::portal-ews-allowed`, `${app}$azuread:index/appRoleAssignment:AppRoleAssignment::portal-app-consent`, `${app}$azuread:index/applicationPassword:ApplicationPassword::portal-app-secret-2026-12-01`];
const state = (...urns: string[]) => Object.fromEntries(urns.map((urn) => [urn, { type: urn.slice(urn.lastIndexOf("$") + 1).replace(/::.*/, "") }]));

const target = { route: "smtp", server: "relay" };
const inPlace = { ...target, since: "2026-12-01T12:00:00.000Z" };
const healthy = { state: "healthy", found: "relay:25 takes mail by SMTP", advice: "" } as const;
const remains = remainsIn(state(...names, ...others), portal, "portal");
const facts = (more: Partial<Facts> = {}): Facts => ({ target, moved: "said", inPlace, remains, server: healthy, lastEntry: false, keepApplication: false, audited: false, ...more });
const list = "1. its entry in the list of applications that may use EWS; 2. the consent full_access_as_app; 3. the limit to its mailboxes; 4. the application with its secrets";

describe("PortalMail: what remains of a route that is left", () => {
    it("is named in the order in which it goes, whatever the order in state, and each kind once", () => {
        assert.deepEqual(remains.map(({ text }) => text), list.split("; ").map((one) => one.slice(3)));
        assert.equal(remains[3]!.name, "portal-app-app, portal-app-sp, portal-app-secret-2026-12-01");
    });

    it("is only what has not gone yet, and nothing of another component, of another stack's type or of a name that begins alike", () => {
        assert.deepEqual(remainsIn(state(names[0]!), portal, "portal").map(({ text }) => text), ["the application with its secrets"]);
        const strange = [`${app}$azuread:index/application:Application::portal2-app-app`, `${stack}hybrid-identity:entra:MailApplication$azuread:index/application:Application::portal-app-app`];
        assert.deepEqual(remainsIn(state(...strange), portal, "portal"), []);
        assert.deepEqual(remainsIn(state(names[0]!), portal, "p.rtal"), []);
    });
});

describe("PortalMail: what the server was told of the application", () => {
    it("is there where the state has the ids of this very component", () => {
        const ids = `${stack}hybrid-identity:mim:PortalMail$hybrid-identity:mim:ServiceSettings::portal-ids`;
        assert.deepEqual([state(ids), state(`${ids}2`), state(...names)].map((one) => toldIn(one, portal, "portal")), [true, false, false]);
    });
});

describe("PortalMail: first or second update", () => {
    it("nothing to take away: the route is planned, and then there is nothing to say", () => {
        const first = leavingStep(facts({ remains: [], inPlace: undefined }));
        assert.equal(first.step, "nothing");
        assert.match(first.says, /^the route over "smtp" \(relay\) is not in place yet: .* With it, approvals by mail are not possible any more/);
        assert.deepEqual(leavingStep(facts({ remains: [] })), { step: "nothing", says: "" });
    });

    it("the first keeps, says what the route cannot do, and what the second takes away", () => {
        const { step, says } = leavingStep(facts({ inPlace: undefined }));
        assert.equal(step, "keep");
        assert.match(says, /approvals by mail are not possible any more/);
        assert.ok(says.endsWith(`Nothing is taken away by this update; the one after the proof takes away, in this order: ${list}`), says);
    });

    it("as long as nobody says that the MIM Service goes that way, that is what is to do", () => {
        const { step, says } = leavingStep(facts({ inPlace: undefined, moved: "unsaid" }));
        assert.equal(step, "keep");
        assert.match(says, /is not in place yet: change the MIM Service by setup in change mode, then say so with changedBySetup: "smtp"/);
    });

    it("what this update does for the proof is said before, the test message too", () => {
        const says = (more: Partial<Facts>) => leavingStep(facts({ inPlace: undefined, testMessageTo: "me@contoso.com", ...more })).says;
        assert.match(says({}), /is not in place yet: this update proves it, and sends a test message to me@contoso\.com\. With it/);
        assert.match(says({ moved: "unsaid" }), /changedBySetup: "smtp"; that update proves it, and sends a test message to me@contoso\.com\./);
        assert.match(says({ server: { state: "failing", found: "relay:25: connect: refused", advice: "" } }), /no update proves it while its server does not work \(relay:25: connect: refused\); one that finds it working proves it, and sends/);
        assert.match(says({ audited: true }), /is not in place yet: mode is "audit", so no update proves it\. /);
        assert.doesNotMatch(leavingStep(facts({ testMessageTo: "me@contoso.com" })).says, /test message/);
    });

    it("with setup in the program nobody has to say so", () => {
        assert.match(leavingStep(facts({ inPlace: undefined, moved: "bySetup" })).says, /is not in place yet: once setup of the MIM Service has ended well with these properties, in this update or before it, and neither a restart nor a reboot is pending for it, this update proves it/);
    });

    it("a change by setup proves the route only once the service has read it", () => {
        assert.deepEqual([notInForce("compliant", [], false), notInForce("enforced", [], false)], ["", ""]);
        assert.match(notInForce("drifted", [], false), /setup of the MIM Service is drifted/);
        assert.match(notInForce("enforced", ["FIMService"], false), /until it has read the change: restart FIMService$/);
        assert.match(notInForce("compliant", [], true), /until the server is rebooted$/);
        assert.match(notInForce("compliant", [], "unknown: no WMI"), /until the server is rebooted, which is unknown: no WMI$/);
    });

    it("another server or another route than the one that was proved is a first update again", () => {
        for (const other of [{ ...target, server: "relay2" }, { route: "exchangeServer", server: "relay" }]) {
            assert.equal(leavingStep(facts({ target: other })).step, "keep");
        }
    });

    it("the second takes away what was proved and works now", () => {
        const says = `the route over "smtp" (relay) is in place, proved 2026-12-01T12:00:00.000Z: this update takes away, in this order: ${list}`;
        assert.deepEqual(leavingStep(facts()), { step: "take", says });
    });

    const kept: [string, Partial<Facts>, RegExp][] = [
        ["the server does not work now", { server: { state: "failing", found: "relay:25: connect: refused", advice: "" } }, /does not work now \(relay:25: connect: refused\), so nothing is taken away: .* stay$/],
        ["nobody asked the server", { server: undefined }, /does not work now \(not asked\)/],
        ["an audit", { audited: true }, /stay, because mode is "audit"$/],
        ["keepApplication", { keepApplication: true }, /stay, because "keepApplication" is set$/],
        ["the last entry of the list", { lastEntry: true }, /an empty list blocks EWS for everyone.*Set-OrganizationConfig -EwsEnabled \$false/],
    ];
    for (const [what, more, expected] of kept) {
        it(`${what}: everything stays, and why is said`, () => {
            const { step, says } = leavingStep(facts(more));
            assert.equal(step, "keep");
            assert.match(says, expected);
            assert.ok(says.includes(list), says);
        });
    }

    it("what an update that was killed has taken away is made again where the rest is kept, and that is said", () => {
        const { says } = leavingStep(facts({ server: undefined, remains: remains.slice(1) }));
        assert.match(says, /: 1\. the consent .* stay, and what an update that ended halfway has taken away is made again$/);
    });
});

describe("PortalMail: the way out of EWS", () => {
    it("is said from 180 days before their end, with both routes and what they cannot do", () => {
        assert.equal(wayOutText(181), undefined);
        assert.match(wayOutText(180)!, /ends in 180 days.*route "smtp", with smtp: \{ address \} \(approvals by mail are not possible.*route "exchangeServer".*Two updates each/);
        assert.match(wayOutText(1)!, /ends in 1 day\. /);
    });
});
