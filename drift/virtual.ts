import { isDesirableProperty, isServiceProperty, serviceKey, serviceOf } from "./services";
import type { Notation } from "./types";

// Keys that are none of the registry: those of services, the one of the client secret of the MIM Service, whose value is the key id of the secret,
// the one of its setup, whose value is what setup was given last, and the one of transport's certificates, whose values are named by TLS names.

export const secretKey = "MIM\\ExchangeOnline";
export const secretName = "ClientSecretKeyId";

export const setupKey = "MIM\\Setup";
export const setupName = "Properties";
/** When a change by setup last needed a reboot; can only be read. */
export const rebootName = "RebootNeeded";
/** What the module says to setup itself, or what would add and take away features. */
export const reservedProperties = ["ACTION", "ADDDEFAULT", "ADDLOCAL", "ADDSOURCE", "ADVERTISE", "PATCH", "REBOOT", "REINSTALL", "REINSTALLMODE", "REMOVE", "TRANSFORMS"];

export function isSetupKey(key: string): boolean {
    return /^MIM\\Setup$/i.test(key);
}

export function isSecretKey(key: string): boolean {
    return /^MIM\\ExchangeOnline$/i.test(key);
}

export const certificateKey = "EXCHANGE\\TransportCertificates";
/** The name of a connector's certificate, `<I>issuer<S>subject`, as `Get-SendConnector` shows it. */
export const tlsNamePattern = /^<I>[^\x00-\x1f]+<S>[^\x00-\x1f]+$/;

/** Such a name as it was meant where it was copied with blanks around it, or typed in lower case. */
export function cleanTlsName(text: string): string {
    const name = text.trim().replace(/^<i>/, "<I>");
    return name.includes("<S>") ? name : name.replace("<s>", "<S>");
}

/** The one state that can be declared. */
export const usable: Notation = "string:usable";

export function isCertificateKey(key: string): boolean {
    return /^EXCHANGE\\TransportCertificates$/i.test(key);
}

/** The canonical form of such a key; undefined for any other text. */
export function virtualKey(text: string): string | undefined {
    const service = serviceOf(text);
    return isSecretKey(text) ? secretKey : isSetupKey(text) ? setupKey : isCertificateKey(text) ? certificateKey : service === undefined ? undefined : serviceKey(service);
}

/** Whether such a key has a value of that name. */
export function isVirtualName(key: string, name: string): boolean {
    if (isSetupKey(key)) {
        return /^(Properties|RebootNeeded)$/i.test(name);
    }
    if (isCertificateKey(key)) {
        return tlsNamePattern.test(name);
    }
    return isSecretKey(key) ? /^ClientSecretKeyId$/i.test(name) : isServiceProperty(name);
}

/** Whether a document may desire it of such a key. */
export function isDesirable(key: string, name: string, notation: Notation): boolean {
    if (isSetupKey(key)) {
        return /^Properties$/i.test(name) && isPropertyList(notation);
    }
    if (isCertificateKey(key)) {
        return isVirtualName(key, name) && notation === usable;
    }
    const keyId = /^string:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
    return isSecretKey(key) ? isVirtualName(key, name) && keyId.test(notation) : isDesirableProperty(name, notation);
}

/** The properties of a notation, by name; none where it is no list. */
export function propertiesIn(notation: Notation): Record<string, string> {
    const list = /^multi:(.*)$/s.exec(notation)?.[1];
    const entries = list === undefined ? [] : (JSON.parse(list) as string[]).map((one): [string, string] => [one.slice(0, one.indexOf("=")), one.slice(one.indexOf("=") + 1)]);
    return Object.fromEntries(entries);
}

/** In the order of the names, none of them twice. */
function isPropertyList(notation: Notation): boolean {
    const list = /^multi:(\[.+\])$/.exec(notation)?.[1];
    const names = list === undefined ? [] : (JSON.parse(list) as string[]).map((one) => /^([A-Z][A-Z0-9_]*)=[^\x00-\x1f\x7f]*$/.exec(one)?.[1] ?? "");
    return names.length > 0 && names.every((name, at) => name !== "" && !reservedProperties.includes(name) && (at === 0 || names[at - 1]! < name));
}
