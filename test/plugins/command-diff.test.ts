// The stand-in's own comparison of inputs, without a process: tables, and properties that hold for any values.
import * as assert from "node:assert/strict";
import * as fc from "fast-check";
import { diff, outputsUnknown } from "../../lab/plugins/command/diff";
import { reveal, same, secret, unknown, type Properties, type Value } from "../../lab/plugins/shared/values";

const names = ["stdin", "environment", "triggers", "connection"];
const values = fc.jsonValue({ maxDepth: 3 }) as fc.Arbitrary<Value>;
const all = fc.record(Object.fromEntries(names.map(name => [name, values])), { requiredKeys: [] });
const properties = all as fc.Arbitrary<Properties>;

describe("command stand-in: diff", () => {
    for (const [what, olds, news, expected] of [
        ["a new input", {}, { stdin: "a" }, { stdin: "ADD" }],
        ["a dropped input", { stdin: "a" }, {}, { stdin: "DELETE" }],
        ["a changed input", { stdin: "a" }, { stdin: "b" }, { stdin: "UPDATE" }],
        [
            "a member",
            { environment: { A: "1", B: "2" } },
            { environment: { A: "1", "b c": "3" } },
            { "environment.B": "DELETE", 'environment["b c"]': "ADD" },
        ],
        [
            "an item",
            { triggers: ["a", "b"] },
            { triggers: ["a", "c", "d"] },
            { "triggers[1]": "UPDATE", "triggers[2]": "ADD" },
        ],
        ["an item that is null", { environment: [] }, { environment: [null] }, { "environment[0]": "ADD" }],
        ["triggers as a whole", {}, { triggers: ["a"] }, { triggers: "ADD_REPLACE" }],
        ["inside a secret", { connection: secret({ port: 1 }) }, { connection: secret({ port: 2 }) }, { connection: "UPDATE" }],
        ["an unknown value", { stdin: "a" }, { stdin: unknown }, { stdin: "UPDATE" }],
        ["only secrecy", { stdin: "a" }, { stdin: secret("a") }, { stdin: "UPDATE" }],
        [
            "only secrecy inside a secret",
            { connection: secret({ password: "a" }) },
            { connection: secret({ password: secret("a") }) },
            { connection: "UPDATE" },
        ],
        ["an output", { stdout: "a" }, {}, {}],
    ] as [string, Properties, Properties, Record<string, string>][]) {
        it(`tells ${what}`, () => assert.deepEqual(Object.fromEntries(diff(names, olds, news).paths), expected));
    }

    it("finds nothing between equal values, whatever the order of members, and an update where one of them is a secret", () => {
        fc.assert(
            fc.property(properties, olds => {
                const news = Object.fromEntries(Object.entries(olds).map(([name, value]) => [name, reversed(value)]));
                assert.deepEqual(diff(names, olds, news), { names: [], replaces: [], paths: new Map() });
                const secrets = Object.fromEntries(Object.entries(news).map(([name, value]) => [name, secret(value)]));
                assert.deepEqual(diff(names, olds, secrets).names, names.filter(name => name in olds));
            }),
        );
    });

    it("names an input exactly where its value differs, and replaces exactly for triggers as a whole", () => {
        fc.assert(
            fc.property(properties, properties, (olds, news) => {
                const result = diff(names, olds, news);
                assert.deepEqual(result.names, names.filter(name => !same(olds[name], news[name])));
                assert.deepEqual(new Set([...result.paths.keys()].map(path => path.split(/[.[]/)[0])), new Set(result.names));
                assert.deepEqual(result.replaces, result.names.filter(name => name === "triggers" && result.paths.has(name)));
            }),
        );
    });

    it("reveals what was made secret", () => {
        fc.assert(fc.property(values, value => assert.deepEqual(reveal({ a: [secret(value)] }), { a: [value] })));
    });

    it("cannot tell the outputs where a known input changes, or one is not known", () => {
        assert.equal(outputsUnknown(names, { stdin: "a" }, { stdin: "a" }), false);
        assert.equal(outputsUnknown(names, { stdin: "a" }, { stdin: "b" }), true);
        assert.equal(outputsUnknown(names, {}, { stdin: secret(unknown) }), true);
        // The plugin's own gap: an input that is new does not count.
        assert.equal(outputsUnknown(names, {}, { stdin: "b" }), false);
    });
});

function reversed(value: Value): Value {
    if (Array.isArray(value)) return value.map(reversed);
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).reverse().map(([key, item]) => [key, reversed(item)]));
}
