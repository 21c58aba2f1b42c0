import net from "node:net";
import tls from "node:tls";
import type { KeyedCertificate } from "./tenant/certificates";

/** A message that somebody sent. */
export interface SmtpMessage {
    from: string;
    to: string[];
    text: string;
    /** Whether it came over TLS. */
    secure: boolean;
}

/** A pretend SMTP relay on 127.0.0.1 that runs. */
export interface SmtpServer {
    readonly port: number;
    /** What was sent, oldest first. */
    readonly messages: SmtpMessage[];
    /** Connections so far. */
    connections: number;
    /** How it behaves: whether it offers STARTTLS, and whose mail it refuses (`550`). */
    readonly behaviour: { starttls: boolean; refuses: string };
    stop(): Promise<void>;
}

interface Mail {
    from: string;
    to: string[];
    /** Undefined while no DATA was said. */
    text?: string;
}

/** Starts it; port 0 takes a free one. As much of RFC 5321 and RFC 3207 as a look and one message need. */
export async function startSmtp({ certificate, key }: KeyedCertificate, port = 0): Promise<SmtpServer> {
    const open = new Set<net.Socket>();
    const context = tls.createSecureContext({ cert: certificate, key });
    const listener = net.createServer(socket => {
        smtp.connections++;
        open.add(socket);
        socket.once("close", () => open.delete(socket));
        socket.write("220 relay.contoso.example ESMTP\r\n");
        converse(socket, false);
    });
    const converse = (socket: net.Socket, secure: boolean): void => {
        const mail: Mail = { from: "", to: [] };
        let received = "";
        const say = (text: string): void => void socket.write(`${text}\r\n`);
        const hear = (part: Buffer): void => {
            received += part.toString("utf8");
            for (let end = received.indexOf("\r\n"); end >= 0; end = received.indexOf("\r\n")) {
                const line = received.slice(0, end);
                received = received.slice(end + 2);
                if (line.toUpperCase() === "STARTTLS" && smtp.behaviour.starttls && !secure) {
                    say("220 Ready to start TLS");
                    socket.off("data", hear);
                    converse(new tls.TLSSocket(socket, { isServer: true, secureContext: context }), true);
                    return;
                }
                answer(line, mail, secure, say);
            }
        };
        // Whoever does not trust the certificate goes.
        socket.on("data", hear).on("error", () => socket.destroy());
    };
    const answer = (line: string, mail: Mail, secure: boolean, say: (text: string) => void): void => {
        if (mail.text !== undefined && line !== ".") {
            mail.text += `${line.replace(/^\./, "")}\n`;
            return;
        }
        const [, address = ""] = /<([^>]*)>/.exec(line) ?? [];
        const verb = mail.text === undefined ? line.split(/[ :]/, 1)[0]!.toUpperCase() : ".";
        switch (verb) {
            case "EHLO":
                return say(smtp.behaviour.starttls && !secure ? "250-relay.contoso.example\r\n250-STARTTLS\r\n250 8BITMIME" : "250-relay.contoso.example\r\n250 8BITMIME");
            case "MAIL":
                mail.from = address;
                return say("250 2.1.0 Sender OK");
            case "RCPT":
                if (smtp.behaviour.refuses !== "" && smtp.behaviour.refuses === address) {
                    return say("550 5.7.54 SMTP; Unable to relay recipient in non-accepted domain");
                }
                mail.to.push(address);
                return say("250 2.1.5 Recipient OK");
            case "DATA":
                mail.text = "";
                return say("354 Start mail input; end with <CRLF>.<CRLF>");
            case ".":
                smtp.messages.push({ from: mail.from, to: mail.to, text: mail.text ?? "", secure });
                Object.assign(mail, { from: "", to: [], text: undefined });
                return say("250 2.6.0 Queued mail for delivery");
            case "QUIT":
                return say("221 2.0.0 Service closing transmission channel");
            default:
                return say("500 5.3.3 Unrecognized command");
        }
    };
    await new Promise<void>((resolve, reject) => listener.once("error", reject).listen(port, "127.0.0.1", resolve));
    const smtp: SmtpServer = {
        port: (listener.address() as net.AddressInfo).port,
        messages: [],
        connections: 0,
        behaviour: { starttls: true, refuses: "" },
        stop: async () => {
            open.forEach(socket => socket.destroy());
            await new Promise<void>(resolve => listener.close(() => resolve()));
        },
    };
    return smtp;
}
