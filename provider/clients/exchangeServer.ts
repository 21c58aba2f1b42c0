// EWS of an Exchange server on premises, as far as somebody looks whether they are there: who is not known is asked for a logon.
// Not through a proxy: the server is in the house.
import { Agent, globalAgent, request } from "node:https";
import type { TLSSocket } from "node:tls";
import { printable } from "./errors";
import { certificateOf, type SmtpTalk } from "./smtp";

const timeoutMs = 15_000;
const unreached = ["ECONNREFUSED", "EHOSTUNREACH", "ENETUNREACH", "ENOTFOUND", "EAI_AGAIN", "ETIMEDOUT"];

/** Never rejects but where the signal says so: what a server does is an answer. */
export function openEws(server: string, port: number, signal: AbortSignal): Promise<SmtpTalk> {
    const agent = new Agent({ secureContext: globalAgent.options.secureContext });
    const path = "/EWS/Exchange.asmx";
    return new Promise((resolve, reject) => {
        let certificate: SmtpTalk["certificate"];
        const asked = request({ host: server, port, path, method: "POST", headers: { "content-length": 0 }, timeout: timeoutMs, agent, signal });
        asked.once("socket", socket => socket.once("secureConnect", () => (certificate = certificateOf(socket as TLSSocket))));
        asked.once("timeout", () => asked.destroy(Object.assign(new Error(`no answer within ${timeoutMs / 1000} seconds`), { code: "ETIMEDOUT" })));
        asked.once("response", response => {
            response.resume();
            const { statusCode = 0 } = response;
            const there = statusCode === 200 || statusCode === 401;
            resolve(there ? { step: "done", problem: "", certificate } : { step: "ews", problem: `EWS answered ${statusCode}`, certificate });
        });
        asked.once("error", (error: NodeJS.ErrnoException) => {
            if (signal.aborted) return reject(error);
            resolve({ step: unreached.includes(error.code ?? "") ? "connect" : "handshake", problem: printable(error.message) });
        });
        asked.end();
    });
}
