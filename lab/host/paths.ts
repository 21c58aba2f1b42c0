/** Names of registry keys and values, compared the way Windows compares them. */

/** The reserved name of a key's default value. */
export const DEFAULT_NAME = "(default)";

export class BadName extends Error {}

const ASCII = /^[\x00-\x7f]*$/;

/** Letters with an iota below: toUpperCase makes two of one, the registry another one. */
const GREEK: Record<string, string> = Object.fromEntries(
    ["\u1f80\u1f88", "\u1f90\u1f98", "\u1fa0\u1fa8"]
        .flatMap(([low, high]) => [0, 1, 2, 3, 4, 5, 6, 7].map(at => [low, high].map(one => String.fromCharCode(one!.charCodeAt(0) + at)) as [string, string]))
        .concat([["\u1fb3", "\u1fbc"], ["\u1fc3", "\u1fcc"], ["\u1ff3", "\u1ffc"]]),
);

/** Simple upper-casing, one UTF-16 code unit at a time: never two for one ("ß" stays), and no ASCII letter for another ("ı" stays). */
export function upper(text: string): string {
    if (ASCII.test(text)) {
        return text.toUpperCase();
    }
    let result = "";
    for (let i = 0; i < text.length; i++) {
        const unit = text.charAt(i);
        const raised = GREEK[unit] ?? unit.toUpperCase();
        result += raised.length === 1 && (unit <= "\x7f" || raised > "\x7f") ? raised : unit;
    }
    return result;
}

/**
 * A key as the 64-bit view spells it: `HKLM32\SOFTWARE\X` is `HKLM\SOFTWARE\WOW6432Node\X`.
 * Throws BadName for anything that is not a key below HKLM, HKU or HKLM32\SOFTWARE.
 */
export function nativePath(key: string): string {
    const parts = key.split("\\");
    const hive = upper(parts[0] ?? "");
    if (!["HKLM", "HKU", "HKLM32"].includes(hive) || parts.length < 2) {
        throw new BadName(`"${key}" is not a key: it starts with HKLM\\, HKU\\ or HKLM32\\SOFTWARE`);
    }
    if (parts.some(part => part.length === 0 || part.length > 255)) {
        throw new BadName(`"${key}" is not a key: each part between backslashes has 1 to 255 characters`);
    }
    if (hive !== "HKLM32") {
        return [hive, ...parts.slice(1)].join("\\");
    }
    if (upper(parts[1] ?? "") !== "SOFTWARE") {
        throw new BadName(`"${key}" is not a key: the 32-bit view is known for HKLM32\\SOFTWARE only`);
    }
    const below = upper(parts[2] ?? "") === "WOW6432NODE" ? parts.slice(3) : parts.slice(2);
    return ["HKLM", "SOFTWARE", "WOW6432Node", ...below].join("\\");
}

/** The service that a key names; undefined for a key of the registry. */
export function serviceOf(key: string): string | undefined {
    return /^SERVICE\\([^\\/\x00-\x1f]{1,255})$/i.exec(key)?.[1];
}

/** The properties of a service, and what can be desired of each. */
const DESIRED: Record<string, RegExp> = {
    STATE: /^string:(Running|Stopped)$/,
    STARTTYPE: /^string:(Automatic|AutomaticDelayed|Manual|Disabled)$/,
};

/** The client secret of the MIM Service, which is a value of its own. */
const SECRET_KEY = "MIM\\ExchangeOnline";
const SECRET_NAME = "ClientSecretKeyId";
const KEY_ID = /^string:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
export const SECRET_ID = `${SECRET_KEY}\\\\${SECRET_NAME}`;

/** What setup of the MIM Service was given last, and what can only be read: when it last needed a reboot. */
const SETUP_KEY = "MIM\\Setup";
const SETUP_NAMES = ["PROPERTIES", "REBOOTNEEDED"];
export const SETUP_ID = `${SETUP_KEY}\\\\Properties`;

/** Certificates by the TLS names of connectors. */
const CERTIFICATE_KEY = "EXCHANGE\\TransportCertificates";
export const TLS_NAME = /^<I>[^\x00-\x1f]+<S>[^\x00-\x1f]+$/;

export function isCertificateKey(key: string): boolean {
    return upper(key) === upper(CERTIFICATE_KEY);
}

export function isSetupKey(key: string): boolean {
    return upper(key) === upper(SETUP_KEY);
}

export function isSecretKey(key: string): boolean {
    return upper(key) === upper(SECRET_KEY);
}

/** Whether a key is none of the registry. */
export function isVirtual(key: string): boolean {
    return isSecretKey(key) || isSetupKey(key) || isCertificateKey(key) || serviceOf(key) !== undefined;
}

/** Whether a key that is none of the registry has a value of that name. */
export function isProperty(key: string, name: string): boolean {
    if (isCertificateKey(key)) {
        return TLS_NAME.test(name);
    }
    return isSecretKey(key) ? upper(name) === upper(SECRET_NAME) : isSetupKey(key) ? SETUP_NAMES.includes(upper(name)) : upper(name) in DESIRED;
}

export function mayDesire(key: string, name: string, notation: string): boolean {
    if (isCertificateKey(key)) {
        return isProperty(key, name) && notation === "string:usable";
    }
    if (isSetupKey(key)) {
        return upper(name) === "PROPERTIES" && isSetup(notation);
    }
    return isProperty(key, name) && (isSecretKey(key) ? KEY_ID : DESIRED[upper(name)]!).test(notation);
}

/** Properties in the order of their names, none of them twice and none that the module gives itself. */
function isSetup(notation: string): boolean {
    const list = /^multi:(\[.+\])$/.exec(notation)?.[1];
    const names = list === undefined ? [] : (JSON.parse(list) as string[]).map(property => /^([A-Z][A-Z0-9_]*)=[^\x00-\x1f\x7f]*$/.exec(property)?.[1] ?? "");
    const reserved = /^(ACTION|ADDDEFAULT|ADDLOCAL|ADDSOURCE|ADVERTISE|PATCH|REBOOT|REINSTALL|REINSTALLMODE|REMOVE|TRANSFORMS|)$/;
    return names.length > 0 && names.every((name, at) => !reserved.test(name) && (at === 0 || names[at - 1]! < name));
}

/** What two spellings of one value have in common. */
export function sameValue(key: string, name: string): string {
    if (isVirtual(key)) {
        return `${upper(key)}\\\\${upper(name)}`;
    }
    return `${upper(nativePath(key))}\\\\${upper(name)}`;
}

/** A value id as the protocol writes it. */
export function valueId(key: string, name: string): string {
    return `${key}\\\\${name}`;
}

/** Throws BadName when the text is not a value id. */
export function splitValueId(id: string): { key: string; name: string } {
    const at = id.indexOf("\\\\");
    if (at < 0) {
        throw new BadName(`"${id}" is not a value id: key, two backslashes, name`);
    }
    return { key: id.slice(0, at), name: id.slice(at + 2) };
}
