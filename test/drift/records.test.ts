import assert from "node:assert/strict";
import fc from "fast-check";
import { isOurs, parseDocumentRecord, parseRecords, parseValueRecord } from "../../drift/records";
import { documentRecord, idOf, key, valueRecord } from "./support/host";

const place = { key, name: "A" };
const at = "HKLM\\SOFTWARE\\CONTOSO\\\\A";

describe("records: of a value", () => {
    it("is read as the host wrote it", () => {
        const data =
            '{"original":"absent","written":"dword:1","writing":"","owner":"shop.prod","document":"tls",' +
            '"repairs":["2026-11-20T10:00:00.000Z absent -> dword:1"]}';
        assert.deepEqual(parseValueRecord(place, data), {
            key,
            name: "A",
            original: "absent",
            written: "dword:1",
            writing: "",
            owner: "shop.prod",
            document: "tls",
            repairs: ["2026-11-20T10:00:00.000Z absent -> dword:1"],
            real: true,
        });
    });

    for (const [name, more] of Object.entries<Record<string, unknown>>({
        "an original that nobody knows": { original: "unknown" },
        "an original of a type that cannot be desired": { original: "none:0aff" },
        "an original of a wrong size": { original: "hex(4):0100000000000000" },
        "a loose value": { written: "dword:1 or nonzero", writing: "dword:1 or nonzero" },
        "a released value": { owner: "", document: "" },
    })) {
        it(`takes ${name}`, () => assert.ok(parseValueRecord(place, valueRecord(more))));
    }

    for (const [name, data] of Object.entries({
        "an empty text": "",
        "a cut text": valueRecord().slice(0, -1),
        "a list": "[]",
        "what the host could not read": "unknown:denied",
        "an original that is no notation": valueRecord({ original: "" }),
        "an original that could not be read": valueRecord({ original: "unknown:denied" }),
        "a notation that is not canonical": valueRecord({ written: "dword:0x1" }),
        "a number": valueRecord({ writing: 1 }),
        "a missing member": valueRecord({ written: undefined }),
        "an owner without document": valueRecord({ document: "" }),
        "a document without owner": valueRecord({ owner: "" }),
        "repairs that are no texts": valueRecord({ repairs: [1] }),
        "no repairs": valueRecord({ repairs: undefined }),
    })) {
        it(`counts ${name} as damaged`, () => assert.equal(parseValueRecord(place, data), undefined));
    }

    it("says what is ours", () => {
        const ours = (found: string, more: Record<string, unknown>): boolean => isOurs(found, parseValueRecord(place, valueRecord(more))!);
        assert.equal(ours("dword:1", {}), true);
        assert.equal(ours("dword:2", { writing: "dword:2" }), true);
        assert.equal(ours("dword:3", { writing: "dword:2" }), false);
        assert.equal(ours("absent", { written: "", writing: "" }), false);
        assert.equal(ours("absent", { written: "absent" }), true);
        assert.equal(ours('multi:[""]', { written: "multi:[]" }), true);
        assert.equal(ours("multi:[]", { written: 'multi:[""]' }), true);
        assert.equal(ours("dword:7", { written: "dword:1 or nonzero" }), true);
    });
});

