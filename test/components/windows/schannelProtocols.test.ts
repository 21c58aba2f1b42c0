import assert from "node:assert/strict";
import { windows } from "../../../index";
import { hostArgs } from "../support/hostArgs";
import { installMocks, MockOptions, valueOf } from "../support/mocks";

const root = "HKLM\\SYSTEM\\CurrentControlSet\\Control\\SecurityProviders\\SCHANNEL\\Protocols";

async function build(options: MockOptions, args: Partial<windows.SchannelProtocolsArgs>) {
    const recorded = await installMocks(options);
    const host = new windows.Host("mim01", hostArgs);
    return { recorded, tls: new windows.SchannelProtocols("tls", { host, ...args }) };
}

async function desiredOf(options: MockOptions, args: Partial<windows.SchannelProtocolsArgs>) {
    const { recorded } = await build(options, args);
    const command = await recorded.one("command:remote:Command", "tls-mim01-tls");
    return JSON.parse(command.inputs["stdin"]).desired;
}

describe("SchannelProtocols", () => {
    it("declares two values for each protocol and role", async () => {
        assert.deepEqual(await desiredOf({}, { enable: ["TLS 1.2"], disable: ["TLS 1.0"] }), {
            [`${root}\\TLS 1.0\\Client`]: { DisabledByDefault: "dword:1 or nonzero", Enabled: "dword:0" },
            [`${root}\\TLS 1.0\\Server`]: { DisabledByDefault: "dword:1 or nonzero", Enabled: "dword:0" },
            [`${root}\\TLS 1.2\\Client`]: { DisabledByDefault: "dword:0", Enabled: "dword:1 or nonzero" },
            [`${root}\\TLS 1.2\\Server`]: { DisabledByDefault: "dword:0", Enabled: "dword:1 or nonzero" },
        });
    });

    it("declares one role when asked, and exactly 1 with exact", async () => {
        assert.deepEqual(await desiredOf({}, { enable: ["TLS 1.2"], roles: ["Server"], exact: true }), {
            [`${root}\\TLS 1.2\\Server`]: { DisabledByDefault: "dword:0", Enabled: "dword:1" },
        });
    });

    it("takes 0xFFFFFFFF for enabled, and with exact for drift", async () => {
        const found = { [`${root}\\TLS 1.2\\Server\\\\Enabled`]: "dword:4294967295", [`${root}\\TLS 1.2\\Server\\\\DisabledByDefault`]: "dword:0" };
        const args = { enable: ["TLS 1.2"], roles: ["Server"] };
        assert.equal(await valueOf((await build({ preview: true, found }, args)).tls.state), "compliant");
        const { tls } = await build({ preview: true, found }, { ...args, exact: true });
        assert.deepEqual(await valueOf(tls.drift), {
            [`${root}\\TLS 1.2\\Server\\\\Enabled`]: { found: "dword:4294967295", desired: "dword:1" },
        });
    });

    it("tells the state of every protocol and role, declared or not", async () => {
        const found = { [`${root}\\TLS 1.0\\Server\\\\Enabled`]: "dword:0", [`${root}\\TLS 1.1\\Client\\\\DisabledByDefault`]: "dword:1" };
        const { tls } = await build({ preview: true, found, facts: { osBuild: 17763 } }, { enable: ["TLS 1.2"] });
        const states = await valueOf(tls.protocols);
        assert.deepEqual(Object.keys(states), ["SSL 2.0", "SSL 3.0", "TLS 1.0", "TLS 1.1", "TLS 1.2", "TLS 1.3", "DTLS 1.0", "DTLS 1.2"]);
        assert.deepEqual(states["TLS 1.0"], { Client: "unset, enabled by the operating system", Server: "disabled" });
        assert.deepEqual(states["TLS 1.1"], { Client: "half disabled", Server: "unset, enabled by the operating system" });
        assert.deepEqual(states["TLS 1.3"], { Client: "unset, not supported by the operating system", Server: "unset, not supported by the operating system" });
    });

    it("refuses bad lists before anything is registered", async () => {
        const recorded = await installMocks();
        const host = new windows.Host("mim01", hostArgs);
        assert.throws(
            () => new windows.SchannelProtocols("tls", { host, enable: ["TLS 1.2", "TLS 1.4"], disable: ["TLS 1.2"] }),
            /^(Run)?Error: windows\.SchannelProtocols "tls" cannot be used as it is written:\n {2}enable: unknown entry "TLS 1\.4".*\n {2}enable: TLS 1\.2 is in "disable" too/,
        );
        await recorded.settle();
        assert.deepEqual(recorded.resources.map((one) => one.name), ["mim01"]);
    });

    it("refuses to leave a role without any protocol that the host's build can do", async () => {
        const disable = ["TLS 1.0", "TLS 1.1", "TLS 1.2"];
        const old = await build({ facts: { osBuild: 17763 } }, { disable });
        assert.equal(await valueOf(old.tls.state), "unknown");
        const command = await old.recorded.one("command:remote:Command", "tls-mim01-tls");
        assert.ok("not observed" in JSON.parse(command.inputs["stdin"]), "Set must refuse the document");
        assert.equal(old.recorded.failures.length, 1);
        assert.match(old.recorded.failures[0]!, /document "tls" is refused, and nothing of it changes:\n.*no TLS version that build 17763 can do would be left enabled for the role Client/);
        const newer = await build({ preview: true, facts: { osBuild: 20348 } }, { disable });
        assert.equal(await valueOf(newer.tls.state), "drifted");
        assert.deepEqual(newer.recorded.failures, []);
    });
});
