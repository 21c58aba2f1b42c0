import { connect as connectTcp, Socket } from "net";
import { Client } from "ssh2";
import type { ClientChannel } from "ssh2";
import { runOnChannel } from "./channel";
import { printable, RemoteError, remoteError } from "./errors";
import { concernsHostKey, LowError, mismatchReason, missedAnswers, noSuchKeyReason, openingReason, silentReason, Stage, timeoutReason } from "./failures";
import { fingerprint, HostKey, parseHostKey } from "./keys";
import { logon, Logon, refusal } from "./logon";
import type { Connection, ExecResult } from "./types";

export interface SessionOptions {
    /** How often a busy connection is asked whether it lives, in milliseconds. */
    keepAliveMs: number;
    /** How long a connection without work stays open, in milliseconds. */
    idleMs: number;
}

/** What the owner of a session is told. */
export interface SessionEvents {
    /** No work is left; the session closes by itself after idleMs. */
    rested(): void;
    /** Takes no more work from now on, because of `error`. */
    ended(error: RemoteError): void;
}

export interface ExecOptions {
    /** For all of it, from the dial to the last byte; waiting for a place in the pool does not count. */
    timeoutMs: number;
    /** What runs, for messages: "observe". */
    label: string;
}

/** Somebody who needs the connection. */
interface User {
    start(): void;
    fail(error: RemoteError): void;
}

/** A server that does not close its end is cut off after this time, in milliseconds. */
const goodbye = 500;

/** One SSH connection, dialled at once and once. Holds the Node process alive only while it has users. */
export class Session {
    /** Resolves when the socket is gone. */
    readonly closed: Promise<void>;
    private readonly client = new Client();
    private readonly hostKey: HostKey;
    private readonly logon: Logon;
    private readonly users = new Set<User>();
    private socket: Socket | ClientChannel | undefined;
    private markClosed = () => {};
    private leaveJump: (() => void) | undefined;
    private stage: Stage;
    private ident = "";
    private unanswered = 0;
    private suspect = false;
    private over = false;
    private idle: NodeJS.Timeout | undefined;
    private keepAlive: NodeJS.Timeout | undefined;

    constructor(
        private readonly connection: Connection,
        private readonly jump: Session | undefined,
        private readonly options: SessionOptions,
        private readonly events: SessionEvents,
    ) {
        this.closed = new Promise((resolve) => (this.markClosed = resolve));
        this.hostKey = parseHostKey(connection.hostKey);
        this.logon = logon(connection, (reason) => this.fail("authentication", reason));
        this.client.on("ready", () => this.onReady());
        this.client.on("error", (error: LowError) => this.onError(error));
        this.client.on("close", () => this.onClose());
        this.client.on("change password", () => this.fail("authentication", "the password has expired. Change it, then run again"));
        this.stage = jump === undefined ? "the TCP connection" : "the jump host";
        if (jump === undefined) {
            const socket = connectTcp({ host: connection.host, port: connection.port ?? 22, noDelay: true });
            socket.once("connect", () => (this.stage = "the SSH handshake"));
            this.handshake(socket);
        } else {
            this.leaveJump = jump.attach({ start: () => this.forward(jump), fail: (error) => this.failThroughJump(error) });
        }
    }

    get ended(): boolean {
        // A jump host takes everything that runs through it along.
        return this.over || this.jump?.ended === true;
    }

    get resting(): boolean {
        return !this.over && this.users.size === 0 && this.stage === "nothing";
    }

    /** Runs one command. Rejects with RemoteError. */
    exec(command: string, stdin: string, { timeoutMs, label }: ExecOptions): Promise<ExecResult> {
        return new Promise((resolve, reject) => {
            let waitedFor: string | undefined;
            let stop = () => {};
            let detach = () => {};
            const settle = (then: () => void) => {
                clearTimeout(timer);
                stop();
                then();
                detach();
            };
            const fail = (error: RemoteError) => settle(() => reject(error));
            const timer = setTimeout(() => {
                this.suspect = true;
                const what = waitedFor ?? this.waitingFor();
                // A host that is switched off, or behind a firewall that drops packets, shows itself like this.
                const kind = what.startsWith("the TCP connection") ? "unreachable" : "timeout";
                fail(remoteError(this.connection, kind, timeoutReason(label, timeoutMs, what)));
            }, timeoutMs);
            const start = () => {
                stop = runOnChannel(this.client, command, stdin, {
                    done: (result) => settle(() => resolve({ ...result, serverIdent: this.ident })),
                    fail: (kind, reason) => fail(remoteError(this.connection, kind, printable(reason, this.connection))),
                    waitingFor: (what) => (waitedFor = what),
                });
            };
            detach = this.attach({ start, fail });
        });
    }

    /** Ends the connection; whoever uses it gets `error`. */
    end(error = remoteError(this.connection, "cancelled", "the connection was closed by this program before the work was done")): void {
        if (this.over) {
            return;
        }
        this.over = true;
        clearTimeout(this.idle);
        clearInterval(this.keepAlive);
        const users = [...this.users];
        this.users.clear();
        this.events.ended(error);
        this.hangUp();
        for (const user of users) {
            user.fail(error);
        }
    }

