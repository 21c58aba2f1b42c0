import { X509Certificate } from "node:crypto";
import type { PretendCertificate } from "./certificateTypes";
import type { PretendHost } from "./host";
import { isObject, type JsonObject } from "./json";
import { upper } from "./paths";
import { AccessDenied } from "./registry";

/** What a look tells of one. */
interface CertificateFact extends JsonObject {
    thumbprint: string;
    serial: string;
    chosen: boolean;
    notBefore: string;
    notAfter: string;
    key: string;
    access: string;
}

export const SAVED = "HKLM\\SOFTWARE\\HybridIdentity\\Certificates";

/** `string:usable` where all that the name stands for have a key that transport can use, and one of them is in date. Throws AccessDenied. */
export function certificateState(host: PretendHost, name: string): string {
    const found = findCertificates(host, name);
    if (found.some(({ key }) => key.startsWith("unknown:"))) {
        return "unknown:denied";
    }
    const listed = (which: CertificateFact[]): string => which.map(({ thumbprint }) => thumbprint).join(", ");
    const bad = found.filter(one => !isUsable(one));
    const inDate = found.filter(one => isUsable(one) && isInDate(host, one));
    if (bad.length > 0) {
        return `string:${inDate.length > 0 ? "two match" : "no usable key"}: ${listed(bad)}`;
    }
    return inDate.length > 0 ? "string:usable" : found.length > 0 ? `string:out of date: ${listed(found)}` : "absent";
}

/** What a request asks of a name. */
export function certificateReading(host: PretendHost, name: string): JsonObject | string {
    try {
        const rest = host.certificates.filter(({ der }) => !isNamed(parsed(der), name));
        return { certificates: findCertificates(host, name), saved: savedOrUnknown(host, name), others: Object.fromEntries(rest.map(({ der }) => [thumbprintOf(der), tlsNameOf(der)])) };
    } catch (error) {
        if (error instanceof AccessDenied) {
            return "unknown:denied";
        }
        throw error;
    }
}

/** By thumbprint. The one that is valid since last is the one that Exchange takes. */
export function findCertificates(host: PretendHost, name: string): CertificateFact[] {
    const named = host.certificates.filter(one => isNamed(parsed(one.der), name)).map(one => factOf(host, one));
    const found = named.sort((a, b) => (a.thumbprint < b.thumbprint ? -1 : 1));
    const newest = found.filter(one => isInDate(host, one)).sort((a, b) => Date.parse(b.notBefore) - Date.parse(a.notBefore))[0];
    return found.map(one => ({ ...one, chosen: one === newest }));
}

export function isUsable({ key, access }: CertificateFact): boolean {
    return key === "opens" && access === "yes";
}

export function isInDate({ clock }: PretendHost, { notBefore, notAfter }: Pick<CertificateFact, "notBefore" | "notAfter">): boolean {
    const now = clock().toISOString();
    return notBefore <= now && now < notAfter;
}

/** The certificates of a name that were removed, as hex, by thumbprint. Throws AccessDenied. */
export function savedCertificates({ registry }: PretendHost, name: string): Record<string, string> {
    const all = registry.list(SAVED).map(one => [one.name, one.notation.replace(/^binary:/, "")] as const);
    return Object.fromEntries(all.filter(([thumbprint, der]) => isCertificate(der) && thumbprintOf(der) === thumbprint && isNamed(parsed(der), name)));
}

export function thumbprintOf(der: string): string {
    return parsed(der).fingerprint.replaceAll(":", "");
}

/** `<I>issuer<S>subject`, with names as .NET writes them. */
export function tlsNameOf(der: string): string {
    const { issuer, subject } = parsed(der);
    return `<I>${distinguished(issuer)}<S>${distinguished(subject)}`;
}

function factOf(host: PretendHost, one: PretendCertificate): CertificateFact {
    return { thumbprint: thumbprintOf(one.der), serial: parsed(one.der).serialNumber, chosen: false, ...datesOf(one.der), ...keyFact(host, one) };
}

export function datesOf(der: string): { notBefore: string; notAfter: string } {
    const { validFrom, validTo } = parsed(der);
    return { notBefore: new Date(validFrom).toISOString(), notAfter: new Date(validTo).toISOString() };
}

/** Whether the key opens, and whether NETWORK SERVICE may read it. Nobody but administrators can tell. */
export function keyFact({ elevated }: PretendHost, { key, access }: PretendCertificate): { key: string; access: string } {
    if (key === "none" || key === "lost") {
        return { key: "none", access: "" };
    }
    return elevated ? { key: key === "there" ? "opens" : "broken: Keyset does not exist", access: key !== "there" ? "" : access ? "yes" : "no" } : { key: "unknown:denied", access: "" };
}

function savedOrUnknown(host: PretendHost, name: string): string[] | string {
    try {
        return Object.keys(savedCertificates(host, name));
    } catch (error) {
        if (error instanceof AccessDenied) {
            return "unknown:denied";
        }
        throw error;
    }
}

function isNamed(certificate: X509Certificate, name: string): boolean {
    return upper(`<I>${distinguished(certificate.issuer)}<S>${distinguished(certificate.subject)}`) === upper(name);
}

function isCertificate(der: string): boolean {
    try {
        return isObject(parsed(der));
    } catch {
        return false;
    }
}

function parsed(der: string): X509Certificate {
    return new X509Certificate(Buffer.from(der, "hex"));
}

/** Node has one part a line, in the order of the certificate, with backslashes; .NET the last one first, with quotes. */
function distinguished(name: string): string {
    const parts = name.split("\n").map(part => {
        const [, type = "", value = ""] = /^([^=]*)=([^]*)$/.exec(part.replace(/\\(.)/g, "$1")) ?? [];
        return `${type === "emailAddress" ? "E" : type}=${/[,+"<>#;=]|^ | $/.test(value) ? `"${value.replaceAll('"', '""')}"` : value}`;
    });
    return parts.reverse().join(", ");
}
