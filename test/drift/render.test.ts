import assert from "node:assert/strict";
import fc from "fast-check";
import { checkSize, notObserved, renderStdin, stdinLimit, toAsciiJson } from "../../drift/render";
import type { Json } from "../../drift/json";
import { context, declare, key } from "./support/host";

/** As hosts do: an array of strings stands for their concatenation. */
function joined(value: unknown): unknown {
    if (Array.isArray(value)) {
        return value.map(joined).join("");
    }
    return typeof value === "object" && value !== null
        ? Object.fromEntries(Object.entries(value).map(([name, member]) => [name, joined(member)]))
        : value;
}

describe("render: the document", () => {
    it("is as the protocol has it", () => {
        const declaration = declare(
            "tls",
            {},
            { desired: { "HKLM\\SOFTWARE\\b": { "10": "dword:1", "9": "string:\u00e9\n" }, "HKLM\\SOFTWARE\\A": { X: "dword:0" } } },
        );
        const drift = [{ path: "HKLM\\SOFTWARE\\A", name: "X", found: "absent", desired: "dword:0" }];
        const handed = [{ key: "HKLM\\SOFTWARE\\Old", name: "Y", id: "", notation: "" }];
        const stdin = renderStdin(
            declaration,
            context({ takeOverFrom: "shop.old" }),
            { member: "drift seen", time: "2026-11-22T08:30:00.123Z", drift },
            handed,
        );
        assert.equal(
            stdin,
            String.raw`{
  "document": "tls",
  "kind": "registry",
  "owner": "shop.prod",
  "protocol": 1,
  "resource": "urn:tls",
  "desired": {
    "HKLM\\SOFTWARE\\A": {
      "X": "dword:0"
    },
    "HKLM\\SOFTWARE\\b": {
      "10": "dword:1",
      "9": "string:\u00e9\u000a"
    }
  },
  "handed": {
    "HKLM\\SOFTWARE\\Old": [
      "Y"
    ]
  },
  "takeOverFrom": "shop.old",
  "drift seen 2026-11-22T08:30:00.123Z": {
    "HKLM\\SOFTWARE\\A": {
      "X": "absent -> dword:0"
    }
  },
  "onDestroy": "retain"
}`,
        );
    });

    it("is the same text for every order and spelling of the declaration", () => {
        const timed = { member: "changed", time: "2026-11-22T08:30:00.123Z", why: "desired" } as const;
        const names = fc.uniqueArray(fc.stringMatching(/^[A-Za-z0-9]{1,6}$/), { selector: (name) => name.toUpperCase(), minLength: 1 });
        fc.assert(
            fc.property(names, fc.infiniteStream(fc.nat()), (list, order) => {
                const render = (some: string[]): string =>
                    renderStdin(declare("x", Object.fromEntries(some.map((name) => [name, "dword:1"]))), context(), timed);
                const shuffled = list
                    .map((name) => ({ name, at: order.next().value as number }))
                    .sort((a, b) => a.at - b.at)
                    .map(({ name }) => name);
                assert.equal(render(shuffled), render(list));
            }),
        );
    });

    it("of a host that was not observed has no time, and Set refuses it", () => {
        const stdin = JSON.parse(notObserved(declare("tls", { A: "dword:1" }), context())) as Record<string, unknown>;
        assert.equal(typeof stdin["not observed"], "string");
        assert.deepEqual(
            Object.keys(stdin).filter((member) => /\d{4}-/.test(member)),
            [],
        );
        assert.deepEqual(stdin["desired"], { [key]: { A: "dword:1" } });
    });

    it("shortens long values in the drift block only", () => {
        const found = `binary:${"ab".repeat(5000)}`;
        const declaration = declare("x", { A: `string:${"c".repeat(5000)}` });
        const drift = [{ path: key, name: "A", found, desired: "dword:1" }];
        const stdin = joined(JSON.parse(renderStdin(declaration, context(), { member: "drift seen", time: "T", drift }))) as Record<
            string,
            Record<string, Record<string, string>>
        >;
        assert.equal(stdin["drift seen T"]![key]!["A"], `binary:${"ab".repeat(500)}... -> dword:1 (10007 and 7 characters)`);
        assert.equal(stdin["desired"]![key]!["A"], `string:${"c".repeat(5000)}`);
    });

    it("may be as large as its record, and no larger", () => {
        assert.equal(checkSize(declare("x", {}), "a".repeat(stdinLimit)), undefined);
        assert.match(
            checkSize(declare("x", {}), "a".repeat(stdinLimit + 1)) ?? "",
            /document "x" \(urn:x\) is too large: 131,048 characters/,
        );
        assert.equal(`2026-11-22T08:30:00.123Z\n${"a".repeat(stdinLimit)}`.length, 131072);
    });
});

describe("render: JSON", () => {
    const text = fc.oneof(fc.string({ unit: "binary" }), fc.string({ unit: "binary", minLength: 2000, maxLength: 9000, size: "max" }));
    const name = fc.string({ unit: "binary", maxLength: 50 });
    const { tree } = fc.letrec<{ tree: Json }>((tie) => ({
        tree: fc.oneof(
            { maxDepth: 4 },
            text,
            fc.integer(),
            fc.boolean(),
            fc.constant(null),
            fc.dictionary(name, tie("tree"), { maxKeys: 4 }),
        ),
    }));

    it("parses back, is ASCII, and keeps its lines short", () => {
        fc.assert(
            fc.property(tree, (value) => {
                const json = toAsciiJson(value);
                assert.match(json, /^[\x20-\x7f\n]*$/);
                assert.ok(json.split("\n").every((line) => line.length <= 4000));
                assert.deepEqual(joined(JSON.parse(json)), joined(JSON.parse(JSON.stringify(value))));
            }),
            { numRuns: 60 },
        );
    });

    it("uses lines up to the limit and not beyond", () => {
        const line = (length: number): string => toAsciiJson({ a: "x".repeat(length) }).split("\n")[1]!;
        assert.equal(line(3990).length, 3999);
        assert.equal(line(3991), '  "a": [');
    });

    it("never leaves a short rest that could be a time, nor half a pair", () => {
        const parsed = JSON.parse(toAsciiJson({ a: "\u{1f600}".repeat(2001) + "2026-11-22T08:30:00.123Z" })) as { a: string[] };
        assert.ok(parsed.a.every((part) => part.length > 100 && !/\p{Surrogate}/u.test(part)));
    });

    it("keeps the order of a Map and a member called __proto__", () => {
        assert.equal(
            toAsciiJson(
                new Map<string, Json>([
                    ["10", 1],
                    ["9", []],
                    ["__proto__", {}],
                ]),
            ),
            '{\n  "10": 1,\n  "9": [],\n  "__proto__": {}\n}',
        );
    });

    it("refuses a name that fits on no line", () =>
        assert.throws(() => toAsciiJson({ ["x".repeat(4000)]: 1 }), /RangeError: A name of 4000 characters/));
});
