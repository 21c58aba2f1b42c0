// A tiny SSH server on loopback that counts who logged on and answers commands with a function.
import { once } from "node:events";
import * as net from "node:net";
import { Server, type Algorithms, type AuthContext, type Connection, type ParsedKey, type Session } from "ssh2";
import { parseFault } from "../../../lab/host/faults";
import type { Files } from "../../../lab/host/files";
import { startSftp } from "../../../lab/host/sftp";
import { newKeyPair } from "../../support/keys";

/** What a command does: prints, ends with a code or a signal, or (with `never`) neither. */
export interface Answer {
    stdout?: string;
    stderr?: string;
    code?: number;
    signal?: string;
    never?: boolean;
    noStatus?: boolean;
}
export interface Run {
    command: string;
    stdin: string;
    environment: Record<string, string>;
}
export interface Options {
    password?: string;
    /** The public part of the key that may log on. */
    key?: ParsedKey;
    hostKeys?: string[];
    /** What it offers; default what ssh2 does. */
    algorithms?: Algorithms;
    methods?: ("password" | "publickey" | "keyboard-interactive")[];
    port?: number;
    answer?: (run: Run) => Answer;
    acceptEnvironment?: boolean;
    /** A fault of a pretend host's SFTP: its server serves files here. */
    sftpFault?: string;
    /** The connection ends when this request of SFTP comes. */
    sftpLostAt?: "STAT" | "OPEN" | "WRITE";
}

export function keyPair(type: "ed25519" | "ecdsa" | "rsa"): { private: string; public: string } {
    return newKeyPair(type, { bits: { ed25519: undefined, ecdsa: 256, rsa: 2048 }[type] });
}

export class SshServer {
    connections = 0;
    readonly logons: string[] = [];
    /** Refused logons by method; the "none" that every client starts with does not count. */
    readonly refused: string[] = [];
    readonly runs: Run[] = [];
    /** What was sent to the home folder of the account `admin`, C:/Users/admin, by whole path. */
    readonly files: Files = {};
    /** Connections that are open. */
    get open(): number {
        return this.sockets.size;
    }
    private readonly sockets = new Set<Connection>();

    private constructor(
        readonly options: Options,
        private readonly server: Server,
    ) {}

    static async start(options: Options): Promise<SshServer> {
        const hostKeys = options.hostKeys ?? [keyPair("ed25519").private];
        const server = new Server({ hostKeys, algorithms: options.algorithms });
        const self = new SshServer(options, server);
        server.on("connection", connection => self.serve(connection));
        server.listen(options.port ?? 0, "127.0.0.1");
        await once(server, "listening");
        return self;
    }

    get port(): number {
        return (this.server.address() as net.AddressInfo).port;
    }

    /** Answers of the server from now on. */
    answer(answer: (run: Run) => Answer): void {
        this.options.answer = answer;
    }

    async stop(): Promise<void> {
        for (const connection of this.sockets) connection.end();
        await new Promise<void>(resolve => this.server.close(() => resolve()));
    }

    private serve(connection: Connection): void {
        this.connections++;
        this.sockets.add(connection);
        // Missing in the types. Without it each small answer waits 40 ms for more.
        (connection as unknown as net.Socket).setNoDelay(true);
        // A server ends a connection that it does not understand.
        connection.on("error", () => connection.end());
        connection.on("close", () => this.sockets.delete(connection));
        // Present servers sign with SHA-2 only; ssh2 always offers the SHA-1 form beside it.
        (connection as NodeJS.EventEmitter).on("handshake", ({ serverHostKey }: { serverHostKey: string }) => {
            if (serverHostKey === "ssh-rsa") connection.end();
        });
        connection.on("authentication", context => this.authenticate(context));
        connection.on("session", accept => this.session(accept(), connection));
        connection.on("tcpip", (accept, _reject, { destIP, destPort }) => {
            const stream = accept();
            const socket = net.connect(destPort, destIP);
            socket.on("error", () => stream.end());
            stream.on("error", () => socket.destroy());
            stream.pipe(socket).pipe(stream);
        });
    }

    private authenticate(context: AuthContext): void {
        const methods = this.options.methods ?? ["publickey", "password", "keyboard-interactive"];
        const accept = () => {
            this.logons.push(`${context.method} ${context.username}`);
            context.accept();
        };
        const refuse = () => {
            if (context.method !== "none") this.refused.push(context.method);
            context.reject(methods);
        };
        if (context.method === "password") {
            if (context.password === this.options.password) accept();
            else refuse();
        } else if (context.method === "keyboard-interactive") {
            context.prompt([{ prompt: "Password:", echo: false }], ([answer]) => (answer === this.options.password ? accept() : refuse()));
        } else if (context.method === "publickey") {
            const { key } = this.options;
            if (!key || !context.key.data.equals(key.getPublicSSH())) refuse();
            else if (!context.signature) context.accept();
            else if (key.verify(context.blob as Buffer, context.signature, context.hashAlgo) === true) accept();
            else refuse();
        } else {
            refuse();
        }
    }

    private session(session: Session, connection: Connection): void {
        const environment: Record<string, string> = {};
        session.on("env", (accept, reject, { key, val }) => {
            if (this.options.acceptEnvironment === false) return reject?.();
            environment[key] = val;
            accept?.();
        });
        const sftp = { state: { files: this.files, clock: () => new Date() }, fault: () => parseFault(this.options.sftpFault ?? "none"), changed: () => {} };
        session.on("sftp", (acceptSftp, reject) => {
            const { sftpLostAt } = this.options;
            const accept = () => (sftpLostAt ? acceptSftp().prependListener(sftpLostAt, () => connection.end()) : acceptSftp());
            void startSftp(sftp, { user: "admin", accept, reject }, () => {}, () => connection.end());
        });
        session.on("exec", (accept, _reject, { command }) => {
            const channel = accept();
            const chunks: Buffer[] = [];
            channel.on("data", (chunk: Buffer) => chunks.push(chunk));
            channel.on("error", () => {});
            channel.on("end", () => {
                const run = { command, stdin: Buffer.concat(chunks).toString(), environment };
                this.runs.push(run);
                const { stdout = "", stderr = "", code = 0, signal, never, noStatus } = this.options.answer?.(run) ?? {};
                if (stdout) channel.write(stdout);
                if (stderr) channel.stderr.write(stderr);
                if (never) return;
                if (signal) channel.exit(signal, false, "killed");
                else if (!noStatus) channel.exit(code);
                channel.end();
            });
        });
    }
}
