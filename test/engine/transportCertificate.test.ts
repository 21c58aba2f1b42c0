import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { dword, exchangeServer, windows } from "../../index";
import { certificateState, thumbprintOf, tlsNameOf } from "../../lab/host/certificates";
import { Killed } from "../../lab/host/reply";
import { certificate } from "../../lab/exchangeCommands";
import { transportCertificate } from "../../lab/profiles";
import fixtures from "../support/certificates.json";
import { declareHost, useScene } from "./support/scene";

const tlsName = "<I>CN=Contoso Issuing CA<S>CN=mail.contoso.com";
const id = `EXCHANGE\\TransportCertificates\\\\${tlsName}`;
const services = ["MSExchangeTransport", "MSExchangeFrontEndTransport"];
const command = "mail-exch01-mail";

describe("engine: the certificate of a connector", function () {
    this.timeout(240_000);
    const scene = useScene({ hosts: ["exch01"] });
    const host = () => scene.host().state;
    const own = () => thumbprintOf(host().certificates[0]!.der);
    const state = (name = tlsName) => certificateState(host(), name);
    const starts = () => services.map((one) => host().services[one]!.startTime);
    const connection = () => /next connection of transport (.*)/.exec(certificate(scene.host(), []))?.[1];

    /** As somebody renews it who forgets the key; gives its thumbprint. */
    function addTwin(): string {
        const one = transportCertificate("mail.contoso.com", "none");
        host().certificates.push(one);
        return thumbprintOf(one.der);
    }

    function declare(args: Partial<exchangeServer.TransportCertificateArgs> = {}): void {
        scene.stack.program = () => {
            const made = new exchangeServer.TransportCertificate("mail", { host: declareHost(scene.host()), tlsName, ...args });
            return { state: made.state, drift: made.drift, repaired: made.repaired, pending: made.restartPending, certificates: made.certificates, expiring: made.expiring };
        };
    }

    it("mail that is stuck: preview names the certificate, up removes that one, transport restarts once, mail flows", async () => {
        declare();
        const fine = await scene.stack.up();
        assert.deepEqual([fine.outputs["state"], connection()], ["compliant", "works"]);
        const twin = addTwin();
        assert.equal(connection(), "fails, NoCredentials");
        const told = await scene.stack.preview({ fails: true });
        assert.match(told.errors.join("\n"), new RegExp(`two match: ${twin}, and nothing that "repair" allows mends that.*remove: "${twin}"`));

        declare({ repair: { remove: twin.toLowerCase() } });
        const started = starts();
        const preview = await scene.stack.preview();
        assert.deepEqual([preview.changes, preview.outputs["pending"]], [{ [command]: "update" }, services]);
        assert.match(preview.warnings.join("\n"), new RegExp(`certificate of a connector: two match: ${twin} -> usable`));
        const { outputs } = await scene.stack.up();
        assert.deepEqual([outputs["state"], outputs["drift"], outputs["pending"]], ["enforced", {}, []]);
        assert.deepEqual(outputs["repaired"], { [id]: { found: `string:two match: ${twin}`, desired: "string:usable" } });
        assert.deepEqual([state(), connection(), host().certificates.length], ["string:usable", "works", 1]);
        assert.deepEqual((outputs["certificates"] as { thumbprint: string }[]).map(({ thumbprint }) => thumbprint), [own()]);
        const restarted = starts();
        assert.ok(restarted.every((one, at) => one > started[at]!));
        assert.deepEqual((await scene.stack.up()).changes, {});
        assert.deepEqual(starts(), restarted);
    });

    it("a certificate comes with its key as a secret that nothing shows; without Front End only transport restarts", async () => {
        delete host().services["MSExchangeFrontEndTransport"];
        host().certificates.splice(0);
        const { a, password } = fixtures;
        declare({ tlsName: a.name, pfx: Buffer.from(a.pfx, "hex").toString("base64"), pfxPassword: password });
        const preview = await scene.stack.preview({ diff: true });
        const { debug: _, ...up } = await scene.stack.up({ diff: true });
        assert.deepEqual([up.outputs["state"], state(a.name)], ["enforced", "string:usable"]);
        // As the import has left them.
        assert.deepEqual((up.outputs["certificates"] as { thumbprint: string; key: string }[]).map(({ thumbprint, key }) => [thumbprint, key]), [[a.thumbprint, "opens"]]);
        const { debug: __, ...shown } = preview;
        const seen = [JSON.stringify([shown, up]), scene.stack.stateText, JSON.stringify(host().registry.snapshot())].join("\n");
        for (const secret of [password, a.pfx.slice(200, 300), Buffer.from(a.pfx, "hex").toString("base64").slice(200, 300)]) {
            assert.ok(!seen.includes(secret), "a secret is shown");
        }
        assert.deepEqual((await scene.stack.up()).changes, {});
    });

    it("killed wherever it writes while it removes one, the next up goes on", async () => {
        declare();
        await scene.stack.up();
        const twin = addTwin();
        declare({ repair: { remove: twin } });
        const { stateText } = scene.stack;
        scene.host().snapshot("stuck");
        for (const point of ["saved", "removed"]) {
            scene.host().restore("stuck");
            scene.stack.stateText = stateText;
            let killed = false;
            host().registry.afterWrite = ({ key, notation }) => {
                if (!killed && (point === "saved" ? key.endsWith("\\Certificates") : notation === "string:removed")) {
                    killed = true;
                    throw new Killed();
                }
            };
            await scene.stack.up({ fails: true });
            assert.equal(state(), point === "saved" ? `string:two match: ${twin}` : "string:usable");
            const started = starts();
            const { outputs } = await scene.stack.up();
            assert.deepEqual([point, outputs["state"], state(), outputs["pending"]], [point, "enforced", "string:usable", []]);
            assert.ok(starts().every((one, at) => one > started[at]!), point);
            assert.deepEqual((await scene.stack.up()).changes, {});
        }
    });

    it("an audit writes nothing; one that ends soon is warned of; and the removal of the component puts a removed certificate back", async () => {
        const twin = addTwin();
        declare({ mode: "audit", repair: { remove: twin }, expiresWithin: 3650 });
        const audited = await scene.stack.up();
        assert.deepEqual([audited.outputs["state"], audited.changes, state(), scene.host().counters.writtenValues], ["drifted", {}, `string:two match: ${twin}`, 0]);
        const chosen = (audited.outputs["certificates"] as { chosen: boolean; thumbprint: string }[]).filter((one) => one.chosen).map((one) => one.thumbprint);
        assert.match((audited.outputs["expiring"] as string[]).join(), new RegExp(`^${chosen[0]} expires in \\d+ days, at `));
        assert.match(audited.warnings.join("\n"), /exch01: the certificate \w{40} expires in \d+ days.*Renew it/);

        declare({ onDestroy: "restore", repair: { remove: twin } });
        await scene.stack.up();
        assert.deepEqual([state(), host().certificates.length], ["string:usable", 1]);
        scene.stack.program = () => {
            new windows.RegistryValues("other", { host: declareHost(scene.host()), values: { "HKLM\\SOFTWARE\\Contoso": { A: dword(1) } } });
            return {};
        };
        const preview = await scene.stack.preview();
        assert.match(preview.warnings.join("\n"), new RegExp(`put back: EXCHANGE.*usable.* -> .*two match: ${twin}`));
        await scene.stack.up();
        assert.deepEqual([state(), host().certificates.map(({ der }) => tlsNameOf(der))], [`string:two match: ${twin}`, [tlsName, tlsName]]);
    });

    it("access is given and not taken away again; what cannot be read is unknown, and nothing is enforced over it", async () => {
        host().certificates[0]!.access = false;
        declare({ onDestroy: "restore", repair: { access: true } });
        const { outputs } = await scene.stack.up();
        assert.deepEqual(outputs["repaired"], { [id]: { found: `string:no usable key: ${own()}`, desired: "string:usable" } });
        host().certificates[0]!.access = false;
        scene.stack.program = () => {
            const observe = { user: scene.host().observerUser, privateKey: scene.host().observerKey };
            new exchangeServer.TransportCertificate("mail", { host: declareHost(scene.host(), { observe }), tlsName, repair: { access: true }, onDestroy: "restore" });
            return {};
        };
        const unknown = await scene.stack.preview({ fails: true });
        assert.match(unknown.errors.join("\n"), /could not be read: denied/);
        host().certificates[0]!.access = true;
        await scene.stack.destroy();
        assert.equal(state(), "string:usable");
    });
});
