// The HTTPS client against a fake server. Proves what is repeated, how long it waits, and what each refusal becomes.
import * as assert from "node:assert/strict";
import { globalAgent } from "node:https";
import { AuthenticationError, AuthorizationError, NotFoundError, ServiceError, ThrottledError } from "../../provider/clients/errors";
import { HttpClient } from "../../provider/clients/http";
import { limiter } from "../../provider/clients/limit";
import { waitBeforeRetry } from "../../provider/clients/retry";
import { trustEnvironment } from "../../provider/clients/trust";
import { accessToken, Fake, refusal, type Reply } from "./support/fake";

const right = "Application.Read.All";

describe("provider: HTTPS client", () => {
    const { ca, secureContext } = globalAgent.options;
    const distrust = () => Object.assign(globalAgent.options, { ca, secureContext });
    let fake: Fake;
    let waits: number[];
    let client: HttpClient;

    before(async () => {
        fake = await Fake.start();
        trustEnvironment({ SSL_CERT_FILE: fake.authority });
    });
    after(async () => {
        distrust();
        await fake.stop();
    });
    beforeEach(() => {
        fake.reset();
        waits = [];
        client = new HttpClient(fake.origin, { token: async () => accessToken, wait: async ms => void waits.push(ms) });
    });

    /** Answers one after the other, the last one for ever. */
    const answers = (...replies: Reply[]) => {
        let next = 0;
        fake.graph = () => replies[Math.min(next++, replies.length - 1)]!;
    };
    const get = () => client.get("/v1.0/things", { right });
    async function failure(kind: new (...given: never[]) => Error): Promise<Error> {
        const error: unknown = await get().then(() => assert.fail("no error"), (thrown: unknown) => thrown);
        assert.ok(error instanceof kind, String(error));
        assert.equal(error.message.includes(accessToken), false);
        return error;
    }

    it("sends the token and gives the JSON", async () => {
        answers({ body: { id: 7 } });
        assert.deepEqual(await get(), { id: 7 });
        assert.equal(fake.calls[0]?.headers.authorization, `Bearer ${accessToken}`);
    });

    for (const status of [408, 429, 500, 502, 503, 504]) {
        it(`repeats after ${status}, with growing waits`, async () => {
            answers(refusal(status, "x", "busy"), refusal(status, "x", "busy"), { body: {} });
            await get();
            assert.deepEqual(waits, [1000, 2000]);
        });
    }

    it("repeats after a connection that broke", async () => {
        answers({ body: null }, { body: { id: 8 } });
        assert.deepEqual(await get(), { id: 8 });
    });

    it("waits as long as Retry-After says, in seconds or until a date", async () => {
        answers(refusal(429, "x", "busy", { "retry-after": "7" }), { body: {} });
        await get();
        assert.deepEqual(waits, [7000]);
        const now = Date.parse("2026-11-22T10:00:00Z");
        assert.equal(waitBeforeRetry(1, 503, "Sun, 22 Nov 2026 10:00:20 GMT", now), 20_000);
        assert.equal(waitBeforeRetry(1, 503, "Sun, 22 Nov 2026 09:00:00 GMT", now), 0);
        assert.equal(waitBeforeRetry(2, 503, "soon", now), 2000);
    });

    it("gives up after five attempts", async () => {
        answers(refusal(503, "ServiceUnavailable", "busy"));
        const error = await failure(ServiceError);
        assert.equal(error.message, "GET /v1.0/things: 503 ServiceUnavailable: busy (request-id r-1). This passes by itself as a rule: tried 5 times; run again later");
        assert.equal(fake.calls.length, 5);
    });

    it("does not wait for more than a minute", async () => {
        answers(refusal(429, "TooManyRequests", "busy", { "retry-after": "61" }));
        assert.match((await failure(ThrottledError)).message, /429 TooManyRequests: busy \(request-id r-1\)\. .*run again later/);
        assert.deepEqual(waits, []);
    });

    it("401 is final, and no absence", async () => {
        answers(refusal(401, "InvalidAuthenticationToken", "Lifetime validation failed."));
        assert.match((await failure(AuthenticationError)).message, /401 InvalidAuthenticationToken: Lifetime .*check tenantId, clientId/);
        assert.equal(fake.calls.length, 1);
    });

    it("403 names the right that is missing and who can grant it", async () => {
        answers(refusal(403, "Authorization_RequestDenied", "Insufficient privileges", { "request-id": "r-2" }));
        assert.equal(
            (await failure(AuthorizationError)).message,
            "GET /v1.0/things: 403 Authorization_RequestDenied: Insufficient privileges (request-id r-2). Whoever Pulumi runs as lacks " +
                "Application.Read.All; a Privileged Role Administrator or Global Administrator of the tenant can grant it",
        );
        assert.equal(fake.calls.length, 1);
    });

    it("404 is an absence only in Graph's own words", async () => {
        answers(refusal(404, "Request_ResourceNotFound", "Resource 'x' does not exist"));
        await failure(NotFoundError);
        answers(refusal(404, "BadRequest", "Resource not found for the segment"));
        assert.match((await failure(ServiceError)).message, /This is no statement about the object/);
        answers({ status: 404, headers: { "content-type": "text/html" }, body: "<html>no\u0000such page</html>" });
        assert.match((await failure(ServiceError)).message, /^GET \/v1\.0\/things: 404: <html>no such page<\/html>\. This is no statement/);
    });

    it("a token or a redirection in a reply is not passed on", async () => {
        answers(refusal(400, "BadRequest", `you sent ${accessToken}`));
        assert.match((await failure(ServiceError)).message, /you sent \*\*\*/);
        answers({ status: 302, headers: { location: "https://127.0.0.1/elsewhere" }, body: "" });
        assert.match((await failure(ServiceError)).message, /302: empty reply/);
        answers({ body: "<html>log on here</html>" });
        assert.match((await failure(ServiceError)).message, /not JSON: <html>log on here<\/html>/);
    });

    it("follows next pages on the same host, and no others", async () => {
        answers({ body: { value: [1, 2], "@odata.nextLink": `${fake.origin}/v1.0/things?$skiptoken=a` } }, { body: { value: [3] } });
        assert.deepEqual(await client.getAll("/v1.0/things", { right }), [1, 2, 3]);
        assert.deepEqual(fake.asked, ["GET /v1.0/things", "GET /v1.0/things?$skiptoken=a"]);
        answers({ body: { value: [1], "@odata.nextLink": "https://localhost:1/v1.0/things" } });
        await assert.rejects(client.getAll("/v1.0/things", { right }), /the next page is at https:\/\/localhost:1\/v1\.0\/things; not followed/);
    });

    it("says what to do about an authority that is not trusted", async () => {
        distrust();
        try {
            await assert.rejects(new HttpClient(fake.origin).get("/v1.0/things", { right }), /SSL_CERT_FILE or NODE_EXTRA_CA_CERTS/);
        } finally {
            trustEnvironment({ SSL_CERT_FILE: fake.authority });
        }
    });

    it("ends when it is cancelled, or when no reply comes in time", async () => {
        const silent = new HttpClient(fake.origin, { timeoutMs: 50, token: () => Promise.resolve(accessToken) });
        fake.graph = () => ({ status: 200, headers: { "content-length": "10" }, body: "{" });
        await assert.rejects(silent.get("/v1.0/things", { right }), /GET https:\/\/localhost:\d+\/v1\.0\/things: .*no whole reply within 0\.05 s/);
        await assert.rejects(silent.get("/v1.0/things", { right, signal: AbortSignal.abort() }), /cancelled/);
    });

    it("sends nothing in clear", async () => {
        await assert.rejects(new HttpClient("http://localhost:1").get("/v1.0/things", { right }), /not HTTPS/);
    });

    it("runs no more calls at a time than allowed, and all of them", async () => {
        const limited = limiter(3);
        let running = 0;
        let most = 0;
        const work = async (item: number) => {
            most = Math.max(most, ++running);
            await new Promise(resolve => setImmediate(resolve));
            running--;
            if (item === 4) throw new Error("one of them fails");
            return item;
        };
        const results = await Promise.allSettled([1, 2, 3, 4, 5, 6, 7, 8].map(item => limited(() => work(item))));
        assert.equal(most, 3);
        assert.deepEqual(results.map(({ status }) => status).filter(status => status === "rejected").length, 1);
        assert.equal(await limited(() => work(9)), 9);
    });
});
