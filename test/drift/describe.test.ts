import assert from "node:assert/strict";
import { changeText, describe as describeChange } from "../../drift/describe";

const schannel = "HKLM\\SYSTEM\\CurrentControlSet\\Control\\SecurityProviders\\SCHANNEL\\Protocols";
const change = (found: string, desired: string, path = "HKLM\\SOFTWARE\\A", name = "X", limit = 40) =>
    describeChange({ path, name, found, desired }, limit);

describe("a drifted value for people", () => {
    it("has its texts in quotes, so that a blank at the end is seen", () => {
        assert.equal(change("string:Pulumi ", "string:Pulumi"), "string:'Pulumi ' -> string:'Pulumi'");
        assert.equal(change("expand:", "expand:%TEMP%"), "expand:'' -> expand:'%TEMP%'");
        assert.equal(change("absent", 'multi:["a "]'), 'absent -> multi:["a "]');
    });

    it("shows long values around their first difference, both sides", () => {
        const [a, b, c] = ["a", "b", "c"].map((letter) => letter.repeat(100)) as [string, string, string];
        assert.equal(
            change(`string:${a}X${b}`, `string:${a}Y${c}`),
            `string:'...${"a".repeat(10)}X${"b".repeat(29)}...' -> string:'...${"a".repeat(10)}Y${"c".repeat(29)}...' ` +
                "(208 and 208 characters, the first difference at 101)",
        );
        assert.equal(
            change(`binary:${a}`, "dword:1"),
            `binary:${"a".repeat(40)}... -> dword:1 (107 and 7 characters)`,
        );
        assert.equal(
            change(`string:${a} `, `string:${a}`),
            `string:'...${"a".repeat(10)} ' -> string:'...${"a".repeat(10)}' (108 and 107 characters, the first difference at 101)`,
        );
        assert.equal(change("absent", `string:${a}`), `absent -> string:'${"a".repeat(40)}...' (6 and 107 characters)`);
    });

    it("finds the difference of other values too, such as lists of an application", () => {
        const list = (last: string) => JSON.stringify([...Array.from({ length: 9 }, (_, at) => `https://mail${at}.example:443`), last]);
        assert.match(changeText(list("x"), list("y"), 40), /^\.\.\..*"x"\] -> \.\.\..*"y"\] \(\d+ and \d+ characters, the first difference at \d+\)$/);
    });

    const net = "HKLM\\SOFTWARE\\WOW6432Node\\Microsoft\\.NETFramework\\v4.0.30319";
    const meanings: [string, string, string, string, string][] = [
        [`${schannel}\\TLS 1.0\\Server`, "Enabled", "dword:1", "dword:0", "TLS 1.0, server: enabled -> disabled"],
        [`${schannel}\\tls 1.2\\client`, "enabled", "absent", "dword:1 or nonzero", "TLS 1.2, client: not set -> enabled"],
        [`${schannel}\\TLS 1.2\\Client`, "DisabledByDefault", "string:0", "dword:0", "TLS 1.2, client, by default: no number -> on"],
        [net, "SchUseStrongCrypto", "dword:0", "dword:1", ".NET v4.0.30319, 32-bit, strong cryptography: off -> on"],
        [
            "HKLM\\SOFTWARE\\Microsoft\\.NETFramework\\v2.0.50727",
            "SystemDefaultTlsVersions",
            "absent",
            "dword:1",
            ".NET v2.0.50727, 64-bit, TLS versions of the system: not set -> on",
        ],
    ];
    for (const [path, name, found, desired, meaning] of meanings) {
        it(`says what it means: ${meaning}`, () => {
            assert.ok(change(found, desired, path, name).endsWith(` (${meaning})`), change(found, desired, path, name));
        });
    }
});
