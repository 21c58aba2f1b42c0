// The HTTPS client for Microsoft's services: one for Graph, one for Exchange Online.
import type * as https from "node:https";
import { setTimeout as sleep } from "node:timers/promises";
import { LostReplyError, printable, ServiceError, type CallError, type Refusal } from "./errors";
import { graphFailure, graphRefusal } from "./graphErrors";
import { limiter } from "./limit";
import { agentFor, proxyFor } from "./proxy";
import { request, type Received } from "./request";
import { isPassing, waitBeforeRetry } from "./retry";

/** How a client behaves: what differs between services, and what tests need. */
export interface ClientOptions {
    /** Gives a token for the service; without it calls carry none. */
    token?: (signal?: AbortSignal) => Promise<string>;
    /** Reads the service's errors; by default Graph's. */
    refusal?: (call: string, received: Received, right: string) => Refusal;
    /** Calls at a time. */
    parallel?: number;
    /** Of one attempt. */
    timeoutMs?: number;
    wait?: (milliseconds: number, signal?: AbortSignal) => Promise<void>;
}

/** One call. */
export interface Call {
    /** The permission that the call needs, for the message when it is missing. */
    right: string;
    signal?: AbortSignal;
}

/** A call that sends something. */
export interface Post extends Call {
    /** What the call is named in messages. */
    name: string;
    headers?: Record<string, string>;
    /** Doing it twice is the same as doing it once. */
    idempotent: boolean;
    /** Whether a reply that throttles is given too, since whoever calls waits in a way of its own. */
    givesThrottled?: boolean;
}

interface Sending extends Call {
    method: "GET" | "POST" | "PATCH";
    url: URL;
    name?: string;
    headers?: Record<string, string>;
    body?: string;
    idempotent: boolean;
    givesThrottled?: boolean;
}

interface List<T> {
    value?: T[];
    "@odata.nextLink"?: string;
}

// Connections that broke under way. Others, such as an unknown host or a certificate that is not trusted, do not pass by themselves.
const broken = new Set(["ECONNRESET", "EPIPE", "ETIMEDOUT"]);

const noReply = (error: ServiceError) => error.code === "TIMEOUT" || broken.has(error.code ?? "");

/** Calls of one service. Only what may be done twice is repeated: whether a write whose reply was lost was done, nobody can tell. */
export class HttpClient {
    private readonly agent: https.Agent;
    private readonly limited: ReturnType<typeof limiter>;

    constructor(
        /** Scheme and host, for example "https://graph.microsoft.com". */
        private readonly origin: string,
        private readonly options: ClientOptions = {},
    ) {
        this.agent = agentFor(new URL(origin));
        this.limited = limiter(options.parallel ?? 8);
    }

    /** The token that calls carry; empty where they carry none. */
    async token(signal?: AbortSignal): Promise<string> {
        return (await this.options.token?.(signal)) ?? "";
    }

    /** The reply to a GET, as JSON. */
    async get<T>(path: string, call: Call): Promise<T> {
        const sending: Sending = { ...call, method: "GET", url: new URL(path, this.origin), idempotent: true };
        const received = await this.limited(() => this.repeat(sending));
        try {
            return JSON.parse(received.text) as T;
        } catch {
            const text = `the reply is not JSON: ${printable(received.text).slice(0, 100)}`;
            throw new ServiceError({ ...graphFailure(nameOf(sending), received), text });
        }
    }

    /** The reply to a POST of JSON, whole. A LostReplyError where nobody can tell whether it was done. */
    post(path: string, body: unknown, post: Post): Promise<Received> {
        return this.send("POST", path, JSON.stringify(body), "application/json", post);
    }

    /** The same for a POST of a text in another form. */
    postText(path: string, body: string, contentType: string, post: Post): Promise<Received> {
        return this.send("POST", path, body, contentType, post);
    }

    /** The same for a PATCH. */
    patch(path: string, body: unknown, post: Post): Promise<Received> {
        return this.send("PATCH", path, JSON.stringify(body), "application/json", post);
    }

    /** Path and query of an address of this service; undefined where it is another host's. */
    pathOf(address: string): string | undefined {
        if (!URL.canParse(address, this.origin)) return undefined;
        const { origin, pathname, search } = new URL(address, this.origin);
        return origin === new URL(this.origin).origin ? pathname + search : undefined;
    }