describe("records: of a document", () => {
    it("is read from the stdin that was enforced", () => {
        const record = parseDocumentRecord("shop.prod/tls", documentRecord({ A: "dword:1" }))!;
        assert.equal(record.writtenAt, "2026-11-20T10:00:00.000Z");
        assert.equal(record.time, "2026-11-20T09:59:58.000Z");
        assert.equal(`${record.writtenAt}\n${record.stdin}`, documentRecord({ A: "dword:1" }));
        assert.deepEqual([...record.desired], [[at, { key, name: "A", notation: "dword:1" }]]);
    });

    it("joins a long value", () => {
        const data = documentRecord({}).replace(
            '"HKLM\\\\SOFTWARE\\\\Contoso": {}',
            '"HKLM\\\\SOFTWARE\\\\Contoso": { "A": ["string:a", "b"] }',
        );
        assert.equal(parseDocumentRecord("shop.prod/tls", data)!.desired.get(at)!.notation, "string:ab");
    });

    it("keeps the name that the registry kept, whose case does not count", () =>
        assert.ok(parseDocumentRecord("SHOP.prod/TLS", documentRecord({ A: "dword:1" }))));

    for (const [name, data] of Object.entries({
        "a record without time": documentRecord({ A: "dword:1" }).slice(25),
        "a time that is none": documentRecord({ A: "dword:1" }, {}, "2026-13-20T10:00:00.000Z"),
        "a blank after the time": documentRecord({ A: "dword:1" }).replace("Z\n", "Z \n"),
        "a key that is none": documentRecord({ A: "dword:1" }).replace("HKLM\\\\SOFTWARE", "HKLX\\\\SOFTWARE"),
        "a name that is none": documentRecord({ "": "dword:1" }),
        "a resource of two lines": documentRecord({ A: "dword:1" }, { resource: "urn:a\nb" }),
        "a cut record": documentRecord({ A: "dword:1" }).slice(0, -1),
        "what the host could not read": "unknown:type",
        "another document's text": documentRecord({ A: "dword:1" }, { document: "x" }),
        "another owner's text": documentRecord({ A: "dword:1" }, { owner: "shop.test" }),
        "a text without resource": documentRecord({ A: "dword:1" }, { resource: undefined }),
        "a text without desired": documentRecord({ A: "dword:1" }, { desired: undefined }),
        "a value that is no notation": documentRecord({ A: "1" }),
        "a value that could not be read": documentRecord({ A: "unknown:denied" }),
        "a value that cannot be desired": documentRecord({ A: "none:0a" }),
        "a value of a wrong size": documentRecord({ A: "hex(4):0a" }),
        "one value twice": documentRecord({ A: "dword:1", a: "dword:1" }),
    })) {
        it(`counts ${name} as missing`, () => assert.equal(parseDocumentRecord("shop.prod/tls", data), undefined));
    }
});

describe("records: rule 3", () => {
    const older = documentRecord({ A: "dword:1" }, { document: "x", owner: "shop.test" }, "2026-11-20T10:00:00.000Z");
    const newer = documentRecord({ A: "dword:2" }, { document: "y" }, "2026-11-20T10:00:00.001Z");
    const supplied = {
        key,
        name: "A",
        original: "unknown",
        written: "dword:2",
        writing: "",
        owner: "shop.prod",
        document: "y",
        repairs: [],
        real: false,
    };

    it("supplies a lost record from the newest document record that names the value", () => {
        for (const documents of [
            { "shop.test/x": older, "shop.prod/y": newer },
            { "shop.prod/y": newer, "shop.test/x": older },
        ]) {
            assert.deepEqual(parseRecords({ values: {}, documents }).values.get(at), supplied);
        }
    });

    it("supplies a damaged one too, and knows the value under any spelling", () => {
        const values = { "hklm\\software\\contoso\\\\a": "{" };
        assert.deepEqual(parseRecords({ values, documents: { "shop.prod/y": newer } }).values.get(at), supplied);
    });

    it("leaves a record that is there, though released", () => {
        const values = { [idOf("A")]: valueRecord({ owner: "", document: "" }) };
        assert.equal(parseRecords({ values, documents: { "shop.prod/y": newer } }).values.get(at)!.owner, "");
    });

    it("has nothing for a damaged record that no document names", () => {
        assert.equal(parseRecords({ values: { [idOf("A")]: "{" }, documents: { "shop.prod/y": "{" } }).values.size, 0);
    });

    it("prefers the record that somebody owns where there are two", () => {
        const released = valueRecord({ owner: "", document: "" });
        for (const values of [
            { [idOf("A")]: valueRecord(), [idOf("a")]: released },
            { [idOf("a")]: released, [idOf("A")]: valueRecord() },
        ]) {
            assert.equal(parseRecords({ values, documents: {} }).values.get(at)!.owner, "shop.prod");
        }
    });

    it("no text makes it throw", () => {
        const damaged = fc.oneof(
            fc.string(),
            fc.json(),
            fc.json().map((json) => `2026-11-20T10:00:00.000Z\n${json}`),
        );
        fc.assert(
            fc.property(fc.dictionary(fc.string(), damaged), fc.dictionary(fc.string(), damaged), (values, documents) => {
                assert.equal(parseRecords({ values, documents }).documents.length, 0);
            }),
        );
    });
});
