import assert from "node:assert/strict";
import fc from "fast-check";
import { checkName, compareNames, identity, normaliseKey, splitValueId, upper, valueId } from "../../drift/path";

describe("path: keys", () => {
    const table: [string, string][] = [
        ["HKLM\\SOFTWARE\\Contoso", "HKLM\\SOFTWARE\\Contoso"],
        ["HKEY_LOCAL_MACHINE\\Software\\Contoso", "HKLM\\Software\\Contoso"],
        ["HKLM:\\SOFTWARE\\Contoso", "HKLM\\SOFTWARE\\Contoso"],
        ["hklm\\software\\a/b", "HKLM\\software\\a/b"],
        ["HKLM32\\SOFTWARE", "HKLM32\\SOFTWARE"],
        ["HKLM32\\SOFTWARE\\WOW6432NodeTools", "HKLM32\\SOFTWARE\\WOW6432NodeTools"],
        ["HKLM32\\SOFTWARE\\PoliciesOfContoso", "HKLM32\\SOFTWARE\\PoliciesOfContoso"],
        ["hklm32:\\Software\\X", "HKLM32\\Software\\X"],
        ["HKEY_USERS\\S-1-5-18\\Control Panel", "HKU\\S-1-5-18\\Control Panel"],
        ["HKU\\.DEFAULT", "HKU\\.DEFAULT"],
        ["HKLM\\SOFTWARE\\HybridIdentityTools", "HKLM\\SOFTWARE\\HybridIdentityTools"],
        [`HKLM\\${"a".repeat(255)}`, `HKLM\\${"a".repeat(255)}`],
    ];
    for (const [written, canonical] of table) {
        it(written.slice(0, 60), () => assert.equal(normaliseKey(written), canonical));
    }

    const refused: [string, RegExp][] = [
        ["SOFTWARE\\Contoso", /must begin with HKLM/],
        ["HKLM/SOFTWARE/Contoso", /backslashes divide it/],
        ["HKXY\\SOFTWARE", /must begin with HKLM/],
        ["constructor\\x", /must begin with HKLM/],
        ["", /must begin with HKLM/],
        ["HKCU\\Software\\X", /account that logs on over SSH.*HKU/],
        ["HKEY_CURRENT_USER\\Software\\X", /account that logs on over SSH/],
        ["HKCR\\.txt", /HKLM\\SOFTWARE\\Classes/],
        ["HKLM", /only the hive/],
        ["HKLM\\", /empty component/],
        ["HKLM\\SOFTWARE\\\\X", /empty component/],
        ["HKLM\\SOFTWARE\\X\\", /empty component/],
        [`HKLM\\${"a".repeat(256)}`, /over 255 characters/],
        ["HKLM\\a\0b", /NUL/],
        ["HKLM32\\SYSTEM\\X", /differs only below SOFTWARE/],
        ["HKLM32\\SOFTWARE\\WOW6432Node\\X", /that view itself/],
        ["HKLM32\\SOFTWARE\\Policies\\Contoso", /both views of the registry share this key/],
        ["HKLM\\Software\\wow6432node\\Microsoft\\SystemCertificates", /both views of the registry share this key/],
        ["HKLM\\SOFTWARE\\HybridIdentity", /own records/],
        ["hklm\\software\\hybrididentity\\Values", /own records/],
        [`HKLM\\${Array(40).fill("a".repeat(100)).join("\\")}`, /line of 4000/],
    ];
    for (const [written, message] of refused) {
        it(`refuses ${JSON.stringify(written).slice(0, 60)}`, () => assert.throws(() => normaliseKey(written), message));
    }
});

describe("path: names", () => {
    for (const name of ["Enabled", "(default)", "a/b", "\\x", " ", "Keys", "__proto__", "\u00e9"]) {
        it(`takes ${JSON.stringify(name)}`, () => assert.equal(checkName(name), undefined));
    }
    const refused: [string, RegExp][] = [
        ["", /\(default\)/],
        ["PSObject", /PowerShell reserves/],
        ["psbase", /PowerShell reserves/],
        ["psadapted", /PowerShell reserves/],
        ["psextended", /PowerShell reserves/],
        ["pstypenames", /PowerShell reserves/],
        ["a\0", /NUL/],
        ["x".repeat(16384), /16,383/],
        ["x".repeat(4000), /line of 4000/],
    ];
    for (const [name, message] of refused) {
        it(`refuses ${JSON.stringify(name).slice(0, 40)}`, () => assert.match(checkName(name) ?? "", message));
    }
});

