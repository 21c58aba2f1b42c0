import assert from "node:assert/strict";
import { checkDeclaration, checkRun, listByKey, listValues, normaliseTree } from "../../drift/document";
import type { Declaration } from "../../drift/types";
import { declare, key } from "./support/host";

function properties(declaration: Partial<Record<keyof Declaration, unknown>>, property?: string): string[] {
    return checkDeclaration({ ...declare("tls", { A: "dword:1" }), ...declaration } as Declaration, property).map(
        (problem) => problem.property,
    );
}

describe("document: bad input", () => {
    it("is content with a good declaration", () => assert.deepEqual(checkDeclaration(declare("tls-1", { A: "dword:1" })), []));
    it("lets a document be empty, so that it lets go of its values", () => assert.deepEqual(properties({ desired: {} }), []));

    const table: [string, Partial<Record<keyof Declaration, unknown>>, string, RegExp][] = [
        ["an id with capitals", { id: "TLS" }, "id", /1 to 64 characters of a-z, 0-9 and "-"; received "TLS"/],
        ["an empty id", { id: "" }, "id", /received ""/],
        ["a long id", { id: "a".repeat(65) }, "id", /1 to 64/],
        ["an id that is no text", { id: 5 }, "id", /received 5/],
        ["another kind", { kind: "file" }, "kind", /"registry"; received "file"/],
        ["no resource", { resource: "" }, "resource", /URN/],
        ["another onDestroy", { onDestroy: "delete" }, "onDestroy", /"retain" or "restore"; received "delete"/],
        ["values that are no object", { desired: ["x"] }, "desired", /object of keys; received an array/],
        ["no values at all", { desired: undefined }, "desired", /received undefined/],
        [
            "a key that is no object",
            { desired: { [key]: "dword:1" } },
            `desired["HKLM\\\\SOFTWARE\\\\Contoso"]`,
            /values by name.*received "dword:1"/,
        ],
        ["a key without values", { desired: { [key]: {} } }, `desired["HKLM\\\\SOFTWARE\\\\Contoso"]`, /without values is not managed/],
        ["a bad key", { desired: { "HKCU\\X": { A: "dword:1" } } }, `desired["HKCU\\\\X"]`, /account that logs on/],
        ["a bad name", { desired: { [key]: { "": "dword:1" } } }, `desired["HKLM\\\\SOFTWARE\\\\Contoso"][""]`, /\(default\)/],
        [
            "a value that is no text",
            { desired: { [key]: { A: 1 } } },
            `desired["HKLM\\\\SOFTWARE\\\\Contoso"]["A"]`,
            /dword\(1\); received 1/,
        ],
        [
            "a bad notation",
            { desired: { [key]: { A: "dword:x" } } },
            `desired["HKLM\\\\SOFTWARE\\\\Contoso"]["A"]`,
            /whole number.*received "x"/,
        ],
        [
            "one value twice",
            { desired: { [key]: { A: "dword:1", a: "dword:1" } } },
            `desired["HKLM\\\\SOFTWARE\\\\Contoso"]["a"]`,
            /declared as .*Contoso\\\\A" too/,
        ],
    ];
    for (const [name, declaration, property, message] of table) {
        it(`refuses ${name}`, () => {
            const problems = checkDeclaration({ ...declare("tls", { A: "dword:1" }), ...declaration } as Declaration);
            assert.deepEqual(
                problems.map((problem) => problem.property),
                [property],
            );
            assert.match(problems[0]!.message, message);
        });
    }

    it("sees one value in two spellings of the 32-bit view", () => {
        const desired = { "HKLM32\\SOFTWARE\\X": { A: "dword:1" }, "HKLM\\SOFTWARE\\Wow6432Node\\x": { a: "dword:2" } };
        assert.deepEqual(properties({ desired }), ['desired["HKLM\\\\SOFTWARE\\\\Wow6432Node\\\\x"]["a"]']);
    });

    it("names all problems at once, with the user's word for the values", () => {
        const desired = { "HKLM\\": { A: "dword:-1", B: "x" }, [key]: { C: "none:", D: "dword:1" } };
        assert.deepEqual(properties({ id: "A B", onDestroy: "", desired }, "values"), [
            "id",
            "onDestroy",
            'values["HKLM\\\\"]',
            'values["HKLM\\\\"]["A"]',
            'values["HKLM\\\\"]["B"]',
            'values["HKLM\\\\SOFTWARE\\\\Contoso"]["C"]',
        ]);
    });
});

