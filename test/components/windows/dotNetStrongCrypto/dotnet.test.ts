import assert from "node:assert/strict";
import { dotNetDesired, dotNetReads, dotNetStates } from "../../../../components/windows/dotNetStrongCrypto/dotnet";
import type { ValueTree } from "../../../../drift/types";

const setup = "HKLM\\SOFTWARE\\Microsoft\\NET Framework Setup\\NDP";
const four = ["HKLM\\SOFTWARE\\Microsoft\\.NETFramework\\v4.0.30319", "HKLM\\SOFTWARE\\WOW6432Node\\Microsoft\\.NETFramework\\v4.0.30319"];
const two = ["HKLM\\SOFTWARE\\Microsoft\\.NETFramework\\v2.0.50727", "HKLM\\SOFTWARE\\WOW6432Node\\Microsoft\\.NETFramework\\v2.0.50727"];
const strong = { SchUseStrongCrypto: "dword:1", SystemDefaultTlsVersions: "dword:1" };

function answered(installed: Record<string, string>): ValueTree {
    return Object.fromEntries(
        Object.entries(dotNetReads()).map(([key, names]) => [key, Object.fromEntries(names.map((name) => [name, installed[key.slice(setup.length + 1)] ?? "absent"]))]),
    );
}

describe("dotnet", () => {
    it("declares all eight values where both runtimes are installed", () => {
        assert.deepEqual(dotNetDesired(answered({ "v4\\Full": "dword:1", "v2.0.50727": "dword:1" }), false), {
            desired: Object.fromEntries([...four, ...two].map((key) => [key, strong])),
            notInstalled: [],
            problems: [],
        });
    });

    it("takes .NET Framework 3.5 as proof of the 2.0 runtime", () => {
        assert.deepEqual(dotNetDesired(answered({ "v4\\Full": "dword:1", "v3.5": "dword:1" }), false).notInstalled, []);
    });

    it("leaves a runtime alone that is not installed, and names it", () => {
        const { desired, notInstalled } = dotNetDesired(answered({ "v4\\Full": "dword:1" }), false);
        assert.deepEqual(Object.keys(desired), four);
        assert.deepEqual(notInstalled, ["v2.0.50727"]);
    });

    it("declares a runtime that is not installed when asked to", () => {
        const { desired, notInstalled } = dotNetDesired(answered({ "v4\\Full": "dword:1" }), true);
        assert.deepEqual(Object.keys(desired), [...four, ...two]);
        assert.deepEqual(notInstalled, ["v2.0.50727"]);
    });

    it("does not take a denied read for a runtime that is not installed", () => {
        const { desired, problems } = dotNetDesired(answered({ "v4\\Full": "dword:1", "v2.0.50727": "unknown:denied" }), false);
        assert.deepEqual(Object.keys(desired), four);
        assert.equal(problems.length, 1);
        assert.match(problems[0]!, /whether \.NET Framework v2\.0\.50727 is installed: .*v2\.0\.50727\\Install is unknown:denied/);
    });

    it("says what each value is, whether its runtime is installed or not", () => {
        const values = answered({});
        values[four[0]!] = { SchUseStrongCrypto: "dword:1", SystemDefaultTlsVersions: "dword:0" };
        values[four[1]!] = { SchUseStrongCrypto: "unknown:denied", SystemDefaultTlsVersions: "string:1" };
        assert.deepEqual(dotNetStates(values), {
            "v4.0.30319, 64-bit": { SchUseStrongCrypto: "on", SystemDefaultTlsVersions: "off" },
            "v4.0.30319, 32-bit": { SchUseStrongCrypto: "unknown", SystemDefaultTlsVersions: "unknown" },
            "v2.0.50727, 64-bit": { SchUseStrongCrypto: "not set", SystemDefaultTlsVersions: "not set" },
            "v2.0.50727, 32-bit": { SchUseStrongCrypto: "not set", SystemDefaultTlsVersions: "not set" },
        });
    });
});
