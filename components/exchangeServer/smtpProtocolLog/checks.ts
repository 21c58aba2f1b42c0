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
    const others = found.failures.filter(({ connector }) => !expected.connectors.some((one) => isSame(one, connector))).map(({ connector }) => connector);
    const names = [...new Set([...expected.connectors, ...others])];
    const logs = checkLogs(found, expected.since);
    return { logs, ...Object.fromEntries(names.map((name) => [`connector ${name}`, checkConnector(name, found, expected, logs.state === "healthy", isRead(found))])) };
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
    return failures.filter(({ connector }) => isSame(connector, name)).sort((a, b) => (a.last < b.last ? 1 : a.last > b.last ? -1 : 0));
}

/** A connector may have a name that every object knows, as "constructor". */
function of(times: Record<string, string> = {}, connector: string): string {
    return Object.hasOwn(times, connector) ? times[connector]! : "";
}

/** Exchange does not tell names apart by their case. */
function isSame(one: string, other: string): boolean {
    return one.toUpperCase() === other.toUpperCase();
}

function isUnread(logging: string): boolean {
    return !["found", "none", "absent"].includes(logging);
}

/** Whether nothing newer than what was read is missing. */
function isRead({ folders }: FoundSmtpLogs): boolean {
    return !folders.some(({ logging }) => isUnread(logging));
}

/** A server has the folders of its own roles only; of those that are there one has to have lines, and each has to be readable. */
function checkLogs({ folders, read, more }: FoundSmtpLogs, since: string): HealthCheck {
    const bad = folders.filter(({ logging }) => isUnread(logging));
    const written = folders.filter(({ logging }) => logging === "found");
    if (bad.length > 0) {
        const [reasons, same] = [bad.map(({ role, logging }) => `${role}: ${logging.replace("unknown:", "")}`), new Set(bad.map(({ logging }) => logging)).size === 1];
        return unread(same && bad.length === folders.length ? bad[0]!.logging.replace("unknown:", "") : reasons.join("; "), [...new Set(bad.map(({ logging }) => adviceToRead(logging)))].join("; "));
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

/** By what kept it from being read. */
function adviceToRead(logging: string): string {
    if (/\\MsiInstallPath is absent$/.test(logging)) {
        return "see that Exchange is installed there";
    }
    if (/^unknown:its files were left out$/.test(logging)) {
        return "raise maximumBytes, name the connectors, or look at a shorter time with since";
    }
    if (/denied$/.test(logging)) {
        return "let this account read it";
    }
    return /^unknown:[^:]+\.log: /i.test(logging) ? "look at the beginning of that file: where it is damaged, move it out of the folder" : "see that the folder can be read; one that was moved is named in logFolders";
}

/**
 * @param whole whether all of the logs was read
 * @param newest whether all was that is newer than what is known to have failed
 */
function checkConnector(name: string, found: FoundSmtpLogs, expected: Expected, whole: boolean, newest: boolean): HealthCheck {
    const { since } = expected;
    const own = ofConnector(found.failures, name);
    if (own.length > 0) {
        const works = own.map(({ connector }) => of(found.works, connector));
        return works.includes("") ? stillFailing(own, expected) : worksAgain(own, [...works].sort().at(-1)!, newest);
    }
    const seen = of(found.seen, name);
    if (!whole && seen !== "") {
        return unread(`none failed at TLS in what could be read since ${since}, which is not all`, "see what is said of the logs");
    }
    const met = found.met ?? [];
    return seen !== ""
        ? healthy(`none failed at TLS since ${since}, its last line is of ${seen}`)
        : unread(`it has no line since ${since}${met.length > 0 ? `; ${met.join(", ")} ${met.length === 1 ? "has" : "have"}` : ""}`, `its logging is off (${switchOn(name)}), it sent nothing, or Exchange spells its name otherwise`);
}

function stillFailing(own: SmtpFailure[], expected: Expected): HealthCheck {
    const found = own.map(({ reason, count, last, thumbprint }) => `${count} failed at TLS with ${reason} since ${expected.since}, the last at ${last}, ${thumbprint === "" ? "with a certificate that the log does not name" : `with the certificate ${thumbprint}`}`);
    return failing(found.join("; "), adviceFor(own[0]!.reason, own[0]!.thumbprint, expected));
}

function worksAgain(own: SmtpFailure[], since: string, newest: boolean): HealthCheck {
    const found = `${own.map(({ reason, count, last }) => `${count} failed at TLS until ${last} with ${reason}`).join("; ")}; TLS works since ${since}`;
    return newest ? healthy(found) : unread(`${found}, in what could be read, which is not all`, "see what is said of the logs");
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
    return works ? `${thumbprint} is not among those of ${certificateName} any more, and ${now.thumbprint}, which Exchange takes now, has a key that opens. The next mail that leaves says whether that was it: Retry-Queue` : undefined;
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
