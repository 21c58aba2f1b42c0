import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { mim, windows } from "../../index";
import { newInstaller } from "../../lab/host/installer";
import { Killed } from "../../lab/host/reply";
import type { Run } from "./support/run";
import { declareHost, useScene } from "./support/scene";

const code = "{5C9F3A10-7D7E-4B0B-9E5C-3B6C6A4F0673}";
const service = "HKLM\\SYSTEM\\CurrentControlSet\\Services\\FIMService";
const record = "HKLM\\SOFTWARE\\HybridIdentity\\Setup";
const tls = "HKLM\\SYSTEM\\CurrentControlSet\\Control\\SecurityProviders\\SCHANNEL\\Protocols\\TLS 1.1\\Client";
const id = "MIM\\Setup\\\\Properties";
const command = "product-mim01-product";
const properties = { MAIL_SERVER: "outlook.office365.com", MAIL_SERVER_IS_EXCHANGE: "1" };
const [secretOne, secretTwo] = ['one "quoted" \\ secret', "two, another secret"];
/** As it is, doubled, inside JSON once and twice, and in Base64. */
const formsOf = (secret: string): string[] => {
    const inJson = JSON.stringify(secret).slice(1, -1);
    return [secret, secret.replaceAll('"', '""'), inJson, JSON.stringify(inJson).slice(1, -1), Buffer.from(secret, "utf16le").toString("base64"), Buffer.from(secret).toString("base64")];
};

