import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import type { Baselines } from "../../stacks/meaning";
import { readSettings } from "../../stacks/settings";
import { installMocks } from "../components/support/mocks";
import certificates from "../support/certificates.json";
import { newKeyPair } from "../support/keys";

const folder = mkdtempSync(join(tmpdir(), "settings-"));
const [privateKeyFile, observerFile] = [join(folder, "key"), join(folder, "observer")];
const pair = newKeyPair("ed25519");
const hosts = { mim01: { address: "mim01.contoso.com", user: "CONTOSO\\svc-pulumi", privateKeyFile, hostKey: pair.public } };
const roles = { edge: { protocols: { "TLS 1.3": "enabled" } }, exchange: { protocols: { "TLS 1.0": "enabled" } } } as const;
const baselines: Baselines = Object.fromEntries(["2026-11", "2026-12"].map((name) => [name, { name, protocols: { "TLS 1.0": "disabled" }, roles }]));

async function read(settings: Record<string, unknown>, preview = false): Promise<ReturnType<typeof readSettings>> {
    const config = Object.fromEntries(Object.entries(settings).map(([name, value]) => [`hybrid-identity:${name}`, typeof value === "string" ? value : JSON.stringify(value)]));
    await installMocks({ config, preview });
    return readSettings(baselines);
}

/** Without the first line, and without the namespace. */
async function problemsOf(settings: Record<string, unknown>): Promise<string[]> {
    const error = await read(settings).then(() => assert.fail("taken"), (one: Error) => one);
    assert.ok(pulumi.RunError.isInstance(error), error.stack);
    return error.message.split("\n  ").slice(1).map((one) => one.replace(/^hybrid-identity:/, ""));
}

