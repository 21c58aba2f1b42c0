import { X509Certificate } from "node:crypto";
import { hidden } from "../../internal/formats";

interface Item {
    tag: number;
    content: Buffer;
}

/** What prints a connector's name in one line, in the Exchange Management Shell. */
export const printed = "Get-SendConnector | Format-List Name,TlsCertificateName | Out-String -Width 4096 prints it";

/**
 * The TLS name of a certificate, `<I>issuer<S>subject`, as .NET prints issuer and subject, which Exchange puts together.
 *
 * Source: learn.microsoft.com, CertNameToStr with CERT_X500_NAME_STR and CERT_NAME_STR_REVERSE_FLAG.
 * @param file PEM, or DER in Base64
 * @throws Error with the rule that it breaks; never with what was received, which may be a key
 */
export function tlsNameOf(file: string): string {
    const [body] = items(items(parsed(file).raw)[0]!.content);
    const fields = items(body!.content).filter(({ tag }) => tag !== version);
    return `<I>${nameText("issuer", fields[2]!)}<S>${nameText("subject", fields[4]!)}`;
}

function parsed(file: string): X509Certificate {
    const none = `must be one certificate, in PEM or as the Base64 of its DER; received ${hidden(file)}`;
    // A file in PEM comes in Base64, too, where it was read as one in DER.
    const bytes = /-----BEGIN /.test(file) ? Buffer.from(file.trim()) : Buffer.from(file, "base64");
    const text = bytes.toString("latin1");
    if (/PRIVATE KEY/.test(text)) {
        throw new Error("must be a certificate alone, because the state shows it; received one with a private key. Take the key out, and take another one where somebody saw it");
    }
    const pems = text.match(/-----BEGIN [A-Z0-9 ]*CERTIFICATE-----/g) ?? [];
    if (pems.length > 1) {
        throw new Error(`must be one certificate; received ${pems.length}. Give the one of the server, without its chain`);
    }
    const one = opened(bytes);
    // What stands behind one may be a key, too.
    if (one === undefined || (pems.length === 0 && one.raw.length < bytes.length)) {
        throw new Error(none);
    }
    return one;
}

function opened(bytes: Buffer): X509Certificate | undefined {
    try {
        return new X509Certificate(bytes);
    } catch {
        return undefined;
    }
}

/** The last part stands first. */
function nameText(which: string, { content }: Item): string {
    const parts = items(content).map((set) => items(set.content).map((part) => partText(which, part)).join(" + "));
    if (parts.length === 0) {
        throw new Error(`is of a certificate with an empty ${which}, which no connector can name`);
    }
    return parts.reverse().join(", ");
}

function partText(which: string, { content }: Item): string {
    const [type, value] = items(content);
    const oid = oidText(type!.content);
    const label = labels[oid] ?? (ofEnterprise.test(oid) ? `OID.${oid}` : undefined);
    const text = valueText(value!);
    if (label === undefined || text === undefined) {
        throw new Error(`is of a certificate whose ${which} has a part (${oid}) that Windows may print in several ways. Give tlsName instead: ${printed}`);
    }
    return `${label}=${quoted.test(text) ? `"${text.replaceAll('"', '""')}"` : text}`;
}

/** Undefined where it is not certain how it is printed. */
function valueText({ tag, content }: Item): string | undefined {
    const text = tag === bmpString ? Buffer.from(content).swap16().toString("utf16le") : content.toString(tag === utf8String ? "utf8" : "latin1");
    const odd = /[\x00-\x1f\x7f-\x9f\ufffd]|\p{Surrogate}|^[^\S ]|[^\S ]$/u.test(text);
    return odd || !allowed[tag]?.test(text) ? undefined : text;
}

function oidText(bytes: Buffer): string {
    const numbers = bytes.reduce<number[]>((all, byte) => [...all.slice(0, -1), all.at(-1)! * 128 + (byte & 0x7f), ...(byte < 0x80 ? [0] : [])], [0]).slice(0, -1);
    const first = Math.min(Math.floor(numbers[0]! / 40), 2);
    return [first, numbers[0]! - 40 * first, ...numbers.slice(1)].join(".");
}

/** What stands side by side in DER, which Node has read before, so that the lengths are sound. */
function items(der: Buffer): Item[] {
    const found: Item[] = [];
    for (let at = 0; at < der.length; ) {
        const [tag, first] = [der[at]!, der[at + 1]!];
        const more = first < 0x80 ? 0 : first & 0x7f;
        const start = at + 2 + more;
        const end = start + (more === 0 ? first : der.readUIntBE(at + 2, more));
        found.push({ tag, content: der.subarray(start, end) });
        at = end;
    }
    return found;
}

const version = 0xa0;
const utf8String = 0x0c;
const bmpString = 0x1e;
/** What each kind of text may hold; NumericString, PrintableString, TeletexString, IA5String and VisibleString are the others. .NET on Linux prints nothing of a name that breaks it. */
const allowed: Record<number, RegExp> = {
    ...{ [utf8String]: /^/, [bmpString]: /^/, 0x12: /^[0-9 ]*$/, 0x13: /^[A-Za-z0-9 '()+,./:=?-]*$/ },
    ...{ 0x14: /^[\x20-\x7e]*$/, 0x16: /^[\x20-\x7e]*$/, 0x1a: /^[\x20-\x7e]*$/ },
};

/** Those that .NET on Linux prints as Windows is documented to: CertStrToName, "X.500 key". */
const labels: Record<string, string> = {
    ...{ "2.5.4.3": "CN", "2.5.4.6": "C", "2.5.4.7": "L", "2.5.4.8": "S", "2.5.4.10": "O", "2.5.4.11": "OU" },
    ...{ "0.9.2342.19200300.100.1.25": "DC", "1.2.840.113549.1.9.1": "E" },
};
/** Parts that companies make for themselves, and no system has a name for; Microsoft's are 311. */
const ofEnterprise = /^1\.3\.6\.1\.4\.1\.(?!311\.)/;
const quoted = /^$|^ | $|[,+="<>#;]/;
