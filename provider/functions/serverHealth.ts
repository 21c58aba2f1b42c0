// Whether the mail server of a route of its own can be reached from here, and how its TLS stands: an SMTP relay, or EWS of an Exchange
// server on premises. What the server does is an answer, never an error. Without a test message nothing is sent.
import { openEws } from "../clients/exchangeServer";
import { talkSmtp, type SmtpTalk } from "../clients/smtp";
import { checked, flag, smtpAddress, text } from "../resources/inputs";
import type { Properties } from "../values";
import type { ProviderFunction } from "./function";

const warnDays = 30;
const dayMs = 86_400_000;

/** `hybrid-identity:mim:serverHealth`. */
export const serverHealth: ProviderFunction = {
    check: args => checked(args, [
        { property: "route", expected: '"smtp" or "exchangeServer"', accepts: value => value === "smtp" || value === "exchangeServer" },
        { property: "server", expected: "a host name or an IP address", accepts: value => text(253)(value) && /^[\w.:-]+$/.test(String(value)) },
        { property: "port", expected: "a port, 1 to 65535", optional: true, accepts: value => Number.isInteger(value) && Number(value) > 0 && Number(value) < 65536 },
        { property: "tls", expected: "true or false", optional: true, accepts: flag },
        { property: "sender", expected: "an SMTP address", optional: true, accepts: smtpAddress },
        { property: "testMessageTo", expected: "an SMTP address", optional: true, accepts: smtpAddress },
    ]),
    async run(args, { signal }) {
        const server = String(args["server"]);
        const port = Number(args["port"] ?? (args["route"] === "smtp" ? 25 : 443));
        const to = args["testMessageTo"];
        const message = typeof to === "string" ? { from: String(args["sender"] ?? to), to } : undefined;
        const talk = args["route"] === "smtp"
            ? await talkSmtp({ server, port, tls: args["tls"] !== false, message, signal })
            : await openEws(server, port, signal);
        return told(talk, `${server}:${port}`, args, new Date());
    },
};

const advices: { [step: string]: string } = {
    connect: "see whether the server runs and a firewall lets this machine through",
    greeting: "see whether that port is the mail server's",
    ehlo: "see what the server's log says of this machine; a relay lets in only whom it knows",
    starttls: "give the server a certificate and switch TLS on, or declare tls: false",
    handshake: "the certificate has to be one for that name, in its time, of an authority that this machine and the MIM server trust",
    message: "the server has to accept this machine as a relay for that address; the MIM server has to be accepted, too",
    ews: "see whether the virtual directory EWS is there, and whether a proxy stands between",
};

function told({ step, problem, certificate }: SmtpTalk, where: string, args: Properties, now: Date): Properties {
    const time = now.toISOString();
    if (step !== "done") {
        return { state: "failing", check: step, message: `${where}: ${step}: ${problem}`, advice: advices[step] ?? "", time };
    }
    const what = args["route"] === "smtp" ? "takes mail by SMTP" : "has EWS";
    const sent = args["testMessageTo"] === undefined ? "" : `, and took a test message to ${String(args["testMessageTo"])}`;
    const encrypted = certificate ? `, TLS with a certificate for ${certificate.names} until ${certificate.endsAt}` : ", without TLS";
    const days = certificate ? Math.floor((Date.parse(certificate.endsAt) - now.getTime()) / dayMs) : Infinity;
    const advice = days < warnDays ? `the certificate ends in ${days} days: renew it` : "";
    return { state: "healthy", check: "done", message: `${where} ${what}${encrypted}${sent}`, advice, time };
}
