import { isServiceName } from "../../drift/services";
import { cleanTlsName, tlsNamePattern } from "../../drift/virtual";
import { Check, plain, takes } from "./checkArgs";
import { isGuid } from "./guid";

// Texts of a certain form, as arguments of several components have them.

/** What was received is not shown: beside an id stands a secret, and both are easily given in each other's place. */
export const guid = takes("a GUID", fits(isGuid), hidden);

/** What the command of Exchange and EWS, and a mail server, take for one. */
export const smtpAddress = takes("an SMTP address, in ASCII", fits((text) => text.length <= 320 && /^[^\s@,;<>()]+@[^\s@,;<>()]+$/.test(text) && /^[\x21-\x7e]+$/.test(text)));

/** More than one colon is an IPv6 address. */
export const hostAddress = takes("a host name or an IP address, without a port", fits((text) => /^[\w.:-]{1,253}$/.test(text) && !/^[^:]*:[^:]*$/.test(text)));

export const portNumber = takes("a whole number from 1 to 65535", (value) => Number.isInteger(value) && Number(value) >= 1 && Number(value) <= 65535);

export const utcTime = takes('a UTC time such as "2026-11-30T08:00:00Z"', fits((text) => /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,3})?)?Z$/.test(text) && !Number.isNaN(Date.parse(text))));

/** As `Get-SendConnector` shows it. */
export const tlsCertificateName = takes('a TLS certificate name, "<I>issuer<S>subject"', fits((text) => tlsNamePattern.test(cleanTlsName(text))));

/** A service's own name: it is a part of what is asked of the host, and of the document. */
export const serviceName: Check = plain(takes("a service's own name, 1 to 255 characters without slashes, control characters and blanks at its ends", fits((text) => isServiceName(text) && text.trim() === text)));

/** Says of a text that may be a secret how long it is. */
export function hidden(value: unknown): string {
    return typeof value === "string" ? `a text of ${value.length} characters` : value === null ? "null" : "something else";
}

function fits(rule: (text: string) => boolean): (value: unknown) => boolean {
    return (value) => typeof value === "string" && rule(value);
}
