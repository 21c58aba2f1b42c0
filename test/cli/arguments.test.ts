import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { adoptArguments, lookArguments, reportArguments, UsageError } from "../../cli/arguments";
import { readHosts } from "../../cli/hostsFile";
import { newKeyPair } from "../support/keys";

const hostKey = newKeyPair("ed25519").public.split(" ").slice(0, 2).join(" ");
const pair = newKeyPair("ed25519");

describe("arguments of the command line", () => {
    let folder: string;
    const file = (name: string, text: string): string => {
        writeFileSync(join(folder, name), text);
        return join(folder, name);
    };
    before(() => {
        folder = mkdtempSync(join(tmpdir(), "cli-arguments-"));
        file("key", pair.private);
        file("key.pub", pair.public);
        file("hosts", `# Servers\nmim01 ${hostKey}\n\nexch01:2222 # old port\n`);
        file("bad", "mim01\nmim02 :22\n");
    });
    after(() => rmSync(folder, { recursive: true }));

    const common = () => ["--user", "CONTOSO\\svc", "--key", join(folder, "key")];

    it("are taken for one host", () => {
        const { targets, several, pin, json } = lookArguments(["--host", "mim01", "--port", "2222", "--host-key", hostKey, "--powershell", "pwsh.exe", ...common()], {});
        const target = { host: "mim01", port: 2222, user: "CONTOSO\\svc", hostKey, powershell: "pwsh.exe", preinstalled: false, privateKey: pair.private };
        assert.deepEqual([targets, several, pin, json], [[target], false, false, false]);
    });

    it("are taken for several hosts, each with what its line says", () => {
        const { targets, several } = lookArguments(["--hosts", join(folder, "hosts"), "--pin", "--json", ...common()], {});
        assert.deepEqual(targets.map((one) => [one.host, one.port, one.hostKey, one.user]), [["mim01", 22, hostKey, "CONTOSO\\svc"], ["exch01", 2222, undefined, "CONTOSO\\svc"]]);
        assert.equal(several, true);
    });

    it("take secrets from the environment only", () => {
        const env = { HYBRID_IDENTITY_PASSWORD: "from-environment" };
        const [target] = lookArguments(["--host", "mim01", "--user", "svc"], env).targets;
        assert.deepEqual([target!.password, target!.privateKey], ["from-environment", undefined]);
        // A key that was named goes first.
        assert.equal(lookArguments(["--host", "mim01", ...common()], env).targets[0]!.password, undefined);
    });

    const wrong: [string, () => string[], RegExp, Record<string, string>?][] = [
        ["no host", () => common(), /^exactly one of --host and --hosts is needed; received neither$/],
        ["both", () => ["--host", "a", "--hosts", join(folder, "hosts"), ...common()], /received both/],
        ["no user", () => ["--host", "a", "--key", join(folder, "key")], /^--user is needed/],
        ["no credential", () => ["--host", "a", "--user", "u"], /^--key is needed: .*HYBRID_IDENTITY_PASSWORD/],
        ["a key file that is not there", () => ["--host", "a", "--user", "u", "--key", join(folder, "none")], /^--key: ".*none" could not be read \(ENOENT\)/],
        ["a key file that is none", () => ["--host", "a", "--user", "u", "--key", join(folder, "hosts")], /^--key: could not be read: it must be the whole text of a key file/],
        ["the public key in place of the private one", () => ["--host", "a", "--user", "u", "--key", join(folder, "key.pub")], /^--key: is a public key/],
        ["a host with its port", () => ["--host", "a:22", ...common()], /^--host: must be a name or an address alone/],
        ["a port that is none", () => ["--host", "a", "--port", "ssh", ...common()], /^--port: must be a whole number/],
        ["half a host key", () => ["--host", "a", "--host-key", "ssh-ed25519", ...common()], /^--host-key: has no Base64/],
        ["a path with a blank", () => ["--host", "a", "--powershell", "C:\\Program Files\\pwsh.exe", ...common()], /^--powershell: must not hold a space/],
        ["an option that is not known", () => ["--host", "a", "--pasword", "x", ...common()], /--pasword/],
        ["a word that stands alone", () => ["mim01", ...common()], /mim01/],
        ["one host key for several hosts", () => ["--hosts", join(folder, "hosts"), "--host-key", hostKey, ...common()], /^--host-key is that of one host/],
        ["a bad line of the file", () => ["--hosts", join(folder, "bad"), ...common()], /bad: line 2: must be NAME\[:PORT\] \[HOST KEY\]/],
        ["a password for several hosts", () => ["--hosts", join(folder, "hosts"), "--user", "u"], /^--hosts needs --key: .*lock the account/, { HYBRID_IDENTITY_PASSWORD: "s-e-c-r-e-t" }],
    ];
    for (const [what, args, message, env = {}] of wrong) {
        it(`are refused: ${what}`, () => {
            assert.throws(() => lookArguments(args(), env), (error: Error) => {
                assert.ok(error instanceof UsageError);
                assert.match(error.message, message);
                assert.ok(!error.message.includes("s-e-c-r-e-t") && !error.message.includes("PRIVATE KEY"));
                return true;
            });
        });
    }

    it("of adopt are those of one host, and no others", () => {
        assert.equal(adoptArguments(["--host", "mim01", "--pin", ...common()], {}).target.host, "mim01");
        assert.throws(() => adoptArguments(["--hosts", join(folder, "hosts"), ...common()], {}), /--hosts/);
        assert.throws(() => adoptArguments(["--host", "a", "--json", ...common()], {}), /--json/);
    });

    it("of report are a stack, and where it goes", () => {
        assert.deepEqual(reportArguments(["--stack", "prod"]), { stack: "prod" });
        assert.deepEqual(reportArguments(["--stack", "prod", "--out", "report", "--comment", "c.md"]), { stack: "prod", out: "report", comment: "c.md" });
        assert.deepEqual(reportArguments(["--stack", "prod", "--policy-pack", "policies", "--config-file", "x.yaml"]), { stack: "prod", policyPack: "policies", configFile: "x.yaml" });
        assert.throws(() => reportArguments(["--stack", "prod", "--policy-pack", ""]), { message: "--policy-pack: must not be empty" });
        assert.throws(() => reportArguments([]), { message: '--stack is needed: the one to look at, such as "prod"' });
        assert.throws(() => reportArguments(["--stack", "prod", "--out", ""]), { message: "--out: must not be empty" });
        assert.throws(() => reportArguments(["prod"]), UsageError);
    });
});