describe("engine: a MIM Service and Portal changed by its setup", function () {
    this.timeout(300_000);
    const scene = useScene();
    const host = () => scene.host().state;
    const polling = () => host().registry.get(service, "PollExchangeEnabled");
    const onRecord = () => host().registry.get(record, "Properties");
    const tlsValues = () => [tls, tls.replace("Client", "Server")].flatMap((key) => ["Enabled", "DisabledByDefault"].map((name) => host().registry.get(key, name)));
    let seen: string[] = [];

    beforeEach(() => {
        host().installer = newInstaller();
        host().registry.set(service, "PollExchangeEnabled", "dword:1");
        seen = [];
    });
    afterEach(() => {
        const { logs, raw } = host().installer;
        const sinks = { state: scene.stack.stateText, registry: JSON.stringify(host().registry.snapshot()), logs: JSON.stringify([logs, raw]), runs: seen.join("\n") };
        const found = Object.entries(sinks).flatMap(([sink, held]) => [secretOne, secretTwo].flatMap((one) => (formsOf(one).some((form) => held.includes(form)) ? [sink] : [])));
        assert.deepEqual(found, []);
    });

    function declare(args: Partial<mim.ProductArgs> = {}) {
        scene.stack.program = () => {
            const made = new mim.Product("product", { host: declareHost(scene.host()), properties, secretProperties: { SERVICE_ACCOUNT_EMAIL_PASSWORD: pulumi.secret(secretOne) }, ...args });
            const { state, drift, repaired, restartPending, rebootPending, build } = made;
            return { state, drift, repaired, restartPending, rebootPending, build };
        };
    }

    async function run(what: "preview" | "up", fails = false): Promise<Run> {
        const done = await scene.stack[what]({ diff: true, ...(fails && { fails: true as const }) });
        // The SDK's debug messages hold every input in clear.
        const { debug: _, ...shown } = done;
        seen.push(JSON.stringify(shown));
        return done;
    }

    it("is changed once, with polling off meanwhile, and not again", async () => {
        declare();
        const preview = await run("preview");
        assert.match(preview.warnings.join("\n"), /setup of the MIM Service: MAIL_SERVER: not given -> 'outlook\.office365\.com', .*EMAIL_PASSWORD: not given -> \(secret [0-9a-f]{8}\)/);
        assert.deepEqual([host().installer.calls, onRecord()], [[], "absent"]);
        const { outputs } = await run("up");
        assert.deepEqual([outputs["state"], outputs["drift"], outputs["restartPending"], outputs["rebootPending"], outputs["build"]], ["enforced", {}, ["FIMService"], false, "4.6.673.0"]);
        assert.deepEqual(Object.keys(outputs["repaired"] as object), [id]);
        assert.deepEqual(host().installer.calls, [
            {
                product: code,
                properties: { REINSTALL: "ALL", REINSTALLMODE: "omus", REBOOT: "ReallySuppress", ...properties, SERVICE_ACCOUNT_EMAIL_PASSWORD: secretOne },
                polling: "dword:0",
                tls11: "absent",
            },
        ]);
        assert.deepEqual([polling(), host().registry.get(record, "PollExchangeEnabled")], ["dword:1", "absent"]);
        for (const what of ["preview", "up"] as const) {
            const { changes, outputs: same } = await run(what);
            assert.deepEqual([changes, same["state"], host().installer.calls.length], [{}, "compliant", 1]);
        }
        const [log = ""] = Object.values(host().installer.logs);
        assert.match(log, /Property\(S\): SERVICE_ACCOUNT_EMAIL_PASSWORD = \(secret\)/);
        assert.match(log, /SERVICE_ACCOUNT_EMAIL_PASSWORD="\(secret\)"/);
    });

    it("another value, and another secret, is seen in the preview property by property, and is one more run", async () => {
        declare();
        await run("up");
        declare({ properties: { MAIL_SERVER: "relay.contoso.com" }, secretProperties: { SERVICE_ACCOUNT_EMAIL_PASSWORD: secretTwo }, keepLogs: 1 });
        const preview = await run("preview");
        assert.match(
            preview.warnings.join("\n"),
            /setup of the MIM Service: MAIL_SERVER: 'outlook\.office365\.com' -> 'relay\.contoso\.com', MAIL_SERVER_IS_EXCHANGE: '1' -> not given, SERVICE_ACCOUNT_EMAIL_PASSWORD: \(secret [0-9a-f]{8}\) -> \(secret [0-9a-f]{8}\)/,
        );
        assert.deepEqual(preview.changes, { [command]: "update" });
        await run("up");
        assert.deepEqual([host().installer.calls.length, host().installer.calls[1]!.properties["SERVICE_ACCOUNT_EMAIL_PASSWORD"], Object.keys(host().installer.logs).length], [2, secretTwo, 1]);
    });

    it("how setup failed is said with what to do, nothing of it is on record, and polling is as before", async () => {
        declare();
        await run("up");
        const before = onRecord();
        const says: [string, RegExp][] = [
            ["1603", /ended with 1603.*rolled back.*Return value 3.*logs\\setup-/],
            ["1618", /ended with 1618.*Another installation/],
            ["1619", /ended with 1619.*from its media/],
            ["1625", /ended with 1625.*policy/],
            ["1638", /ended with 1638.*Another version/],
            ["1602", /ended with 1602.*error codes of MsiExec/],
        ];
        declare({ properties: { MAIL_SERVER: "relay.contoso.com" } });
        for (const [exit, expected] of says) {
            await scene.host().fault(`setupEnds:${exit}`);
            const failed = await run("up", true);
            assert.match(failed.errors.join("\n"), expected);
            assert.deepEqual([onRecord(), polling(), host().registry.get(record, "PollExchangeEnabled")], [before, "dword:1", "absent"]);
        }
        assert.equal(host().installer.calls.length, 1 + says.length);
        await scene.host().fault("none");
        assert.equal((await run("up")).outputs["state"], "enforced");
    });

    it("a change that asks for a reboot leaves that debt until the host has had one", async () => {
        declare();
        await scene.host().fault("setupEnds:3010");
        const up = await run("up");
        assert.equal(up.outputs["rebootPending"], true);
        assert.match(up.warnings.join("\n"), /asks for a reboot \(3010\)/);
        await scene.host().fault("none");
        assert.equal((await run("preview")).outputs["rebootPending"], true);
        scene.host().reboot();
        const after = await run("up");
        assert.deepEqual([after.outputs["rebootPending"], after.changes], [false, {}]);
    });

    it("another installation in progress is waited for no longer than told, and nothing is changed", async () => {
        declare({ waitSeconds: 7 });
        await scene.host().fault("setupBusy");
        const failed = await run("up", true);
        assert.match(failed.errors.join("\n"), /Another installation is in progress.*within 7 seconds.*Setup was not run/);
        assert.deepEqual([host().installer.calls, onRecord(), polling()], [[], "absent", "dword:1"]);
    });

    it("killed between polling and setup, or while setup runs: the next run puts it back, and runs setup", async () => {
        for (const [at, left] of [["PollExchangeEnabled", 0], [code, 1]] as const) {
            host().registry.set(record, "Properties", "absent");
            host().installer = newInstaller();
            declare();
            host().registry.afterWrite = (write) => {
                if (write.name === at && write.key !== record) {
                    throw new Killed();
                }
            };
            await run("up", true);
            assert.deepEqual([polling(), host().registry.get(record, "PollExchangeEnabled"), host().installer.raw.length, onRecord()], ["dword:0", "string:dword:1", left, "absent"]);
            host().registry.afterWrite = undefined;
            await run("up");
            assert.deepEqual([polling(), host().registry.get(record, "PollExchangeEnabled"), host().installer.raw], ["dword:1", "absent", []]);
            assert.notEqual(onRecord(), "absent");
        }
    });

    it("an audit reports and runs nothing; removal leaves everything, and says nothing else", async () => {
        declare({ mode: "audit" });
        const audited = await run("up");
        assert.deepEqual([audited.outputs["state"], host().installer.calls, scene.host().counters.writtenValues], ["drifted", [], 0]);
        declare();
        await run("up");
        const before = onRecord();
        scene.stack.program = () => {
            declareHost(scene.host());
            return {};
        };
        await run("up");
        assert.deepEqual([onRecord(), host().installer.calls.length], [before, 1]);
    });

    it("TLS 1.1 that the stack itself has hardened away: refused before anything is changed, and allowed on for the time of setup", async () => {
        const declareBoth = (args: Partial<mim.ProductArgs> = {}) => {
            scene.stack.program = () => {
                const mim01 = declareHost(scene.host());
                const made = new mim.Product("product", { host: mim01, properties, ...args });
                const hardened = new windows.SchannelProtocols("tls", { host: mim01, enable: ["TLS 1.2"], disable: ["TLS 1.1"] });
                return { state: made.state, hardened: hardened.state };
            };
        };
        declareBoth();
        await run("up");
        const off = tlsValues();
        assert.deepEqual([off, (await run("preview")).changes], [["dword:0", "dword:1", "dword:0", "dword:1"], {}]);
        const changed = { ...properties, MAIL_SERVER: "relay.contoso.com" };
        declareBoth({ properties: changed });
        const writes = scene.host().counters.writtenValues;
        for (const what of ["preview", "up"] as const) {
            const refused = await run(what, true);
            assert.match(refused.errors.join("\n"), /TLS 1\.1 is off on this host \(Client Enabled dword:0, .*Set allowTemporaryTls11/);
            assert.deepEqual([host().installer.calls.length, scene.host().counters.writtenValues, tlsValues()], [1, writes, off]);
        }
        declareBoth({ properties: changed, allowTemporaryTls11: true });
        const planned = await run("preview");
        assert.match(planned.warnings.join("\n"), /TLS 1\.1 is off \(Client Enabled dword:0, .*\): it is turned on for the time of setup, and put back as it was/);
        assert.deepEqual(planned.changes, { [command]: "update" });
        await scene.host().fault("setupEnds:1603");
        await run("up", true);
        assert.deepEqual([host().installer.calls[1]!.tls11, tlsValues()], ["dword:1", off]);
        await scene.host().fault("none");
        const { outputs } = await run("up");
        assert.deepEqual([outputs, host().installer.calls[2]!.tls11, tlsValues()], [{ state: "enforced", hardened: "compliant" }, "dword:1", off]);
        // Nobody's drift, and nothing more to say.
        declareBoth({ properties: changed });
        const after = await run("preview");
        assert.deepEqual([after.changes, after.warnings.filter((one) => one.includes("TLS 1.1"))], [{}, []]);
    });

    it("killed while TLS 1.1 is on for the time of setup: the next run puts it back, and runs setup", async () => {
        host().registry.set(tls, "Enabled", "dword:0");
        declare({ allowTemporaryTls11: true });
        host().registry.afterWrite = ({ name }) => {
            if (name === code) {
                throw new Killed();
            }
        };
        await run("up", true);
        assert.deepEqual([tlsValues(), host().registry.get(record, "TLS 1.1 Client Enabled")], [["dword:1", "dword:0", "dword:1", "dword:0"], "string:dword:0"]);
        host().registry.afterWrite = undefined;
        await run("up");
        assert.deepEqual([tlsValues(), host().registry.get(record, "TLS 1.1 Client Enabled"), onRecord() !== "absent"], [["dword:0", "absent", "absent", "absent"], "absent", true]);
    });

    it("what setup changed of the service's configuration file is said", async () => {
        declare();
        host().installer.config = "changed";
        assert.match((await run("up")).warnings.join("\n"), /changed the configuration file of the MIM Service/);
    });
});
