import assert from "node:assert/strict";
import { windows } from "../../../index";
import { hostArgs } from "../support/hostArgs";
import { installMocks, valueOf } from "../support/mocks";

const setup = "HKLM\\SOFTWARE\\Microsoft\\NET Framework Setup\\NDP";
const four = ["HKLM\\SOFTWARE\\Microsoft\\.NETFramework\\v4.0.30319", "HKLM\\SOFTWARE\\WOW6432Node\\Microsoft\\.NETFramework\\v4.0.30319"];
const both = ["HKLM\\SOFTWARE\\Microsoft\\.NETFramework\\v2.0.50727", four[0], "HKLM\\SOFTWARE\\WOW6432Node\\Microsoft\\.NETFramework\\v2.0.50727", four[1]];

async function build(found: Record<string, string>, args: Partial<windows.DotNetStrongCryptoArgs> = {}) {
    const recorded = await installMocks({ found });
    const dotnet = new windows.DotNetStrongCrypto("dotnet", { host: new windows.Host("mim01", hostArgs), ...args });
    const command = await recorded.one("command:remote:Command", "dotnet-mim01-dotnet");
    return { recorded, dotnet, document: JSON.parse(command.inputs["stdin"]) };
}

describe("DotNetStrongCrypto", () => {
    it("declares the eight values where both runtimes are installed", async () => {
        const { dotnet, document } = await build({ [`${setup}\\v4\\Full\\\\Install`]: "dword:1", [`${setup}\\v3.5\\\\Install`]: "dword:1" });
        const strong = { SchUseStrongCrypto: "dword:1", SystemDefaultTlsVersions: "dword:1" };
        assert.deepEqual(document.desired, Object.fromEntries(both.map((key) => [key, strong])));
        assert.deepEqual(await valueOf(dotnet.notInstalled), []);
    });

    it("reports a runtime that is not installed, and creates nothing for it unless asked to", async () => {
        const found = { [`${setup}\\v4\\Full\\\\Install`]: "dword:1" };
        const left = await build(found);
        assert.deepEqual(Object.keys(left.document.desired), four);
        assert.deepEqual(await valueOf(left.dotnet.notInstalled), ["v2.0.50727"]);
        const made = await build(found, { createMissing: true });
        assert.deepEqual(Object.keys(made.document.desired), both);
        assert.deepEqual(await valueOf(made.dotnet.notInstalled), ["v2.0.50727"]);
    });

    it("is unknown where it cannot tell what is installed", async () => {
        const { recorded, dotnet, document } = await build({ [`${setup}\\v4\\Full\\\\Install`]: "unknown:denied" });
        assert.equal(await valueOf(dotnet.state), "unknown");
        assert.ok("not observed" in document);
        assert.match(recorded.failures[0]!, /cannot tell whether \.NET Framework v4\.0\.30319 is installed/);
    });
});
