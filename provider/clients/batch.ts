// Many calls of Microsoft Graph in one request. That the request is answered says nothing of the calls in it: each is judged by itself.
// https://learn.microsoft.com/graph/json-batching
import { CallError, errorOf, LostReplyError, NotSentError, ServiceError } from "./errors";
import { graphFailure } from "./graphErrors";
import type { Call, HttpClient } from "./http";
import { limiter } from "./limit";
import type { Received } from "./request";
import { isPassing, waitBeforeRetry } from "./retry";

/** One call; `url` begins after the version. */
export interface Asked {
    method: "GET" | "POST" | "PATCH" | "DELETE";
    url: string;
    body?: object;
}

/** The body of a call that succeeded, or why it did not. */
export type Answer = { body: unknown } | CallError;

/** What all calls of a batch share. */
export interface BatchCall extends Call {
    version: "v1.0" | "beta";
    wait(milliseconds: number): Promise<void>;
    /** Which of these are still to be sent; asked each time before they are. Without it all: then twice has to be the same as once, but for POST. */
    still?(asked: Asked[]): Promise<Asked[]>;
    /** Told how many calls are done, as they are. */
    progress?(done: number): void;
}

interface Inner {
    id: string;
    status: number;
    headers?: Record<string, string>;
    body?: unknown;
}

/** What is asked again: the answer so far, and after how many milliseconds. */
interface Later {
    answer?: Answer;
    wait: number;
}

/** Microsoft's most for one request. */
const most = 20;
const atATime = 4;
/** Work on thousands takes its time anyway. */
const patient = { attempts: 10, longestWait: 300_000 };

/**
 * The answers, in the order of what was asked. A call that is throttled is asked again after its own Retry-After, alone with its like. What is not sent
 * again keeps the answer that it had; what is not sent at all has a NotSentError. Rejects where nothing could be asked; where that happens to calls that
 * write, these and all after them are answered with the reason.
 */
export async function batch(graph: HttpClient, asked: Asked[], call: BatchCall): Promise<Answer[]> {
    const chunks = Array.from({ length: Math.ceil(asked.length / most) }, (_, at) => asked.slice(at * most, (at + 1) * most));
    const limited = limiter(atATime);
    let done = 0;
    let unsent: NotSentError | undefined;
    const answers = chunks.map(chunk =>
        limited(async () => {
            if (unsent) return chunk.map(() => unsent!);
            const answers = new Map<Asked, Answer>();
            try {
                await answerAll(graph, chunk, call, answers);
                return chunk.map(one => answers.get(one)!);
            } catch (error) {
                const reason = error instanceof CallError ? error : new ServiceError({ call: batchOf(call), text: (error as Error).message });
                unsent = new NotSentError(reason);
                if (chunk.every(({ method }) => method === "GET")) throw error;
                // What was carried out before stays so.
                return chunk.map(one => answers.get(one) ?? reason);
            } finally {
                call.progress?.((done += chunk.length));
            }
        }),
    );
    return (await Promise.all(answers)).flat();
}

/** Fills `answers`; those still missing when it rejects have none. */
async function answerAll(graph: HttpClient, chunk: Asked[], call: BatchCall, answers: Map<Asked, Answer>): Promise<void> {
    let later = new Map<Asked, Later>(chunk.map(one => [one, { wait: 0 }]));
    for (let attempt = 1; ; attempt++) {
        const open = (await call.still?.([...later.keys()])) ?? [...later.keys()];
        for (const [one, { answer }] of later) if (!open.includes(one)) answers.set(one, answer ?? overtaken(one, call));
        if (open.length === 0) return;
        later = await askOnce(graph, open, call, attempt, answers);
        if (later.size === 0) return;
        await call.wait(Math.max(...[...later.values()].map(({ wait }) => wait)));
    }
}

