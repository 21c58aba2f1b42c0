import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { exchangeServer, windows } from "../../../index";
import { withoutSecrets } from "../../../drift/secretLine";
import fixtures from "../../support/certificates.json";
import { hostArgs } from "../support/hostArgs";
import { framed, installMocks, valueOf, type MockOptions } from "../support/mocks";

const tlsName = "<I>CN=CA<S>CN=mail.contoso.com";
const id = `EXCHANGE\\TransportCertificates\\\\${tlsName}`;
const thumbprint = "A".repeat(40);
const certificate = { thumbprint, serial: "01", chosen: true, notBefore: "2026-01-01T00:00:00.000Z", notAfter: "2026-12-01T00:00:00.000Z", key: "opens", access: "no" };
const denied: MockOptions = { found: { [id]: `string:no usable key: ${thumbprint}` }, certificates: { [tlsName]: { certificates: [certificate], saved: [] } }, services: { MSExchangeTransport: { state: "Running", startTime: "2026-11-01T04:00:00.000Z" }, MSExchangeFrontEndTransport: { state: "absent", startTime: "" } } };

async function build(options: MockOptions, args: Partial<exchangeServer.TransportCertificateArgs> = {}) {
    const recorded = await installMocks(options);
    const made = new exchangeServer.TransportCertificate("mail", { host: new windows.Host("exch01", hostArgs), tlsName, ...args });
    const command = await recorded.one("command:remote:Command", "mail-exch01-mail");
    return { recorded, made, stdin: command.inputs["stdin"] as unknown };
}

