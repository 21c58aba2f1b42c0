import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { readSettings } from "../../stacks/settings";
import { installMocks } from "../components/support/mocks";

const hosts = { mim01: { address: "mim01.contoso.com", user: "CONTOSO\\svc-pulumi", privateKeyFile: "key", hostKey: "ssh-ed25519 AAAA" } };

async function read(settings: Record<string, unknown>): Promise<ReturnType<typeof readSettings>> {
    const config = Object.fromEntries(Object.entries(settings).map(([name, value]) => [`hybrid-identity:${name}`, typeof value === "string" ? value : JSON.stringify(value)]));
    await installMocks({ config });
    return readSettings(["2026-11", "2026-12"]);
}

describe("settings of a stack", () => {
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
        const promotion = { from: "test", soak: 1 };
        const wrong = { hosts: { mim01: { ...hosts.mim01, port: "22", hostkey: "x" } }, baseline: "2027-01", mode: "watch", exceptions: [{ setting: "TLS 1.0" }], promotion, mail: { server: "mim02" } };
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
            ]);
            assert.match(error.message, /baseline: must be one of 2026-11, 2026-12; received "2027-01"\. Set it: pulumi config set baseline 2026-11\n/);
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

    it("of a list, the line sets its first", async () => {
        await assert.rejects(read({ hosts: { mim01: { ...hosts.mim01, roles: "edge" } }, baseline: "2026-11" }), /\.roles: must be a list; received "edge"\. Write \["edge"\]\. Set it: pulumi config set --path 'hosts\["mim01"\]\.roles\[0\]' VALUE$/);
    });

    it("are needed where there is no default", async () => {
        await assert.rejects(read({}), /hybrid-identity:hosts: is required; received nothing\. Set it: pulumi config set --path "hosts\.mim01\.address" mim01\.contoso\.com\n {2}hybrid-identity:baseline: is required/);
        await assert.rejects(read({ hosts: {}, baseline: "2026-11" }), /hosts: must be an object of servers by name, at least one/);
    });
});
