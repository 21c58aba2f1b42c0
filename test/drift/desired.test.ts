import assert from "node:assert/strict";
import fc from "fast-check";
import { absent, binary, checkDesired, dword, dwordOrNonzero, expand, multi, qword, string } from "../../drift/desired";

describe("desired values: what is made", () => {
    const table: [string, string, string][] = [
        ["dword, least", dword(0), "dword:0"],
        ["dword, greatest", dword(4294967295), "dword:4294967295"],
        ["dword or nonzero", dwordOrNonzero(1), "dword:1 or nonzero"],
        ["qword from a bigint", qword(18446744073709551615n), "qword:18446744073709551615"],
        ["qword from a number", qword(9007199254740991), "qword:9007199254740991"],
        ["qword from decimal text", qword("18446744073709551615"), "qword:18446744073709551615"],
        ["qword from hex text", qword("0xFFFFFFFFFFFFFFFF"), "qword:18446744073709551615"],
        ["string", string("a:b/c"), "string:a:b/c"],
        ["empty string", string(""), "string:"],
        ["expand", expand("%windir%\\x"), "expand:%windir%\\x"],
        ["multi", multi(['a"b', "c\\d", "\n", "\u00e9", "\u{1f600}"]), 'multi:["a\\"b","c\\\\d","\\u000a","\\u00e9","\\ud83d\\ude00"]'],
        ["empty multi", multi([]), "multi:[]"],
        ["binary from bytes", binary(new Uint8Array([0, 10, 255])), "binary:000aff"],
        ["binary from hex", binary("0A ff"), "binary:0aff"],
        ["absent", absent, "absent"],
    ];
    for (const [name, made, expected] of table) {
        it(name, () => assert.equal(made, expected));
    }
});

describe("desired values: what cannot be made", () => {
    const table: [string, string, RegExp][] = [
        ["dword below 0", dword(-1), /dword must be 0 to 4294967295; received -1\. Unsigned, this is 4294967295\./],
        ["dword far below 0", dword(-2147483649), /dword must be 0 to 4294967295; received -2147483649\.$/],
        ["dword too large", dword(4294967296), /dword must be 0 to 4294967295; received 4294967296/],
        ["dword with a fraction", dword(1.5), /dword needs a whole number .* received 1\.5/],
        ["dword that is no number", dword(NaN), /dword needs a whole number .* received NaN/],
        ["0 or nonzero", dwordOrNonzero(0), /contradicts itself/],
        ["qword too large", qword(18446744073709551616n), /qword must be 0 to 18446744073709551615/],
        ["qword below 0", qword(-1n), /Unsigned, this is 18446744073709551615/],
        ["qword from an inexact number", qword(2 ** 53), /no longer exact: pass a bigint/],
        ["qword from words", qword("ten"), /qword needs a whole number .* received "ten"/],
        ["string with NUL", string("a\0b"), /NUL/],
        ["string with half a pair", string("\ud800"), /surrogate/],
        ["multi with an empty string", multi(["a", ""]), /empty string.*Leave the empty string out/],
        ["multi with nothing but an empty string", multi([""]), /empty string.*Write multi:\[\] for the empty list/],
        ["string from a number", string(5 as never), /^string needs text; received 5\.$/],
        ["string from an output", string({} as never), /^string needs text; received an object\. An output goes in like this: output\.apply\(string\)\.$/],
        ["multi from a text", multi("a" as never), /^multi needs an array of strings; received "a"\.$/],
        ["multi with a hole", multi([, "a"] as never), /^multi needs text; received undefined\.$/],
        ["binary from nothing", binary(undefined as never), /^binary needs text; received undefined\.$/],
        ["dword from nothing", dword(undefined as never), /^dword needs a whole number/],
        ["dword from a text", dword("1" as never), /^dword needs a number; received the text "1"\. Write dword\(Number\(\.\.\.\)\)/],
        ["dword or nonzero from a text", dwordOrNonzero("0x1" as never), /^dwordOrNonzero needs a number; received the text "0x1"/],
        ["binary with half a byte", binary("abc"), /binary needs pairs of hex digits; received "abc"/],
    ];
    for (const [name, made, expected] of table) {
        it(name, () => assert.match(checkDesired(made) ?? "", expected));
    }
});

describe("desired values: the check", () => {
    it("refuses what only hosts report", () => {
        assert.match(checkDesired("none:") ?? "", /cannot be desired/);
        assert.match(checkDesired("unknown:denied") ?? "", /cannot be desired/);
        assert.match(checkDesired("hex(4):0100000000000000") ?? "", /"hex\(4\):" is what a host reports and cannot be desired/);
        assert.equal(checkDesired("absent"), undefined);
    });

    it("throws for no text", () => {
        fc.assert(fc.property(fc.string(), (text) => assert.ok(["string", "undefined"].includes(typeof checkDesired(text)))));
    });
});
