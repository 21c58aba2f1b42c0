import type { CertificateReading, FoundSmtpLogs, SmtpFailure } from "../../../drift/types";
import { failing, HealthCheck, HealthChecks, healthy, notAnswered } from "../../internal/health";

/** What is known beside the logs. */
export interface Expected {
    since: string;
    connectors: readonly string[];
    /** TLS name of the connector: a failure for want of a key is joined to it. */
    certificateName?: string;
    /** What the server has of that name; undefined where it was not asked. */
    certificates?: CertificateReading | string;
}

/** What the logs of a server say: of the logs themselves, of each connector that was named, and of each that failed. */
export function logChecks(found: FoundSmtpLogs | string | undefined, expected: Expected): HealthChecks {
    if (found === undefined || typeof found === "string") {
        return { logs: unread(`the protocol logs could not be read: ${(found ?? notAnswered).replace("unknown:", "")}`) };
    }
    const names = [...new Set([...expected.connectors, ...found.failures.map(({ connector }) => connector)])];
    const logs = checkLogs(found, expected.since);
    return { logs, ...Object.fromEntries(names.map((name) => [`connector ${name}`, checkConnector(name, found, expected, logs.state === "healthy")])) };
}

/** None where nothing was read. */
export function failuresIn(found: FoundSmtpLogs | string | undefined): SmtpFailure[] {
    return typeof found === "object" ? found.failures : [];
}

/** By connector, what failed most lately first. */
export function byConnector(failures: SmtpFailure[]): Record<string, Omit<SmtpFailure, "connector">[]> {
    const names = [...new Set(failures.map(({ connector }) => connector))];
    return Object.fromEntries(names.map((name) => [name, ofConnector(failures, name).map(({ connector: _, ...failure }) => failure)]));
}

function ofConnector(failures: SmtpFailure[], name: string): SmtpFailure[] {
    return failures.filter(({ connector }) => connector === name).sort((a, b) => (a.last < b.last ? 1 : a.last > b.last ? -1 : 0));
}

/** A server has the folders of its own roles only; of those that are there one has to have lines, and each has to be readable. */
function checkLogs({ folders, read, more }: FoundSmtpLogs, since: string): HealthCheck {
    const bad = folders.filter(({ logging }) => !["found", "none", "absent"].includes(logging));
    const written = folders.filter(({ logging }) => logging === "found");
    if (bad.length > 0) {
        const [reasons, same] = [bad.map(({ role, logging }) => `${role}: ${logging.replace("unknown:", "")}`), new Set(bad.map(({ logging }) => logging)).size === 1];
        return unread(same && bad.length === folders.length ? bad[0]!.logging.replace("unknown:", "") : reasons.join("; "), "see that Exchange is installed there and that this account may read the folder; one that was moved is named in logFolders");
    }
    if (written.length === 0) {
        const seen = folders.map(({ role, path, logging, last }) => (logging === "absent" ? `${role}: there is no folder ${path}` : `${role}: ${last === "" ? "no line" : `the last line is of ${last}`} in ${path}`));
        return unread(`no log has a line since ${since}. ${seen.join("; ")}`, `switch logging on (${switchOn("NAME")}), or name the folders in logFolders where they were moved`);
    }
    const amount = `${Math.round(read / 1e5) / 10} MB read`;
    if (more) {
        return unread(`not all since ${since} was looked at: ${amount}, older files were left out`, "raise maximumBytes, name the connectors, or look at a shorter time with since");
    }
    return healthy(`${written.map(({ role, last }) => `${role} until ${last}`).join(", ")}; ${amount}`);
}

function checkConnector(name: string, { failures, seen }: FoundSmtpLogs, expected: Expected, whole: boolean): HealthCheck {
    const { since } = expected;
    const own = ofConnector(failures, name);
    const newest = own[0];
    if (newest !== undefined) {
        const found = own.map(({ reason, count, last, thumbprint }) => `${count} failed at TLS with ${reason} since ${since}, the last at ${last}, ${thumbprint === "" ? "with a certificate that the log does not name" : `with the certificate ${thumbprint}`}`);
        return failing(found.join("; "), adviceFor(newest.reason, newest.thumbprint, expected));
    }
    if (!whole && Object.hasOwn(seen, name) && seen[name]) {
        return unread(`none failed at TLS in what could be read since ${since}, which is not all`, "see what is said of the logs");
    }
    return Object.hasOwn(seen, name) && seen[name]
        ? healthy(`none failed at TLS since ${since}, its last line is of ${seen[name]}`)
        : unread(`it has no line since ${since}`, `its logging is off (${switchOn(name)}), it sent nothing, or Exchange spells its name otherwise`);
}

/** Source: Microsoft's KB4495258 (NoCredentials) and KB4051498 (UnknownCredentials). */
function adviceFor(reason: string, thumbprint: string, expected: Expected): string {
    const which = thumbprint === "" ? "the certificate that was sent" : `the certificate ${thumbprint}`;
    if (reason === "NoCredentials") {
        const mended = mendedBy(thumbprint, expected);
        return mended ?? `${which} had no private key that opened.${joined(thumbprint, expected)} Repair it (certutil -repairstore my ${thumbprint || "SERIALNUMBER"}) or give the connector one with a key, then restart MSExchangeTransport`;
    }
    return reason === "UnknownCredentials"
        ? `${which} is not there for SMTP: Enable-ExchangeCertificate -Services SMTP, then restart MSExchangeTransport`
        : "look at the lines of such a session in the log: the other side, a firewall or the protocols of this server may be the cause";
}

/** Where the certificate that failed is gone, and the one that Exchange takes now works. */
function mendedBy(thumbprint: string, { certificateName, certificates }: Expected): string | undefined {
    const all = typeof certificates === "object" ? certificates.certificates : [];
    const now = all.find(({ chosen }) => chosen);
    const works = thumbprint !== "" && !all.some((one) => one.thumbprint === thumbprint) && now?.key === "opens" && now.access === "yes";
    return works ? `${thumbprint} is not among those of ${certificateName} any more, and ${now.thumbprint}, which Exchange takes now, has a key that opens. Whether mail leaves since then shows with a later "since"` : undefined;
}

/** What the server has now of the certificates that the connector's name means. */
function joined(thumbprint: string, { certificateName, certificates }: Expected): string {
    if (certificateName === undefined) {
        return "";
    }
    if (typeof certificates !== "object") {
        return ` It is one that the TLS name ${certificateName} means; another of the same issuer and subject may have a key.${certificates === undefined ? "" : ` What the server has of that name is not known: ${certificates.replace("unknown:", "")}.`}`;
    }
    const each = certificates.certificates.map((one) => `${one.thumbprint} (${one.chosen ? "the one that Exchange takes, " : ""}${keyText(one)})`);
    const gone = thumbprint === "" || certificates.certificates.some((one) => one.thumbprint === thumbprint) ? "" : ` ${thumbprint} is not among them any more.`;
    return ` Of the TLS name ${certificateName} the server has now ${each.join(", ") || "none"}.${gone}`;
}

function keyText({ key, access }: CertificateReading["certificates"][number]): string {
    const read = { yes: "key opens", no: "key opens, and NETWORK SERVICE may not read it" }[access] ?? `key opens, who may read it is not known`;
    return key === "opens" ? read : key === "none" ? "no key" : `key ${key.replace(":", ": ").replace(/ +/g, " ")}`;
}

function switchOn(connector: string): string {
    return `Set-SendConnector "${connector}" -ProtocolLoggingLevel Verbose`;
}

function unread(found: string, advice = ""): HealthCheck {
    return { state: "unknown", found, advice };
}