describe("path: identity", () => {
    it("does not regard case", () => assert.equal(identity("HKLM\\Software\\\u00e9", "name"), identity("hklm\\SOFTWARE\\\u00c9", "NAME")));

    it("knows the 32-bit view as WOW6432Node", () => {
        assert.equal(identity("HKLM32\\Software\\X", "n"), identity("HKLM\\SOFTWARE\\Wow6432Node\\x", "N"));
        assert.equal(identity("HKLM32\\SOFTWARE", "n"), identity("HKLM\\SOFTWARE\\WOW6432Node", "n"));
        assert.notEqual(identity("HKLM32\\SOFTWARE\\X", "n"), identity("HKLM\\SOFTWARE\\X", "n"));
    });

    it("upper case never changes the length or turns another letter into an ASCII one", () => {
        assert.equal(upper("stra\u00dfe \u0131 \u017f \u00fd\u00ff"), "STRA\u00dfE \u0131 \u017f \u00dd\u0178");
        fc.assert(
            fc.property(fc.string({ unit: "binary" }), (text) => {
                assert.equal(upper(text).length, text.length);
                assert.equal(upper(upper(text)), upper(text));
            }),
        );
    });

    it("upper case of Greek letters with an iota below is one letter, as the registry has it", () => {
        assert.equal(upper("\u1f80\u1f97\u1fa0\u1fb3\u1fc3\u1ff3"), "\u1f88\u1f9f\u1fa8\u1fbc\u1fcc\u1ffc");
        assert.equal(upper("\u1f50\u1fb2\u1fe4"), "\u1f50\u1fb2\u1fe4");
    });

    it("sorts by upper case", () => assert.deepEqual(["b", "_", "A", "a1"].sort(compareNames), ["A", "a1", "b", "_"]));

    it("an id comes apart again", () => {
        const component = fc.string({ minLength: 1 }).filter((text) => !text.includes("\\"));
        const key = fc.array(component, { minLength: 1 }).map((parts) => ["HKLM", ...parts].join("\\"));
        fc.assert(
            fc.property(key, fc.string({ minLength: 1 }), (path, name) =>
                assert.deepEqual(splitValueId(valueId(path, name)), { key: path, name }),
            ),
        );
        assert.deepEqual(splitValueId("HKLM\\X\\\\\\n"), { key: "HKLM\\X", name: "\\n" });
    });

    for (const text of ["", "HKLM\\X", "\\\\n", "HKLM\\X\\\\"]) {
        it(`${JSON.stringify(text)} is no id`, () => assert.equal(splitValueId(text), undefined));
    }
});

describe("paths: backslashes that TypeScript swallowed", () => {
    const hint = /In TypeScript write each backslash twice, "HKLM\\\\SOFTWARE\\\\Contoso": a single one is swallowed, "\\S" becomes "S"\.$/;
    // What the program meant is below HKLM, SOFTWARE or SYSTEM.
    for (const key of ["HKLMSOFTWAREContoso", "HKLM\\SOFTWAREContoso", "HKLM:\\SYSTEMCurrentControlSet", "HKU\\S-1-5-18".replace("\\", ""), "HKLM32SOFTWARE\\A"]) {
        it(key, () => assert.throws(() => normaliseKey(key), hint));
    }
    it("not for what is no such key", () => {
        assert.throws(() => normaliseKey("SOFTWARE\\Contoso"), (error: Error) => !hint.test(error.message));
        assert.equal(normaliseKey("HKLM\\SOFTWARE\\Contoso"), "HKLM\\SOFTWARE\\Contoso");
        assert.equal(normaliseKey("HKLM\\SYSTEM"), "HKLM\\SYSTEM");
    });
});
