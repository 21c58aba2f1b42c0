// HTTPS as the plugins' Go client does it: SSL_CERT_FILE and SSL_CERT_DIR replace the default certificates, connections are kept.
import { lookup } from "node:dns";
import * as fs from "node:fs";
import * as http from "node:http";
import * as https from "node:https";
import type { LookupFunction } from "node:net";
import * as path from "node:path";
import { gunzipSync } from "node:zlib";

/** A reply, read to its end. */
export interface Reply {
    status: number;
    statusText: string;
    headers: http.IncomingHttpHeaders;
    text: string;
}
export interface Sent {
    method: string;
    headers: Record<string, string>;
    body?: string;
}

// Names below localhost are this machine, also where the system does not know it (RFC 6761).
const resolve: LookupFunction = (host, options, answer) => {
    if (!host.endsWith(".localhost")) lookup(host, options, answer);
    else if (options.all) answer(null, [{ address: "127.0.0.1", family: 4 }]);
    else answer(null, "127.0.0.1", 4);
};

const keepAlive = { keepAlive: true, maxSockets: 16 };
const secure = new https.Agent({ ...keepAlive, lookup: resolve, ca: authorities(), minVersion: "TLSv1.2" });
const open = new http.Agent({ ...keepAlive, lookup: resolve });

function authorities(): string[] | undefined {
    const { SSL_CERT_FILE: file, SSL_CERT_DIR: folder } = process.env;
    if (!file && !folder) return undefined;
    const files = file ? [file] : [];
    if (folder) files.push(...fs.readdirSync(folder).map(name => path.join(folder, name)));
    return files.filter(name => fs.statSync(name, { throwIfNoEntry: false })?.isFile()).map(name => fs.readFileSync(name, "utf8"));
}

/** Sends one request and reads the reply; a kept connection that the server has closed meanwhile is replaced once. */
export async function request(url: string, sent: Sent, signal?: AbortSignal): Promise<Reply> {
    try {
        return await attempt(url, sent, signal);
    } catch (error) {
        const { code, stale } = error as NodeJS.ErrnoException & { stale?: boolean };
        if (stale && code === "ECONNRESET") return attempt(url, sent, signal);
        const verb = sent.method.charAt(0) + sent.method.slice(1).toLowerCase();
        throw new Error(`${verb} "${url}": ${inGo(error as NodeJS.ErrnoException)}`);
    }
}

function attempt(url: string, { method, headers, body }: Sent, signal?: AbortSignal): Promise<Reply> {
    const plain = url.startsWith("http:");
    const length = body === undefined ? {} : { "Content-Length": String(Buffer.byteLength(body)) };
    return new Promise((resolve, reject) => {
        const options = { method, headers: { ...headers, "Accept-Encoding": "gzip", ...length }, signal, agent: plain ? open : secure };
        const call = (plain ? http : https).request(url, options, response => {
            const chunks: Buffer[] = [];
            response.on("data", (chunk: Buffer) => chunks.push(chunk));
            response.on("error", reject);
            response.on("end", () => {
                const whole = Buffer.concat(chunks);
                const text = (response.headers["content-encoding"] === "gzip" ? gunzipSync(whole) : whole).toString();
                const status = response.statusCode ?? 0;
                resolve({ status, statusText: http.STATUS_CODES[status] ?? "", headers: response.headers, text });
            });
        });
        call.on("error", error => reject(Object.assign(error, { stale: call.reusedSocket })));
        call.end(body);
    });
}

// The two failures that people search for are told in the plugin's words.
function inGo(error: NodeJS.ErrnoException & { address?: string; port?: number }): string {
    const untrusted = ["UNABLE_TO_VERIFY_LEAF_SIGNATURE", "SELF_SIGNED_CERT_IN_CHAIN", "DEPTH_ZERO_SELF_SIGNED_CERT"];
    if (untrusted.includes(error.code ?? "") || error.code === "UNABLE_TO_GET_ISSUER_CERT_LOCALLY") {
        return "tls: failed to verify certificate: x509: certificate signed by unknown authority";
    }
    if (error.code === "ECONNREFUSED") return `dial tcp ${error.address}:${error.port}: connect: connection refused`;
    return error.message || String(error.code);
}
