import assert from "node:assert/strict";
import { describe as describeDrift } from "../../drift/describe";
import { checkDeclaration } from "../../drift/document";
import { meaningOf } from "../../drift/meaning";
import { identity, isRecordedValue, normaliseKey } from "../../drift/path";
import { renderStdin } from "../../drift/render";
import { fitsOnLine, secretLine, withoutSecrets } from "../../drift/secretLine";
import type { Declaration } from "../../drift/types";
import { certificateKey, isDesirable, isVirtualName, propertiesIn, secretKey, secretName, usable, virtualKey } from "../../drift/virtual";

const keyId = "string:aaaaaaaa-0000-4000-8000-000000000001";
const hash = `string:sha256:${"0".repeat(64)}`;

const list = (...properties: string[]): string => `multi:${JSON.stringify(properties)}`;

describe("keys that are none of the registry", () => {
    it("are those of services and that of the client secret, without regard to case, in one spelling each", () => {
        assert.deepEqual([virtualKey("mim\\EXCHANGEONLINE"), virtualKey("service\\X"), virtualKey("HKLM\\SOFTWARE\\X"), virtualKey("MIM\\Exchange")], [secretKey, "SERVICE\\X", undefined, undefined]);
        assert.equal(normaliseKey("mim\\exchangeonline"), secretKey);
        assert.equal(identity(secretKey, "clientsecretkeyid"), identity("mim\\exchangeonline", secretName));
        assert.throws(() => normaliseKey("MIM\\Other"), /Bad registry key/);
    });

    it("have their own names; the sign of the kelvin is no K", () => {
        assert.deepEqual([isVirtualName(secretKey, "CLIENTSECRETKEYID"), isVirtualName(secretKey, "ClientSecret\u212aeyId"), isVirtualName(secretKey, "State")], [true, false, false]);
        assert.deepEqual([isRecordedValue(secretKey, secretName), isRecordedValue(secretKey, "Other")], [true, false]);
    });

    it("of the client secret a key id can be declared, and nothing else", () => {
        assert.deepEqual([keyId, keyId.replace("aaaa", "AAAA"), hash, "absent", `${keyId}\n`].map((one) => isDesirable(secretKey, secretName, one)), [true, false, false, false, false]);
        const [problem] = checkDeclaration({ id: "a", kind: "registry", resource: "urn:a", desired: { [secretKey]: { [secretName]: "string:x" } }, onDestroy: "retain" });
        assert.match(problem!.message, /^Of MIM\\ExchangeOnline, ClientSecretKeyId with a key id can be declared; received "string:x"/);
    });

    it("of a certificate its TLS name is the name, and only that it is usable can be declared", () => {
        const name = '<I>CN=CA, O="Contoso, Ltd."<S>CN=mail.contoso.com';
        assert.deepEqual([virtualKey("exchange\\transportcertificates"), virtualKey("EXCHANGE\\Other")], [certificateKey, undefined]);
        assert.deepEqual([name, "<S>a<I>b", "<I>a", "<I><S>a", "<I>a<S>b\n", "State"].map((one) => isVirtualName(certificateKey, one)), [true, false, false, false, false, false]);
        assert.deepEqual([usable, "absent", "string:two match: A"].map((one) => isDesirable(certificateKey, name, one)), [true, false, false]);
        assert.equal(identity(certificateKey, name), identity("exchange\\TRANSPORTcertificates", name.toLowerCase()));
        const [problem] = checkDeclaration({ id: "a", kind: "registry", resource: "urn:a", desired: { [certificateKey]: { [name]: "absent" } }, onDestroy: "retain" });
        assert.match(problem!.message, /^Of EXCHANGE\\TransportCertificates, a TLS name \(<I>issuer<S>subject\) with string:usable can be declared; received "absent"/);
        assert.match(describeDrift({ path: certificateKey, name, found: "absent", desired: usable }, 1000), /\(certificate of a connector: none of this name -> usable\)$/);
    });

    it("drift of the client secret is told by key ids", () => {
        const told = (found: string) => describeDrift({ path: secretKey, name: secretName, found, desired: keyId }, 1000);
        assert.match(told("absent"), /\(client secret of the MIM Service: none -> aaaaaaaa-0000-4000-8000-000000000001\)$/);
        assert.match(told(keyId.replace("aaaa", "bbbb")), /: bbbbaaaa-0000-4000-8000-000000000001 -> aaaaaaaa/);
        assert.match(told(hash), /: a secret that this program did not put there -> aaaaaaaa/);
    });
});

describe("what setup was given, as a place of a value", () => {
    it("is one key in any case, with properties that can be declared in the order of their names", () => {
        assert.equal(virtualKey("mim\\SETUP"), "MIM\\Setup");
        assert.ok(isDesirable("MIM\\Setup", "Properties", list("A=1", "B=")));
        const none = [list(), list("A"), list("a=1"), list("B=1", "A=1"), list("A=1", "A=2"), list("REMOVE=ALL"), list("A=1\n"), "string:A=1", "absent"];
        assert.deepEqual(none.filter((one) => isDesirable("MIM\\Setup", "Properties", one)), []);
        assert.ok(!isDesirable("MIM\\Setup", "RebootNeeded", "string:2026-11-29T10:00:00.000Z"));
    });

    it("is told property by property", () => {
        assert.deepEqual([propertiesIn(list("A=x=y")), propertiesIn("absent")], [{ A: "x=y" }, {}]);
        const entry = { path: "MIM\\Setup", name: "Properties", found: list("A=1", "B=(secret 00000000)", "C=3"), desired: list("A=2", "B=(secret 00000001)", "D=4") };
        const says = "setup of the MIM Service: A: '1' -> '2', B: (secret 00000000) -> (secret 00000001), C: '3' -> not given, D: not given -> '4'";
        assert.equal(meaningOf(entry), says);
    });

    it("goes to the host with its own limits, and with secrets on a line before", () => {
        const own: Declaration = { id: "one", kind: "registry", resource: "urn", desired: { "MIM\\Setup": { Properties: list("A=1") } }, onDestroy: "retain", waitSeconds: 300, limitSeconds: 3600, keepLogs: 5, allowTemporaryTls11: true };
        assert.deepEqual(checkDeclaration(own), []);
        const stdin = renderStdin(own, { owner: "a.b", limitSeconds: 900, now: new Date() }, { member: "changed", time: "2026-11-29T10:00:00.000Z", why: "x" });
        const { limitSeconds, waitSeconds, keepLogs, allowTemporaryTls11 } = JSON.parse(stdin) as Record<string, unknown>;
        assert.deepEqual([limitSeconds, waitSeconds, keepLogs, allowTemporaryTls11], [3600, 300, 5, true]);
        const line = secretLine({ properties: { A: 'one "\\ \u00e4' } });
        assert.equal(line, 'HYBRID-IDENTITY-SECRETS {"properties":{"A":"one \\"\\\\ \\u00e4"}}\n');
        assert.equal(withoutSecrets(line + stdin), stdin);
        assert.ok(!fitsOnLine({ properties: { A: "x".repeat(4000) } }));
    });
});