describe("document: a run", () => {
    it("is content with different documents", () =>
        assert.deepEqual(checkRun([declare("x", { A: "dword:1" }), declare("y", { B: "dword:1" })]), []));

    it("refuses one id twice, naming both components", () => {
        const twice = [declare("x", { A: "dword:1" }, { resource: "urn:1" }), declare("x", { B: "dword:1" }, { resource: "urn:2" })];
        assert.deepEqual(checkRun(twice), [
            { property: "id", message: 'Two documents of one host have the id "x": urn:1 and urn:2. Give one of them another.' },
        ]);
    });

    it("refuses one value in two documents, however it is spelled, naming both", () => {
        const run = [
            declare("x", { A: "dword:1", B: "dword:1" }),
            declare("y", {}, { desired: { [key.toLowerCase()]: { a: "dword:1", b: "dword:1", c: "dword:1" } } }),
        ];
        assert.deepEqual(checkRun(run), [
            {
                property: "desired",
                message:
                    'The documents "x" (urn:x) and "y" (urn:y) both declare 2 values: HKLM\\software\\contoso (a, b). ' +
                    "Leave each value in one of them.",
            },
        ]);
    });

    it("leaves bad values to checkDeclaration", () => assert.deepEqual(checkRun([declare("x", { A: "?" }), declare("y", { A: "?" })]), []));
});

describe("document: normalised", () => {
    it("has canonical keys and values, one spelling a key, in order", () => {
        const tree = {
            "HKLM:\\SOFTWARE\\b": { z: "dword:0x2", A: "absent" },
            "HKEY_LOCAL_MACHINE\\SOFTWARE\\A": { n: "binary:0A" },
            "hklm\\software\\B": { m: "string:x" },
        };
        const normal = normaliseTree(tree);
        assert.deepEqual(
            Object.entries(normal).map(([path, names]) => [path, Object.entries(names)]),
            [
                ["HKLM\\SOFTWARE\\A", [["n", "binary:0a"]]],
                [
                    "HKLM\\SOFTWARE\\b",
                    [
                        ["A", "absent"],
                        ["m", "string:x"],
                        ["z", "dword:2"],
                    ],
                ],
            ],
        );
        assert.deepEqual(normaliseTree(normal), normal);
    });

    it("orders numbers as text, and takes any name", () => {
        const names = JSON.parse('{ "9": "dword:1", "10": "dword:1", "__proto__": "dword:1" }') as Record<string, string>;
        assert.deepEqual(
            listValues({ [key]: names }).map((value) => value.name),
            ["10", "9", "__proto__"],
        );
        assert.deepEqual(Object.keys(normaliseTree({ [key]: names })[key]!), ["9", "10", "__proto__"]);
    });

    it("throws for what was not checked", () =>
        assert.throws(() => normaliseTree({ [key]: { A: "?" } }), /TypeError: desired\["HKLM.*"\]\["A"\]: Not a value notation/));
});

describe("values in a message", () => {
    const values = (key: string, ...names: string[]) => names.map((name) => ({ key, name }));
    it("one by its path, more by their number and the first ones, by key", () => {
        assert.equal(listByKey(values("HKLM\\A", "x")), "HKLM\\A\\x");
        assert.equal(listByKey([...values("HKLM\\A", "x", "y"), ...values("HKLM\\B", "z")]), "3 values: HKLM\\A (x, y), HKLM\\B (z)");
        const many = ["A", "B", "C", "D"].flatMap((key) => values(`HKLM\\${key}`, "1", "2", "3", "4", "5"));
        assert.equal(listByKey(many), "20 values: HKLM\\A (1, 2, 3, 4, 1 more), HKLM\\B (1, 2, 3, 4, 1 more) and those of 2 more keys");
    });
});