    /** All items of a list, page by page. A next page on another host would be sent the token, so it is refused. */
    async getAll<T>(path: string, call: Call): Promise<T[]> {
        const items: T[] = [];
        let next: string | undefined = path;
        while (next !== undefined) {
            const page: List<T> = await this.get<List<T>>(next, call);
            items.push(...(page.value ?? []));
            const link: string | undefined = page["@odata.nextLink"];
            if (link !== undefined && (this.pathOf(link) === undefined || link === next)) {
                const url = new URL(next, this.origin);
                throw new ServiceError({ call: `GET ${url.pathname}`, text: `the next page is at ${printable(link)}; not followed` });
            }
            next = link;
        }
        return items;
    }

    private send(method: "POST" | "PATCH", path: string, body: string, contentType: string, post: Post): Promise<Received> {
        const headers = { ...post.headers, "content-type": contentType };
        const sending: Sending = { ...post, headers, method, url: new URL(path, this.origin), body };
        return this.limited(() => this.repeat(sending));
    }

    private async repeat(sending: Sending): Promise<Received> {
        const { right, signal, idempotent } = sending;
        for (let attempt = 1; ; attempt++) {
            const outcome = await this.attempt(sending);
            if (!(outcome instanceof Error) && outcome.status >= 200 && outcome.status < 300) return outcome;
            const refusal = this.options.refusal ?? graphRefusal;
            // A connection that broke is as passing as a service that is not available.
            const { error, status } = outcome instanceof Error ? { error: outcome, status: 503 } : refusal(nameOf(sending), outcome, right);
            if (status === 429 && sending.givesThrottled && !(outcome instanceof Error)) return outcome;
            const after = outcome instanceof Error ? undefined : outcome.header("retry-after");
            // A call that is throttled was not carried out; after other passing failures it may have been.
            if (!idempotent && isPassing(status) && status !== 429) throw lost(error, after);
            const wait = waitBeforeRetry(attempt, status, after, Date.now());
            if (wait === undefined) throw isPassing(status) && error instanceof ServiceError ? inVain(error, attempt) : error;
            await (this.options.wait ?? pause)(wait, signal);
        }
    }

    /** The reply, or the error of a connection that broke. */
    private async attempt(sending: Sending): Promise<Received | ServiceError> {
        const { url, method, body, signal } = sending;
        const headers: Record<string, string> = { accept: "application/json", ...sending.headers };
        const token = await this.options.token?.(signal);
        if (token !== undefined) headers["authorization"] = `Bearer ${token}`;
        try {
            return await request(url, this.agent, { method, headers, body, signal, timeoutMs: this.options.timeoutMs ?? 60_000 });
        } catch (thrown) {
            const error = unreached(sending, thrown as NodeJS.ErrnoException);
            if (broken.has(error.code ?? "")) return error;
            throw sending.idempotent || !noReply(error) ? error : lost(error);
        }
    }
}

function nameOf({ name, method, url }: Sending): string {
    return name ?? `${method} ${url.pathname}`;
}

function inVain(error: ServiceError, attempts: number): ServiceError {
    error.message += `. This passes by itself as a rule: tried ${attempts === 1 ? "once" : `${attempts} times`}; run again later`;
    return error;
}

function lost(error: CallError, retryAfter?: string): LostReplyError {
    return new LostReplyError(error, "Whether it was carried out is not known; the next run looks", retryAfter);
}

function unreached({ name, method, url }: Sending, { code, message }: NodeJS.ErrnoException): ServiceError {
    const call = name === undefined ? `${method} ${url.origin}${url.pathname}` : `${name} at ${url.origin}`;
    if (code === "ABORT_ERR") return new ServiceError({ call, text: "cancelled" });
    const untrusted = /CERT|SIGNATURE|ISSUER/.test(code ?? "");
    const proxy = proxyFor(url)?.host;
    const through = proxy === undefined ? undefined : `It was sent through the proxy ${proxy} (HTTPS_PROXY); NO_PROXY names hosts without one`;
    const advice = untrusted ? "Name the certificate authority of this host in SSL_CERT_FILE or NODE_EXTRA_CA_CERTS" : through;
    return new ServiceError({ call, code, text: printable(message) }, advice);
}

async function pause(milliseconds: number, signal?: AbortSignal): Promise<void> {
    await sleep(milliseconds, undefined, { signal });
}
