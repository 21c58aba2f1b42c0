// The client for Exchange Online against a fake server: what is sent, what is repeated, what replies mean, and that nothing but the
// service's own words counts as an absence. Replies are as in the facts about the wire, with hand-written texts.
import * as assert from "node:assert/strict";
import { globalAgent } from "node:https";
import {
    AlreadyExistsError,
    AuthenticationError,
    AuthorizationError,
    LostReplyError,
    NotFoundError,
    ServiceError,
    ThrottledError,
} from "../../provider/clients/errors";
import { cloudOf } from "../../provider/clients/cloud";
import { exchangeClient, ExchangeClient, list, type ExchangeCall } from "../../provider/clients/exchange";
import { exchangeRefusal } from "../../provider/clients/exchangeErrors";
import { HttpClient } from "../../provider/clients/http";
import { shared } from "../../provider/clients/shared";
import { trustEnvironment } from "../../provider/clients/trust";
import { accessToken, clientId, clientSecret, exception, Fake, tenantId, type Reply } from "./support/fake";

const right = "Exchange.ManageAsApp";
const tasks = "Microsoft.Exchange.Configuration.Tasks";
const path = `/adminapi/beta/${tenantId}/InvokeCommand`;

describe("provider: client for Exchange Online", () => {
    const { ca, secureContext } = globalAgent.options;
    let fake: Fake;
    let waits: number[];
    let client: ExchangeClient;

    before(async () => {
        fake = await Fake.start();
        trustEnvironment({ SSL_CERT_FILE: fake.authority });
    });
    after(async () => {
        Object.assign(globalAgent.options, { ca, secureContext });
        await fake.stop();
    });
    beforeEach(() => {
        fake.reset();
        waits = [];
        const wait = async (ms: number) => void waits.push(ms);
        client = new ExchangeClient(
            new HttpClient(fake.origin, { token: async () => accessToken, refusal: exchangeRefusal, wait }),
            tenantId,
        );
    });

    /** Answers one after the other, the last one for ever. */
    const answers = (...replies: Reply[]) => {
        let next = 0;
        fake.exchange = () => replies[Math.min(next++, replies.length - 1)]!;
    };
    const run = (cmdlet = "Get-ServicePrincipal", more: Partial<ExchangeCall> = {}) => client.run(cmdlet, {}, { right, ...more });
    async function failure(kind: new (...given: never[]) => Error, work: Promise<unknown> = run()): Promise<Error> {
        const error: unknown = await work.then(() => assert.fail("no error"), (thrown: unknown) => thrown);
        assert.ok(error instanceof kind, String(error));
        assert.equal(error.message.includes(accessToken), false);
        return error;
    }

    it("posts the cmdlet with its parameters, the token and a route", async () => {
        await client.run("New-ApplicationAccessPolicy", { AppId: ["a"], Description: null }, { right });
        const [{ method, url, headers, body }] = fake.calls as [(typeof fake.calls)[0]];
        assert.equal(`${method} ${url}`, `POST ${path}`);
        assert.deepEqual(JSON.parse(body), {
            CmdletInput: { CmdletName: "New-ApplicationAccessPolicy", Parameters: { AppId: ["a"], Description: null } },
        });
        assert.equal(headers.authorization, `Bearer ${accessToken}`);
        assert.equal(headers["content-type"], "application/json");
        assert.equal(headers["x-responseformat"], "json");
        assert.equal(headers["x-anchormailbox"], `APP:SystemMailbox{bb558c35-97f1-4cb9-8ff7-d53741dc928c}@${tenantId}`);
        await run("Get-Recipient", { anchor: "SMTP:mim@contoso.example" });
        assert.equal(fake.calls[1]?.headers["x-anchormailbox"], "SMTP:mim@contoso.example");
    });

    it("gives objects without their annotations", async () => {
        const noted = {
            Guid: "g",
            "Guid@data.type": "System.Guid",
            Members: ["a"],
            "Members@odata.type": "#Collection(String)",
            Inner: { "@odata.type": "x", a: 1 },
        };
        const envelope = { "@odata.context": "x", "adminapi.warnings@odata.type": "#Collection(String)", "@adminapi.warnings": ["old"] };
        answers({ body: { ...envelope, value: [noted] } });
        assert.deepEqual(await run(), [{ Guid: "g", Members: ["a"], Inner: { a: 1 } }]);
        assert.deepEqual([list("a"), list(["a", "b"]), list(null), list(undefined)], [["a"], ["a", "b"], [], []]);
    });

    for (const reply of [{ value: [] }, { value: null }, { "@odata.context": "x" }]) {
        it(`takes ${JSON.stringify(reply)} for no objects`, async () => {
            answers({ body: reply });
            assert.deepEqual(await run(), []);
        });
    }

    it("takes 204 and an empty reply to a change for done", async () => {
        answers({ status: 204, body: "" });
        assert.deepEqual(await run("Set-ServicePrincipal"), []);
        answers({ body: "" });
        assert.deepEqual(await run("Remove-ServicePrincipal"), []);
    });

    for (const body of ["", "<html>log on here</html>", "null", JSON.stringify({ message: "ok" })]) {
        it(`does not take a stranger's 200 for an empty list: ${JSON.stringify(body)}`, async () => {
            answers({ body });
            assert.match(
                (await failure(ServiceError)).message,
                /^Get-ServicePrincipal: 200: the reply is (not JSON|none of Exchange Online's)/,
            );
        });
    }

    it("asks for the next page with the same cmdlet, on the same host only", async () => {
        const next = `${fake.origin}${path}?%24skiptoken=a`;
        answers({ body: { value: [1], "@odata.nextLink": next } }, { body: { value: [2] } });
        assert.deepEqual(await client.run("Get-ServicePrincipal", { ResultSize: 2 }, { right }), [1, 2]);
        assert.deepEqual(fake.calls.map(({ method, url }) => `${method} ${url}`), [`POST ${path}`, `POST ${path}?%24skiptoken=a`]);
        assert.equal(fake.calls[1]?.body, fake.calls[0]?.body);
        for (const link of [`https://localhost:1${path}`, "//evil.example/adminapi", `${fake.origin}${path}`]) {
            answers({ body: { value: [1], "@odata.nextLink": link } });
            assert.match((await failure(ServiceError)).message, /the next page is at .*; not followed/);
        }
        answers(
            { body: { value: [1], "@odata.nextLink": next } },
            exception(400, "", "Expired or Invalid pagination request. Default Expiry time is 00:30:00"),
        );
        assert.match((await failure(ServiceError)).message, /Expired or Invalid pagination request.*run again/);
    });

    describe("repeats", () => {
        const busy: Reply = { status: 503, body: "busy" };
        for (const status of [408, 429, 500, 502, 503, 504]) {
            it(`a cmdlet that reads, after ${status}`, async () => {
                answers({ status, headers: { "retry-after": "1.5" }, body: "" }, { body: { value: [1] } });
                assert.deepEqual(await run("Test-ApplicationAccessPolicy"), [1]);
                assert.deepEqual(waits, [1500]);
            });
        }
        it("a cmdlet that may be done twice, also after a connection that broke", async () => {
            answers({ body: null }, busy, { body: { value: [] } });
            await run("Set-ServicePrincipal", { idempotent: true });
            assert.deepEqual(waits, [1000, 2000]);
        });
        it("a change that was throttled, by its status or in words", async () => {
            const tooMany = "You have reached the maximum number of concurrent requests per tenant. Please wait and try again";
            answers({ status: 429, body: "" }, { status: 400, body: tooMany }, { body: { value: [] } });
            await run("New-ServicePrincipal");
            assert.equal(waits.length, 2);
        });
        it("no other change: what came of it is not known", async () => {
            for (const reply of [busy, { status: 408, body: "" }, { status: 500, body: "" }, { status: 504, body: "" }, { body: null }]) {
                fake.calls.length = 0;
                answers(reply);
                assert.match(
                    (await failure(LostReplyError, run("New-ServicePrincipal"))).message,
                    /^New-ServicePrincipal.*Whether it was carried out is not known/,
                );
                assert.equal(fake.calls.length, 1);
            }
            const slow = new ExchangeClient(new HttpClient(fake.origin, { refusal: exchangeRefusal, timeoutMs: 50 }), tenantId);
            answers({ headers: { "content-length": "10" }, body: "{" });
            await failure(LostReplyError, slow.run("Add-DistributionGroupMember", {}, { right }));
            await failure(ServiceError, slow.run("Get-Recipient", {}, { right }));
        });
        it("nothing that the service has thought about, whatever its status", async () => {
            answers(exception(500, `${tasks}.ManagementObjectNotFoundException`, "The object 'x' couldn't be found on 'y'."));
            await failure(NotFoundError);
            answers(exception(500, "System.ArgumentException", "The filter is wrong."));
            await failure(ServiceError);
            await failure(ServiceError, run("New-ManagementScope"));
            assert.deepEqual(waits, []);
            answers(
                exception(500, "Microsoft.Exchange.Data.Directory.ADTransientException", "The domain controller is away."),
                { body: { value: [] } },
            );
            await run();
            assert.deepEqual(waits, [1000]);
        });
        it("not when it is cancelled, nor when the host is not there", async () => {
            await assert.rejects(
                run("Get-Recipient", { signal: AbortSignal.abort() }),
                /Get-Recipient at https:\/\/localhost:\d+: cancelled/,
            );
            const nowhere = new ExchangeClient(new HttpClient("https://localhost:1", { refusal: exchangeRefusal }), tenantId);
            await failure(ServiceError, nowhere.run("New-ServicePrincipal", {}, { right }));
        });
    });

    describe("refusals", () => {
        const table: [string, Reply, new (...given: never[]) => Error, RegExp][] = [
            [
                "an object that is not there",
                exception(
                    404,
                    `${tasks}.ManagementObjectNotFoundException`,
                    "The operation couldn't be performed because object 'x' couldn't be found on 'y'.",
                    "Ex6F9304",
                ),
                NotFoundError,
                /^Get-ServicePrincipal: 404 ManagementObjectNotFoundException: The operation couldn't .* on 'y'\. \(request-id r-1\)$/,
            ],
            [
                "an object that is there already",
                exception(400, "Microsoft.Exchange.Data.Directory.ADObjectAlreadyExistsException", "The object 'x' already exists."),
                AlreadyExistsError,
                /The object 'x' already exists\./,
            ],
            [
                "a 404 of somebody else",
                { status: 404, body: "<html>nothing here</html>" },
                ServiceError,
                /no statement about the object; check tenantId, exchangeHost/,
            ],
            [
                "a 404 of Exchange Online about something else",
                exception(404, "System.UriFormatException", "Wrong tenant"),
                ServiceError,
                /no statement about the object/,
            ],
            [
                "a 404 in the words of an absence without its type",
                { status: 404, body: { error: { code: "NotFound", message: "not found" } } },
                ServiceError,
                /no statement/,
            ],
            ["no right at all", { status: 401, body: "" }, AuthenticationError, /401: refused, and no reason given\. .*has all that is needed: Exchange\.ManageAsApp\. A new consent/],
            [
                "a role that is missing",
                { status: 403, body: "\0".repeat(90) },
                AuthorizationError,
                /403: refused, and no reason given\. Whoever Pulumi runs as may not run Get-ServicePrincipal; needed: Exchange\.ManageAsApp\./,
            ],
            [
                "a 403 in the words of an absence",
                exception(403, `${tasks}.ManagementObjectNotFoundException`, "couldn't be found on"),
                AuthorizationError,
                /Whoever Pulumi runs as may not run/,
            ],
            [
                "an organisation that was never customised",
                exception(
                    400,
                    "Microsoft.Exchange.Configuration.Tasks.InvalidOperationInDehydratedContextException",
                    "The command you tried to run isn't currently allowed in your organization.",
                ),
                ServiceError,
                /isn't currently allowed.*run Enable-OrganizationCustomization once/,
            ],
            [
                "an organisation that was just customised",
                exception(400, "System.UnauthorizedAccessException", "You must be assigned a delegating role assignment to the role."),
                ServiceError,
                /After Enable-OrganizationCustomization this lasts 40 to 60 minutes: run again later/,
            ],
            [
                "a full list of policies",
                exception(400, "System.InvalidOperationException", "The total size of App Access Policies exceeded the limit."),
                ServiceError,
                /exceeded the limit\. .*remove policies that nobody needs, .*or use RBAC for Applications/,
            ],
            [
                "an unknown parameter",
                exception(400, "System.Management.Automation.AmbiguousParameterSetException", "Invalid cmdlet parameters specified."),
                ServiceError,
                /400 AmbiguousParameterSetException: Invalid cmdlet/,
            ],
            ["an error with an inner exception", {
                status: 400,
                body: {
                    error: {
                        code: "BadRequest",
                        message: "m",
                        details: { message: "d" },
                        innererror: { message: "i", internalexception: { message: "the cause", type: "A.B.CauseException" } },
                    },
                },
            }, ServiceError, /400 CauseException: the cause$/],
            ["a token in a reply", { status: 400, body: `you sent ${accessToken}` }, ServiceError, /you sent \*\*\*/],
        ];
        for (const [what, reply, kind, says] of table) {
            it(what, async () => {
                answers(reply);
                assert.match((await failure(kind)).message, says);
                assert.equal(fake.calls.length, 1);
            });
        }

        it("a throttle that outlasts the run", async () => {
            answers({ status: 429, headers: { "retry-after": "300" }, body: "" });
            assert.match((await failure(ThrottledError, run("New-ServicePrincipal"))).message, /run again later/);
        });

        it("errors inside a success", async () => {
            const complaints = ["|System.InvalidOperationException|One of them failed."];
            answers({ headers: { "request-id": "r-9" }, body: { "@adminapi.errors": complaints, value: [] } });
            assert.match(
                (await failure(ServiceError)).message,
                /^Get-ServicePrincipal: 200 InvalidOperationException: One of them failed\. \(request-id r-9\)/,
            );
            answers({ body: { "@adminapi.errors": [`Ex6F9304|${tasks}.ManagementObjectNotFoundException|gone`], value: [] } });
            await failure(NotFoundError);
            answers({ body: { "@adminapi.errors": [], value: [1] } });
            assert.deepEqual(await run(), [1]);
        });

        it("a question instead of an answer", async () => {
            answers({ body: { "@adminapi.confirmationmessage": "Are you sure?", value: [] } });
            assert.match(
                (await failure(ServiceError, run("Remove-ManagementScope"))).message,
                /asked for a confirmation and did nothing: Are you sure\?/,
            );
        });
    });

    describe("shared lists", () => {
        const all = (cmdlet = "Get-ServicePrincipal", parameters = {}) => client.all(cmdlet, parameters, { right });
        const asked = () => fake.cmdlets.map(({ name }) => name);

        it("are asked once, by however many at a time", async () => {
            answers({ body: { value: [1] } });
            assert.deepEqual(await Promise.all([all(), all(), all()]), [[1], [1], [1]]);
            await all();
            assert.equal(asked().length, 1);
            await all("Get-ServicePrincipal", { ResultSize: 1 });
            assert.equal(asked().length, 2);
        });
        it("are asked again after a change of such objects, also one that failed", async () => {
            await all();
            await all("Get-ManagementScope");
            await run("New-ServicePrincipal");
            await all();
            await all("Get-ManagementScope");
            assert.deepEqual(asked(), ["Get-ServicePrincipal", "Get-ManagementScope", "New-ServicePrincipal", "Get-ServicePrincipal"]);
            answers({ status: 503, body: "" }, { body: { value: [2] } });
            await failure(LostReplyError, run("New-ServicePrincipal"));
            assert.deepEqual(await all(), [2]);
        });
        it("that were asked for during a change do not outlast it", async () => {
            const changing = run("Set-ServicePrincipal");
            const during = all();
            await Promise.all([changing, during]);
            await all();
            assert.equal(asked().filter(name => name.startsWith("Get-")).length, 2);
        });
        it("that failed are asked again", async () => {
            answers({ status: 403, body: "" }, { body: { value: [3] } });
            await failure(AuthorizationError, all());
            assert.deepEqual(await all(), [3]);
        });
    });

    describe("where it is", () => {
        const settings = { tenantId, clientId, clientSecret, environment: undefined };
        it("is another host only where the settings say so, with tokens for the real one", async () => {
            const own = { ...settings, metadataHost: fake.host, exchangeHost: fake.host };
            const made = await exchangeClient(own, shared(signal => cloudOf(own, signal)))();
            await made.run("Get-ServicePrincipal", {}, { right });
            assert.equal(fake.cmdlets.length, 1);
            assert.match(
                new URLSearchParams(fake.tokenRequests[0]?.body).get("scope") ?? "",
                /https:\/\/outlook\.office365\.com\/\.default/,
            );
        });
        it("is known for every cloud", async () => {
            const hosts = {
                public: "outlook.office365.com",
                usgovernment: "outlook.office365.us",
                dod: "webmail.apps.mil",
                china: "partner.outlook.cn",
            };
            for (const [environment, host] of Object.entries(hosts)) assert.equal(
                (await cloudOf({ environment })).exchange,
                `https://${host}`,
            );
        });
        it("needs the tenant's name", async () => {
            await assert.rejects(exchangeClient({}, shared(() => cloudOf({})))(), /tenantId \(ARM_TENANT_ID\) is not set/);
        });
    });
});