    private hangUp(): void {
        const { socket } = this;
        const closed = () => {
            clearTimeout(timer);
            this.leaveJump?.();
            this.markClosed();
        };
        const timer = setTimeout(() => {
            socket?.destroy();
            closed();
        }, goodbye);
        if (socket === undefined || socket.destroyed) {
            closed();
            return;
        }
        socket.once("close", closed);
        if (this.stage === "the TCP connection") {
            socket.destroy();
        } else {
            this.client.end();
        }
    }

    private attach(user: User): () => void {
        this.users.add(user);
        if (this.users.size === 1) {
            this.wake();
        }
        if (this.stage === "nothing") {
            queueMicrotask(() => this.begin(user));
        }
        return () => {
            if (this.users.delete(user) && this.users.size === 0) {
                this.rest();
            }
        };
    }

    private begin(user: User): void {
        if (this.users.has(user)) {
            user.start();
        }
    }

    private wake(): void {
        clearTimeout(this.idle);
        if (this.socket instanceof Socket) {
            this.socket.ref();
        }
        if (this.stage === "nothing") {
            this.leaveJump ??= this.jump?.attach({ start: () => {}, fail: () => {} });
            this.watch();
        }
    }

    private rest(): void {
        clearInterval(this.keepAlive);
        if (this.stage !== "nothing" || this.suspect) {
            this.end();
            return;
        }
        if (this.socket instanceof Socket) {
            this.socket.unref();
        }
        this.leaveJump?.();
        this.leaveJump = undefined;
        this.idle = setTimeout(() => this.end(), this.options.idleMs).unref();
        this.events.rested();
    }

    /** ssh2's own keep-alive holds the process alive even where nobody waits for an answer; this one runs only while somebody does. */
    private watch(): void {
        this.unanswered = 0;
        this.keepAlive = setInterval(() => {
            if (this.unanswered === missedAnswers) {
                this.fail("dropped", silentReason(this.options));
                return;
            }
            this.unanswered++;
            // Every SSH server has to answer a global request; this one asks for nothing, as no forwarding exists.
            this.client.unforwardIn("127.0.0.1", 1, () => (this.unanswered = 0));
        }, this.options.keepAliveMs).unref();
    }

    private forward(jump: Session): void {
        const { host, port = 22 } = this.connection;
        jump.client.forwardOut("127.0.0.1", 0, host, port, (error, channel) => {
            if (this.over) {
                channel?.close();
            } else if (error !== undefined) {
                const reason = printable(error.message, this.connection);
                this.fail("unreachable", `the jump host could not connect to it (${reason}). Check address, port, firewalls and AllowTcpForwarding on the jump host`);
            } else {
                this.stage = "the SSH handshake";
                this.handshake(channel);
            }
        });
    }

    private handshake(socket: Socket | ClientChannel): void {
        this.socket = socket;
        this.client.connect({
            sock: socket,
            username: this.connection.user,
            readyTimeout: 0,
            algorithms: { serverHostKey: this.hostKey.algorithms },
            hostVerifier: (key: Buffer) => this.verify(key),
            authHandler: (methods, partial, next) => {
                this.stage = "authentication";
                if (!this.over) {
                    this.logon.handler(methods, partial, next);
                }
            },
        });
        // ssh2 has paused the socket until the handshake begins, so this sees the first bytes too.
        const read = (data: Buffer) => {
            this.ident += data.subarray(0, 1024).toString("latin1");
            const line = /^(SSH-[^\r\n]*)\r?\n/m.exec(this.ident)?.[1];
            if (line !== undefined || this.ident.length > 8192) {
                socket.removeListener("data", read);
                this.ident = line ?? "";
            }
        };
        socket.on("data", read);
    }

    private verify(key: Buffer): boolean {
        const matches = key.equals(this.hostKey.blob);
        if (!matches) {
            this.fail("hostKey", mismatchReason(fingerprint(this.hostKey.blob), fingerprint(key)));
        }
        return matches;
    }

    private onReady(): void {
        this.stage = "nothing";
        this.watch();
        for (const user of [...this.users]) {
            this.begin(user);
        }
    }

    private onError(error: LowError): void {
        const text = printable(error.message, this.connection);
        if (this.stage === "nothing") {
            this.fail("dropped", `the connection broke off (${text}). Look at sshd's log on the host, then run again`);
        } else if (concernsHostKey(error)) {
            this.fail("hostKey", noSuchKeyReason(this.hostKey.type));
        } else if (this.stage === "authentication" && this.logon.sent()) {
            // Servers that count failures hang up instead of answering: to try again might lock the account.
            this.fail("authentication", refusal(this.connection));
        } else {
            this.fail("unreachable", openingReason(error, text, this.stage));
        }
    }

    private onClose(): void {
        if (this.stage === "nothing") {
            this.fail("dropped", "the server closed the connection before the command had ended. Check whether the host or sshd restarts, then run again");
        } else {
            this.onError(new Error("the server closed the connection"));
        }
    }

    private failThroughJump(error: RemoteError): void {
        this.fail(error.kind, `jump host ${error.message}`);
    }

    private fail(kind: RemoteError["kind"], reason: string): void {
        this.end(remoteError(this.connection, kind, reason));
    }

    private waitingFor(): string {
        return this.stage === "the jump host" && this.jump !== undefined ? `${this.jump.waitingFor()} of the jump host` : this.stage;
    }
}
