import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import * as pulumi from "@pulumi/pulumi";
import { hostInternals } from "../../../components/windows/host/hostInternals";
import { observeHost } from "../../../components/windows/host/observeHost";
import { dword, windows } from "../../../index";
import { moduleText } from "../../../powershell/moduleText";
import { newKeyPair } from "../../support/keys";
import { hostArgs } from "../support/hostArgs";
import { installMocks, valueOf } from "../support/mocks";

describe("Host: bad input", () => {
    /** The message of what the constructor throws, or an empty text. */
    async function refused(args: Partial<windows.HostArgs>): Promise<string> {
        const recorded = await installMocks();
        let message = "";
        try {
            new windows.Host("mim01", { ...hostArgs, ...args });
        } catch (error) {
            assert.ok(pulumi.RunError.isInstance(error));
            message = error.message;
        }
        await recorded.settle();
        assert.equal(recorded.resources.length, message === "" ? 1 : 0);
        return message;
    }

    const table: [string, Partial<windows.HostArgs>, RegExp][] = [
        ["no host key", { hostKey: undefined }, /\n {2}hostKey: is required/],
        ["a malformed host key", { hostKey: "ssh-ed25519 nonsense" }, /\n {2}hostKey: /],
        ["both password and key", { password: "hunter2" }, /\n {2}privateKey: exactly one of password and privateKey is needed; received both/],
        ["neither password nor key", { privateKey: undefined }, /\n {2}privateKey: .*received neither/],
        ["no address", { address: "" }, /\n {2}address: /],
        ["an address with a port", { address: "mim01:22" }, /\n {2}address: must be a name or an address alone, without user or port; received "mim01:22"\. Use the members user and port/],
        ["an address in brackets", { address: "[::1]" }, /\n {2}address: must be a name or an address alone/],
        ["a port out of range", { port: 70000 }, /\n {2}port: .*70000/],
        ["an unknown choice", { onUnreachable: "ignore" as never, module: "none" as never }, /\n {2}onUnreachable: unknown choice "ignore".*\n {2}module: unknown choice "none"/],
        ["an executable with a space", { powershell: "C:\\Program Files\\PowerShell\\7\\pwsh.exe" }, /\n {2}powershell: must not hold a space/],
        ["a timeout of nothing", { timeout: 0 }, /\n {2}timeout: must be a number of seconds, at least 1; received 0/],
        ["a limit shorter than another run may take", { commandTimeout: 60 }, /\n {2}commandTimeout: must be a whole number of seconds from 90 to 86400; received 60/],
        ["a jump host without host key", { jumpHost: { ...hostArgs, hostKey: undefined as never } }, /\n {2}jumpHost\.hostKey: is required/],
        ["members inside an output", { observe: pulumi.secret({ user: "observer" }) as never, jumpHost: Promise.resolve({}) as never }, /\n {2}jumpHost: must be an object, whose members may be outputs; .*\n {2}observe: must be an object, [^\n]*$/],
        ["an observer's key that cannot be read", { observe: { user: "observer", privateKey: "/home/me/id_ed25519" } }, /\n {2}observe\.privateKey: could not be read/],
    ];
    for (const [what, args, expected] of table) {
        it(`refuses ${what}`, async () => {
            const message = await refused(args as Partial<windows.HostArgs>);
            assert.match(message, /^windows\.Host "mim01" cannot be used as it is written:\n/);
            assert.match(message, expected);
        });
    }

    it("names all problems at once, and never a secret", async () => {
        const message = await refused({ hostKey: "x", password: "hunter2", privateKey: "not a key", port: 0 });
        assert.equal(message.split("\n").length, 5, message);
        assert.ok(!message.includes("hunter2") && !message.includes("not a key"), message);
    });

    it("accepts good arguments", async () => {
        assert.equal(await refused({}), "");
    });

    it("checks what becomes known only later before the first dial", async () => {
        const connection = { host: "127.0.0.1", port: 1, user: "administrator", password: "hunter2", hostKey: "ssh-ed25519 nonsense" };
        await assert.rejects(observeHost("mim01", connection, { owner: "a.b", values: {} }, { preinstalled: false, installed: false, timeout: 1, waitForSsh: 0 }), (error: Error) => {
            assert.match(error.message, /^windows\.Host "mim01" cannot be used as it is written:\n {2}hostKey: /);
            return !error.message.includes("hunter2");
        });
    });
});

