// The package's schema and the provider's tables name the same things, and the schema is whole in itself.
import * as assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { functions } from "../../provider/functions";
import { resources } from "../../provider/resources";
import { wholeSchema } from "../../provider/schema";
import schema from "../../provider/schema.json";

interface Property {
    description?: string;
    $ref?: string;
    items?: { $ref?: string; type?: string };
    willReplaceOnChanges?: boolean;
    replaceOnChanges?: boolean;
}
type Properties = { [name: string]: Property };
/** What it is, its properties, and the names of those that are always there. */
type Shape = [string, Properties, string[]];

describe("provider: schema", () => {
    const shapes: Shape[] = [
        ...Object.entries(schema.types).map(([name, { properties, required }]): Shape => [name, properties, required]),
        ...Object.entries(schema.resources).flatMap(([name, { inputProperties, requiredInputs, properties, required }]): Shape[] => [
            [`${name}, inputs`, inputProperties, requiredInputs],
            [`${name}, outputs`, properties, required],
        ]),
        ...Object.entries(schema.functions).flatMap(([name, { inputs, outputs }]): Shape[] => [
            [`${name}, arguments`, inputs.properties, "required" in inputs ? inputs.required : []],
            [`${name}, result`, outputs.properties, outputs.required],
        ]),
    ];

    it("names the resource types and functions that the provider has", () => {
        assert.deepEqual(Object.keys(schema.resources).sort(), Object.keys(resources).sort());
        assert.deepEqual(Object.keys(schema.functions).sort(), Object.keys(functions).sort());
    });

    for (const [name, properties, required] of shapes) {
        it(`describes every property: ${name}`, () => {
            for (const [property, { description, $ref, items }] of Object.entries(properties)) {
                assert.ok(description, property);
                const type = ($ref ?? items?.$ref)?.replace("#/types/", "");
                assert.ok(type === undefined || type in schema.types, type);
            }
            assert.deepEqual(required.filter(property => !(property in properties)), []);
        });
    }

    it("tells of every input that it is an output too, and the same about replacements", () => {
        for (const [token, { inputProperties, properties }] of Object.entries(schema.resources)) {
            for (const [property, input] of Object.entries(inputProperties as Properties)) {
                const output = (properties as Properties)[property];
                assert.deepEqual(
                    [output?.description, output?.replaceOnChanges],
                    [input.description, input.willReplaceOnChanges],
                    `${token}.${property}`,
                );
            }
        }
    });

    it("is the one that the changelog tells of: who changes it says there what breaks, and writes its hash", () => {
        const [, noted] = /^Schema of the provider: `([0-9a-f]{12})`\.$/m.exec(readFileSync("CHANGELOG.md", "utf8")) ?? [];
        const hash = createHash("sha256").update(JSON.stringify(wholeSchema())).digest("hex").slice(0, 12);
        assert.equal(noted, hash, "the first line of its form in CHANGELOG.md");
    });
});
