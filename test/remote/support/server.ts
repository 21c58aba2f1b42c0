import { createHash } from "node:crypto";
import { AddressInfo, connect } from "node:net";
import { Server } from "ssh2";
import type { AuthContext, Connection as ServerConnection, ServerChannel } from "ssh2";
import type { Connection } from "../../../remote/types";
import { newKeyPair } from "../../support/keys";

/** Keys are made once a run: RSA takes a while. */
const pairs = new Map<string, ReturnType<typeof newKeyPair>>();
export function keyPair(name: string, type: "ed25519" | "rsa" | "ecdsa" = "ed25519"): ReturnType<typeof newKeyPair> {
    const id = `${type} ${name}`;
    const bits = { ed25519: undefined, rsa: 2048, ecdsa: 256 }[type];
    const pair = pairs.get(id) ?? newKeyPair(type, { bits });
    pairs.set(id, pair);
    return pair;
}

/** Worked out here again, not with the code under test. */
export function fingerprintOf(publicLine: string): string {
    const blob = Buffer.from(publicLine.split(" ")[1] ?? "", "base64");
    return `SHA256:${createHash("sha256").update(blob).digest("base64").replace(/=+$/, "")}`;
}

export interface Behaviour {
    password?: string;
    /** Public line of the key that may log on. */
    authorizedKey?: string;
    /** What the server says it accepts. */
    methods?: ("password" | "publickey" | "keyboard-interactive")[];
    prompts?: string[];
    hostKeys?: string[];
    ident?: string;
    /** Hang instead of judging a credential. */
    silentLogon?: boolean;
    /** Never answer a request to forward. */
    silentForward?: boolean;
    /** Refuse sessions (not forwarding). */
    noSessions?: boolean;
    /** How long a logon takes. Default 0. */
    logonMs?: number;
    /** Replaces the default, which answers "done: <stdin>" and exits 0. */
    run?: (channel: ServerChannel, command: string, stdin: string, drop: () => void) => void;
    /** Do not wait for the end of stdin before `run`. */
    eager?: boolean;
}

/** Connections of all servers of this process whose logon is not over, and the most there ever were. */
export const dialling = { now: 0, peak: 0 };

export class TestServer {
    readonly counters = {
        connections: 0,
        logons: 0,
        failedLogons: 0,
        execs: 0,
        running: 0,
        peakRunning: 0,
        forwards: 0,
        globalRequests: 0,
    };
    readonly stdins: string[] = [];

    /** Connections that are open now. */
    get open(): number {
        return this.clients.size;
    }

    port = 0;
    private readonly server: Server;
    private readonly clients = new Set<ServerConnection>();

    constructor(readonly behaviour: Behaviour = {}) {
        this.server = new Server({ hostKeys: behaviour.hostKeys ?? [keyPair("host").private], ident: behaviour.ident }, (client) =>
            this.serve(client),
        );
    }

    static async start(behaviour: Behaviour = {}): Promise<TestServer> {
        const server = new TestServer(behaviour);
        await new Promise<void>((resolve) => server.server.listen(0, "127.0.0.1", resolve));
        server.port = (server.server.address() as AddressInfo).port;
        return server;
    }

    connection(more: Partial<Connection> = {}): Connection {
        return {
            host: "127.0.0.1",
            port: this.port,
            user: "svc",
            password: this.behaviour.password ?? "right",
            hostKey: keyPair("host").public,
            ...more,
        };
    }

    dropAll(): void {
        for (const client of this.clients) {
            client.end();
        }
    }

    async stop(): Promise<void> {
        this.dropAll();
        await new Promise<void>((resolve) => this.server.close(() => resolve()));
    }

    private serve(client: ServerConnection): void {
        this.counters.connections++;
        dialling.peak = Math.max(dialling.peak, ++dialling.now);
        let open = false;
        const opened = () => {
            dialling.now -= open ? 0 : 1;
            open = true;
        };
        this.clients.add(client);
        // Without this the small packets of a server wait 40 ms each for an acknowledgement.
        (client as unknown as { setNoDelay(on: boolean): void }).setNoDelay(true);
        client.on("error", () => {});
        client.on("ready", opened);
        client.on("close", () => {
            opened();
            this.clients.delete(client);
        });
        client.on("authentication", (context) => this.judge(context));
        client.on("session", (accept, reject) => {
            if (this.behaviour.noSessions === true) {
                reject();
                return;
            }
            accept().on("exec", (acceptExec, _reject, info) => this.exec(acceptExec(), info.command, () => client.end()));
        });
        client.on("tcpip", (accept, reject, info) => {
            this.counters.forwards++;
            if (this.behaviour.silentForward === true) {
                return;
            }
            const socket = connect(info.destPort, info.destIP);
            socket.once("connect", () => {
                const channel = accept();
                channel.on("error", () => {});
                channel.pipe(socket).pipe(channel);
            });
            socket.once("error", () => reject());
        });
    }

    private judge(context: AuthContext): void {
        const methods = this.behaviour.methods ?? ["password", "publickey"];
        const { password = "right", authorizedKey } = this.behaviour;
        const verdict = (good: boolean) => {
            if (this.behaviour.silentLogon === true) {
                return;
            }
            this.counters[good ? "logons" : "failedLogons"]++;
            setTimeout(() => (good ? context.accept() : context.reject(methods)), this.behaviour.logonMs ?? 0);
        };
        if (context.method === "password" && methods.includes("password")) {
            verdict(context.password === password);
        } else if (context.method === "keyboard-interactive" && methods.includes("keyboard-interactive")) {
            const prompts = (this.behaviour.prompts ?? ["Password: "]).map((prompt) => ({ prompt, echo: false }));
            context.prompt(prompts, (answers) => verdict(answers[0] === password));
        } else if (context.method === "publickey" && methods.includes("publickey")) {
            const known = authorizedKey !== undefined && context.key.data.equals(Buffer.from(authorizedKey.split(" ")[1] ?? "", "base64"));
            if (known && context.signature === undefined) {
                context.accept();
            } else {
                verdict(known);
            }
        } else {
            context.reject(methods);
        }
    }

    private exec(channel: ServerChannel, command: string, drop: () => void): void {
        const { counters } = this;
        counters.execs++;
        counters.peakRunning = Math.max(counters.peakRunning, ++counters.running);
        channel.on("close", () => counters.running--);
        channel.on("error", () => {});
        const chunks: Buffer[] = [];
        const run = () => {
            const stdin = Buffer.concat(chunks).toString("latin1");
            this.stdins.push(stdin);
            (this.behaviour.run ?? answer)(channel, command, stdin, drop);
        };
        if (this.behaviour.eager === true) {
            run();
            return;
        }
        channel.on("data", (data: Buffer) => chunks.push(data));
        channel.on("end", run);
    }
}

function answer(channel: ServerChannel, _command: string, stdin: string): void {
    reply(channel, `done: ${stdin}`);
}

/** Writes stdout and stderr, ends with an exit status. */
export function reply(channel: ServerChannel, stdout: string, exitCode = 0, stderr = ""): void {
    channel.stderr.write(stderr);
    channel.write(Buffer.from(stdout, "latin1"), () => {
        channel.exit(exitCode);
        channel.end();
    });
}
