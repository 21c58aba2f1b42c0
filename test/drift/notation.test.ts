import assert from "node:assert/strict";
import fc from "fast-check";
import { absent, binary, checkDesired, dword, qword } from "../../drift/desired";
import { formatNotation, isAsDesired, normaliseNotation, parseNotation } from "../../drift/notation";

const texts = fc.string({ unit: "binary" });
const found = fc.oneof(
    fc.nat({ max: 0xffffffff }).map(dword),
    fc.bigInt({ min: 0n, max: 0xffffffffffffffffn }).map(qword),
    texts.map((text) => `string:${text}`),
    texts.map((text) => `expand:${text}`),
    fc.array(texts).map((data) => formatNotation({ kind: "multi", data })),
    fc.uint8Array().map(binary),
    fc.uint8Array().map((bytes) => `hex(4):${Buffer.from(bytes).toString("hex")}`),
    fc.uint8Array().map((bytes) => `hex(b):${Buffer.from(bytes).toString("hex")}`),
    fc.constant(absent),
);

describe("notation: forms people write", () => {
    const table: [string, string][] = [
        ["dword:0x1F", "dword:31"],
        ["DWORD: 31 ", "dword:31"],
        ["dword:0xFFFFFFFF", "dword:4294967295"],
        ["dword:0x1 or nonzero", "dword:1 or nonzero"],
        ["qword:0xffffffffffffffff", "qword:18446744073709551615"],
        ["binary:0A,FF 01-02", "binary:0aff0102"],
        ['multi: [ "a", "\\u00E9\\n" ]', 'multi:["a","\\u00e9\\u000a"]'],
        ["Absent", "absent"],
        ["string: kept as it is ", "string: kept as it is "],
        ["none:0A", "none:0a"],
        ["HEX(B): 01,00", "hex(b):0100"],
        ["unknown:denied", "unknown:denied"],
    ];
    for (const [written, canonical] of table) {
        it(written, () => assert.equal(normaliseNotation(written), canonical));
    }

    const refused: [string, RegExp][] = [
        ["dword:", /needs a whole number/],
        ["dword:00000010", /ambiguous.*0x00000010/],
        ["dword:4294967296", /0 to 4294967295/],
        ["dword:1 or zero", /needs a whole number/],
        ["qword:1e3", /needs a whole number/],
        ["binary:0", /pairs of hex digits/],
        ["hex(4):0", /pairs of hex digits/],
        ["hex(7):00", /Not a value notation/],
        ["binary:00,", /pairs of hex digits/],
        ['multi:["a",1]', /JSON array of strings/],
        ["multi:a", /JSON array of strings/],
        ["text", /Not a value notation: "text"\. Write dword:1/],
        ["absent:", /Not a value notation/],
        ["", /Not a value notation/],
    ];
    for (const [written, message] of refused) {
        it(`refuses ${JSON.stringify(written)}`, () => {
            assert.throws(() => parseNotation(written), message);
            assert.match(checkDesired(written) ?? "", message);
        });
    }
});

describe("notation: comparison", () => {
    const table: [string, string, boolean][] = [
        ["dword:1", "dword:1", true],
        ["dword:4294967295", "dword:1", false],
        ["dword:4294967295", "dword:1 or nonzero", true],
        ["dword:0", "dword:1 or nonzero", false],
        ["qword:1", "dword:1 or nonzero", false],
        ["absent", "dword:1 or nonzero", false],
        ["absent", "absent", true],
        ["string:a", "expand:a", false],
        ["string:a", "string:A", false],
        ['multi:[""]', "multi:[]", true],
        ["multi:[]", 'multi:[""]', true],
        ['multi:["",""]', "multi:[]", false],
        ["string:", "multi:[]", false],
        ["hex(4):01000000", "dword:1", false],
        ["hex(4):0100000000000000", "dword:1 or nonzero", false],
        ["unknown:not loaded", "absent", false],
        ["unknown:denied", "absent", false],
        ["unknown:denied", "unknown:denied", false],
    ];
    for (const [is, should, expected] of table) {
        it(`${is} for ${should}: ${expected}`, () => assert.equal(isAsDesired(is, should), expected));
    }
});

describe("notation: properties", () => {
    it("every dword and qword comes back", () => {
        fc.assert(
            fc.property(fc.nat({ max: 0xffffffff }), (n) =>
                assert.deepEqual(parseNotation(dword(n)), { kind: "dword", data: n, orNonzero: false }),
            ),
        );
        fc.assert(
            fc.property(fc.bigInt({ min: 0n, max: 0xffffffffffffffffn }), (n) => {
                assert.deepEqual(parseNotation(qword(n)), { kind: "qword", data: n });
                assert.equal(normaliseNotation(`qword:0x${n.toString(16)}`), `qword:${n}`);
            }),
        );
    });

    it("a canonical notation stays as it is, and equals only itself, and an empty list its other form", () => {
        const meaning = (notation: string): string => (notation === 'multi:[""]' ? "multi:[]" : notation);
        fc.assert(
            fc.property(found, found, (a, b) => {
                assert.equal(normaliseNotation(a), a);
                assert.equal(isAsDesired(a, b), meaning(a) === meaning(b));
                assert.equal(isAsDesired(a, a), true);
            }),
        );
    });

    it("lists keep their strings, in ASCII", () => {
        fc.assert(
            fc.property(fc.array(texts), (data) => {
                const notation = formatNotation({ kind: "multi", data });
                assert.match(notation, /^[\x20-\x7f]*$/);
                assert.deepEqual(parseNotation(notation), { kind: "multi", data });
            }),
        );
    });
});