describe("Host: what is known only later, on a host without components", () => {
    const later = { privateKey: pulumi.secret(hostArgs.privateKey!) };

    it("is checked, and the host is not dialled", async () => {
        const recorded = await installMocks();
        new windows.Host("mim01", { ...hostArgs, ...later, hostKey: pulumi.output("ssh-ed25519 nonsense"), password: pulumi.secret("hunter2") });
        await recorded.settle();
        assert.equal(recorded.failures.length, 1);
        assert.match(recorded.failures[0]!, /^mim01: windows\.Host "mim01" cannot be used as it is written:\n {2}(.*\n)*.*hostKey: /);
        assert.match(recorded.failures[0]!, /privateKey: exactly one of password and privateKey is needed; received both/);
        assert.ok(!recorded.failures[0]!.includes("hunter2"));
        assert.deepEqual(recorded.asked, []);
    });

    for (const components of [false, true]) {
        it(`may not be a secret where messages show it, ${components ? "with" : "without"} components: it is named, and not shown`, async () => {
            const recorded = await installMocks();
            const { address, user, hostKey } = hostArgs;
            const host = new windows.Host("mim01", {
                ...hostArgs,
                ...later,
                address: pulumi.secret(address),
                user: pulumi.secret({ user }).user,
                password: pulumi.secret("hunter2"),
                hostKey: later.privateKey,
                jumpHost: { ...hostArgs, hostKey: pulumi.secret(hostKey) },
            });
            if (components) {
                new windows.RegistryValues("tls", { host, values: { "HKLM\\SOFTWARE\\Contoso": { A: dword(1) } } });
            }
            await recorded.settle();
            const [failure, ...more] = recorded.failures;
            assert.match(failure!, /^mim01: windows\.Host "mim01" cannot be used as it is written:\n {2}address: is a secret, .*pulumi\.unsecret\(/);
            assert.deepEqual(failure!.match(/\S+(?=: is a secret)/g), ["address", "user", "hostKey", "jumpHost.hostKey"]);
            assert.match(failure!, /privateKey: exactly one of password and privateKey is needed; received both/);
            assert.deepEqual([more, recorded.asked, [address as string, "hunter2", "BEGIN", "AAAA"].filter((one) => failure!.includes(one))], [[], [], []]);
        });
    }

    it("is refused where another host has its address and port", async () => {
        const recorded = await installMocks();
        new windows.Host("mim01", { ...hostArgs, ...later });
        new windows.Host("mim02", { ...hostArgs, ...later });
        await recorded.settle();
        assert.equal(recorded.failures.length, 1);
        assert.match(recorded.failures[0]!, /^mim02: it is the same machine as the host "mim01", which has the address 127\.0\.0\.1, port 2201 too/);
    });
});

describe("Host: left out", () => {
    it("says so once, although a component comes late", async () => {
        const recorded = await installMocks({ config: { "hybrid-identity:offline": "true" } });
        const host = new windows.Host("mim01", hostArgs);
        const late = new Promise<Record<string, { B: string }>>((resolve) => setTimeout(() => resolve({ "HKLM\\SOFTWARE\\Contoso": { B: dword(1) } }), 300));
        new windows.RegistryValues("soon", { host, values: { "HKLM\\SOFTWARE\\Contoso": { A: dword(1) } } });
        const { state } = new windows.RegistryValues("late", { host, values: late });
        assert.equal(await valueOf(state), "unknown");
        await recorded.settle();
        assert.equal(recorded.warnings.filter((one) => one.includes("left out by hybrid-identity:offline")).length, 1, recorded.warnings.join("\n"));
    });
});

describe("Host: recordReaders", () => {
    it("stand in the installation, which shows them and the module's file by its name", async () => {
        const { one, infos, settle } = await installMocks({ preview: true });
        const host = new windows.Host("mim01", { ...hostArgs, recordReaders: ["CONTOSO\\Pulumi readers", pulumi.output("S-1-5-32-545")] });
        new windows.RegistryValues("tls", { host, values: { "HKLM\\SOFTWARE\\Contoso": { A: dword(1) } } });
        await settle();
        const { inputs } = await one("command:remote:Command", "mim01-module");
        const stdin = inputs["stdin"] as string;
        const request = JSON.parse(/@'\n([^]*)\n'@/.exec(stdin)![1]!) as Record<string, unknown>;
        assert.deepEqual(request["readers"], ["CONTOSO\\Pulumi readers", "S-1-5-32-545"]);
        const file = (await one("command:remote:CopyToRemote", "mim01-module-file")).inputs;
        assert.ok(stdin.includes(`'${file["remotePath"]}'`), stdin);
        assert.equal(readFileSync(await file["source"].path, "latin1"), moduleText().psm1);
        assert.deepEqual(infos, []);
    });
});

describe("Host: takeOverFrom", () => {
    const value = "HKLM\\SOFTWARE\\Contoso";
    const record = { original: "absent", written: "dword:1", writing: "", owner: "shop.old", document: "tls", repairs: [] };
    const records = { values: { [`${value}\\\\A`]: JSON.stringify(record) }, documents: {} };

    /** The warnings about the setting, on a host with a component and one without. */
    async function said(takeOverFrom: string): Promise<string[]> {
        const recorded = await installMocks({ records, found: { [`${value}\\\\A`]: "dword:1" }, config: { "hybrid-identity:takeOverFrom": takeOverFrom } });
        new windows.Host("mim02", { ...hostArgs, port: 2202 });
        new windows.RegistryValues("tls", { host: new windows.Host("mim01", hostArgs), values: { [value]: { A: dword(1) } } });
        await recorded.settle();
        return recorded.warnings.filter((one) => one.includes("takeOverFrom"));
    }

    it("says per host what is taken over from whom", async () => {
        const warnings = await said("shop.old");
        assert.equal(warnings.length, 1, warnings.join("\n"));
        assert.match(warnings[0]!, /^mim01: The document "tls" takes over 1 value from the stack "shop\.old" \(document tls\): .*Contoso\\A\. The setting has to go/);
    });

    it("warns once where it names nobody, and says who the owners are", async () => {
        const warnings = await said("shop/old");
        assert.equal(warnings.length, 1, warnings.join("\n"));
        assert.match(warnings[0]!, /^mim0[12]: hybrid-identity:takeOverFrom names "shop\/old", which owns nothing .*mim01: shop\.old/);
    });
});

describe("Host", () => {
    it("registers nothing but itself", async () => {
        const recorded = await installMocks();
        const host = new windows.Host("mim01", hostArgs);
        assert.equal(await valueOf(host.address), "127.0.0.1");
        await recorded.settle();
        assert.deepEqual(recorded.resources.map((one) => [one.type, one.name]), [["hybrid-identity:windows:Host", "mim01"]]);
        assert.deepEqual(recorded.asked, [], "a host without components is not dialled");
    });

    it("hands the limit of its commands on with each document, and only where one is given", async () => {
        for (const [args, expected] of <[object, number | undefined][]>[[{ commandTimeout: 900 }, 900], [{}, undefined]]) {
            const recorded = await installMocks();
            const host = new windows.Host("mim01", { ...hostArgs, ...args });
            new windows.RegistryValues("extra", { host, values: { "HKLM\\SOFTWARE\\Contoso": { A: dword(1) } } });
            const { inputs } = await recorded.one("command:remote:Command", "extra-mim01-extra");
            assert.equal(JSON.parse(inputs["stdin"]).limitSeconds, expected);
        }
    });

    it("warns of a module path and a policy that keep the installed module out", async () => {
        const recorded = await installMocks({ facts: { moduleFound: false, executionPolicy: "Restricted" } });
        const host = new windows.Host("mim01", hostArgs);
        new windows.RegistryValues("extra", { host, values: { "HKLM\\SOFTWARE\\Contoso": { A: dword(1) } } });
        await recorded.settle();
        const about = recorded.warnings.filter((one) => /PSModulePath|execution policy/.test(one)).map((one) => one.split(" ", 2).join(" "));
        assert.deepEqual(about, ["mim01: PSModulePath,", "mim01: The"]);
    });

    it("warns of an account that may only look, but not of an observer's", async () => {
        const key = newKeyPair("ed25519").private;
        for (const [args, warnings] of <[object, number][]>[[{}, 1], [{ observe: { user: "observer", privateKey: key } }, 0]]) {
            const recorded = await installMocks({ preview: true, facts: { elevated: false } });
            const host = new windows.Host("mim01", { ...hostArgs, ...args });
            new windows.RegistryValues("extra", { host, values: { "HKLM\\SOFTWARE\\Contoso": { A: dword(1) } } });
            await recorded.settle();
            assert.equal(recorded.warnings.filter((one) => /^mim01: MIM01\\administrator is no administrator of this host/.test(one)).length, warnings);
        }
    });

    it("is looked at once, after what has to come first; where that failed, not at all, and everything stays", async () => {
        for (const fails of [false, true]) {
            const recorded = await installMocks();
            const host = new windows.Host("mim01", hostArgs);
            const values = (name: string) => ({ host, values: { [`HKLM\\SOFTWARE\\Contoso\\${name}`]: { A: dword(1) } } });
            const before = new windows.RegistryValues("before", values("B"));
            const first = new Promise<void>((resolve, reject) => setTimeout(() => (assert.deepEqual(recorded.asked, []), fails ? reject(new Error()) : resolve()), 60));
            hostInternals(host).run.lookAfter(first);
            const after = new windows.RegistryValues("after", values("A"));
            const states = [await valueOf(before.state), await valueOf(after.state)];
            await recorded.settle();
            // Why is said by whatever failed.
            assert.deepEqual([recorded.asked.length, states.includes("unknown"), recorded.failures], fails ? [0, true, []] : [1, false, []]);
        }
    });

    it("with a preinstalled module installs none", async () => {
        const recorded = await installMocks();
        const host = new windows.Host("mim01", { ...hostArgs, module: "preinstalled" });
        const extra = new windows.RegistryValues("extra", { host, values: { "HKLM\\SOFTWARE\\Contoso": { A: dword(1) } } });
        await valueOf(extra.state);
        await recorded.settle();
        assert.deepEqual(recorded.resources.map((one) => one.name), ["mim01", "extra", "extra-mim01-extra"]);
    });

    it("keeps an address that is not known in a preview unknown, and dials nothing", async () => {
        const recorded = await installMocks({ preview: true });
        const address = pulumi.output(pulumi.unknown as unknown as string);
        const host = new windows.Host("mim01", { ...hostArgs, address });
        new windows.RegistryValues("extra", { host, values: { "HKLM\\SOFTWARE\\Contoso": { A: dword(1) } } });
        await recorded.one("command:remote:Command", "extra-mim01-extra");
        assert.deepEqual(recorded.asked, []);
    });
});
