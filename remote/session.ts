import { askForSubsystem, runOnChannel, type ChannelEvents } from "./channel";
import { printable, RemoteError, remoteError } from "./errors";
import { silentReason, timeoutKind, timeoutReason } from "./failures";
import { keepAlive } from "./keepAlive";
import { Line } from "./line";
import type { Connection, ExecResult } from "./types";

export interface SessionOptions {
    /** How often a busy connection is asked whether it lives, in milliseconds. */
    keepAliveMs: number;
    /** How long a connection without work stays open, in milliseconds. */
    idleMs: number;
}

/** What the owner of a session is told. */
export interface SessionEvents {
    /** Takes no more work from now on, because of `error`. */
    ended(error: RemoteError): void;
}

export interface ExecOptions {
    /** For all of it, from the dial to the last byte, in milliseconds; waiting for a place in the pool does not count. */
    timeoutMs: number;
    /** What runs, for messages: "observe". */
    label: string;
}

/** Somebody who needs the connection. */
interface User {
    start(): void;
    fail(error: RemoteError): void;
}

/** One SSH connection and those who use it; dialled at once and once. */
export class Session {
    /** Resolves when the socket is gone. */
    readonly closed: Promise<void>;
    /** Resolves when it is open, or will never be. */
    readonly opened: Promise<void>;
    private readonly line: Line;
    private readonly users = new Set<User>();
    private markClosed = () => {};
    private markOpened = () => {};
    private leaveJump: (() => void) | undefined;
    private stopAsking = () => {};
    private idle: NodeJS.Timeout | undefined;
    private suspect = false;
    private over = false;

    constructor(
        private readonly connection: Connection,
        private readonly jump: Session | undefined,
        private readonly options: SessionOptions,
        private readonly events: SessionEvents,
    ) {
        this.closed = new Promise((resolve) => (this.markClosed = resolve));
        this.opened = new Promise((resolve) => (this.markOpened = resolve));
        this.line = new Line(connection, {
            ready: () => this.onReady(),
            failed: (kind, reason) => this.end(remoteError(connection, kind, reason)),
        });
        if (jump === undefined) {
            this.line.dial();
        } else {
            this.leaveJump = jump.attach({
                start: () => this.line.dialThrough(jump.line),
                fail: (error) => this.end(remoteError(connection, error.kind, `jump host ${error.message}`)),
            });
        }
    }

    get ended(): boolean {
        // A jump host takes everything that runs through it along.
        return this.over || this.jump?.ended === true;
    }

    /** Runs one command. Rejects with RemoteError. */
    async exec(command: string, stdin: string, options: ExecOptions): Promise<ExecResult> {
        const result = await this.use<ExecResult>(options, (events) => runOnChannel(this.line.client, command, stdin, events));
        return { ...result, serverIdent: this.line.ident };
    }

    /** Whether the server has this subsystem. Rejects with RemoteError. */
    offers(subsystem: string, options: ExecOptions): Promise<boolean> {
        return this.use<boolean>(options, (events) => askForSubsystem(this.line.client, subsystem, events));
    }

    private use<T>({ timeoutMs, label }: ExecOptions, run: (events: ChannelEvents<T>) => () => void): Promise<T> {
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
                fail(remoteError(this.connection, timeoutKind(what), timeoutReason(label, timeoutMs, what)));
            }, timeoutMs);
            const start = () => {
                stop = run({
                    done: (result) => settle(() => resolve(result)),
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
        this.markOpened();
        clearTimeout(this.idle);
        this.stopAsking();
        const users = [...this.users];
        this.users.clear();
        this.events.ended(error);
        void this.line.hangUp().then(() => {
            this.leaveJump?.();
            this.markClosed();
        });
        for (const user of users) {
            user.fail(error);
        }
    }

    private get ready(): boolean {
        return this.line.stage === "nothing";
    }

    private attach(user: User): () => void {
        this.users.add(user);
        if (this.users.size === 1) {
            this.wake();
        }
        if (this.ready) {
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

    private onReady(): void {
        this.markOpened();
        this.watch();
        for (const user of [...this.users]) {
            this.begin(user);
        }
    }

    private wake(): void {
        clearTimeout(this.idle);
        if (this.ready) {
            this.leaveJump ??= this.jump?.attach({ start: () => {}, fail: () => {} });
            this.watch();
        }
    }

    private rest(): void {
        this.stopAsking();
        if (!this.ready || this.suspect) {
            this.end();
            return;
        }
        this.leaveJump?.();
        this.leaveJump = undefined;
        this.idle = setTimeout(() => this.end(), this.options.idleMs).unref();
    }

    private watch(): void {
        const dead = () => this.end(remoteError(this.connection, "dropped", silentReason(this.options.keepAliveMs)));
        this.stopAsking = keepAlive(this.line.client, this.options.keepAliveMs, dead);
    }

    private waitingFor(): string {
        const { stage } = this.line;
        if (stage !== "the jump host" || this.jump === undefined) {
            return stage;
        }
        return this.jump.ready ? "the TCP connection from the jump host" : `${this.jump.waitingFor()} of the jump host`;
    }
}