/** Fills `answers`; returns what is to be asked again. */
async function askOnce(graph: HttpClient, open: Asked[], call: BatchCall, attempt: number, answers: Map<Asked, Answer>): Promise<Map<Asked, Later>> {
    const later = new Map<Asked, Later>();
    try {
        const inners = await send(graph, open, call);
        open.forEach((one, at) => {
            const inner = inners.get(String(at)) ?? { id: String(at), status: 502, body: "the reply has no answer to this call" };
            const answer = answerOf(one, inner, call);
            const wait = waitFor(one, inner, attempt);
            if (wait === undefined) answers.set(one, answer);
            else later.set(one, { answer, wait });
        });
    } catch (error) {
        const wait = waitForAll(open, error, attempt);
        if (wait === undefined) throw error;
        for (const one of open) later.set(one, { answer: error as CallError, wait });
    }
    return later;
}

function overtaken({ method, url }: Asked, { version }: BatchCall): NotSentError {
    return new NotSentError({ call: `${method} /${version}${url}`, text: "not sent: it changed since it was looked at, or could not be looked at again" });
}

/** What was carried out, or may have been, is not asked twice unless that is the same as once. */
function waitFor({ method }: Asked, { status: told, headers }: Inner, attempt: number): number | undefined {
    // What another call kept from being carried out is as one that is throttled.
    const status = told === 424 ? 429 : told;
    if (!isPassing(status) || (method === "POST" && status !== 429)) return undefined;
    return waitBeforeRetry(attempt, status, headerOf(headers, "retry-after"), Date.now(), status === 429 ? patient : undefined);
}

/** The same of a batch of writes as a whole whose reply was lost. */
function waitForAll(asked: Asked[], error: unknown, attempt: number): number | undefined {
    if (!(error instanceof LostReplyError) || asked.some(({ method }) => method === "POST")) return undefined;
    return waitBeforeRetry(attempt, 503, error.retryAfter, Date.now());
}

async function send(graph: HttpClient, asked: Asked[], call: BatchCall): Promise<Map<string, Inner>> {
    const json = { "Content-Type": "application/json" };
    const requests = asked.map(({ body, ...one }, at) => ({ id: String(at), ...one, ...(body ? { headers: json, body } : {}) }));
    const { version, right, signal } = call;
    const name = batchOf(call);
    // The client repeats without a look, in a time in which somebody else may change what is written.
    const idempotent = asked.every(({ method }) => method === "GET");
    const received = await graph.post(`/${version}/$batch`, { requests }, { name, right, signal, idempotent, givesThrottled: true });
    if (received.status === 429) return throttled(requests, received);
    return new Map(responsesIn(name, received).map(inner => [inner.id, inner]));
}

/** A batch that is throttled as a whole is as one in which each call is. */
function throttled(requests: { id: string }[], { status, header, text }: Received): Map<string, Inner> {
    const after = header("retry-after");
    const headers: Inner["headers"] = after === undefined ? {} : { "retry-after": after };
    return new Map(requests.map(({ id }) => [id, { id, status, headers, body: text }]));
}

function batchOf({ version }: BatchCall): string {
    return `POST /${version}/$batch`;
}

function responsesIn(name: string, received: Received): Inner[] {
    try {
        const { responses } = JSON.parse(received.text) as { responses?: Inner[] };
        if (Array.isArray(responses)) return responses;
    } catch {
        // Said below.
    }
    // What it is may hold what a reply would, and that is nobody's to read.
    throw new ServiceError({ ...graphFailure(name, received), text: "the reply is none to a batch" });
}

function answerOf({ method, url }: Asked, { status, headers, body }: Inner, { version, right }: BatchCall): Answer {
    if (status >= 200 && status < 300) return { body };
    const text = typeof body === "string" ? body : JSON.stringify(body ?? null);
    const received = { status, text, header: (name: string) => headerOf(headers, name) };
    return errorOf(graphFailure(`${method} /${version}${url.replace(/\?.*/, "")}`, received), right);
}

function headerOf(headers: Inner["headers"], sought: string): string | undefined {
    return Object.entries(headers ?? {}).find(([name]) => name.toLowerCase() === sought)?.[1];
}
