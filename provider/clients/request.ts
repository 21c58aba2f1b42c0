// One request and its whole reply, over HTTPS.
import * as https from "node:https";

/** What is sent. */
export interface Sent {
    method: string;
    headers: Record<string, string>;
    body?: string;
    timeoutMs: number;
    signal?: AbortSignal;
}

/** What came back, whatever its status. */
export interface Received {
    status: number;
    header(name: string): string | undefined;
    text: string;
}

/** Sends one request; rejects only when no whole reply came. */
export function request(url: URL, agent: https.Agent, { method, headers, body, timeoutMs, signal }: Sent): Promise<Received> {
    if (url.protocol !== "https:") return Promise.reject(new Error(`${url.origin} is not HTTPS; tokens are not sent in clear`));
    return new Promise((resolve, reject) => {
        const pending = https.request(url, { agent, method, headers, signal });
        // Of the whole call: the socket's own timeout starts again with every byte.
        const timer = setTimeout(() => pending.destroy(late(timeoutMs)), timeoutMs);
        const fail = (error: Error) => {
            clearTimeout(timer);
            reject(error);
        };
        pending.on("error", fail);
        // What a proxy refuses would look like the service's own answer.
        pending.on("proxyConnect", ({ statusCode }: { statusCode: number }) => {
            if (statusCode !== 200) pending.destroy(new Error(`the proxy refused to connect to ${url.host}, with ${statusCode}`));
        });
        pending.on("response", response => {
            const parts: Buffer[] = [];
            response.on("data", (part: Buffer) => parts.push(part));
            response.on("error", fail);
            response.on("end", () => {
                clearTimeout(timer);
                const header = (name: string) => {
                    const value = response.headers[name];
                    return Array.isArray(value) ? value[0] : value;
                };
                resolve({ status: response.statusCode ?? 0, header, text: Buffer.concat(parts).toString("utf8") });
            });
        });
        pending.end(body);
    });
}

function late(timeoutMs: number): Error {
    return Object.assign(new Error(`no whole reply within ${timeoutMs / 1000} s`), { code: "TIMEOUT" });
}