describe("TransportCertificate", () => {
    it("asks for the name, its certificates and transport in one look, and says what may be done", async () => {
        const { recorded, made, stdin } = await build(denied, { repair: { access: true, remove: thumbprint.toLowerCase() }, otherNames: ["<I>CN=CA<S>CN=other"] });
        // What has a key is not removed.
        assert.match(recorded.failures.join("\n"), /A{40} is not removed: its private key works/);
        assert.ok("not observed" in JSON.parse(String(stdin)));
        assert.deepEqual(recorded.asked.map(({ request }) => [request.values, request.certificates, request.services]), [
            [{ "EXCHANGE\\TransportCertificates": [tlsName] }, [tlsName], ["MSExchangeTransport", "MSExchangeFrontEndTransport"]],
        ]);
        assert.deepEqual([await valueOf(made.state), await valueOf(made.certificates)], ["unknown", [certificate]]);
    });

    it("declares that it is usable, with a restart of transport, and of Front End only where it is", async () => {
        const { made, stdin, recorded } = await build(denied, { repair: { access: true } });
        const document = JSON.parse(String(stdin));
        assert.deepEqual([document.desired, document.repair], [{ "EXCHANGE\\TransportCertificates": { [tlsName]: "string:usable" } }, { access: true }]);
        assert.deepEqual(Object.keys(document.restart), ["MSExchangeTransport"]);
        assert.deepEqual(await valueOf(made.drift), { [id]: { found: denied.found![id], desired: "string:usable" } });
        assert.deepEqual([await valueOf(made.certificates), await valueOf(made.expiring)], [[certificate], [`${thumbprint} expires in 8 days, at 2026-12-01T00:00:00.000Z`]]);
        assert.match(recorded.warnings.join("\n"), /exch01: the certificate A{40} expires in 8 days/);
        const without = JSON.parse(String((await build(denied, { repair: { access: true }, restart: "never" })).stdin));
        assert.equal("restart" in without, false);
    });

    it("one that may be removed is named with the line that puts it back", async () => {
        const keyless = { ...certificate, thumbprint: "B".repeat(40), key: "none", access: "", chosen: false };
        const twins: MockOptions = { ...denied, found: { [id]: `string:two match: ${keyless.thumbprint}` }, certificates: { [tlsName]: { certificates: [{ ...certificate, access: "yes" }, keyless], saved: [] } } };
        const { recorded, stdin } = await build(twins, { repair: { remove: keyless.thumbprint.toLowerCase() } });
        assert.deepEqual(JSON.parse(String(stdin)).repair, { remove: keyless.thumbprint });
        assert.match(recorded.infos.join("\n"), /exch01: the certificate B{40} may be removed.*WriteAllBytes\("\$env:TEMP\\B{40}\.cer", \(Get-ItemProperty HKLM:\\SOFTWARE\\HybridIdentity\\Certificates\)\.'B{40}'\); certutil -addstore My "\$env:TEMP\\B{40}\.cer"$/m);
        const { recorded: kept } = await build({ ...twins, found: { [id]: "string:usable" } }, { repair: { remove: keyless.thumbprint } });
        assert.doesNotMatch(kept.infos.join("\n"), /may be removed/);
    });

    it("takes the name from a certificate, and asks and declares by that", async () => {
        const der = Buffer.from(fixtures.a.der, "hex").toString("base64");
        const { recorded, stdin } = await build({ ...denied, certificates: { [fixtures.a.name]: { certificates: [], saved: [] } } }, { tlsName: undefined, certificate: pulumi.output(der) });
        assert.deepEqual(recorded.asked.map(({ request }) => request.certificates), [[fixtures.a.name]]);
        assert.match(recorded.failures.join("\n"), new RegExp(`The certificate of ${fixtures.a.name.replace(/[".]/g, ".")} is not there`));
        assert.ok("not observed" in JSON.parse(String(stdin)));
    });

    it("a PFX stands before the document, as a secret, and nowhere into it", async () => {
        const { a, password } = fixtures;
        const { stdin, recorded } = await build({ ...denied, found: {} }, { tlsName: a.name, pfx: Buffer.from(a.pfx, "hex").toString("base64"), pfxPassword: pulumi.output(password) });
        assert.ok(pulumi.runtime.isRpcSecret(stdin), "stdin is no secret");
        const text = String(pulumi.runtime.unwrapRpcSecret(stdin));
        const lines = text.split("\n").filter((line) => line.startsWith("HYBRID-IDENTITY-SECRETS "));
        assert.deepEqual([lines[0], lines.at(-1)], [`HYBRID-IDENTITY-SECRETS {"pfx":"${a.pfx.slice(0, 3000)}"}`, `HYBRID-IDENTITY-SECRETS {"pfxPassword":"${password}"}`]);
        const shown = withoutSecrets(text) + [...recorded.warnings, ...recorded.infos, ...recorded.failures].join("\n");
        assert.ok(![password, "pfx", a.pfx.slice(200, 300)].some((one) => shown.includes(one)), shown);
    });

    it("a PFX that cannot be the one is refused before anything is changed, also where nothing is off", async () => {
        const { a, other, password } = fixtures;
        const base64 = (hex: string) => Buffer.from(hex, "hex").toString("base64");
        const fine: MockOptions = { found: { [`EXCHANGE\\TransportCertificates\\\\${a.name}`]: "string:usable" } };
        const { recorded, stdin } = await build(fine, { tlsName: a.name, pfx: pulumi.secret(base64(other.pfx)), pfxPassword: pulumi.output(password) });
        assert.ok("not observed" in JSON.parse(withoutSecrets(String(pulumi.runtime.unwrapRpcSecret(stdin)))));
        assert.match(recorded.failures.join("\n"), /pfx: is for .*other\.hybrid-identity\.test.*, and the connector's name is .*mail\.hybrid-identity\.test/);
        const wrong = await build(fine, { tlsName: a.name, pfx: base64(a.pfx), pfxPassword: "p~7" });
        assert.match(wrong.recorded.failures.join("\n"), /pfxPassword: does not open the PFX/);
        assert.doesNotMatch([...wrong.recorded.failures, ...wrong.recorded.warnings].join(), /p~7/);
        const right = await build(fine, { tlsName: a.name, pfx: base64(a.pfx), pfxPassword: password });
        assert.deepEqual(right.recorded.failures, []);
    });

    it("an audit with nothing allowed is drift and no error", async () => {
        const recorded = await installMocks(denied);
        const made = new exchangeServer.TransportCertificate("mail", { host: new windows.Host("exch01", hostArgs), tlsName, mode: "audit" });
        assert.deepEqual([await valueOf(made.state), recorded.failures], ["drifted", []]);
    });

    it("what cannot be one is refused while the program is built, or once it is known", async () => {
        const make = (args: object) => () => new exchangeServer.TransportCertificate("x", { host: new windows.Host("exch02", { ...hostArgs, address: "exch02" }), tlsName, ...args });
        assert.throws(make({ tlsName: "mail.contoso.com" }), /tlsName: must be the TLS name of a connector/);
        assert.throws(make({ tlsName: undefined }), /tlsName: must be given, or a certificate that has the name, and not both; received neither/);
        assert.throws(make({ certificate: "MIIC" }), /not both; received both/);
        assert.throws(make({ tlsName: undefined, certificate: "MIIC" }), /certificate: must be one certificate, in PEM or as the Base64 of its DER; received a text of 4 characters/);
        assert.throws(make({ repair: { remove: "A1B2" } }), /repair\.remove: must be a whole thumbprint/);
        assert.throws(make({ pfx: "not~7 base64" }), (error: Error) => /pfx: must be the whole file in Base64/.test(error.message) && !error.message.includes("~7"));
        assert.throws(make({ repair: { thumbprint } }), /repair.thumbprint: is not known here/);
        const { recorded, stdin } = await build(denied, { tlsName: pulumi.output("CN=x"), repair: { access: true } });
        assert.ok("not observed" in JSON.parse(String(stdin)));
        assert.match(recorded.failures.join("\n"), /tlsName: must be the TLS name of a connector/);
    });

    it("an audit says what can never be right", async () => {
        const works: MockOptions = { found: { [id]: "string:usable" }, certificates: { [tlsName]: { certificates: [{ ...certificate, access: "yes" }], saved: [], others: { ["B".repeat(40)]: "<I>CN=CA<S>CN=x" } } } };
        const audit = async (options: MockOptions, remove: string) => {
            const recorded = await installMocks(options);
            const made = new exchangeServer.TransportCertificate("mail", { host: new windows.Host("exch01", hostArgs), tlsName, mode: "audit", repair: { remove } });
            return { state: await valueOf(made.state), recorded };
        };
        const kept = await audit(works, thumbprint);
        assert.deepEqual([kept.state, kept.recorded.failures], ["compliant", []]);
        assert.match(kept.recorded.warnings.join("\n"), /exch01: The certificate A{40} is not removed: its private key works/);
        const strange = await audit(works, "b".repeat(40));
        assert.match(strange.recorded.failures.join("\n"), /The certificate B{40} is not removed: it is for <I>CN=CA<S>CN=x, not for/);
        const refused = await audit(denied, thumbprint);
        assert.match(refused.recorded.failures.join("\n"), /its private key works/);
    });

    it("certificates are those that a repair has left", async () => {
        const after = { ...certificate, access: "yes", notAfter: "2027-12-01T00:00:00.000Z" };
        const stdout = ({ stdin }: { stdin: string }) => {
            const time = /"(?:drift|first) seen ([^"]*)"/.exec(stdin)?.[1];
            return framed({ protocol: 1, operation: "set", ok: true, time, written: {}, certificates: { [tlsName]: { certificates: [after], saved: [], others: {} } } });
        };
        const { made } = await build({ ...denied, stdout }, { repair: { access: true } });
        assert.deepEqual([await valueOf(made.certificates), await valueOf(made.expiring)], [[after], []]);
        const preview = await build({ ...denied, stdout, preview: true }, { repair: { access: true } });
        assert.deepEqual(await valueOf(preview.made.certificates), [certificate]);
    });

    it("of several on one host the last one restarts transport", async () => {
        const recorded = await installMocks(denied);
        const host = new windows.Host("exch01", hostArgs);
        new exchangeServer.TransportCertificate("one", { host, tlsName, repair: { access: true }, restart: "never" });
        new exchangeServer.TransportCertificate("two", { host, tlsName: "<I>CN=CA<S>CN=two" });
        const made = () => new exchangeServer.TransportCertificate("three", { host, tlsName: "<I>CN=CA<S>CN=three" });
        assert.throws(made, /restart: MSExchangeTransport is restarted by a component that was declared before this one.*restart: "never" where this one restarts it too/);
        await recorded.settle();
    });
});
