// Microsoft Graph as the plugin speaks it: headers, what is retried, and how errors read.
import type { Clock } from "../shared/clock";
import { retried, unexpected, type Tokens } from "../shared/cloud";
import { request, type Reply } from "../shared/https";
import type { Properties } from "../shared/values";

type Method = "GET" | "POST" | "PATCH" | "DELETE";

/** What a call needs besides method and path. */
export interface Call {
    clock: Clock;
    beta?: boolean;
    query?: Record<string, string>;
    body?: object;
    /** What is retried besides overload and server errors. */
    retry?: (error: GraphError) => boolean;
}

/** A reply that is an error; the message is the plugin's. */
export class GraphError extends Error {
    constructor(
        readonly status: number,
        readonly text: string,
        reply: Reply,
    ) {
        super(unexpected(reply) + (text ? ` with error: ${text}` : ""));
    }
}

const accepted = { GET: [200], POST: [200, 201, 202, 204], PATCH: [200, 202, 204], DELETE: [200, 204] };
const transient = (status: number) => [408, 424, 429].includes(status) || (status >= 500 && status !== 501);

/** The service, with the caller's identity. */
export class Graph {
    /** Operations on the credentials of one application, one after another. */
    private readonly locks = new Map<string, Promise<unknown>>();

    constructor(
        readonly tokens: Tokens,
        readonly base: string,
        /** The caller's object id. */
        readonly caller: string,
    ) {}

    /** The address under which lists of owners name an object. */
    objectUrl(id: string): string {
        return `${this.base}/v1.0/directoryObjects/${id}`;
    }

    get(path: string, call: Call): Promise<Properties> {
        return this.send("GET", path, call);
    }

    /** All pages of a list. */
    async list(path: string, call: Call): Promise<Properties[]> {
        const items: Properties[] = [];
        for (let page = await this.send("GET", path, call); ; ) {
            items.push(...((page["value"] ?? []) as Properties[]));
            const next = page["@odata.nextLink"];
            if (typeof next !== "string") return items;
            page = await this.send("GET", next, { clock: call.clock });
        }
    }

    async send(method: Method, path: string, { clock, beta, query, body, retry }: Call): Promise<Properties> {
        const search = query ? `?${new URLSearchParams(query)}` : "";
        const url = path.startsWith("http") ? path : `${this.base}/${beta ? "beta" : "v1.0"}${path}${search}`;
        const again = (reply: Reply) => transient(reply.status) || (!accepted[method].includes(reply.status) && !!retry?.(errorOf(reply)));
        const reply = await retried(16, 61, clock, again, async () => {
            const headers = headersWith(await this.tokens.get(clock));
            return request(url, { method, headers, body: body && JSON.stringify(body) }, clock.signal);
        });
        if (!accepted[method].includes(reply.status)) throw errorOf(reply);
        if (reply.text === "") return {};
        const type = reply.headers["content-type"] ?? "";
        if (!type.startsWith("application/json")) throw new Error(`unimplemented unmarshal function for content type "${type}"`);
        return JSON.parse(reply.text) as Properties;
    }

    /** Runs the work when nothing else is at work on the same application. */
    locked<T>(application: string, work: () => Promise<T>): Promise<T> {
        const before = this.locks.get(application) ?? Promise.resolve();
        const now = before.then(work, work);
        this.locks.set(application, now.catch(() => undefined));
        return now;
    }
}

function headersWith(token: string): Record<string, string> {
    return {
        Accept: "application/json; charset=utf-8; IEEE754Compatible=false",
        Authorization: `Bearer ${token}`,
        "Content-Type": "application/json; charset=utf-8",
        "OData-MaxVersion": "4.0",
        "OData-Version": "4.0",
        "User-Agent": "Terraform/1 (stand-in for pulumi-resource-azuread/6.9.1)",
    };
}

function errorOf(reply: Reply): GraphError {
    let text = "";
    try {
        const { error } = JSON.parse(reply.text) as { error?: { code?: string; message?: string } };
        text = error ? `${error.code}: ${error.message}` : "";
    } catch {
        // A reply that is no JSON tells no more than its status.
    }
    return new GraphError(reply.status, text, reply);
}

/** Whether this is a 404. */
export function isNotFound(error: unknown): boolean {
    return error instanceof GraphError && error.status === 404;
}

/** What the work gives, or nothing where its reply is a 404. */
export async function found<T>(work: Promise<T>): Promise<T | undefined> {
    return work.catch(error => {
        if (isNotFound(error)) return undefined;
        throw error;
    });
}

/** Puts before an error what the plugin was doing. */
export async function doing<T>(what: string, work: Promise<T>): Promise<T> {
    return work.catch(error => {
        if (error instanceof Error && error.name !== "AbortError") error.message = `${what}: ${error.message}`;
        throw error;
    });
}
