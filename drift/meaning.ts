import { upper } from "./path";
import { serviceOf } from "./services";
import { isCertificateKey, isSecretKey, isSetupKey, propertiesIn } from "./virtual";
import type { DriftEntry, Notation } from "./types";

/** Values whose numbers mean something to people: where they are, what to call them, and what their numbers say. */
interface Known {
    key: RegExp;
    subject(match: RegExpExecArray): string;
    names: Record<string, { after: string; zero: string; other: string }>;
}

const known: Known[] = [
    {
        key: /^HKLM\\SYSTEM\\CURRENTCONTROLSET\\CONTROL\\SECURITYPROVIDERS\\SCHANNEL\\PROTOCOLS\\([^\\]+)\\(CLIENT|SERVER)$/,
        subject: ([, protocol, role]) => `${protocol}, ${role!.toLowerCase()}`,
        names: {
            ENABLED: { after: "", zero: "disabled", other: "enabled" },
            DISABLEDBYDEFAULT: { after: ", by default", zero: "on", other: "off" },
        },
    },
    {
        key: /^HKLM(32)?\\SOFTWARE\\(WOW6432NODE\\)?MICROSOFT\\\.NETFRAMEWORK\\(V[\d.]+)$/,
        subject: ([, view, node, version]) => `.NET ${version!.toLowerCase()}, ${view || node ? 32 : 64}-bit`,
        names: {
            SCHUSESTRONGCRYPTO: { after: ", strong cryptography", zero: "off", other: "on" },
            SYSTEMDEFAULTTLSVERSIONS: { after: ", TLS versions of the system", zero: "off", other: "on" },
        },
    },
];

/** What a drifted value means, such as `TLS 1.0, server: enabled -> disabled`; undefined where the library does not know. */
export function meaningOf({ path, name, found, desired }: DriftEntry): string | undefined {
    const service = serviceOf(path);
    if (service !== undefined) {
        const word = (notation: Notation): string => (notation === "absent" ? "not there" : notation.replace(/^string:/, ""));
        return `service ${service}${upper(name) === "STATE" ? "" : ", start type"}: ${word(found)} -> ${word(desired)}`;
    }
    if (isSecretKey(path)) {
        const word = (notation: Notation): string =>
            notation === "absent" ? "none" : notation.startsWith("string:sha256:") ? "a secret that this program did not put there" : notation.replace(/^string:/, "");
        return `client secret of the MIM Service: ${word(found)} -> ${word(desired)}`;
    }
    if (isCertificateKey(path)) {
        const word = (notation: Notation): string => (notation === "absent" ? "none of this name" : notation.replace(/^string:/, ""));
        return `certificate of a connector: ${word(found)} -> ${word(desired)}`;
    }
    if (isSetupKey(path)) {
        return `setup of the MIM Service: ${propertyChanges(propertiesIn(found), propertiesIn(desired))}`;
    }
    for (const { key, subject, names } of known) {
        const match = key.exec(upper(path));
        const words = names[upper(name)];
        if (match && words) {
            const say = (notation: Notation): string => {
                const [, number] = /^dword:(\d+)/.exec(notation) ?? [];
                return notation === "absent" ? "not set" : number === undefined ? "no number" : number === "0" ? words.zero : words.other;
            };
            return `${subject(match)}${words.after}: ${say(found)} -> ${say(desired)}`;
        }
    }
    return undefined;
}

/** Property by property. What is not given any more stays in the product as it is. */
function propertyChanges(found: Record<string, string>, desired: Record<string, string>): string {
    const names = [...new Set([...Object.keys(found), ...Object.keys(desired)])].sort();
    const word = (value: string | undefined): string => (value === undefined ? "not given" : /^\(secret [0-9a-f]{8}\)$/.test(value) ? value : `'${value}'`);
    const changed = names.filter((name) => found[name] !== desired[name]);
    return changed.map((name) => `${name}: ${word(found[name])} -> ${word(desired[name])}`).join(", ");
}
