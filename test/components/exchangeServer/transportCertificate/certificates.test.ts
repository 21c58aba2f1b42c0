import assert from "node:assert/strict";
import { checkOnHost, checkRepair, expiring, remarks, type Allowed } from "../../../../components/exchangeServer/transportCertificate/certificates";
import { checkNames, nameIn } from "../../../../components/exchangeServer/transportCertificate/names";
import type { FoundCertificate, Observation } from "../../../../drift/types";
import { facts } from "../../../drift/support/host";
import fixtures from "../../../support/certificates.json";

const tlsName = "<I>CN=CA<S>CN=mail.contoso.com";
const [first, second] = ["A".repeat(40), "B".repeat(40)];
const one = (thumbprint: string, more: Partial<FoundCertificate> = {}): FoundCertificate => ({
    ...{ thumbprint, serial: "01", chosen: false, notBefore: "2026-01-01T00:00:00.000Z", notAfter: "2027-01-01T00:00:00.000Z", key: "opens", access: "yes" },
    ...more,
});
const keyless = { key: "none", access: "" };
const saw = (state: string, ...certificates: FoundCertificate[]) =>
    ({ facts, values: { "EXCHANGE\\TransportCertificates": { [tlsName]: state } }, certificates: { [tlsName]: { certificates, saved: [] } } }) as unknown as Observation;

