import { connect as connectTcp, Socket } from "net";
import { Client } from "ssh2";
import type { Algorithms, ClientChannel } from "ssh2";
import { printable } from "./errors";
import { concernsHostKey, LowError, mismatchReason, noSuchKeyReason, openingReason, Stage } from "./failures";
import { readIdent } from "./ident";
import { fingerprint, HostKey, parseHostKey } from "./keys";
import { logon, Logon, refusal } from "./logon";
import type { Connection, RemoteErrorKind } from "./types";

/** What becomes of a line. `failed` may come before `ready` or after it, and more than once. */
export interface LineEvents {
    ready(): void;
    failed(kind: RemoteErrorKind, reason: string): void;
}

/** A server that does not close its end is cut off after this time, in milliseconds. */
const goodbye = 500;

/**
 * What the command plugin (golang.org/x/crypto/ssh) offers too, by its defaults and without SHA-1 exchanges: a server hardened down to others
 * would let itself be looked at and not be enforced. Ciphers are the same without this.
 */
export const pluginAlgorithms: Algorithms = {
    kex: [
        "curve25519-sha256",
        "curve25519-sha256@libssh.org",
        "ecdh-sha2-nistp256",
        "ecdh-sha2-nistp384",
        "ecdh-sha2-nistp521",
        "diffie-hellman-group14-sha256",
    ],
    hmac: ["hmac-sha2-256-etm@openssh.com", "hmac-sha2-512-etm@openssh.com", "hmac-sha2-256", "hmac-sha2-512", "hmac-sha1"],
};

/**
 * One SSH connection as such: the socket, the pinned host key, one logon, the end. Who uses it, and for how long, is the session's matter.
 */
export class Line {
    readonly client = new Client();
    /** What the server called itself; empty until it did. */
    ident = "";
    stage: Stage;
    private readonly hostKey: HostKey;
    private readonly logon: Logon;
    private socket: Socket | ClientChannel | undefined;
    private over = false;

    constructor(
        private readonly connection: Connection,
        private readonly events: LineEvents,
    ) {
        this.stage = connection.proxy === undefined ? "the TCP connection" : "the jump host";
        this.hostKey = parseHostKey(connection.hostKey);
        this.logon = logon(connection, (reason) => events.failed("authentication", reason));
        this.client.on("ready", () => this.onReady());
        this.client.on("error", (error: LowError) => this.onError(error));
        this.client.on("close", () => this.onClose());
        this.client.on("change password", () => events.failed("authentication", "the password has expired. Change it, then run again"));
    }

    dial(): void {
        const socket = connectTcp({ host: this.connection.host, port: this.connection.port ?? 22, noDelay: true });
        // Only work under way keeps the process alive, by its timeout: a program must end by itself although a connection is still open.
        socket.unref();
        socket.once("connect", () => (this.stage = "the SSH handshake"));
        this.handshake(socket);
    }

    /** Dials from the jump host, which must be ready. */
    dialThrough(jump: Line): void {
        const { host, port = 22 } = this.connection;
        jump.client.forwardOut("127.0.0.1", 0, host, port, (error, channel) => {
            if (this.over) {
                channel?.close();
            } else if (error !== undefined) {
                const text = printable(error.message, this.connection);
                this.events.failed(
                    "unreachable",
                    `the jump host could not connect to it (${text}). Check address, port, firewalls and AllowTcpForwarding on the ` +
                        `jump host`,
                );
            } else {
                this.stage = "the SSH handshake";
                this.handshake(channel);
            }
        });
    }

    /** Resolves when the socket is gone. */
    hangUp(): Promise<void> {
        const { socket } = this;
        this.over = true;
        if (socket === undefined || socket.destroyed) {
            return Promise.resolve();
        }
        return new Promise((resolve) => {
            const timer = setTimeout(() => {
                socket.destroy();
                resolve();
            }, goodbye);
            socket.once("close", () => {
                clearTimeout(timer);
                resolve();
            });
            if (this.stage === "the TCP connection") {
                socket.destroy();
            } else {
                this.client.end();
            }
        });
    }

    private handshake(socket: Socket | ClientChannel): void {
        this.socket = socket;
        this.client.connect({
            sock: socket,
            username: this.connection.user,
            // The caller's timeout covers this.
            readyTimeout: 0,
            algorithms: { ...pluginAlgorithms, serverHostKey: [this.hostKey.type] },
            hostVerifier: (key: Buffer) => this.verify(key),
            authHandler: (methods, partial, next) => {
                this.stage = "authentication";
                if (!this.over) {
                    this.logon.handler(methods, partial, next);
                }
            },
        });
        readIdent(socket, (line) => (this.ident = line));
    }

    private verify(key: Buffer): boolean {
        const matches = key.equals(this.hostKey.blob);
        if (!matches) {
            this.events.failed("hostKey", mismatchReason(fingerprint(this.hostKey.blob), fingerprint(key)));
        }
        return matches;
    }

    private onReady(): void {
        if (!this.over) {
            this.stage = "nothing";
            this.events.ready();
        }
    }

    private onError(error: LowError): void {
        const text = printable(error.message, this.connection);
        if (this.stage === "nothing") {
            this.events.failed("dropped", `the connection broke off (${text}). Look at sshd's log on the host, then run again`);
        } else if (concernsHostKey(error)) {
            this.events.failed("hostKey", noSuchKeyReason(this.hostKey.type));
        } else if (this.stage === "authentication" && this.logon.sent()) {
            // Servers that count failures hang up instead of answering: to try again might lock the account.
            this.events.failed("authentication", refusal(this.connection));
        } else {
            this.events.failed("unreachable", openingReason(error, text, this.stage));
        }
    }

    private onClose(): void {
        if (this.stage === "nothing") {
            this.events.failed(
                "dropped",
                "the server closed the connection before the command had ended. Check whether the host or sshd restarts, then run again",
            );
        } else {
            this.onError(new Error("the server closed the connection"));
        }
    }
}
