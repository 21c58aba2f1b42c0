import assert from "node:assert/strict";
import { checkPfx, lookIntoPfx } from "../../../../components/exchangeServer/transportCertificate/pfx";
import fixtures from "../../../support/certificates.json";

const { a, other, old, password } = fixtures;
const now = new Date("2026-11-22T08:30:00Z");
const base64 = (hex: string) => Buffer.from(hex, "hex").toString("base64");
const look = (pfx: string, pfxPassword: string | undefined = password, name = a.name) => lookIntoPfx({ pfx, pfxPassword }, name, now).map(({ property, message }) => `${property}: ${message}`);

describe("a PFX, before anything is changed", () => {
    it("has the form of one, and nothing of it is shown", () => {
        const bad = [{ pfx: "-----BEGIN~7" }, { pfx: "" }, { pfx: "A".repeat(90_000) }, { pfx: "AAAA", pfxPassword: "a\nb~7" }].flatMap(checkPfx);
        assert.deepEqual(bad.map(({ property }) => property), ["pfx", "pfx", "pfx", "pfxPassword"]);
        assert.doesNotMatch(JSON.stringify(bad), /~7/);
        assert.deepEqual(checkPfx({ pfx: "AAAA", pfxPassword: "p\u00e4ss" }), []);
    });

    it("of the name, in date, with its key and password is one, in whatever case the name stands", () => {
        assert.deepEqual([look(base64(a.pfx)), look(base64(a.pfx), password, a.name.toUpperCase()), lookIntoPfx({}, a.name, now)], [[], [], []]);
    });

    it("that is none, or cut, or of another password, name or time, or has no key, is refused in words of its own", () => {
        const whole = base64(a.pfx);
        const half = base64(a.pfx.slice(0, a.pfx.length / 2));
        const none = "pfx: is no PFX, or not all of one. Give the whole file in Base64";
        assert.deepEqual([look("AAAA"), look("MAAA"), look(base64(a.der)), look(half)], [[none], [none], [none], [none]]);
        assert.deepEqual(look(whole, "wrong~7"), ["pfxPassword: does not open the PFX. Give the one that it was exported with"]);
        assert.deepEqual(lookIntoPfx({ pfx: whole }, a.name, now), [{ property: "pfxPassword", message: "is needed: the PFX has a password" }]);
        assert.deepEqual(look(base64(other.pfx)), [`pfx: is for ${other.name}, and the connector's name is ${a.name}. Give the one of this name, or correct the name`]);
        assert.deepEqual(look(base64(old.pfx)), ["pfx: is out of date: it is valid from 2020-01-01T00:00:00.000Z until 2021-01-01T00:00:00.000Z. Give a renewed one"]);
        assert.deepEqual(look(base64(fixtures.keylessPfx)), ["pfx: has no private key. Export the certificate with its key"]);
        assert.deepEqual(look(base64(fixtures.bareKeyPfx)), ["pfx: has a private key, and not its certificate. Export the certificate with its key"]);
        // Its name is told once it is one.
        assert.deepEqual(look(base64(other.pfx), password, ""), []);
    });

    it("that OpenSSL cannot open, for its old encryption, or that has several keys, is left to the host", () => {
        assert.deepEqual(look(base64(fixtures.oldPfx)), []);
        // The key that OpenSSL takes is that of a certificate which is out of date, or of another name.
        assert.deepEqual([look(base64(fixtures.twoKeysPfx)), look(base64(fixtures.twoKeysPfx), password, other.name)], [[], []]);
        assert.match(look(base64(fixtures.twoKeysPfx), "wrong~7").join(), /^pfxPassword: does not open/);
    });
});
