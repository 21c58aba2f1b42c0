// SMTP as far as somebody looks whether a server takes mail: greeting, EHLO, STARTTLS, and a test message where one is asked for.
// RFC 5321, RFC 3207.
import { globalAgent } from "node:https";
import net from "node:net";
import tls from "node:tls";
import { printable } from "./errors";

/** What a server did, as far as it came. */
export interface SmtpTalk {
    /** Where it ended: `connect`, `greeting`, `ehlo`, `starttls`, `handshake`, `message`, or `done`. */
    step: string;
    /** What went wrong there; empty with `done`. */
    problem: string;
    /** Names and end of the certificate, where there was one. */
    certificate?: Certificate;
}

/** What a server shows of its certificate. */
export interface Certificate {
    names: string;
    endsAt: string;
}

/** One look at a server. */
export interface SmtpLook {
    server: string;
    port: number;
    /** Whether TLS has to be offered, and its certificate to be one for the server. */
    tls: boolean;
    /** Sends a test message. */
    message?: { from: string; to: string };
    signal: AbortSignal;
}

const stepMs = 15_000;

/** Never rejects but where the signal says so: what a server does is an answer. */
export async function talkSmtp({ server, port, tls: secure, message, signal }: SmtpLook): Promise<SmtpTalk> {
    let step = "connect";
    let certificate: SmtpTalk["certificate"];
    const line = new Line(net.connect({ host: server, port }));
    const end = () => line.destroy();
    signal.addEventListener("abort", end, { once: true });
    try {
        await line.ready("connect");
        step = "greeting";
        await line.expect(220);
        step = "ehlo";
        let offers = await line.say("EHLO hybrid-identity", 250);
        if (secure) {
            step = "starttls";
            if (!/^250[ -]STARTTLS\s*$/im.test(offers)) return { step, problem: "the server does not offer STARTTLS" };
            await line.say("STARTTLS", 220);
            step = "handshake";
            certificate = await line.encrypt(server);
            offers = await line.say("EHLO hybrid-identity", 250);
        }
        step = "message";
        if (message) await send(line, message);
        await line.say("QUIT", 221).catch(() => undefined);
        return { step: "done", problem: "", certificate };
    } catch (error) {
        if (signal.aborted) throw error;
        return { step, problem: printable((error as Error).message), certificate };
    } finally {
        signal.removeEventListener("abort", end);
        line.destroy();
    }
}

/** Of the other side of a connection. */
export function certificateOf(socket: tls.TLSSocket): Certificate {
    const { subject, subjectaltname, valid_to: until } = socket.getPeerCertificate();
    return { names: printable(subjectaltname ?? String(subject.CN)), endsAt: new Date(until).toISOString() };
}

async function send(line: Line, { from, to }: { from: string; to: string }): Promise<void> {
    await line.say(`MAIL FROM:<${from}>`, 250);
    await line.say(`RCPT TO:<${to}>`, 250);
    await line.say("DATA", 354);
    const head = [`From: <${from}>`, `To: <${to}>`, "Subject: Test of the mail route of MIM", `Date: ${new Date().toUTCString()}`];
    await line.say([...head, "", "Sent once, to prove the route before the old one is taken away.", "."].join("\r\n"), 250);
}

/** One conversation: a command, and the reply with all of its lines. */
class Line {
    private received = "";
    private over: Error | undefined;
    private heard = () => {};

    constructor(private socket: net.Socket) {
        this.listen();
    }

    destroy(): void {
        this.socket.destroy();
    }

    async ready(event: "connect" | "secureConnect"): Promise<void> {
        await this.within(new Promise<void>((resolve, reject) => this.socket.once(event, () => resolve()).once("error", reject)));
    }

    async say(text: string, code: number): Promise<string> {
        this.socket.write(`${text}\r\n`);
        return this.expect(code);
    }

    async expect(code: number): Promise<string> {
        const reply = await this.within(this.reply());
        if (!reply.startsWith(String(code))) throw new Error(`the server said: ${reply.trim()}`);
        return reply;
    }

    /** Rejects where the certificate is none for the server, or its authority is not trusted here. */
    async encrypt(server: string): Promise<Certificate> {
        this.socket.removeAllListeners("data");
        const { secureContext } = globalAgent.options;
        const secured = tls.connect({ socket: this.socket, minVersion: "TLSv1.2", secureContext, ...(net.isIP(server) ? { host: server } : { servername: server }) });
        this.socket = secured;
        this.received = "";
        this.listen();
        await this.ready("secureConnect");
        return certificateOf(secured);
    }

    private listen(): void {
        const ended = (error?: Error) => {
            this.over ??= error ?? new Error("the server closed the connection");
            this.heard();
        };
        this.socket.on("data", (part: Buffer) => {
            this.received += part.toString("latin1");
            this.heard();
        });
        this.socket.on("error", ended).on("close", () => ended());
    }

    private async reply(): Promise<string> {
        for (;;) {
            const [whole] = /^(?:\d{3}-.*\r?\n)*\d{3}(?: .*)?\r?\n/.exec(this.received) ?? [];
            if (whole !== undefined) {
                this.received = this.received.slice(whole.length);
                return whole;
            }
            if (this.over) throw this.over;
            await new Promise<void>(resolve => (this.heard = resolve));
        }
    }

    private async within<T>(work: Promise<T>): Promise<T> {
        let timer: NodeJS.Timeout | undefined;
        const late = new Promise<never>((_, reject) => (timer = setTimeout(() => reject(new Error(`no answer within ${stepMs / 1000} seconds`)), stepMs)));
        return Promise.race([work, late]).finally(() => clearTimeout(timer));
    }
}
