// The HTTPS client for Microsoft's services: one for Graph, one for Exchange Online.
import * as https from "node:https";
import { setTimeout as sleep } from "node:timers/promises";
import { errorOf, printable, ServiceError, type Failed } from "./errors";
import { limiter } from "./limit";
import { request, type Received } from "./request";
import { waitBeforeRetry } from "./retry";

/** How a client behaves; only `token` differs between services, the rest is for tests. */
export interface ClientOptions {
    /** Gives a token for the service; without it calls carry none. */
    token?: (signal?: AbortSignal) => Promise<string>;
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

interface List<T> {
    value?: T[];
    "@odata.nextLink"?: string;
}

// Connections that broke under way. Others, such as an unknown host or a certificate that is not trusted, do not pass by themselves.
const broken = new Set(["ECONNRESET", "EPIPE", "ETIMEDOUT"]);

/** Calls of one service. Only GET is repeated: whether a write that failed was done or not, nobody can tell. */
export class HttpClient {
    private readonly agent = new https.Agent({ keepAlive: true, secureContext: https.globalAgent.options.secureContext });
    private readonly limited: ReturnType<typeof limiter>;

    constructor(
        /** Scheme and host, for example "https://graph.microsoft.com". */
        private readonly origin: string,
        private readonly options: ClientOptions = {},
    ) {
        this.limited = limiter(options.parallel ?? 8);
    }

    /** The token that calls carry; empty where they carry none. */
    async token(signal?: AbortSignal): Promise<string> {
        return (await this.options.token?.(signal)) ?? "";
    }

    /** The reply to a GET, as JSON. */
    async get<T>(path: string, call: Call): Promise<T> {
        const url = new URL(path, this.origin);
        const received = await this.limited(() => this.repeat(url, call));
        try {
            return JSON.parse(received.text) as T;
        } catch {
            const text = `the reply is not JSON: ${printable(received.text).slice(0, 100)}`;
            throw new ServiceError({ ...described(url, received), text });
        }
    }

    /** All items of a list, page by page. A next page on another host would be sent the token, so it is refused. */
    async getAll<T>(path: string, call: Call): Promise<T[]> {
        const items: T[] = [];
        let next: string | undefined = path;
        while (next !== undefined) {
            const page: List<T> = await this.get<List<T>>(next, call);
            items.push(...(page.value ?? []));
            const link: string | undefined = page["@odata.nextLink"];
            if (link !== undefined && (new URL(link, this.origin).origin !== new URL(this.origin).origin || link === next)) {
                const url = new URL(next, this.origin);
                throw new ServiceError({ call: `GET ${url.pathname}`, text: `the next page is at ${printable(link)}; not followed` });
            }
            next = link;
        }
        return items;
    }

    private async repeat(url: URL, { right, signal }: Call): Promise<Received> {
        for (let attempt = 1; ; attempt++) {
            const outcome = await this.attempt(url, signal);
            if (!(outcome instanceof Error) && outcome.status >= 200 && outcome.status < 300) return outcome;
            // A connection that broke is as passing as a service that is not available.
            const [status, after] = outcome instanceof Error ? [503] : [outcome.status, outcome.header("retry-after")];
            const wait = waitBeforeRetry(attempt, status, after, Date.now());
            if (wait === undefined) throw outcome instanceof Error ? outcome : errorOf(described(url, outcome), right);
            await (this.options.wait ?? pause)(wait, signal);
        }
    }

    /** The reply, or the error of a connection that broke. */
    private async attempt(url: URL, signal: AbortSignal | undefined): Promise<Received | ServiceError> {
        const headers: Record<string, string> = { accept: "application/json" };
        const token = await this.options.token?.(signal);
        if (token !== undefined) headers["authorization"] = `Bearer ${token}`;
        try {
            return await request(url, this.agent, { method: "GET", headers, signal, timeoutMs: this.options.timeoutMs ?? 60_000 });
        } catch (thrown) {
            const error = unreached(url, thrown as NodeJS.ErrnoException);
            if (broken.has((thrown as NodeJS.ErrnoException).code ?? "")) return error;
            throw error;
        }
    }
}

function unreached(url: URL, { code, message }: NodeJS.ErrnoException): ServiceError {
    const call = `GET ${url.origin}${url.pathname}`;
    if (code === "ABORT_ERR") return new ServiceError({ call, text: "cancelled" });
    const untrusted = /CERT|SIGNATURE|ISSUER/.test(code ?? "");
    const advice = untrusted ? "Name the certificate authority of this host in SSL_CERT_FILE or NODE_EXTRA_CA_CERTS" : undefined;
    return new ServiceError({ call, code, text: printable(message) }, advice);
}

// Graph's errors; other bodies, such as a proxy's page, are shown by their beginning.
function described(url: URL, { status, header, text }: Received): Failed & { status: number } {
    const call = `GET ${url.pathname}`;
    let error: { code?: unknown; message?: unknown; innerError?: Record<string, unknown> } | undefined;
    try {
        error = (JSON.parse(text) as { error?: typeof error } | null)?.error;
    } catch {
        error = undefined;
    }
    const id = header("request-id") ?? error?.innerError?.["request-id"];
    const requestId = typeof id === "string" ? printable(id) : undefined;
    const code = typeof error?.code === "string" ? printable(error.code) : undefined;
    const said = typeof error?.message === "string" ? printable(error.message) : printable(text).slice(0, 100);
    return { call, status, code, requestId, text: said || "empty reply" };
}

async function pause(milliseconds: number, signal?: AbortSignal): Promise<void> {
    await sleep(milliseconds, undefined, { signal });
}
