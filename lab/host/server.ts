import net from "node:net";
import { Server, type Connection } from "ssh2";
import { Traffic, type Counters } from "./counters";
import { execute, type ExecOptions } from "./exec";
import { admitted, logOn, type Account } from "./logon";
import { startSftp } from "./sftp";

export interface ServerOptions extends ExecOptions {
    accounts: Account[];
    /** OpenSSH private keys: the host's own, and the one it shows under the fault `wrongHostKey`. */
    hostKey: string;
    wrongHostKey: string;
    /** Whether connections may be forwarded to this port of the loopback. */
    mayForward: (port: number) => boolean;
}

/** The SSH server of one pretend host, on 127.0.0.1. */
export class HostServer {
    private readonly listener = net.createServer(socket => this.connect(socket));
    private readonly traffic = new Traffic();

    constructor(private readonly options: ServerOptions) {}

    /** Port 0 takes a free one. Returns the port. Rejects where the port is taken. */
    listen(port: number): Promise<number> {
        return new Promise((resolve, reject) => {
            this.listener.once("error", reject);
            this.listener.listen(port, "127.0.0.1", () => {
                this.listener.off("error", reject);
                resolve((this.listener.address() as net.AddressInfo).port);
            });
        });
    }

    /** Ends all connections and frees the port. */
    async close(): Promise<void> {
        const closed = new Promise<void>(resolve => this.listener.close(() => resolve()));
        this.dropAll();
        await closed;
    }

    dropAll(): void {
        this.traffic.sockets.forEach(socket => socket.destroy());
    }

    get counters(): Counters {
        return this.traffic.counters;
    }

    resetCounters(): void {
        this.traffic.reset();
    }

    private connect(socket: net.Socket): void {
        this.traffic.opened(socket);
        socket.setNoDelay(true);
        const fault = this.options.fault()?.name;
        // A server of its own for each connection, because faults change the key and the banner.
        const server = new Server(
            {
                hostKeys: [fault === "wrongHostKey" ? this.options.wrongHostKey : this.options.hostKey],
                ident: fault === "openssh77" ? "OpenSSH_for_Windows_7.7" : "OpenSSH_for_Windows_9.5",
            },
            client => this.serve(client, socket),
        );
        server.injectSocket(socket);
    }

    private serve(client: Connection, socket: net.Socket): void {
        let account: Account | undefined;
        // Peers break off in every way there is; the counters tell, the lab goes on.
        client.on("error", () => socket.destroy());
        client.on("authentication", context =>
            logOn(context, admitted(this.options.accounts, context.method, this.options.fault()?.name), found => {
                account = found;
                this.traffic.count(found ? "logons" : "failedLogons");
            }),
        );
        client.on("session", accept => {
            const session = accept();
            session.on("exec", (acceptExec, _reject, { command: text }) => {
                this.traffic.count("execs");
                const channel = acceptExec();
                channel.on("error", () => socket.destroy());
                if (account) {
                    const count = (what: keyof Counters): void => this.traffic.count(what);
                    execute(this.options, { channel, text, account }, count, () => socket.destroy()).catch((error: unknown) => {
                        // A mistake of the lab itself: said where whoever runs the command sees it.
                        channel.stderr.write(`pretend host: ${error instanceof Error ? error.stack : String(error)}\n`);
                        channel.exit(1);
                        channel.end();
                    });
                }
            });
            session.on("sftp", (acceptSftp, reject) => {
                const { user = "" } = account ?? {};
                void startSftp(this.options, { user, accept: acceptSftp, reject }, () => this.traffic.count("files"), () => socket.destroy());
            });
        });
        client.on("tcpip", (accept, reject, { destIP, destPort }) => {
            if (!["127.0.0.1", "localhost"].includes(destIP) || !this.options.mayForward(destPort)) {
                reject();
                return;
            }
            const upstream = net.connect(destPort, "127.0.0.1");
            upstream.once("error", () => reject());
            upstream.once("connect", () => {
                upstream.removeAllListeners("error");
                const channel = accept();
                upstream.on("error", () => channel.destroy());
                channel.on("error", () => upstream.destroy());
                channel.on("close", () => upstream.destroy());
                channel.pipe(upstream).pipe(channel);
            });
        });
    }
}
