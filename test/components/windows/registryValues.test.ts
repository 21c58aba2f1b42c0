import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { dword, string, windows } from "../../../index";
import { RemoteError } from "../../../remote/errors";
import { hostArgs } from "../support/hostArgs";
import { framed, installMocks, MockOptions, valueOf } from "../support/mocks";

const contoso = "HKLM\\SOFTWARE\\Contoso";
const urn = "urn:pulumi:test::hybrid-identity::hybrid-identity:windows:RegistryValues::extra";

async function build(options: MockOptions = {}, args: Partial<windows.RegistryValuesArgs> = {}, host: Partial<windows.HostArgs> = {}) {
    const recorded = await installMocks(options);
    const mim01 = new windows.Host("mim01", { ...hostArgs, ...host });
    const extra = new windows.RegistryValues("extra", { host: mim01, values: { [contoso]: { Setting: dword(1) } }, ...args });
    return { recorded, mim01, extra };
}

describe("RegistryValues", () => {
    it("registers one module installation and one command, whatever the number of values", async () => {
        const { recorded } = await build({}, { values: { [contoso]: { A: dword(1), B: dword(2), C: string("x") } } });
        const command = await recorded.one("command:remote:Command", "extra-mim01-extra");
        assert.deepEqual(
            recorded.resources.map((resource) => [resource.type, resource.name]),
            [
                ["hybrid-identity:windows:Host", "mim01"],
                ["hybrid-identity:windows:RegistryValues", "extra"],
                ["command:remote:CopyToRemote", "mim01-module-file"],
                ["command:remote:Command", "mim01-module"],
                ["command:remote:Command", "extra-mim01-extra"],
            ],
        );
        assert.deepEqual(Object.keys(command.inputs).sort(), ["addPreviousOutputInEnv", "connection", "create", "logging", "stdin"]);
        assert.equal(command.inputs["logging"], "none");
        assert.equal(command.inputs["addPreviousOutputInEnv"], false);
        assert.equal(
            command.inputs["create"],
            'powershell.exe -NoLogo -NoProfile -NonInteractive -Command "Import-Module HybridIdentity -MinimumVersion 1.0 -MaximumVersion 1.999 -ErrorAction Stop; HybridIdentity\\Set-HybridIdentityState"',
        );
    });

    it("renders the drift block with what was found and what is desired", async () => {
        const { recorded } = await build({ found: { [`${contoso}\\\\Setting`]: "dword:7" } });
        const command = await recorded.one("command:remote:Command", "extra-mim01-extra");
        const document = JSON.parse(command.inputs["stdin"]) as Record<string, unknown>;
        const timed = Object.keys(document).find((member) => member.startsWith("drift seen "))!;
        assert.deepEqual(document, {
            document: "extra",
            kind: "registry",
            owner: "hybrid-identity.test",
            protocol: 1,
            resource: urn,
            desired: { [contoso]: { Setting: "dword:1" } },
            [timed]: { [contoso]: { Setting: "dword:7 -> dword:1" } },
            onDestroy: "retain",
        });
        assert.deepEqual(recorded.warnings, [
            "mim01: 1 value differs from what is declared (found -> declared):\n  extra: HKLM\\SOFTWARE\\Contoso\\Setting: dword:7 -> dword:1",
        ]);
    });

    it("keeps the connection secret, checks the host key, and never dials a refused password again", async () => {
        const { recorded } = await build({}, {}, { privateKey: undefined, password: pulumi.secret("hunter2") });
        const command = await recorded.one("command:remote:Command", "extra-mim01-extra");
        assert.ok(pulumi.runtime.isRpcSecret(command.inputs["connection"]));
        const connection = pulumi.runtime.unwrapRpcSecret(command.inputs["connection"]);
        assert.deepEqual(connection, { host: "127.0.0.1", port: 2201, user: "administrator", password: "hunter2", hostKey: hostArgs.hostKey, dialErrorLimit: 0, perDialTimeout: 15 });
        assert.ok(!JSON.stringify(command.inputs["stdin"]).includes("hunter2"));
        assert.equal(typeof command.inputs["stdin"], "string", "a document is no secret: its diff is what people read");
    });

    it("dials twice more with a key", async () => {
        const { recorded } = await build();
        const command = await recorded.one("command:remote:Command", "extra-mim01-extra");
        assert.equal(pulumi.runtime.unwrapRpcSecret(command.inputs["connection"]).dialErrorLimit, 2);
    });

    it("gives a restoring component a delete command", async () => {
        const { recorded } = await build({}, { onDestroy: "restore" });
        const command = await recorded.one("command:remote:Command", "extra-mim01-extra");
        assert.match(command.inputs["delete"], /HybridIdentity\\Remove-HybridIdentityState"$/);
        assert.equal(JSON.parse(command.inputs["stdin"]).onDestroy, "restore");
    });

    it("is a child of its component, the module of its host", async () => {
        const { recorded, extra } = await build();
        assert.equal(await valueOf(extra.urn), urn);
        const parents = await valueOf(pulumi.all([extra.urn]));
        assert.equal(parents.length, 1);
        await recorded.settle();
        const registered = (pulumi.runtime as any).getMonitor().getRegisteredResources?.() as Map<string, unknown> | undefined;
        const urns = [...(registered?.keys() ?? [])];
        assert.ok(urns.includes("urn:pulumi:test::hybrid-identity::hybrid-identity:windows:RegistryValues$command:remote:Command::extra-mim01-extra"), urns.join("\n"));
        assert.ok(urns.includes("urn:pulumi:test::hybrid-identity::hybrid-identity:windows:Host$command:remote:Command::mim01-module"), urns.join("\n"));
    });

    it("with audit registers no command, installs nothing, and still reports", async () => {
        const { recorded, extra } = await build({ found: { [`${contoso}\\\\Setting`]: "dword:7" } }, { mode: "audit" });
        assert.equal(await valueOf(extra.state), "drifted");
        await recorded.settle();
        assert.deepEqual(recorded.resources.map((resource) => resource.type), ["hybrid-identity:windows:Host", "hybrid-identity:windows:RegistryValues"]);
        assert.equal(recorded.warnings.length, 1);
        assert.deepEqual(recorded.failures, []);
    });

    it("with audit and failOnDrift ends the run with an error, only when there is drift", async () => {
        const drifted = await build({ found: { [`${contoso}\\\\Setting`]: "dword:7" } }, { mode: "audit", failOnDrift: true });
        await valueOf(drifted.extra.state);
        assert.deepEqual(drifted.recorded.failures, ['windows.RegistryValues "extra" on host "mim01": 1 drifted value, and "failOnDrift" is set']);
        const fine = await build({ found: { [`${contoso}\\\\Setting`]: "dword:1" } }, { mode: "audit", failOnDrift: true });
        assert.equal(await valueOf(fine.extra.state), "compliant");
        assert.deepEqual(fine.recorded.failures, []);
    });
});

describe("RegistryValues: outputs", () => {
    const drifted = { [`${contoso}\\\\Setting`]: "dword:7" };
    const reply = (inputs: any, written: object) => {
        const time = Object.keys(JSON.parse(inputs.stdin ?? "{}")).map((member) => / (\S+Z)$/.exec(member)?.[1]).find(Boolean);
        return framed({ protocol: 1, operation: "set", ok: true, document: "extra", owner: "hybrid-identity.test", time, written, released: [], now: "2026-11-22T08:31:00.000Z" });
    };

    it("in a preview tells what was observed", async () => {
        const { extra } = await build({ preview: true, found: drifted });
        assert.equal(await valueOf(extra.state), "drifted");
        assert.deepEqual(await valueOf(extra.drift), { [`${contoso}\\\\Setting`]: { found: "dword:7", desired: "dword:1" } });
    });

    it("is enforced only when the reply echoes this run's time", async () => {
        const written = { [contoso]: { Setting: "dword:7 -> dword:1" } };
        const enforced = await build({ found: drifted, stdout: (inputs) => (String(inputs.create).includes("Set-") ? reply(inputs, written) : "") });
        assert.equal(await valueOf(enforced.extra.state), "enforced");
        const repaired = { [`${contoso}\\\\Setting`]: { found: "dword:7", desired: "dword:1" } };
        assert.deepEqual([await valueOf(enforced.extra.drift), await valueOf(enforced.extra.repaired)], [{}, repaired]);
        const stale = await build({ found: drifted, stdout: (inputs) => reply({ stdin: '{"drift seen 2020-01-01T00:00:00.000Z":{}}' }, written) });
        assert.equal(await valueOf(stale.extra.state), "drifted");
        assert.deepEqual([await valueOf(stale.extra.drift), await valueOf(stale.extra.repaired)], [repaired, {}]);
        assert.deepEqual(stale.recorded.failures, []);
    });

    it("takes a command that ends without an error and says nothing for a failure", async () => {
        const { recorded, extra } = await build({ found: drifted, stdout: () => "" });
        assert.equal(await valueOf(extra.state), "drifted");
        assert.equal(recorded.failures.length, 1);
        assert.match(recorded.failures[0]!, /^windows\.RegistryValues "extra" on host "mim01": the command ended without an error but its reply is no proof/);
    });

    it("is pending until a reboot only where the component says that it needs one", async () => {
        const written = { [contoso]: { Setting: "dword:7 -> dword:1" } };
        const stdout = (inputs: any) => (String(inputs.create).includes("Set-") ? reply(inputs, written) : "");
        assert.equal(await valueOf((await build({ found: drifted, stdout })).extra.rebootPending), false);
        assert.equal(await valueOf((await build({ found: drifted, stdout }, { needsReboot: true })).extra.rebootPending), true);
    });

    it("names the services that have to restart", async () => {
        const written = { [contoso]: { Setting: "dword:7 -> dword:1" } };
        const stdout = (inputs: any) => (String(inputs.create).includes("Set-") ? reply(inputs, written) : "");
        const services = { FIMService: { state: "Running", startTime: "2026-11-01T04:01:00.000Z" }, Stopped: { state: "Stopped", startTime: "" } };
        const { recorded, extra } = await build({ found: drifted, stdout, services }, { restartServices: ["FIMService", "Stopped"] });
        assert.deepEqual(await valueOf(extra.restartPending), ["FIMService"]);
        assert.deepEqual(recorded.asked[0]?.request.services, ["FIMService", "Stopped"]);
    });
});

describe("RegistryValues: what cannot be observed", () => {
    it("is unknown, never compliant, when a value is denied, and ends the run with an error that names it", async () => {
        const { recorded, extra } = await build({ found: { [`${contoso}\\\\Setting`]: "unknown:denied" } });
        assert.equal(await valueOf(extra.state), "unknown");
        const command = await recorded.one("command:remote:Command", "extra-mim01-extra");
        assert.ok("not observed" in JSON.parse(command.inputs["stdin"]));
        assert.equal(recorded.failures.length, 1);
        assert.match(recorded.failures[0]!, /^mim01: document "extra" is refused, and nothing of it changes:\n {2}.*Contoso\\Setting could not be read: denied/);
    });

    it("gives the drift that was seen of a document that another stack's values keep from being enforced; nobody knows its state", async () => {
        const record = { original: "absent", written: "dword:0", writing: "", owner: "shop.other", document: "d", repairs: [] };
        const { recorded, extra } = await build({ preview: true, found: { [`${contoso}\\\\Setting`]: "dword:0" }, records: { values: { [`${contoso}\\\\Setting`]: JSON.stringify(record) }, documents: {} } });
        assert.deepEqual([await valueOf(extra.state), await valueOf(extra.drift)], ["unknown", { [`${contoso}\\\\Setting`]: { found: "dword:0", desired: "dword:1" } }]);
        await recorded.settle();
        assert.match(recorded.failures.join(), /document "extra" is refused/);
    });

    it("fails once for an unreachable host, or warns once where it may be skipped", async () => {
        const error = new RemoteError("unreachable", "127.0.0.1", "127.0.0.1:2201 as administrator: connection refused");
        const failed = await build({ error });
        assert.equal(await valueOf(failed.extra.state), "unknown");
        assert.deepEqual(failed.recorded.failures, [`mim01: 127.0.0.1:2201 as administrator: connection refused`]);
        const skipped = await build({ error }, {}, { onUnreachable: "skip" });
        assert.equal(await valueOf(skipped.extra.state), "unknown");
        assert.deepEqual(skipped.recorded.failures, []);
        assert.deepEqual(skipped.recorded.warnings.map((one) => one.split(". ")), [
            [
                "mim01: not observed, so nothing on it changes: 127.0.0.1:2201 as administrator: connection refused",
                'The host is new to this stack, so this run fails: take the host out of the program, or set mode: "audit" on its components.',
            ],
        ]);
    });

    it("does not skip a host that refused the logon", async () => {
        const error = new RemoteError("authentication", "127.0.0.1", "refused");
        const { recorded, extra } = await build({ error }, {}, { onUnreachable: "skip" });
        await valueOf(extra.state);
        assert.deepEqual(recorded.failures, ["mim01: refused"]);
    });

    for (const config of <Record<string, string>[]>[{ "hybrid-identity:skipHosts": '["mim01"]' }, { "hybrid-identity:offline": "true" }]) {
        it(`does not dial with ${Object.keys(config)[0]}`, async () => {
            const { recorded, extra } = await build({ config });
            assert.equal(await valueOf(extra.state), "unknown");
            assert.deepEqual(recorded.asked, []);
            assert.equal(recorded.warnings.length, 1);
        });
    }

    it("asks a host once for all components, also when they spell a key differently", async () => {
        const recorded = await installMocks();
        const host = new windows.Host("mim01", hostArgs);
        const a = new windows.RegistryValues("a", { host, values: { "HKLM\\SOFTWARE\\Contoso": { A: dword(1) } } });
        const b = new windows.RegistryValues("b", { host, values: { "hklm\\software\\CONTOSO": { B: dword(1) } } });
        assert.deepEqual([await valueOf(a.state), await valueOf(b.state)], ["drifted", "drifted"]);
        assert.deepEqual(recorded.asked.map((one) => one.request.values), [{ "HKLM\\SOFTWARE\\Contoso": ["A", "B"] }]);
    });

    it("observes with the observer's account in a preview, and with the administrator's in an update", async () => {
        const observe = { user: "observer", privateKey: hostArgs.privateKey! };
        const preview = await build({ preview: true }, {}, { observe });
        await valueOf(preview.extra.state);
        assert.equal(preview.recorded.asked[0]?.connection.user, "observer");
        const command = await preview.recorded.one("command:remote:Command", "extra-mim01-extra");
        assert.equal(pulumi.runtime.unwrapRpcSecret(command.inputs["connection"]).user, "administrator");
        const update = await build({}, {}, { observe });
        await valueOf(update.extra.state);
        assert.equal(update.recorded.asked[0]?.connection.user, "administrator");
    });
});

describe("RegistryValues: bad input", () => {
    /** The message of what the constructor throws. */
    async function refused(args: Partial<windows.RegistryValuesArgs>): Promise<string> {
        const recorded = await installMocks();
        const host = new windows.Host("mim01", hostArgs);
        let message = "";
        assert.throws(
            () => new windows.RegistryValues("extra", { host, values: { [contoso]: { A: dword(1) } }, ...args }),
            (error: Error) => {
                message = error.message;
                return pulumi.RunError.isInstance(error);
            },
        );
        await recorded.settle();
        assert.deepEqual(recorded.resources.map((resource) => resource.name), ["mim01"], "nothing of the component may be registered");
        assert.deepEqual(recorded.asked, []);
        return message;
    }

    it("names every problem at once, before anything is registered or dialled", async () => {
        const message = await refused({
            document: "Not Valid",
            values: { "SOFTWARE\\Contoso": { A: "dword:1" }, "HKLM\\SOFTWARE\\Contoso": { B: "dword:4294967296", C: "dwrd:1" } },
        });
        assert.match(message, /^windows\.RegistryValues "extra" cannot be used as it is written:\n/);
        assert.equal(message.split("\n").length, 5, message);
        for (const part of [/document: .*Not Valid/, /SOFTWARE\\\\Contoso/, /4294967296/, /dwrd:1/]) {
            assert.match(message, part);
        }
    });

    it("refuses two documents with one id, and one value in two documents, on one host", async () => {
        const recorded = await installMocks();
        const host = new windows.Host("mim01", hostArgs);
        new windows.RegistryValues("one", { host, values: { [contoso]: { A: dword(1) } } });
        assert.throws(() => new windows.RegistryValues("ONE", { host, values: { [contoso]: { B: dword(1) } } }), /document: .*"one" already/);
        assert.throws(() => new windows.RegistryValues("two", { host, values: { "hklm\\software\\contoso": { a: dword(2) } } }), /both declare .*Contoso\\a/i);
        new windows.RegistryValues("one", { host: new windows.Host("exch01", { ...hostArgs, port: 2202 }), values: { [contoso]: { A: dword(1) } } });
        await recorded.settle();
    });

    it("refuses a secret in a document with the property's name beside what else is wrong, and never shows it", async () => {
        const recorded = await installMocks();
        const host = new windows.Host("mim01", hostArgs);
        const values = { [contoso]: { Token: pulumi.secret(string("hunter2")), A: "dwrd:1" }, [`${contoso}\\B`]: Promise.resolve({ Token: pulumi.secret(string("hunter2")) }) };
        const extra = new windows.RegistryValues("extra", { host, values });
        assert.equal(await valueOf(extra.state), "unknown");
        await recorded.settle();
        const [message = "", ...others] = recorded.failures.filter((one) => one.includes("secret"));
        const key = String.raw`values["HKLM\\SOFTWARE\\Contoso`;
        const starts = message.split("\n").map((line) => line.trim().slice(0, key.length + 25));
        assert.deepEqual(starts.slice(1).map((line) => line.split(/: | is/)[0]), [`${key}"]["Token"]`, `${key}\\\\B"]["Token"]`, `${key}"]["A"]`], message);
        assert.ok(!message.includes("hunter2"), message);
        assert.deepEqual(others, []);
        assert.deepEqual(recorded.asked, []);
    });
});