describe("list of hosts", () => {
    it("is read line by line", () => {
        const { hosts, problems } = readHosts(`\ufeffmim01.contoso.com\r\n10.0.0.5:2222\r\n[fe80::1]:22 ${hostKey}\r\n::1\r\n  # none\r\n`);
        assert.deepEqual([hosts, problems], [[{ host: "mim01.contoso.com" }, { host: "10.0.0.5", port: 2222 }, { host: "fe80::1", port: 22, hostKey }, { host: "::1" }], []]);
    });

    it("is read as JSON, of texts and of objects", () => {
        const one = { host: "exch01", port: 2222, user: "svc", hostKey, powershell: "pwsh.exe" };
        assert.deepEqual(readHosts(JSON.stringify(["mim01:22", one])), { hosts: [{ host: "mim01", port: 22 }, one], problems: [] });
    });

    const wrong: [string, string][] = [
        ["", "names no host"],
        ["[]", "names no host"],
        ['["a"', "begins like JSON and is none"],
        ['["a", 1]', 'entry 2: must be a text or an object with "host"'],
        ['[{"host":"a","password":"x"}]', 'entry 1: has no member "password"; known are host, port, user, hostKey, powershell'],
        ['[{"host":"a","port":"22"}]', "entry 1: port must be a number"],
    ];
    for (const [text, problem] of wrong) {
        it(`is refused: ${JSON.stringify(text)}`, () => {
            const { problems } = readHosts(text);
            assert.equal(problems.length, 1);
            assert.ok(problems[0]!.startsWith(problem), problems[0]);
        });
    }
});
