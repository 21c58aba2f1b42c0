// Batches of Graph where the reply is not what it should be; against the pretend tenant phoneMethods.test.ts has the rest.
import * as assert from "node:assert/strict";
import { batch, type Asked, type BatchCall } from "../../provider/clients/batch";
import { CallError, LostReplyError, NotSentError, ServiceError } from "../../provider/clients/errors";
import type { HttpClient } from "../../provider/clients/http";

interface Inner {
    id: string;
    method: string;
}
type Reply = { responses: object[] } | { retryAfter: string } | Error | string;

const gets = (many: number): Asked[] => Array.from({ length: many }, (_, at) => ({ method: "GET", url: `/users/${at}` }));
const posts = (many: number): Asked[] => gets(many).map(({ url }) => ({ method: "POST", url, body: {} }));
const patches = (many: number): Asked[] => gets(many).map(({ url }) => ({ method: "PATCH", url, body: {} }));
const fine = (requests: Inner[]): Reply => ({ responses: requests.map(({ id }) => ({ id, status: 200, body: { id } })) });

describe("provider: batches", () => {
    const sent: { requests: Inner[]; idempotent: boolean }[] = [];
    const waits: number[] = [];
    const run = (asked: Asked[], reply: (requests: Inner[], at: number) => Reply, more: Partial<BatchCall> = {}) => {
        sent.length = waits.length = 0;
        const post = async (_path: string, { requests }: { requests: Inner[] }, { idempotent }: { idempotent: boolean }) => {
            const given = reply(requests, sent.push({ requests, idempotent }) - 1);
            if (given instanceof Error) throw given;
            if (typeof given === "object" && "retryAfter" in given) return { status: 429, header: () => given.retryAfter, text: '{"error":{"code":"TooManyRequests"}}' };
            return { status: 200, header: () => undefined, text: typeof given === "string" ? given : JSON.stringify(given) };
        };
        const wait = async (milliseconds: number) => void waits.push(milliseconds);
        return batch({ post } as unknown as HttpClient, asked, { version: "v1.0", right: "a right", wait, ...more });
    };
    // As the caller wants it from the second time on.
    const withoutFirst = async (asked: Asked[]) => (sent.length === 0 ? asked : asked.slice(1));
    const failed = new ServiceError({ call: "POST /v1.0/$batch", status: 500, text: "down" });

    it("have 20 calls each, and say of those that only read that they may be repeated blindly", async () => {
        await run(patches(1), fine);
        assert.deepEqual(sent.map(({ idempotent }) => idempotent), [false]);
        const answers = await run([...gets(41), ...posts(1)], fine);
        assert.deepEqual(sent.map(({ requests, idempotent }) => [requests.length, idempotent]), [[20, true], [20, true], [2, false]]);
        assert.deepEqual([answers.length, answers[21]], [42, { body: { id: "1" } }]);
        assert.deepEqual(await run([], fine), []);
        assert.equal(sent.length, 0);
    });

    it("ask again for a read that has no answer, and not for a write", async () => {
        const missing = (requests: Inner[], at: number): Reply => (at === 0 ? { responses: [] } : fine(requests));
        assert.deepEqual(await run(gets(1), missing), [{ body: { id: "0" } }]);
        const [answer] = await run(posts(1), missing);
        assert.ok(answer instanceof CallError);
        assert.deepEqual([sent.length, answer.status], [1, 502]);
    });

    it("give up after five attempts, and after ten where Graph throttles", async () => {
        for (const [status, attempts] of [[503, 5], [429, 10]] as const) {
            const [answer] = await run(gets(1), requests => ({ responses: [{ id: requests[0]!.id, status, headers: { "Retry-After": "2" }, body: { error: { code: "x", message: "y" } } }] }));
            assert.ok(answer instanceof CallError);
            assert.deepEqual([answer.status, sent.length, waits], [status, attempts, Array(attempts - 1).fill(2000)]);
        }
    });

    it("reject where nothing could be read, without what the reply held", async () => {
        await assert.rejects(run(gets(1), () => failed), failed);
        await assert.rejects(run(gets(1), () => '{"value":"+49 15110000000"}'), /^ServiceError: POST \/v1\.0\/\$batch: 200: the reply is none to a batch$/);
        await assert.rejects(run(gets(1), () => "<html>"), /none to a batch/);
    });

    it("keep what was carried out where the wait for the others is cut short", async () => {
        const throttled = (requests: Inner[]): Reply => ({ responses: requests.map(({ id }) => ({ id, status: id === "1" ? 429 : 200, body: { id } })) });
        const answers = await run(posts(3), throttled, { wait: () => Promise.reject(new Error("cancelled")) });
        assert.deepEqual([answers[0], answers[2]], [{ body: { id: "0" } }, { body: { id: "2" } }]);
        assert.match(String(answers[1]), /: cancelled$/);
        const down = await run(posts(3), (requests, at) => (at === 1 ? failed : throttled(requests)));
        assert.deepEqual(down, [answers[0], failed, answers[2]]);
    });

    it("ask again after a wait what the caller still wants, and keep the answer of the rest", async () => {
        const throttled = (requests: Inner[], at: number): Reply => (at > 0 ? fine(requests) : { responses: requests.map(({ id }) => ({ id, status: 429 })) });
        const [first, second] = await run(posts(2), throttled, { still: withoutFirst });
        assert.deepEqual([(first as CallError).status, second, sent.map(({ requests }) => requests.length)], [429, { body: { id: "0" } }, [2, 1]]);
    });

    it("that are throttled as a whole wait as their calls do, also for minutes, and leave to the caller what is asked again", async () => {
        const [first, second] = await run(posts(2), (requests, at) => (at === 0 ? { retryAfter: "200" } : fine(requests)), { still: withoutFirst });
        assert.deepEqual([(first as CallError).status, (first as CallError).code, second, waits], [429, "TooManyRequests", { body: { id: "0" } }, [200_000]]);
    });

    it("are not sent where the caller wants it no more", async () => {
        const [first, second] = await run(patches(2), fine, { still: async asked => asked.slice(1) });
        assert.ok(first instanceof NotSentError);
        assert.deepEqual([second, sent.map(({ requests }) => requests.length)], [{ body: { id: "0" } }, [1]]);
    });

    it("whose reply was lost as a whole are sent again as far as the caller still wants it, and with a POST not at all", async () => {
        const lost = new LostReplyError({ call: "POST /v1.0/$batch", status: 503, text: "down" }, "the next run looks", "7");
        const [first, second] = await run(patches(2), (requests, at) => (at === 0 ? lost : fine(requests)), { still: withoutFirst });
        assert.deepEqual([first, second, waits], [lost, { body: { id: "0" } }, [7000]]);
        assert.deepEqual([await run([...patches(1), ...posts(1)], () => lost), sent.length], [[lost, lost], 1]);
        assert.deepEqual([await run(patches(1), () => lost), sent.length], [[lost], 5]);
    });

    it("tell of each write why it was not carried out, and send no more after one that failed as a whole", async () => {
        const answers = await run(posts(200), (requests, at) => (at === 2 ? failed : fine(requests)));
        const wrong = answers.filter(answer => answer instanceof CallError);
        // Four are under way at a time.
        assert.ok(sent.length <= 6, `${sent.length} were sent`);
        const unsent = wrong.filter(answer => answer instanceof NotSentError);
        assert.deepEqual([answers.length, new Set(wrong.map(({ status, text }) => `${status} ${text}`)), answers[0]], [200, new Set(["500 down"]), { body: { id: "0" } }]);
        assert.equal(unsent.length, 200 - 20 * sent.length);
        assert.equal(wrong.length, 200 - 20 * (sent.length - 1));
    });
});