describe("settings of a stack", () => {
    before(() => [privateKeyFile, observerFile].forEach((file) => writeFileSync(file, pair.private)));
    after(() => rmSync(folder, { recursive: true }));

    it("are typed, and what is left out has its default", async () => {
        const settings = await read({ hosts, baseline: "2026-11" });
        assert.deepEqual(settings, { hosts, baseline: "2026-11", exceptions: [], overdueExceptions: "fail", mode: "enforce", onDestroy: "retain" });
    });

    it("say why servers are only looked at", async () => {
        const { mode, auditReason } = await read({ hosts, baseline: "2026-11", mode: "audit", auditReason: "is replaced in May" });
        assert.deepEqual([mode, auditReason], ["audit", "is replaced in May"]);
        await assert.rejects(read({ hosts, baseline: "2026-11", auditReason: "{}" }), /hybrid-identity:auditReason: must be/);
    });

    it("are refused all at once, each with its key and a line that sets it", async () => {
        const promotion = { from: "dev", soak: 1 };
        const wrong = { hosts: { mim01: { ...hosts.mim01, port: "22", hostkey: "x" } }, baseline: "2027-01", mode: "watch", exceptions: [{ setting: "TLS 1.0" }], promotion, mail: { server: "mim02", route: "smtp" } };
        await assert.rejects(read(wrong), (error: Error) => {
            assert.ok(pulumi.RunError.isInstance(error));
            const lines = error.message.split("\n");
            assert.equal(lines[0], "the settings of this stack cannot be used as they are:");
            assert.deepEqual(lines.slice(1).map((one) => one.trim().split(": ")[0]), [
                'hybrid-identity:hosts["mim01"].hostkey',
                'hybrid-identity:hosts["mim01"].port',
                "hybrid-identity:baseline",
                "hybrid-identity:exceptions[0].value",
                "hybrid-identity:exceptions[0].reason",
                "hybrid-identity:exceptions[0].until",
                "hybrid-identity:promotion.soak",
                "hybrid-identity:mode",
                "hybrid-identity:mail.server",
                "hybrid-identity:mail.mailbox",
                "hybrid-identity:mail.smtp",
            ]);
            assert.match(error.message, /baseline: must be one of 2026-11, 2026-12; received "2027-01"\. Set it: pulumi config set baseline 2026-12\n/);
            assert.match(error.message, /exceptions\[0\]\.reason: is required; received nothing\. Set it: pulumi config set --path 'exceptions\[0\]\.reason' VALUE\n/);
            assert.match(error.message, /promotion\.soak: is not known here.*\. Take it out: pulumi config rm --path 'promotion\.soak'\n/);
            return true;
        });
    });

    it("are refused where nobody reads them, since a gate that is misspelt is none; settings of the library are its own", async () => {
        const gate = /hybrid-identity:promotoin: is not known here; "promotion" is meant, perhaps\. There are hosts, .*\. Take it out: pulumi config rm 'hybrid-identity:promotoin'/;
        await assert.rejects(read({ hosts, baseline: "2026-11", promotoin: { from: "test" }, skipHosts: ["mim01"] }), (error: Error) => gate.test(error.message) && error.message.split("\n").length === 2);
    });

    it("say that dates stand in quotes", async () => {
        const [day, moment] = ["2026-12-31 00:00:00 +0000 UTC", "2026-11-30 18:00:00 +0000 UTC"];
        const exceptions = [{ setting: "TLS 1.0", value: "enabled", reason: "x", until: day }];
        const problems = read({ hosts, baseline: "2026-11", exceptions, promotion: { from: "test", override: { reason: "x", until: moment } } });
        await assert.rejects(problems, /exceptions\[0\]\.until: must be a text in quotes, since YAML .*\n.*promotion\.override\.until: must be a text in quotes/);
    });

    it("are judged where they are read, and not one after the other by the gate, the servers and mail", async () => {
        const wrong = {
            hosts: { mim01: { ...hosts.mim01, port: 260400, hostKey: "blah", roles: ["egde", "edge"] }, exch01: { ...hosts.mim01, privateKeyFile: "keys/none" } },
            baseline: "2026-12",
            exceptions: [
                { setting: "TLS 1.O", value: "on", reason: " ", until: "2026-02-30", hosts: ["mim02"] },
                { setting: "TLS 1.0", value: "enabled", reason: "an old scanner", until: "2020-01-31" },
            ],
            promotion: { from: "dev", maximumAge: -3, override: { reason: "  ", until: "tomorrow" } },
            mail: { server: "mim 01", route: "smtp", mailbox: "mim", smtp: { address: "relay.contoso.com" }, restart: "sometimes", testMessageTo: 5 },
            transport: { server: "exch02", tlsName: "CN=mail.contoso.com", remove: "9F2C" },
        };
        const found = await problemsOf(wrong);
        assert.deepEqual(found.map((one) => one.split(": ")[0]), [
            'hosts["mim01"].port',
            'hosts["mim01"].hostKey',
            'hosts["mim01"].roles[0]',
            'hosts["exch01"].privateKeyFile',
            "exceptions[0].setting",
            "exceptions[0].reason",
            "exceptions[0].until",
            "exceptions[0].hosts",
            "exceptions[1]",
            "promotion.maximumAge",
            "promotion.override.reason",
            "promotion.override.until",
            "mail.server",
            "mail.mailbox",
            "mail.testMessageTo",
            "mail.restart",
            "transport.server",
            "transport.tlsName",
            "transport.remove",
        ]);
        const [, , role, file, , , , , late] = found;
        assert.match(role!, /must be a role that a baseline has something for, which are edge, exchange; received "egde"; "edge" is meant, perhaps\. Set it: pulumi config set --path 'hosts\.mim01\.roles\[0\]' edge$/);
        assert.match(file!, /must be a file with the private key, relative to the repository; there is none at .*none that can be read\. Set it: pulumi config set --path 'hosts\.exch01\.privateKeyFile' VALUE$/);
        assert.match(late!, /"TLS 1\.0" \("an old scanner"\) ended with 2020-01-31\. Take it out.* Take it out: pulumi config rm --path 'exceptions\[1\]'$/);
        await read({ hosts, baseline: "2026-12", exceptions: [wrong.exceptions[1]], overdueExceptions: "warn" });
    });

    it("name the certificate of mail that leaves a server by its name or by a file, and not by both", async () => {
        const certificate = new X509Certificate(Buffer.from(certificates.a.der, "hex")).toString();
        const given = (transport: object) => ({ hosts, baseline: "2026-12", transport: { server: "mim01", ...transport } });
        assert.equal((await read(given({ certificate }))).transport!.certificate, certificate);
        assert.match((await problemsOf(given({ certificate, tlsName: certificates.a.name }))).join(), /^transport\.tlsName: must be given, or a certificate that has the name, and not both; received both\. /);
        assert.match((await problemsOf(given({ certificate: "mail.cer" }))).join(), /^transport\.certificate: must be one certificate, in PEM or as the Base64 of its DER; received a text of 8 characters\. /);
        assert.deepEqual((await problemsOf(given({ certificate: 5 }))).map((one) => one.split(": ")[0]), ["transport.certificate"]);
    });

    it("want the key that enforces, but in a preview by the observer's; and neither's is shown", async () => {
        const [none, observe] = [join(folder, "none"), { user: "observer", privateKeyFile: observerFile }];
        const given = { hosts: { mim01: { ...hosts.mim01, privateKeyFile: none, observe } }, baseline: "2026-12" };
        await read(given, true);
        assert.match((await problemsOf(given)).join(), /^hosts\["mim01"\]\.privateKeyFile: must be a file/);
        const withPassphrase = join(folder, "encrypted");
        writeFileSync(withPassphrase, newKeyPair("ed25519", { passphrase: "x", cipher: "aes256-ctr", rounds: 1 }).private);
        const both = (await problemsOf({ ...given, hosts: { mim01: { ...hosts.mim01, privateKeyFile: withPassphrase, observe: { ...observe, privateKeyFile: `${privateKeyFile}.pub` } } } })).join("\n");
        assert.match(both, /^hosts\["mim01"\]\.privateKeyFile: must be a key without a passphrase, for which there is no setting; received ".*encrypted"\. Set it/);
        assert.doesNotMatch(both, /BEGIN/);
    });

    it("of a list, the line sets its first", async () => {
        await assert.rejects(read({ hosts: { mim01: { ...hosts.mim01, roles: "edge" } }, baseline: "2026-11" }), /\.roles: must be a list; received "edge"\. Write \["edge"\]\. Set it: pulumi config rm --path 'hosts\.mim01\.roles'; pulumi config set --path 'hosts\.mim01\.roles\[0\]' VALUE$/);
    });

    it("are needed where there is no default", async () => {
        await assert.rejects(read({}), /hybrid-identity:hosts: is required; received nothing\. Set it: pulumi config set --path hosts\.mim01\.address mim01\.contoso\.com\n {2}hybrid-identity:baseline: is required/);
        await assert.rejects(read({ hosts: {}, baseline: "2026-11" }), /hosts: must be an object of servers by name, at least one/);
    });
});
