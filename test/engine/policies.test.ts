import assert from "node:assert/strict";
import { copyFileSync, existsSync, linkSync, mkdirSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import * as command from "@pulumi/command";
import { promotion, windows } from "../../index";
import { skip } from "../support/skip";
import { repository, temporaryFolder } from "./support/engine";
import { declareHost, useScene } from "./support/scene";

const pack = join(repository, "policies");

describe("engine: the policy pack", function () {
    this.timeout(240_000);
    const path = process.env["PATH"]!;
    const folder = temporaryFolder();
    const scene = useScene({ hosts: ["mim01"] });

    // An engine that finds no language host starts packs by a plugin on PATH. The language host that the set-up builds cannot start one, and one beside the CLI is found, too.
    before(function () {
        const folders = path.split(delimiter);
        const cli = folders.map((one) => join(one, "pulumi")).find(existsSync);
        if (cli === undefined || process.platform === "win32") {
            skip(this, "a policy pack is started here by a shell script beside a file pulumi, and there is none");
        }
        const bin = join(folder.path, "bin");
        mkdirSync(bin);
        copy(cli, join(bin, "pulumi"));
        const runner = join(repository, "node_modules/@pulumi/pulumi/cmd/run-policy-pack");
        writeFileSync(join(bin, "pulumi-analyzer-policy-nodejs"), `#!/bin/sh\nexec "${process.execPath}" "${runner}" "$@"\n`, { mode: 0o755 });
        const others = folders.filter((one) => !existsSync(join(one, "pulumi-language-nodejs")));
        process.env["PATH"] = [bin, ...others].join(delimiter);
    });

    after(() => {
        process.env["PATH"] = path;
        folder.remove();
    });

    const baseline: promotion.Baseline = { name: "2026-11", protocols: { "TLS 1.0": "enabled", "TLS 1.2": "enabled" } };

    function program(more: () => void, mode?: "audit") {
        return () => {
            const host = declareHost(scene.host());
            new promotion.HostBaseline("server", { host, baseline, mode });
            new windows.SchannelProtocols("old", { host, mode: "audit", document: "old", disable: ["SSL 3.0"] });
            more();
            return {};
        };
    }

    it("ends a preview of prod, and says of each resource what is wrong", async () => {
        const { address, port, user } = scene.host();
        scene.stack.program = program(() => new command.remote.Command("mine", { connection: { host: address, port, user, password: "NeverShown-7" }, create: "whoami" }));
        const { errors } = await scene.stack.report({ policyPacks: [pack] });
        const violations = errors.filter((one) => one.startsWith("policy ")).sort();
        assert.deepEqual(violations.map((one) => one.split(": ", 2).join(": ")), ["policy audit-has-reason: old", "policy host-keys-pinned: mine", "policy only-current-tls: server-tls-mim01-tls"], errors.join("\n"));
        assert.match(violations[2]!, /\nTLS 1\.0 is switched on on mim01\. Switch it off, or give the stack an exception/);
        assert.doesNotMatch(errors.join("\n"), /NeverShown/);
    });

    it("lets through what has its reasons in the settings of the stack, and sees what an update enforced and nobody does any more", async () => {
        const settings = { "lab:exceptions": [{ setting: "TLS 1.0", value: "enabled", reason: "an old scanner", until: "2099-12-31", hosts: ["mim01"] }] };
        scene.stack.settings = { ...settings, "lab:auditReason": "is replaced in May" };
        scene.stack.program = program(() => undefined);
        await scene.stack.up({ policyPacks: [pack] });

        scene.stack.settings = settings;
        scene.stack.program = program(() => undefined, "audit");
        const { text } = await scene.stack.preview({ policyPacks: [pack], fails: true });
        const audited = [...new Set([...text.matchAll(/audit-has-reason {2}\(.*: ([\w-]+)\)/g)].map(([, name]) => name))];
        assert.deepEqual(audited.sort(), ["old", "server", "server-tls"], text);

        const config = join(folder.path, "config.json");
        writeFileSync(config, JSON.stringify({ "audit-has-reason": { production: ["prod-eu"] } }));
        await scene.stack.preview({ policyPacks: [pack], policyPackConfigs: [config] });
        writeFileSync(config, JSON.stringify({ "audit-has-reason": { productions: ["prod-eu"] } }));
        const misspelt = await scene.stack.preview({ policyPacks: [pack], policyPackConfigs: [config], fails: true });
        assert.match(misspelt.text, /productions is no setting of the policy audit-has-reason; there is "production", a list of stacks/);
    });
});

function copy(from: string, to: string): void {
    try {
        linkSync(from, to);
    } catch {
        copyFileSync(from, to);
    }
}
