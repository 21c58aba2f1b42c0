// Dialling an SSH server the way the plugin does: which logons are tried in which order, and what is retried how often.
import * as net from "node:net";
import type { Duplex } from "node:stream";
import { setTimeout as pause } from "node:timers/promises";
import type { Client } from "ssh2";
import type { Connection, Endpoint } from "./endpoint";
import { logOn, logonOf } from "./logon";
import type { Context } from "./run";

/** Opens a logged-on connection, or throws after the last failed dial. Nothing ever closes the connection before the plugin ends. */
export async function dial(connection: Connection, context: Context): Promise<Client> {
    const logon = await logonOf(connection);
    const address = net.isIPv6(connection.host) ? `[${connection.host}]:${connection.port}` : `${connection.host}:${connection.port}`;
    const limit = connection.dialErrorLimit;
    const { proxy } = connection;
    if (!proxy) return retry("Dial", limit, context, async () => logOn(await connect(connection), logon));
    try {
        const proxyLogon = await logonOf(proxy);
        const open = async () => logOn(await connect(proxy), proxyLogon);
        const through = await retry("Dial proxy", proxy.dialErrorLimit, context, open);
        const stream = await retry("Dial from proxy", limit, context, () => forward(through, connection, address));
        // The plugin repeats the logon over the stream it has, which is dead after the first failure.
        let first: Promise<Client> | undefined;
        return await retry("Dial", limit, context, () => (first ??= logOn(stream, logon)));
    } catch (error) {
        throw new Error(`proxy: ${(error as Error).message}`);
    }
}

// The plugin's own pauses: 100 ms, then half as long again each time, never over 5 s.
async function retry<T>(what: string, limit: number, context: Context, attempt: () => Promise<T>): Promise<T> {
    for (let failed = 0, delay = 100; ; failed++, delay = Math.min(delay * 1.5, 5000)) {
        context.signal.throwIfAborted();
        try {
            return await attempt();
        } catch (error) {
            // The count is one short, as the plugin's is.
            if (limit >= 0 && failed + 1 > limit) throw new Error(`after ${failed} failed attempts: ${(error as Error).message}`);
            const message = `${what} ${failed + 1}/${limit === -1 ? "inf" : limit} failed: retrying`;
            await context.log("info", message, { ephemeral: true });
        }
        await pause(delay, undefined, { signal: context.signal }).catch(() => context.signal.throwIfAborted());
    }
}

function connect(endpoint: Endpoint): Promise<net.Socket> {
    const { host, port, perDialTimeout } = endpoint;
    return new Promise((resolve, reject) => {
        const socket = net.connect({ host, port, noDelay: true });
        const fail = (reason: string) => {
            socket.destroy();
            reject(new Error(`dial tcp ${host}:${port}: ${reason}`));
        };
        const refused = (error: Error) => fail(error.message);
        const timer = perDialTimeout > 0 ? setTimeout(() => fail("i/o timeout"), perDialTimeout * 1000) : undefined;
        socket.once("error", refused);
        socket.once("connect", () => {
            clearTimeout(timer);
            socket.off("error", refused);
            resolve(socket);
        });
        socket.once("close", () => clearTimeout(timer));
    });
}

function forward(client: Client, to: Endpoint, address: string): Promise<Duplex> {
    return new Promise((resolve, reject) => {
        client.forwardOut("127.0.0.1", 0, to.host, to.port, (error, stream) => {
            if (error) reject(new Error(`dial tcp ${address}: ${error.message}`));
            else resolve(stream);
        });
    });
}
