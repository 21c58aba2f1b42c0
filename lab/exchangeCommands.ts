// What a person does, and looks at, on an Exchange server, beside its registry and services: its certificates, and mail that leaves it.
import { certificateState, findCertificates, isUsable, thumbprintOf, tlsNameOf } from "./host/certificates";
import type { PretendCertificate } from "./host/certificateTypes";
import { serviceState } from "./host/control";
import { UsageError } from "./host/faults";
import { hubLog, OUTBOUND, sendMail } from "./host/smtpSend";
import type { LabHost } from "./labHost";
import { transportCertificate } from "./profiles";

export const EXCHANGE_USAGE = `  certificate HOST                       its certificates, and whether the next connection of transport works
  certificate HOST THUMBPRINT there|denied|none|lost|broken|gone
                                         what becomes of its key: NETWORK SERVICE may read it or may not, there is none, certutil finds it, it does not open; or take it away
  certificate HOST twin                  renew the first one as somebody does who forgets the key
  mail HOST [NUMBER [CONNECTOR]]         sends so much mail (default 1) by a send connector (default "${OUTBOUND}") and logs it, with the
                                         certificate that transport takes; it is stuck where that one has no key`;

export function certificate(host: LabHost, [which, key, ...more]: string[]): string {
    const { certificates } = host.state;
    const [first] = certificates;
    if (which === "twin" && first !== undefined && key === undefined) {
        certificates.push(transportCertificate(/CN=([^,<]*)$/.exec(tlsNameOf(first.der))![1]!, "none"));
    } else if (which !== undefined) {
        const at = certificates.findIndex(({ der }) => thumbprintOf(der) === which.toUpperCase());
        if (at < 0 || more.length > 0 || !["there", "denied", "none", "lost", "broken", "gone"].includes(key ?? "")) {
            throw new UsageError(`certificate takes one of ${certificates.map(({ der }) => thumbprintOf(der)).join(", ") || "none"}, and what becomes of its key:\n${EXCHANGE_USAGE}`);
        }
        const changed: PretendCertificate = { ...certificates[at]!, key: key === "denied" ? "there" : (key as PretendCertificate["key"]), access: key === "there" };
        certificates.splice(at, 1, ...(key === "gone" ? [] : [changed]));
    }
    host.save();
    return shown(host);
}

export function mail(host: LabHost, [number = "1", connector = OUTBOUND, ...more]: string[]): string {
    if (!/^[1-9]\d{0,3}$/.test(number) || more.length > 0) {
        throw new UsageError(`mail takes:\n${EXCHANGE_USAGE}`);
    }
    const log = hubLog(host.state);
    if (log === undefined) {
        throw new UsageError(`${host.name} is no Exchange server; exch01 is`);
    }
    const { thumbprint, fails } = nextConnection(host.state, tlsNames(host)[0] ?? "");
    if (thumbprint === undefined) {
        return `${host.name}: ${number} by "${connector}" in the queue: transport ${fails}`;
    }
    for (let left = Number(number); left > 0; left--) {
        sendMail(host.state, { connector, thumbprint, reason: fails });
    }
    host.save();
    const queue = "[{LED=451 4.4.395 Target host responded with error. -> 421 4.4.1 Connection timed out};{MSG=};{FQDN=contoso-com.mail.protection.outlook.com};{IP=203.0.113.36}]";
    return `${host.name}: ${number} by "${connector}" ${fails ? `stuck in the queue: ${queue}` : "sent"}; logged in ${log.replaceAll("/", "\\")}`;
}

function tlsNames({ state }: LabHost): string[] {
    return [...new Set(state.certificates.map(({ der }) => tlsNameOf(der)))];
}

function shown(host: LabHost): string {
    const lines = tlsNames(host).flatMap(one => {
        const { fails } = nextConnection(host.state, one);
        const certificates = findCertificates(host.state, one).map(({ thumbprint, notAfter, key, access, chosen }) => `    ${thumbprint}  until ${notAfter}  key ${key}${access === "" ? "" : `, access ${access}`}${chosen ? ", chosen" : ""}`);
        return [`${one}  ${certificateState(host.state, one)}; the next connection of transport ${fails === undefined ? "works" : `fails, ${fails}`}`, ...certificates];
    });
    return lines.length === 0 ? `${host.name}: no certificate` : lines.join("\n");
}

/** Transport sends the certificate that it chooses, and has nothing to send where it cannot use the key. */
function nextConnection(state: LabHost["state"], name: string): { thumbprint?: string; fails?: string } {
    const sent = findCertificates(state, name).find(({ chosen }) => chosen);
    if (serviceState(state, "MSExchangeTransport") !== "Running") {
        return { fails: "does not run" };
    }
    return sent === undefined ? { fails: "finds no certificate, 454 4.7.5" } : { thumbprint: sent.thumbprint, fails: isUsable(sent) ? undefined : "NoCredentials" };
}