describe("the certificate of a connector, before it is enforced", () => {
    it("names are those of connectors, a thumbprint is a whole one, and days are days", () => {
        const wrong = ["mail.contoso.com", "<S>CN=a<I>CN=b", "<I>CN=a", "<I><S>", ""].map((name) => checkNames({ tlsName: name }));
        wrong.forEach((problems) => assert.match(problems[0]!.message, /must be the TLS name of a connector, <I>issuer<S>subject; received .*Get-SendConnector/));
        assert.deepEqual(checkNames({ tlsName, otherNames: [tlsName, "CN=x"] }).map(({ property }) => property), ["otherNames[1]"]);
        for (const remove of ["A".repeat(39), `${first}0`, "A1B2", "Z".repeat(40), "aa ".repeat(13), ""]) {
            assert.match(checkRepair({ remove }, 30)[0]!.message, /must be a whole thumbprint, 40 hex digits/);
        }
        assert.deepEqual([checkRepair({ remove: first.toLowerCase() }, 0), checkRepair({}, undefined)], [[], []]);
        assert.deepEqual([-1, 1.5, 4000].map((days) => checkRepair({}, days)[0]!.property), ["expiresWithin", "expiresWithin", "expiresWithin"]);
    });

    it("a name is given as it is, or by a certificate, and not by both", () => {
        const certificate = Buffer.from(fixtures.a.der, "hex").toString("base64");
        assert.deepEqual([nameIn({ certificate }), nameIn({ tlsName })], [fixtures.a.name, tlsName]);
        assert.deepEqual(checkNames({}).concat(checkNames({ tlsName, certificate })).map(({ property, message }) => `${property}: ${message}`), [
            "tlsName: must be given, or a certificate that has the name, and not both; received neither",
            "tlsName: must be given, or a certificate that has the name, and not both; received both",
        ]);
        assert.deepEqual(checkNames({}, new Set(["certificate"])), []);
        assert.match(checkNames({ certificate: "none" }).map(({ property, message }) => `${property} ${message}`).join(), /^certificate must be one certificate, in PEM/);
        assert.equal(nameIn({ certificate: "none" }), "");
    });

    const two = `string:two match: ${second}`;
    const none = `string:no usable key: ${first}`;
    const table: [what: string, allowed: Allowed, observed: Observation, says: RegExp | undefined][] = [
        ["is usable, whatever is allowed", {}, saw("string:usable", one(first)), undefined],
        ["cannot be read, which is said elsewhere", {}, saw("unknown:denied"), undefined],
        ["is not there", {}, saw("absent"), /is not there, and nothing that "repair" allows mends that. It can have a certificate with its key \(pfx\)$/],
        ["is not there, and comes", { pfx: true }, saw("absent"), undefined],
        ["may not be read by transport", {}, saw(none, one(first, { access: "no" })), /It can have access, for A{40}; or a certificate with its key/],
        ["gets access", { access: true }, saw(none, one(first, { access: "no" })), undefined],
        ["has no key, and gets access", { access: true }, saw(none, one(first, keyless)), /no usable key: A{40}, and nothing .* repairStore, for A{40}; or a certificate with its key \(pfx\)$/],
        ["has no key, which is looked for", { repairStore: true }, saw(none, one(first, keyless)), undefined],
        ["has a twin without a key", {}, saw(two, one(first), one(second, keyless)), /or remove: "B{40}", which has no key that works$/],
        ["has a twin without a key, which goes", { remove: second }, saw(two, one(first), one(second, keyless)), undefined],
        ["is out of date", { access: true, repairStore: true }, saw(`string:out of date: ${first}`, one(first, { notAfter: "2026-02-01T00:00:00.000Z" })), /out of date/],
        ["shall go and has a key", { remove: first }, saw(two, one(first), one(second, keyless)), /A{40} is not removed: its private key works/],
        ["shall go and has no twin", { remove: first }, saw(none, one(first, keyless)), /A{40} is not removed: no other certificate of <I>CN=CA/],
        ["shall go and its twin is out of date", { remove: second }, saw(two, one(first, { notAfter: "2026-02-01T00:00:00.000Z" }), one(second, keyless)), /no other certificate/],
        ["shall go and its twin may not be read", { remove: second }, saw(two, one(first, { access: "no" }), one(second, keyless)), /no other certificate/],
        ["shall go and its twin gets access", { remove: second, access: true }, saw(two, one(first, { access: "no" }), one(second, keyless)), undefined],
        ["shall go and another comes", { remove: first, pfx: true }, saw(none, one(first, keyless)), undefined],
        ["shall go beside another one without a key", { remove: second }, saw(two, one(first), one(second, keyless), one("C".repeat(40), keyless)), /all that "repair" allows leaves C{40} without a key that transport can use\. Of several take the others away by hand, on the server: certutil -delstore My C{40}$/],
        ["comes beside one without a key", { pfx: true }, saw(none, one(first, keyless)), /leaves A{40} without a key that transport can use\. Allow remove: "A{40}", too$/],
        ["gets access beside one without a key", { access: true }, saw(two, one(first, { access: "no" }), one(second, keyless)), /leaves B{40} without a key .* Allow remove: "B{40}", too$/],
        ["shall go and is gone", { remove: "C".repeat(40) }, saw(none, one(first, keyless)), /nothing that "repair" allows/],
    ];
    for (const [what, allowed, observed, says] of table) {
        it(`one that ${what}`, () => {
            const problems = checkOnHost({ tlsName, otherNames: ["<I>CN=CA<S>CN=other"] }, allowed, observed);
            assert.equal(problems.length, says === undefined ? 0 : 1, problems.join());
            assert.match(problems[0] ?? "", says ?? /^$/);
        });
    }

    it("one that another connector names does not go", () => {
        const [problem] = checkOnHost({ tlsName, otherNames: [tlsName.toUpperCase()] }, { remove: second }, saw(two, one(first), one(second, keyless)));
        assert.match(problem!, /another connector has the same name \(otherNames\)/);
    });

    it("an audit is refused what can never be right, and nothing else", () => {
        const keyed = saw(two, one(first, { access: "no" }), one(second, keyless));
        const other = "<I>CN=CA<S>CN=other";
        const strange = (state: string) => ({ ...saw(state, one(first)), certificates: { [tlsName]: { certificates: [one(first)], saved: [], others: { [second]: other } } } }) as Observation;
        const names = new RegExp(`^The certificate B{40} is not removed: it is for ${other}, not for ${tlsName}\\. Give the thumbprint of one of this name$`);
        for (const audited of [true, false]) {
            assert.match(checkOnHost({ tlsName }, { remove: first }, keyed, audited).join(), /^The certificate A{40} is not removed: its private key works\. Take "remove" out$/);
            for (const state of ["string:usable", none]) {
                assert.match(checkOnHost({ tlsName }, { remove: second }, strange(state), audited).join(), names);
            }
        }
        assert.deepEqual([checkOnHost({ tlsName }, { remove: second }, keyed, true), checkOnHost({ tlsName }, {}, saw("absent"), true)], [[], []]);
        assert.deepEqual(remarks({ tlsName }, first, saw("string:usable", one(first))), [`The certificate ${first} is not removed: its private key works. Take "remove" out`]);
        assert.deepEqual([remarks({ tlsName }, second, saw("string:usable", one(first))), remarks({ tlsName }, first, keyed)], [[], []]);
    });

    it("a name with other blanks or in another case than the certificate's is told from a lost certificate", () => {
        const typed = "<I>CN=CA,O=M\u00fcnchen<S>cn=mail.contoso.com";
        const meant = "<I>CN=CA, O=M\u00dcNCHEN<S>CN=mail.contoso.com";
        const at = (name: string) => ({ facts, values: { "EXCHANGE\\TransportCertificates": { [typed]: "absent" } }, certificates: { [typed]: { certificates: [], saved: [], others: { [first]: "<I>CN=CA<S>CN=x", [second]: name } } } }) as unknown as Observation;
        const says = `No certificate is named ${typed}, and one is named ${meant}, which is the same but for blanks or case. Give that as tlsName`;
        assert.deepEqual([checkOnHost({ tlsName: typed }, { access: true }, at(meant)), remarks({ tlsName: typed }, undefined, at(meant))], [[says], [says]]);
        assert.deepEqual(remarks({ tlsName: typed }, undefined, at("<I>CN=CA, O=Z\u00fcrich<S>CN=mail.contoso.com")), []);
    });

    it("a copied name is taken with blanks around it and in lower case, and not with a line break in it", () => {
        for (const copied of [`  ${tlsName}\r\n`, "<i>CN=CA<s>CN=mail.contoso.com", "<i>CN=CA<S>CN=mail.contoso.com"]) {
            assert.deepEqual([checkNames({ tlsName: copied }), nameIn({ tlsName: copied })], [[], tlsName]);
        }
        assert.match(checkNames({ tlsName: "<I>CN=CA<S>CN=mail.\n                     contoso.com" })[0]!.message, /in one line; received one with a line break, as consoles make them in long ones: .*Out-String -Width 4096 prints it whole$/);
    });

    it("only the one that Exchange takes is warned of, in whole days", () => {
        const reading = { certificates: [one(first, { chosen: true, notAfter: "2026-11-24T08:00:00.000Z" }), one(second, { notAfter: "2026-11-24T08:00:00.000Z" })], saved: [] };
        assert.deepEqual(expiring(reading, facts.now, 30), [`${first} expires in 1 day, at 2026-11-24T08:00:00.000Z`]);
        assert.deepEqual([expiring(reading, facts.now, 1), expiring("unknown:denied", facts.now, 30), expiring(undefined, "", 30)], [[], [], []]);
    });
});
