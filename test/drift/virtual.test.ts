import assert from "node:assert/strict";
import { describe as describeDrift } from "../../drift/describe";
import { checkDeclaration } from "../../drift/document";
import { identity, isRecordedValue, normaliseKey } from "../../drift/path";
import { isDesirable, isVirtualName, secretKey, secretName, virtualKey } from "../../drift/virtual";

const keyId = "string:aaaaaaaa-0000-4000-8000-000000000001";
const hash = `string:sha256:${"0".repeat(64)}`;

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

    it("drift of the client secret is told by key ids", () => {
        const told = (found: string) => describeDrift({ path: secretKey, name: secretName, found, desired: keyId }, 1000);
        assert.match(told("absent"), /\(client secret of the MIM Service: none -> aaaaaaaa-0000-4000-8000-000000000001\)$/);
        assert.match(told(keyId.replace("aaaa", "bbbb")), /: bbbbaaaa-0000-4000-8000-000000000001 -> aaaaaaaa/);
        assert.match(told(hash), /: a secret that this program did not put there -> aaaaaaaa/);
    });
});
