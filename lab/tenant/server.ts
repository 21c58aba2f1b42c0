import type { IncomingMessage, ServerResponse } from "node:http";
import https from "node:https";
import type { AddressInfo } from "node:net";
import { arm } from "./arm";
import type { KeyedCertificate } from "./certificates";
import { reads } from "./exchange/cmdlet";
import { EWS_PATH, ews } from "./exchange/ews";
import { cmdletOf, exchange } from "./exchange/exchange";
import { brokenCmdlet } from "./exchange/fault";
import { broken, graph } from "./graph/graph";
import type { Json, Reply, Request } from "./http";
import { login } from "./login";
import { metadata } from "./metadata";
import { vaultData } from "./vault";
import type { World } from "./world";

/** One call, as it came: the path with its query, undecoded. */
export interface Call {
    method: string;
    path: string;
    status: number;
    /** Of a call of Exchange's admin endpoint, with what it was given. */
    cmdlet?: string;
    parameters?: Json;
}

const SERVICES = [vaultData, metadata, login, graph, exchange, ews, arm];
/** The HTTPS server of a tenant, on 127.0.0.1. */
export class TenantServer {
    readonly calls: Call[] = [];
    readonly unknownCalls: Call[] = [];
    private readonly listener: https.Server;

    constructor(
        { certificate, key }: KeyedCertificate,
        private readonly world: () => World,
        private readonly changed: () => void,
    ) {
        this.listener = https.createServer({ cert: certificate, key }, (incoming, outgoing) => void this.serve(incoming, outgoing));
    }

    /** Port 0 takes a free one. Returns the port. Rejects where the port is taken. */
    listen(port: number): Promise<number> {
        return new Promise((resolve, reject) => {
            this.listener.once("error", reject);
            this.listener.listen(port, "127.0.0.1", () => {
                this.listener.off("error", reject);
                resolve((this.listener.address() as AddressInfo).port);
            });
        });
    }

    /** Ends all connections and frees the port. */
    async close(): Promise<void> {
        const closed = new Promise<void>(resolve => this.listener.close(() => resolve()));
        this.listener.closeAllConnections();
        await closed;
    }

    private async serve(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
        const { method = "GET", url: path = "/" } = incoming;
        let reply: Reply;
        let run: ReturnType<typeof cmdletOf> = {};
        try {
            const parts: Buffer[] = [];
            for await (const part of incoming) {
                parts.push(part as Buffer);
            }
            const url = new URL(path, `https://${incoming.headers.host ?? "localhost"}`);
            const request = { method, url, headers: incoming.headers, text: Buffer.concat(parts).toString("utf8") };
            run = cmdletOf(request);
            reply = this.answer(request, path, run.cmdlet);
        } catch (error) {
            if (incoming.destroyed && !incoming.complete) {
                return;
            }
            // A mistake of the lab, not of whoever calls: it is to be found in the log and to fail the test.
            console.error(error);
            reply = { status: 500, body: { error: { code: "InternalServerError", message: "The pretend tenant failed; see its log." } }, unknown: true };
        }
        const call = { method, path, status: reply.status, ...run };
        this.calls.push(call);
        if (reply.unknown) {
            this.unknownCalls.push(call);
        }
        const [text, type] = Buffer.isBuffer(reply.body)
            ? [reply.body, "text/plain"]
            : [Buffer.from(reply.body === undefined ? "" : JSON.stringify(reply.body)), "application/json; charset=utf-8"];
        const headers = text.length === 0 ? {} : { "content-type": type, "content-length": String(text.length) };
        outgoing.writeHead(reply.status, { ...headers, ...withoutType(reply, text.length === 0) }).end(text);
    }

    private answer(request: Request, path: string, cmdlet: string | undefined): Reply {
        const world = this.world();
        const refuse = cmdlet === undefined ? broken : brokenCmdlet;
        const fault = world.behaviour.take(request.method, path, cmdlet);
        if (fault && !fault.executed) {
            return refuse(fault);
        }
        world.behaviour.meet(cmdlet, "before");
        const reply = SERVICES.reduce<Reply | undefined>((done, service) => done ?? service(request, world), undefined) ?? nothingHere();
        if (!reply.looked && !looks(request, cmdlet)) {
            this.changed();
        }
        world.behaviour.meet(cmdlet, "after");
        return fault ? { ...refuse(fault, reply), unknown: reply.unknown } : reply;
    }
}

/** Whether a call leaves everything as it is. */
function looks({ method, url }: Request, cmdlet = ""): boolean {
    return method === "GET" || url.pathname.endsWith("/oauth2/v2.0/token") || url.pathname === EWS_PATH || reads(cmdlet);
}

function nothingHere(): Reply {
    return { status: 404, body: { error: { code: "NotFound", message: "The resource could not be found." } }, unknown: true };
}

function withoutType({ headers = {} }: Reply, empty: boolean): Record<string, string> {
    return Object.fromEntries(Object.entries(headers).filter(([name]) => !(empty && name === "content-type")));
}
