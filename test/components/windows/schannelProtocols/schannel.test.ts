import assert from "node:assert/strict";
import { checkSchannelChoice, checkSchannelOnHost, schannelDesired, schannelReads, schannelStates } from "../../../../components/windows/schannelProtocols/schannel";
import type { ValueTree } from "../../../../drift/types";

const root = "HKLM\\SYSTEM\\CurrentControlSet\\Control\\SecurityProviders\\SCHANNEL\\Protocols";
const both = ["Client", "Server"];

/** What a host answers: everything absent but the values given by `<protocol>\<role>\<name>`. */
function answered(found: Record<string, string>): ValueTree {
    return Object.fromEntries(
        Object.entries(schannelReads()).map(([key, names]) => [
            key,
            Object.fromEntries(names.map((name) => [name, found[`${key.slice(root.length + 1)}\\${name}`] ?? "absent"])),
        ]),
    );
}

describe("schannel: states", () => {
    // Enabled, DisabledByDefault, and what Schannel makes of them for a protocol that is on by default.
    const table: [string, string, string][] = [
        ["absent", "absent", "unset, enabled by the operating system"],
        ["dword:1", "dword:0", "enabled"],
        ["dword:1", "absent", "enabled"],
        ["dword:4294967295", "dword:0", "enabled"],
        ["dword:4294967295", "absent", "enabled"],
        ["absent", "dword:0", "enabled"],
        ["dword:0", "dword:1", "disabled"],
        ["dword:0", "dword:0", "disabled"],
        ["dword:0", "absent", "disabled"],
        ["dword:1", "dword:1", "half disabled"],
        ["dword:4294967295", "dword:4294967295", "half disabled"],
        ["absent", "dword:1", "half disabled"],
        ["string:1", "dword:0", "unknown"],
        ["qword:1", "absent", "unknown"],
        ["unknown:denied", "dword:0", "unknown"],
        ["dword:1", "unknown:denied", "unknown"],
    ];
    for (const [enabled, byDefault, state] of table) {
        it(`Enabled ${enabled}, DisabledByDefault ${byDefault}: ${state}`, () => {
            const values = answered({ "TLS 1.2\\Server\\Enabled": enabled, "TLS 1.2\\Server\\DisabledByDefault": byDefault });
            assert.equal(schannelStates(values, 20348)["TLS 1.2"]?.["Server"], state);
            assert.equal(schannelStates(values, 20348)["TLS 1.2"]?.["Client"], "unset, enabled by the operating system");
        });
    }

    it("names the system's default of each protocol", () => {
        const states = (build: number) => Object.fromEntries(Object.entries(schannelStates(answered({}), build)).map(([protocol, roles]) => [protocol, roles["Client"]]));
        const on = "unset, enabled by the operating system";
        assert.deepEqual(states(17763), {
            "SSL 2.0": "unset, not supported by the operating system",
            "SSL 3.0": "unset, disabled by the operating system",
            "TLS 1.0": on,
            "TLS 1.1": on,
            "TLS 1.2": on,
            "TLS 1.3": "unset, not supported by the operating system",
            "DTLS 1.0": on,
            "DTLS 1.2": on,
        });
        assert.equal(states(20348)["TLS 1.3"], on);
    });
});

describe("schannel: desired values", () => {
    it("declares two values for each protocol and role, any non-zero number counting as on", () => {
        assert.deepEqual(schannelDesired({ enable: ["TLS 1.2"], disable: ["TLS 1.0"], roles: both, exact: false }), {
            [`${root}\\TLS 1.2\\Client`]: { Enabled: "dword:1 or nonzero", DisabledByDefault: "dword:0" },
            [`${root}\\TLS 1.0\\Client`]: { Enabled: "dword:0", DisabledByDefault: "dword:1 or nonzero" },
            [`${root}\\TLS 1.2\\Server`]: { Enabled: "dword:1 or nonzero", DisabledByDefault: "dword:0" },
            [`${root}\\TLS 1.0\\Server`]: { Enabled: "dword:0", DisabledByDefault: "dword:1 or nonzero" },
        });
    });

    it("demands exactly 1 with exact, and only the roles that are named", () => {
        assert.deepEqual(schannelDesired({ enable: ["TLS 1.2"], disable: [], roles: ["Server"], exact: true }), {
            [`${root}\\TLS 1.2\\Server`]: { Enabled: "dword:1", DisabledByDefault: "dword:0" },
        });
    });
});

describe("schannel: bad input", () => {
    const check = (choice: object) => checkSchannelChoice({ enable: [], disable: [], roles: both, exact: false, ...choice }).map((one) => `${one.property}: ${one.message}`);

    it("names everything at once", () => {
        assert.deepEqual(check({ enable: ["TLS 1.2", "TLS1.3"], disable: ["TLS 1.2"], roles: ["Both"] }), [
            'enable: unknown entry "TLS1.3"; known are SSL 2.0, SSL 3.0, TLS 1.0, TLS 1.1, TLS 1.2, TLS 1.3, DTLS 1.0, DTLS 1.2',
            'roles: unknown entry "Both"; known are Client, Server',
            'enable: TLS 1.2 is in "disable" too; keep it in one of the two lists',
        ]);
    });

    it("refuses an empty choice, no role, and an entry twice", () => {
        assert.deepEqual(check({}), ['enable: neither "enable" nor "disable" names a protocol; name at least one']);
        assert.match(check({ enable: ["TLS 1.2"], roles: [] })[0]!, /^roles: the list is empty/);
        assert.match(check({ enable: ["TLS 1.2", "TLS 1.2"] })[0]!, /^enable: "TLS 1.2" stands in the list twice/);
    });
});

describe("schannel: what only the host can tell", () => {
    const noTls = { enable: [], disable: ["TLS 1.0", "TLS 1.1", "TLS 1.2"], roles: both, exact: false };

    it("refuses to leave a role without TLS on a build that has no TLS 1.3", () => {
        const problems = checkSchannelOnHost(noTls, answered({}), 17763);
        assert.equal(problems.length, 2);
        assert.match(problems[0]!, /build 17763 .* role Client/);
        assert.match(problems[1]!, /build 17763 .* role Server/);
    });

    it("counts TLS 1.3 from Windows Server 2022 on, unless it is off there", () => {
        assert.deepEqual(checkSchannelOnHost(noTls, answered({}), 20348), []);
        const off = { "TLS 1.3\\Server\\Enabled": "dword:0" };
        const problems = checkSchannelOnHost(noTls, answered(off), 20348);
        assert.equal(problems.length, 1);
        assert.match(problems[0]!, /role Server/);
    });

    it("does not count DTLS, and not a protocol whose state could not be read", () => {
        const unread = { "TLS 1.2\\Client\\Enabled": "unknown:denied", "TLS 1.2\\Server\\Enabled": "unknown:denied" };
        const problems = checkSchannelOnHost({ ...noTls, disable: ["TLS 1.0", "TLS 1.1"] }, answered(unread), 17763);
        assert.equal(problems.length, 2);
    });

    it("refuses TLS 1.3 on a build that cannot do it", () => {
        const problems = checkSchannelOnHost({ ...noTls, enable: ["TLS 1.3", "TLS 1.2"], disable: [] }, answered({}), 17763);
        assert.equal(problems.length, 1);
        assert.match(problems[0]!, /TLS 1\.3 needs Windows Server 2022 \(build 20348\).*build 17763/);
    });
});
