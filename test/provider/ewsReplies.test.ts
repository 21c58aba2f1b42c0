// What the function exchange:ewsHealth sends, and what it makes of replies that the pretend tenant does not give: broken ones, those of
// proxies, and such as would print a token or a secret.
import * as assert from "node:assert/strict";
import { globalAgent } from "node:https";
import { cloudOf } from "../../provider/clients/cloud";
import { ewsClient } from "../../provider/clients/ews";
import { shared } from "../../provider/clients/shared";
import { trustEnvironment } from "../../provider/clients/trust";
import { ewsHealth } from "../../provider/functions/ewsHealth";
import type { Context } from "../../provider/resources/resource";
import type { Properties } from "../../provider/values";
import { accessToken, clientId, clientSecret, Fake, tenantId, type Reply } from "./support/fake";
import { Plugin, secret } from "./support/plugin";

const mailbox = "mim&co@contoso.example";
const now = "2026-11-30T08:00:00.000Z";
const claims = (content: object) => `eyJhbGciOiJub25lIn0.${Buffer.from(JSON.stringify(content)).toString("base64url")}.c2lnbmF0dXJl`;
const consented = claims({ roles: ["full_access_as_app"] });
const opaque = "an+opaque/token==of-the-tenant";

const inbox =
    '<s:Envelope><s:Body><m:GetFolderResponse><m:ResponseMessages><m:GetFolderResponseMessage ResponseClass="Success"><m:ResponseCode>NoError' +
    '</m:ResponseCode><m:Folders><t:Folder><t:FolderId Id="AQ=="/></t:Folder></m:Folders></m:GetFolderResponseMessage></m:ResponseMessages>' +
    "</m:GetFolderResponse></s:Body></s:Envelope>";
const fault = (code: string, text: string) =>
    `<s:Envelope><s:Body><s:Fault><faultcode>a:${code}</faultcode><faultstring>${text}</faultstring><detail><e:ResponseCode xmlns:e="e">${code}` +
    `</e:ResponseCode><e:Message>${text}</e:Message></detail></s:Fault></s:Body></s:Envelope>`;
const folderError = (code: string, text: string) =>
    `<m:GetFolderResponseMessage ResponseClass="Error"><m:MessageText>${text}</m:MessageText><m:ResponseCode>${code}</m:ResponseCode>` +
    "</m:GetFolderResponseMessage>";
const html = "<html><body>Access to this site is not permitted by the policy of Contoso</body></html>";

