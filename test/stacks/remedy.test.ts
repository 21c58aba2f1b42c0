import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { remedyOf } from "../../stacks/remedy";
import { readSettings } from "../../stacks/settings";
import { installMocks } from "../components/support/mocks";
import { engineOrSkip, environment, temporaryFolder } from "../engine/support/engine";
import { newKeyPair } from "../support/keys";
import { skip } from "../support/skip";

describe("line that mends a setting", () => {
    const lines: [string, string, string, string][] = [
        ["an object by a first member", 'hosts["prod02"]', "must be an object with the members address, port; received null", "pulumi config rm --path 'hosts.prod02'; pulumi config set --path 'hosts.prod02.address' mim01.contoso.com"],
        ["an argument that is an object", "mail.smtp", 'is required with route "smtp"; received nothing', "pulumi config set --path 'mail.smtp.address' mim01.contoso.com"],
        ["a name with a blank, in quotes", 'hosts["prod 01"].port', "must be a whole number from 1 to 65535; received 260400", `pulumi config set --path --type float 'hosts["prod 01"].port' 22`],
        ["one of several", "mail.server", 'must be one of prod 01, prod02; received "mim01"', `pulumi config set --path 'mail.server' "prod 01"`],
        ["a password, which the CLI asks for", "mail.accountPassword", "is required; received nothing", "pulumi config set --secret --path 'mail.accountPassword'"],
        ["all of it by its example", "mode", 'unknown choice "watch"; use one of enforce, audit', "pulumi config set mode enforce"],
    ];
    for (const [what, property, message, expected] of lines) {
        it(`sets ${what}`, () => assert.equal(remedyOf({ property, message }, "mode enforce"), `Set it: ${expected}`));
    }

    const unwanted: [string, string, string, string][] = [
        ["what nobody reads", "promotion.soak", "is not known here. There are from", "promotion.soak"],
        ["what has no effect", "mail.testMessageTo", 'has an effect with route "smtp" only; leave it out', "mail.testMessageTo"],
        ["one of a list whole, since the next one would take its place", "exceptions[0]", 'must be an object with the members setting; received "x"', "exceptions[0]"],
        ["the second of two", "exceptions[1].setting", "another exception is there already; keep one", "exceptions[1]"],
    ];
    for (const [what, property, message, path] of unwanted) {
        it(`takes out ${what}`, () => assert.equal(remedyOf({ property, message }, ""), `Take it out: pulumi config rm --path '${path}'`));
    }

    it("does so by the real CLI: after all of them nothing is wrong any more", async function () {
        this.timeout(60_000);
        await engineOrSkip(this);
        if (process.platform === "win32") {
            skip(this, "the lines are for PowerShell and for sh");
        }
        const { path: folder, remove } = temporaryFolder();
        const pair = newKeyPair("ed25519");
        writeFileSync(join(folder, "key"), pair.private);
        writeFileSync(join(folder, "Pulumi.yaml"), "name: hybrid-identity\nruntime: nodejs\n");
        const server = { address: "mim01.contoso.com", user: "administrator", privateKeyFile: join(folder, "key"), hostKey: pair.public };
        const wrong = {
            baseline: "2027-01",
            hosts: { mim01: { ...server, port: "2604", roles: "edge" }, "exch 01": { ...server, port: 260400, roles: ["egde"] } },
            promotion: { from: "dev", maximumAge: -3, minimumSoak: "0.5", soak: 1 },
            promotoin: { from: "dev" },
            exceptions: [{ setting: "TLS 1.0", value: "enabled", reason: "an old scanner", until: "2020-01-31" }],
            mode: "watch",
            onDestroy: "restroe",
            mail: { server: "mim02", route: "smtp", mailbox: "mim@contoso.com", smtp: "relay", harden: "yes", restart: "sometimes" },
        };
        const env = { ...process.env, ...environment(folder) };
        const run = (line: string) => execFileSync("sh", ["-c", line], { cwd: folder, env, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
        run("pulumi stack init dev");
        const [salt] = /encryptionsalt: .*/.exec(run("cat Pulumi.dev.yaml"))!;
        const config = Object.fromEntries(Object.entries(wrong).map(([name, value]) => [`hybrid-identity:${name}`, value]));
        writeFileSync(join(folder, "Pulumi.dev.yaml"), `${salt}\nconfig: ${JSON.stringify(config)}\n`);
        const problems = async () => {
            const values = JSON.parse(run("pulumi config --json")) as Record<string, { value: string }>;
            await installMocks({ config: Object.fromEntries(Object.entries(values).map(([key, { value }]) => [key, value])) });
            try {
                const name = "2026-12";
                readSettings({ [name]: { name, protocols: { "TLS 1.0": "disabled" }, roles: { edge: { strongCrypto: true } } } });
                return [];
            } catch (error) {
                assert.ok(pulumi.RunError.isInstance(error), (error as Error).stack);
                return error.message.split("\n").slice(1);
            }
        };
        const found = await problems();
        assert.equal(found.length, 16, found.join("\n"));
        found.forEach((one) => run(/\. (?:Set it|Take it out): (pulumi .*)$/.exec(one)![1]!.replaceAll("VALUE", "edge")));
        assert.deepEqual(await problems(), []);
        remove();
    });
});
