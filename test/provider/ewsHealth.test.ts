// Whether an application can use EWS for a mailbox, against the pretend tenant: each cause that the tenant knows, with its own answer.
import * as assert from "node:assert/strict";
import { endsOn as endOfComponent } from "../../components/exchange/ewsAccess/ewsCountdown";
import { settlingMs } from "../../components/exchange/mailboxScope/migration";
import { callExchange, callGraph } from "../../lab/tenant/client";
import { endsOn, settling } from "../../provider/functions/ewsCauses";
import { ewsHealth } from "../../provider/functions/ewsHealth";
import type { Properties } from "../../provider/values";
import { Exchange } from "./support/exchange";

const mim = "mim@contoso.example";
const ceo = "ceo@contoso.example";
const now = "2026-11-30T08:00:00.000Z";

describe("function exchange:ewsHealth", function () {
    this.timeout(20_000);
    let exchange: Exchange;
    let application: { id: string; clientId: string; objectId: string };
    let clientSecret: string;

    const post = async (path: string, body: object) => (await callGraph(exchange.tenant, "POST", `/v1.0/${path}`, body)).body;
    const newSecret = async () =>
        String((await post(`applications/${application.id}/addPassword`, { passwordCredential: { displayName: "mim" } }))["secretText"]);
    const exchangeOnline = () => exchange.tenant.state.servicePrincipals.find(one => one.displayName === "Office 365 Exchange Online")!;
    const consent = () =>
        post(`servicePrincipals/${exchangeOnline().id}/appRoleAssignedTo`, {
            appRoleId: "dc890d15-9560-4a4c-9b7f-a736ec74ec40",
            principalId: application.objectId,
            resourceId: exchangeOnline().id,
        });
    const run = async (cmdlet: string, parameters: object) =>
        assert.ok((await callExchange(exchange.tenant, cmdlet, parameters)).status < 300, cmdlet);

    async function ask(more: Properties = {}): Promise<Properties> {
        const { tenantId } = exchange.tenant;
        const args = { tenantId, clientId: application.clientId, clientSecret, mailbox: mim, now, ...more };
        assert.deepEqual(ewsHealth.check(args), []);
        const answer = await ewsHealth.run(args, exchange.context);
        const text = JSON.stringify(answer);
        assert.equal(text.includes(String(args.clientSecret)) || /eyJ/.test(text), false, "a secret in the answer");
        assert.equal(answer["time"], now);
        return answer;
    }
    /** State, check, and whether message and advice are as they should be. */
    async function expect(expected: string, message: RegExp, advice: RegExp, more: Properties = {}): Promise<void> {
        const answer = await ask(more);
        assert.equal(`${String(answer["state"])} ${String(answer["check"])}`, expected, String(answer["message"]));
        assert.match(String(answer["message"]), message);
        assert.match(String(answer["advice"]), advice);
    }
    /** What it says with a change some minutes ago. */
    async function after(minutes: number, more: Properties = {}): Promise<unknown[]> {
        const changedAt = new Date(Date.parse(now) - minutes * 60_000).toISOString();
        const { state, pendingUntil } = await ask({ changedAt, ...more });
        return [state, pendingUntil];
    }
    const ewsCalls = () => exchange.tenant.calls.filter(({ path }) => path === "/EWS/Exchange.asmx").length;

    beforeEach(async () => {
        exchange = await Exchange.start();
        exchange.newRun();
        const app = await post("applications", { displayName: "MIM mail" });
        const principal = await post("servicePrincipals", { appId: app["appId"] });
        application = { id: String(app["id"]), clientId: String(app["appId"]), objectId: String(principal["id"]) };
        clientSecret = await newSecret();
        await consent();
        exchange.tenant.resetCalls();
    });
    afterEach(async () => {
        assert.deepEqual(exchange.tenant.unknownCalls, []);
        await exchange.stop();
    });

    it("healthy where the inbox was opened: one token, one call, nothing changed", async () => {
        let changes = 0;
        exchange.tenant.onChange = () => changes++;
        const message = `a token with full_access_as_app, and the inbox of ${mim} opened by EWS`;
        assert.deepEqual(await ask(), { state: "healthy", check: "ews", message, advice: "", time: now });
        const calls = exchange.tenant.calls.filter(({ method }) => method === "POST").map(({ path }) => path);
        assert.deepEqual([calls, changes], [[`/${exchange.tenant.tenantId}/oauth2/v2.0/token`, "/EWS/Exchange.asmx"], 0]);
    });

    it("a wrong secret", async () => {
        clientSecret = "not-the-secret-at-all";
        await expect("failing token", /40[01] AADSTS7000215: .*Invalid client secret/, /not the secret's id/);
        assert.equal(ewsCalls(), 0);
        assert.deepEqual(await after(59), ["pending", "2026-11-30T08:01:00.000Z"]);
        assert.deepEqual(await after(60), ["failing", undefined]);
    });

    it("an expired secret, which no waiting mends", async () => {
        exchange.tenant.clock = () => new Date("2035-01-01T00:00:00Z");
        await expect("failing token", /40[01] AADSTS7000222: .* are expired/, /^Make a new client secret .* put it in place$/);
        assert.deepEqual(await after(1), ["failing", undefined]);
    });

    it("a tenant that is not there", async () => {
        await expect("failing token", /400 AADSTS90002: Tenant 'fabrikam\.com' not found/, /no such tenant/, { tenantId: "fabrikam.com" });
    });

    it("an application that is not there, and one that is disabled", async () => {
        const { servicePrincipals } = exchange.tenant.state;
        const clientId = "00000000-1111-4222-8333-444444444444";
        await expect("failing token", /40[01] AADSTS700016: .*was not found/, /The tenant has no application 0{8}-/, { clientId });
        servicePrincipals.find(({ id }) => id === application.objectId)!.accountEnabled = false;
        await expect("failing token", /40[01] AADSTS7000112: .*disabled/, /enable it/);
        servicePrincipals.splice(servicePrincipals.findIndex(({ id }) => id === application.objectId), 1);
        await expect("failing token", /40[01] AADSTS7000229: .*missing service principal/, /no service principal/);
    });

    it("no consent, which is said before EWS are asked", async () => {
        exchangeOnline().appRoleAssignedTo = exchangeOnline().appRoleAssignedTo.filter(one => one.principalId !== application.objectId);
        await expect("failing token", /^the token lacks the permission full_access_as_app; it has none$/, /administrator's consent\. After a change of it wait first: it may take up to 1 hour$/);
        assert.equal(ewsCalls(), 0);
        assert.deepEqual(await after(10), ["pending", "2026-11-30T08:50:00.000Z"]);
    });

    it("EWS switched off for the organisation, or for the mailbox", async () => {
        const { organization, recipients } = exchange.tenant.state.exchange;
        organization.EwsEnabled = false;
        await expect("failing ews", /403: EWS is disabled for this user or tenant \(request-id/, /Set-OrganizationConfig.*Set-CASMailbox/);
        assert.deepEqual(await after(23 * 60), ["pending", "2026-11-30T09:00:00.000Z"]);
        assert.deepEqual(await after(24 * 60), ["failing", undefined]);
        organization.EwsEnabled = null;
        recipients.find(({ Name }) => Name === "mim")!.clientAccess!.EwsEnabled = false;
        await expect("failing ews", /EWS is disabled/, /Set-CASMailbox/);
        await expect("healthy ews", /opened/, /^$/, { mailbox: ceo });
    });

    it("not on the list of applications, or left out by the user agent", async () => {
        const { organization } = exchange.tenant.state.exchange;
        Object.assign(organization, { EwsEnabled: true, EwsAllowedAppIDs: "99999999-0000-4000-8000-000000000000" });
        await expect("failing ews", /403: EWS is blocked by policy/, /Put the application .* into EwsAllowedAppIDs.*user agent\. After a change of it wait first: it may take up to 24 hours$/);
        assert.equal((await after(60))[0], "pending");
        await expect("failing ews", /blocked by policy/, /user agent$/, { changedAt: "2026-11-01T09:00:00Z" });
        Object.assign(organization, { EwsAllowedAppIDs: application.clientId, EwsApplicationAccessPolicy: "EnforceAllowList", EwsAllowList: ["MIM*"] });
        await expect("failing ews", /EWS is blocked by policy/, /EwsAllowList/);
        await expect("healthy ews", /opened/, /^$/, { userAgent: "MIM 4.6" });
    });

    it("a policy that leaves the mailbox out, in either form", async () => {
        const policy = { AppId: [application.clientId], AccessRight: "RestrictAccess", PolicyScopeGroupId: "mim-mailboxes@contoso.example" };
        await run("New-ApplicationAccessPolicy", policy);
        await expect("healthy ews", /opened/, /^$/);
        await expect("failing ews", /ErrorAccessDenied: Access is denied/, /^ceo@contoso\.example is closed .*RestrictAccess/, { mailbox: ceo });
        assert.deepEqual(await after(119, { mailbox: ceo }), ["pending", "2026-11-30T08:01:00.000Z"]);
        assert.deepEqual(await after(120, { mailbox: ceo }), ["failing", undefined]);
        exchange.tenant.behaviour.ewsDenialAs403 = true;
        await expect("failing ews", /403: empty reply/, /RestrictAccess/, { mailbox: ceo });
        assert.deepEqual(exchange.waits, [], "a denial is not asked again");
    });

    it("a role: no consent is asked for, and its scope decides", async () => {
        exchangeOnline().appRoleAssignedTo = exchangeOnline().appRoleAssignedTo.filter(one => one.principalId !== application.objectId);
        const method = "rbac";
        await expect("failing ews", /401: 2000008;reason="The token contains no permissions/, /needs the role Application EWS\.AccessAsApp/, { method });
        await run("New-ServicePrincipal", { AppId: application.clientId, ObjectId: application.objectId });
        const role = { Role: "Application EWS.AccessAsApp", App: application.objectId, RecipientGroupScope: "MIM mailboxes", Force: true };
        await run("New-ManagementRoleAssignment", role);
        await expect("healthy ews", /^a token, and the inbox of mim@/, /^$/, { method });
        await expect("failing ews", /ErrorAccessDenied/, /needs the role .* with the mailbox in its scope/, { method, mailbox: ceo });
    });

    it("a mailbox that is not there", async () => {
        const mailbox = "no&body@contoso.example";
        await expect("failing ews", /ErrorNonExistentMailbox: The SMTP address has no mailbox/, /Check the address no&body@/, { mailbox });
        assert.equal((await after(1, { mailbox }))[0], "failing");
    });

    it("too many calls, or a service that is not there: nobody knows, whatever was changed", async () => {
        exchange.tenant.behaviour.nextStatus(/^\/EWS\//, 429, { retryAfter: "120" });
        await expect("unknown ews", /429: Retry-After 120/, /Nothing is known/, { changedAt: now });
        exchange.tenant.behaviour.nextStatus(/^\/EWS\//, 503, { times: 5 });
        await expect("unknown ews", /503/, /Nothing is known/);
        assert.deepEqual(exchange.waits, [1000, 2000, 4000, 8000]);
        exchange.tenant.behaviour.nextStatus(/^\/EWS\//, 503, { retryAfter: "7" });
        await expect("healthy ews", /opened/, /^$/);
    });

    it("ended, and nothing is asked", async () => {
        const ended = { now: "2027-04-01T00:00:00Z", changedAt: "2027-03-31T23:59:00Z", tenantId: "t", clientId: application.clientId, clientSecret, mailbox: mim };
        const { state, check, message, advice } = await ewsHealth.run(ended, exchange.context);
        assert.deepEqual([state, check], ["failing", "ews"]);
        assert.match(String(message), /ended on 2027-04-01; nothing was asked/);
        assert.match(String(advice), /SMTP relay .* Exchange server on premises/);
        assert.deepEqual(exchange.tenant.calls, []);
        assert.equal((await ewsHealth.run({ ...ended, tenantId: exchange.tenant.tenantId, now: "2027-03-31T23:59:59Z" }, exchange.context))["state"], "healthy");
    });

    it("a change that is yet to come is one of now", async () => {
        exchange.tenant.state.exchange.organization.EwsEnabled = false;
        assert.deepEqual(await after(-10_000), ["pending", "2026-12-01T08:00:00.000Z"]);
    });

    it("has the day and the time that the components have", () => {
        assert.deepEqual([endsOn, settling.mailbox], [endOfComponent, settlingMs]);
    });

    it("names what is wrong before anything is called, and never the secret", () => {
        const good = { tenantId: "contoso.com", clientId: application.clientId, clientSecret: "s", mailbox: mim };
        const check = (more: Properties) => ewsHealth.check({ ...good, ...more }).map(({ property }) => property);
        assert.deepEqual(check({ method: "rbac", userAgent: "MIM 4.6", changedAt: now, now: "2026-11-30T08:00Z" }), []);
        assert.deepEqual(check({ tenantId: "a/b", clientId: "mim", clientSecret: "", mailbox: "mim" }), ["tenantId", "clientId", "mailbox", "clientSecret"]);
        assert.deepEqual(check({ mailbox: "mïm@contoso.com", method: "both", userAgent: "a\r\nb: c" }), ["mailbox", "method", "userAgent"]);
        assert.deepEqual(check({ changedAt: "2026-11-30", now: "2026-13-30T08:00:00Z" }), ["changedAt", "now"]);
        const [failure] = ewsHealth.check({ ...good, clientSecret: ["s3cret-in-a-list"] });
        assert.deepEqual(failure, { property: "clientSecret", reason: "expected the value of a client secret of the application, a text" });
    });
});