describe("function exchange:ewsHealth, on the wire", function () {
    this.timeout(30_000);
    const { ca, secureContext } = globalAgent.options;
    let fake: Fake;
    let waits: number[];

    before(async () => {
        fake = await Fake.start();
        trustEnvironment({ SSL_CERT_FILE: fake.authority });
    });
    after(async () => {
        Object.assign(globalAgent.options, { ca, secureContext });
        await fake.stop();
    });
    const give = (token: string) => (fake.token = () => ({ body: { token_type: "Bearer", expires_in: 3599, access_token: token } }));
    beforeEach(() => {
        fake.reset();
        give(consented);
        waits = [];
    });

    const args = { tenantId, clientId, clientSecret, mailbox, now };
    function ask(more: Properties = {}, signal = new AbortController().signal, exchangeHost = fake.host): Promise<Properties> {
        const settings = { metadataHost: fake.host, exchangeHost };
        const none = () => Promise.reject(new Error("EWS have to do"));
        const wait = async (milliseconds: number) => void waits.push(milliseconds);
        const ews = ewsClient(settings, shared(of => cloudOf(settings, of)), { wait });
        return ewsHealth.run({ ...args, ...more }, { ews, signal, tell: () => {}, wait, graph: none, exchange: none, declaredBy: new Map() } as Context);
    }
    async function expect(reply: Reply, state: string, message: RegExp): Promise<Properties> {
        fake.ews = () => reply;
        const answer = await ask();
        assert.equal(answer["state"], state, String(answer["message"]));
        assert.match(String(answer["message"]), message);
        for (const hidden of [clientSecret, consented, opaque]) assert.equal(JSON.stringify(answer).includes(hidden), false, "a secret in the answer");
        return answer;
    }

    it("asks for a token for Exchange Online, and for the inbox as the mailbox's owner", async () => {
        fake.ews = () => ({ body: inbox });
        assert.equal((await ask({ userAgent: "MIM 4.6" }))["state"], "healthy");
        const form = new URLSearchParams(fake.tokenRequests[0]!.body);
        assert.deepEqual([form.get("client_id"), form.get("client_secret")], [clientId, clientSecret]);
        assert.deepEqual([form.get("grant_type"), form.get("scope")], ["client_credentials", "https://outlook.office365.com/.default"]);
        const call = fake.calls.find(({ url }) => url === "/EWS/Exchange.asmx")!;
        const sent = ["authorization", "x-anchormailbox", "user-agent", "content-type", "accept"].map(name => call.headers[name]);
        assert.deepEqual(sent, [`Bearer ${consented}`, mailbox, "MIM 4.6", "text/xml; charset=utf-8", "text/xml"]);
        assert.match(call.body, /<t:ExchangeImpersonation><t:ConnectingSID><t:SmtpAddress>mim&amp;co@contoso\.example<\/t:SmtpAddress>/);
        assert.match(call.body, /<soap:Body>\s*<m:GetFolder>[^]*<t:DistinguishedFolderId Id="inbox"\/>[^]*<\/m:GetFolder>\s*<\/soap:Body>/);
    });

    it("names the program that asks where nobody else does", async () => {
        fake.ews = () => ({ body: inbox });
        await ask();
        assert.match(String(fake.calls.find(({ url }) => url.startsWith("/EWS/"))!.headers["user-agent"]), /^HybridIdentity\/\d+\.\d+\.\d+$/);
    });

    it("believes no reply that does not show an inbox", async () => {
        await expect({ body: html }, "unknown", /200: the reply is none of EWS's: <html>/);
        await expect({ body: "" }, "unknown", /the reply is none of EWS's/);
        await expect({ body: inbox.replace('<t:FolderId Id="AQ=="/>', "") }, "unknown", /none of EWS's/);
        await expect({ body: inbox.replace("NoError", "ErrorItemNotFound") }, "unknown", /none of EWS's/);
        await expect({ body: inbox.replace('"Success"', '"Warning"') }, "unknown", /none of EWS's/);
    });

    it("tells Exchange Online's refusals from those of proxies", async () => {
        await expect({ status: 403, body: html }, "unknown", /403: <html>.*not permitted by the policy of Contoso/);
        await expect({ status: 401, body: html }, "unknown", /401/);
        await expect({ status: 302, headers: { location: "https://localhost:1/logon" }, body: "" }, "unknown", /302: empty reply/);
        await expect({ status: 404, body: html }, "unknown", /404/);
        await expect({ status: 403, headers: { "request-id": "r-1" }, body: "" }, "failing", /403: empty reply \(request-id r-1\)/);
        const bearer = await expect({ status: 401, headers: { "www-authenticate": "Bearer client_id=x" }, body: "" }, "failing", /401/);
        assert.match(String(bearer["advice"]), /^Check that the tenant is the one of the mailbox/);
    });

    it("reads errors of the folder and of the whole call alike", async () => {
        await expect({ body: folderError("ErrorAccessDenied", "Access is denied.") }, "failing", /ErrorAccessDenied: Access is denied/);
        await expect({ body: folderError("ErrorNonExistentMailbox", "No mailbox with such guid.") }, "failing", /No mailbox with such guid/);
        await expect({ status: 500, body: fault("ErrorImpersonateUserDenied", "No permission.") }, "failing", /ErrorImpersonateUserDenied/);
        await expect({ status: 500, body: fault("ErrorSchemaValidation", "The request failed.") }, "unknown", /ErrorSchemaValidation/);
        assert.deepEqual(waits, []);
    });

    it("asks a busy service again, and does not judge by it", async () => {
        await expect({ status: 500, body: fault("ErrorServerBusy", "The server cannot service this request right now.") }, "unknown", /ErrorServerBusy/);
        assert.deepEqual(waits, [1000, 2000, 4000, 8000]);
        const busy = [{ status: 500, body: fault("ErrorMailboxMoveInProgress", "Moving.") }, { body: inbox }];
        fake.ews = () => busy.shift()!;
        assert.equal((await ask())["state"], "healthy");
    });

    it("a connection that breaks, or that nobody takes", async () => {
        await expect({ body: null }, "unknown", /EWS GetFolder at https:\/\/localhost:\d+: ECONNRESET/);
        const nobody = await ask({}, undefined, "localhost:1");
        assert.deepEqual([nobody["state"], nobody["check"]], ["unknown", "ews"]);
        assert.match(String(nobody["message"]), /ECONNREFUSED/);
    });

    it("no reply of the token endpoint", async () => {
        fake.token = () => ({ status: 400, body: html });
        const odd = await ask({ changedAt: now });
        assert.deepEqual([odd["state"], odd["check"]], ["unknown", "token"]);
        assert.match(String(odd["message"]), /^token for https:\/\/outlook\.office365\.com\/\.default: 400: <html>/);
        fake.token = () => ({ status: 429, headers: { "retry-after": "200" }, body: "" });
        assert.match(String((await ask())["message"]), /429: Retry-After 200/);
        assert.deepEqual(waits, []);
        fake.token = () => ({ status: 503, body: "" });
        assert.equal((await ask())["state"], "unknown");
        assert.deepEqual(waits, [1000, 2000, 4000, 8000]);
        fake.token = () => ({ body: null });
        assert.match(String((await ask())["message"]), /^token for .* at https:\/\/localhost:\d+: ECONNRESET/);
        fake.token = () => ({ body: { token_type: "Bearer" } });
        assert.match(String((await ask())["message"]), /the reply has no token/);
        for (const code of ["AADSTS90006", "AADSTS90024", "AADSTS90033", "AADSTS50196"]) {
            fake.token = () => ({ status: 400, body: { error: "temporarily_unavailable", error_description: `${code}: Try again.` } });
            assert.equal((await ask())["state"], "unknown", code);
        }
        assert.equal(fake.calls.filter(({ url }) => url.startsWith("/EWS/")).length, 0);
    });

    it("a code of Entra ID that is not known here is a refusal all the same", async () => {
        fake.token = () => ({ status: 400, body: { error: "access_denied", error_description: "AADSTS53003: Blocked by Conditional Access policies." } });
        const { state, check, message, advice } = await ask({ changedAt: now });
        assert.deepEqual([state, check], ["failing", "token"]);
        assert.match(String(message), /: 400 AADSTS53003: Blocked by Conditional Access/);
        assert.match(String(advice), /^Look up AADSTS53003 in/);
    });

    it("names the permissions that are there", async () => {
        give(claims({ roles: ["Exchange.ManageAsApp", "SMTP.SendAsApp"] }));
        assert.match(String((await ask())["message"]), /lacks the permission full_access_as_app; it has Exchange\.ManageAsApp, SMTP\.SendAsApp$/);
    });

    it("a token that cannot be read is for EWS to judge", async () => {
        give(opaque);
        await expect({ body: inbox }, "healthy", /opened/);
        give(accessToken);
        assert.match(String((await ask())["message"]), /it has none$/);
    });

    it("prints no token and no secret that comes back", async () => {
        await expect({ status: 500, body: fault("ErrorInvalidRequest", `you sent ${consented}`) }, "unknown", /you sent \*\*\*/);
        give(opaque);
        await expect({ status: 400, body: `you sent ${opaque} or ${encodeURIComponent(opaque)}` }, "unknown", /you sent \*\*\* or \*\*\*$/);
        await expect({ status: 403, headers: { "x-ews-policy-reason": `EWS is disabled for ${opaque}` }, body: "" }, "failing", /disabled for \*\*\*/);
        const wrong = "a+b/c=&d";
        const description = `AADSTS7000215: Invalid client secret: ${wrong} or ${encodeURIComponent(wrong)}`;
        fake.token = () => ({ status: 401, body: { error: "invalid_client", error_description: description } });
        assert.match(String((await ask({ clientSecret: wrong }))["message"]), /401 AADSTS7000215: Invalid client secret: \*\*\* or \*\*\*$/);
    });

    it("ends with an error only where the run is cancelled", async () => {
        const run = new AbortController();
        fake.ews = () => {
            run.abort();
            return { body: null };
        };
        await assert.rejects(ask({}, run.signal), /cancelled|abort/i);
    });

    it("over gRPC: the secret is taken marked, and stands in no failure", async () => {
        const plugin = await Plugin.start({ SSL_CERT_FILE: fake.authority });
        try {
            await plugin.configure({ metadataHost: fake.host, exchangeHost: fake.host });
            fake.ews = () => ({ body: inbox });
            const { result } = await plugin.invoke("hybrid-identity:exchange:ewsHealth", { ...args, clientSecret: secret(clientSecret) });
            assert.deepEqual([result["state"], result["time"]], ["healthy", now]);
            assert.equal(new URLSearchParams(fake.tokenRequests[0]!.body).get("client_secret"), clientSecret);
            const wrong = { ...args, clientSecret: [clientSecret], mailbox: secret("a mailbox") };
            const { failures } = await plugin.invoke("hybrid-identity:exchange:ewsHealth", wrong);
            assert.deepEqual(failures.map(({ property }) => property), ["mailbox", "clientSecret"]);
            assert.equal(/a mailbox"|s3cret/.test(JSON.stringify(failures)), false);
        } finally {
            await plugin.stop();
        }
    });
});
