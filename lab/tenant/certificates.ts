import { createHash, createPrivateKey, generateKeyPairSync, randomBytes, sign, X509Certificate, type KeyObject } from "node:crypto";
import { bits, boolean, integer, octets, oid, sequence, set, time, tlv, utf8 } from "./der";

const ECDSA_WITH_SHA256 = sequence(oid("1.2.840.10045.4.3.2"));
const RSA_WITH_SHA256 = sequence(oid("1.2.840.113549.1.1.11"), tlv(0x05));
const DAY_MS = 86_400_000;
const CA_NAME = "hybrid-identity lab";
const LOOPBACK = Buffer.from([127, 0, 0, 1]);

/** A certificate and its key, both as PEM. */
export interface KeyedCertificate {
    certificate: string;
    key: string;
}

/** Makes a certificate authority that can vouch for nothing but the loopback, so that trusting it harms nobody. */
export function newAuthority(): KeyedCertificate {
    const keys = newKeys();
    const onlyLoopback = tlv(0xa0, sequence(tlv(0x82, Buffer.from("localhost"))), sequence(tlv(0x87, LOOPBACK, Buffer.from([255, 255, 255, 255]))));
    return signed(
        { subject: CA_NAME, publicKey: keys.publicKey, days: 3650 },
        { key: keys.privateKey, publicKey: keys.publicKey },
        keys.privateKey,
        [
            extension("2.5.29.19", true, sequence(boolean(true), integer(Buffer.from([0])))),
            // keyCertSign and cRLSign
            extension("2.5.29.15", true, bits(Buffer.from([0x06]), 1)),
            extension("2.5.29.30", true, sequence(onlyLoopback)),
        ],
    );
}

/** Makes a server certificate for 127.0.0.1, localhost and the vaults' names below vault.localhost. */
export function newServerCertificate(authority: KeyedCertificate): KeyedCertificate {
    const keys = newKeys();
    const names = ["localhost", "*.vault.localhost"].map(name => tlv(0x82, Buffer.from(name)));
    return signed(
        // 397 days: the longest that macOS takes from an authority that somebody added.
        { subject: "localhost", publicKey: keys.publicKey, days: 396 },
        { key: createPrivateKey(authority.key), publicKey: new X509Certificate(authority.certificate).publicKey },
        keys.privateKey,
        [
            extension("2.5.29.19", true, sequence()),
            // digitalSignature
            extension("2.5.29.15", true, bits(Buffer.from([0x80]), 7)),
            // serverAuth
            extension("2.5.29.37", false, sequence(oid("1.3.6.1.5.5.7.3.1"))),
            extension("2.5.29.17", false, sequence(...names, tlv(0x87, LOOPBACK))),
        ],
    );
}

/** Makes a self-signed RSA certificate, as applications sign in with. */
export function newSignInCertificate(subject: string, days: number): KeyedCertificate {
    const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
    return signed({ subject, publicKey, days }, { key: privateKey, publicKey, subject }, privateKey, []);
}

/** Makes a certificate as transport of Exchange has one, as DER; what becomes of its key is for the host to say. Its age, and what is left of it, in days. */
export function newTransportCertificate(issuer: string, subject: string, age: number, days: number): Buffer {
    const [authority, keys] = [newKeys(), newKeys()];
    const { certificate } = signed({ subject, publicKey: keys.publicKey, age, days }, { key: authority.privateKey, publicKey: authority.publicKey, subject: issuer }, keys.privateKey, []);
    return new X509Certificate(certificate).raw;
}

function newKeys(): { publicKey: KeyObject; privateKey: KeyObject } {
    return generateKeyPairSync("ec", { namedCurve: "prime256v1" });
}

function signed(
    { subject, publicKey, age = 1, days }: { subject: string; publicKey: KeyObject; age?: number; days: number },
    issuer: { key: KeyObject; publicKey: KeyObject; subject?: string },
    key: KeyObject,
    extensions: Buffer[],
): KeyedCertificate {
    const algorithm = issuer.key.asymmetricKeyType === "rsa" ? RSA_WITH_SHA256 : ECDSA_WITH_SHA256;
    const identifiers = [
        extension("2.5.29.14", false, octets(keyIdentifier(publicKey))),
        extension("2.5.29.35", false, sequence(tlv(0x80, keyIdentifier(issuer.publicKey)))),
    ];
    const body = sequence(
        tlv(0xa0, integer(Buffer.from([2]))),
        // The first byte keeps it positive and without leading zeros.
        integer(Buffer.concat([Buffer.from([0x40]), randomBytes(15)])),
        algorithm,
        name(issuer.subject ?? CA_NAME),
        // A day back, for hosts whose clocks are behind.
        sequence(time(new Date(Date.now() - age * DAY_MS)), time(new Date(Date.now() + days * DAY_MS))),
        name(subject),
        publicKey.export({ type: "spki", format: "der" }),
        tlv(0xa3, sequence(...extensions, ...identifiers)),
    );
    const der = sequence(body, algorithm, bits(sign("sha256", body, issuer.key)));
    return { certificate: new X509Certificate(der).toString(), key: key.export({ type: "pkcs8", format: "pem" }).toString() };
}

function extension(id: string, critical: boolean, value: Buffer): Buffer {
    return sequence(oid(id), ...(critical ? [boolean(true)] : []), octets(value));
}

function name(commonName: string): Buffer {
    return sequence(set(sequence(oid("2.5.4.3"), utf8(commonName))));
}

function keyIdentifier(key: KeyObject): Buffer {
    return createHash("sha1").update(key.export({ type: "spki", format: "der" })).digest();
}
