import { remoteError, RemoteError } from "./errors";
import { Gate } from "./gate";
import { parseHostKey, secretDigest } from "./keys";
import { ExecOptions, Session, SessionOptions } from "./session";
import type { Connection, ExecResult } from "./types";

export interface PoolOptions extends Partial<SessionOptions> {
    /** Connections being opened at a time, jump hosts not counted. Default 16. */
    dials?: number;
}

/** sshd allows 10 sessions on a connection unless told otherwise (MaxSessions). */
const commandsPerConnection = 8;

/**
 * Runs commands on hosts over SSH: one connection a host and account, whatever the number of commands, closed when idle (1 s).
 * Asks a busy connection every 10 s whether it lives. Never keeps the Node process alive when no command is under way.
 */
export class SessionPool {
    private readonly options: SessionOptions;
    private readonly dials: Gate;
    private readonly turns = new Map<string, Gate>();
    private readonly opening = new Map<string, Promise<Session>>();
    private readonly live = new Map<string, Session>();
    private readonly refused = new Map<string, RemoteError>();
    private closing = false;

    constructor({ dials = 16, keepAliveMs = 10_000, idleMs = 1000 }: PoolOptions = {}) {
        this.options = { keepAliveMs, idleMs };
        this.dials = new Gate(dials);
    }

    /**
     * Runs `command` with all of `stdin`. The exit code is the caller's to judge.
     *
     * Rejects with RemoteError; nothing is retried. After a refused logon every further call with the same connection fails at once with
     * the same message, without dialling: repeated logons lock accounts.
     */
    exec(connection: Connection, command: string, stdin: string, options: ExecOptions): Promise<ExecResult> {
        return this.use(connection, (session) => session.exec(command, stdin, options));
    }

    /** Whether the server has this subsystem. Rejects as `exec` does. */
    offers(connection: Connection, subsystem: string, options: ExecOptions): Promise<boolean> {
        return this.use(connection, (session) => session.offers(subsystem, options));
    }

    private async use<T>(connection: Connection, work: (session: Session) => Promise<T>): Promise<T> {
        const id = identity(connection);
        const turn = this.turns.get(id) ?? new Gate(commandsPerConnection);
        this.turns.set(id, turn);
        await turn.enter();
        try {
            const session = await this.session(id, connection);
            return await work(session);
        } finally {
            turn.leave();
        }
    }

    /** Ends all connections; commands under way and waiting ones fail with kind `cancelled`, and so does every later call. */
    async close(): Promise<void> {
        this.closing = true;
        const sessions = [...this.live.values()];
        for (const session of sessions) {
            session.end();
        }
        await Promise.allSettled([...this.opening.values(), ...sessions.map((session) => session.closed)]);
    }

    /** A session that takes work; its caller uses it before anything else can run. */
    private async session(id: string, connection: Connection): Promise<Session> {
        for (;;) {
            this.checkAllowed(id, connection);
            const known = this.find(id);
            if (known !== undefined) {
                return known;
            }
            const opening = this.opening.get(id) ?? this.open(id, connection).finally(() => this.opening.delete(id));
            this.opening.set(id, opening);
            const session = await opening;
            if (!session.ended) {
                return session;
            }
        }
    }

    private async open(id: string, connection: Connection): Promise<Session> {
        await this.dials.enter();
        try {
            this.checkAllowed(id, connection);
            // Meanwhile somebody may have begun to use this host as a jump host.
            const session = this.find(id) ?? this.start(id, connection);
            void session.opened.then(() => this.dials.leave());
            return session;
        } catch (error) {
            this.dials.leave();
            throw error;
        }
    }

    private start(id: string, connection: Connection): Session {
        const jump = connection.proxy === undefined ? undefined : this.jumpHost(connection, connection.proxy);
        const session: Session = new Session(connection, jump, this.options, {
            ended: (error) => {
                if (error.kind === "authentication") {
                    this.refused.set(id, error);
                }
                if (this.live.get(id) === session) {
                    this.live.delete(id);
                }
            },
        });
        this.live.set(id, session);
        return session;
    }

    /** Takes no place among the dials: a host that has one would otherwise wait for its jump host, which waits for a place. */
    private jumpHost(connection: Connection, proxy: Connection): Session {
        const id = identity(proxy);
        const refused = this.refused.get(id);
        if (refused !== undefined) {
            throw remoteError(connection, refused.kind, `jump host ${refused.message}`);
        }
        return this.find(id) ?? this.start(id, proxy);
    }

    private find(id: string): Session | undefined {
        const session = this.live.get(id);
        return session?.ended === false ? session : undefined;
    }

    private checkAllowed(id: string, connection: Connection): void {
        const refused = this.refused.get(id);
        if (refused !== undefined) {
            throw refused;
        }
        if (this.closing) {
            throw remoteError(connection, "cancelled", "the program is ending and opens no more connections");
        }
    }
}

/** Equal for connections that may share a session; gives away nothing of the secrets in it. */
function identity(connection: Connection): string {
    const { host, port = 22, user, password = "", privateKey = "", privateKeyPassword = "", proxy } = connection;
    let hostKey: string;
    try {
        hostKey = parseHostKey(connection.hostKey).blob.toString("base64");
    } catch (error) {
        throw remoteError(connection, "hostKey", `hostKey ${(error as Error).message}`);
    }
    return secretDigest(
        host.toLowerCase(),
        String(port),
        user,
        password,
        privateKey,
        privateKeyPassword,
        hostKey,
        proxy === undefined ? "" : identity(proxy),
    );
}
