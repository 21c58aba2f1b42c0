// The pages of the provider's own resources have the inputs and outputs of the schema.
import * as assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import schema from "../../provider/schema.json";

interface Property {
    type: string;
    description: string;
    default?: unknown;
    additionalProperties?: { type: string };
}
type Properties = { [name: string]: Property };

const pages = path.resolve(__dirname, "../../docs");
const types: { [type: string]: string } = { string: "text", boolean: "true or false", array: "list of texts", integer: "number" };
const tables: { [type: string]: string } = { string: "table of texts", array: "table of lists" };

function typeOf({ type, additionalProperties }: Property): string {
    return (additionalProperties ? tables[additionalProperties.type] : types[type])!;
}

describe("provider: pages of single resources", () => {
    for (const [token, resource] of Object.entries(schema.resources).filter(([name]) => !name.includes(":entra:"))) {
        const [, field = "", name = ""] = token.split(":");
        it(`has all of ${name}`, () => {
            const text = fs.readFileSync(path.join(pages, field, `${name[0]!.toLowerCase()}${name.slice(1)}.md`), "utf8");
            const rows = text.slice(text.indexOf("## Inputs and outputs")).split("\n").filter(line => line.startsWith("| `"));
            const inputs = Object.entries(resource.inputProperties as Properties).map(([input, property]) => {
                const { description, default: byDefault } = property;
                const needed = resource.requiredInputs.some(each => each === input);
                const given = needed ? "required" : byDefault === undefined ? "" : `\`${String(byDefault)}\``;
                return `| \`${input}\` | ${typeOf(property)} | ${given} | ${description} |`;
            });
            const outputs = Object.entries(resource.properties as Properties)
                .filter(([output]) => !(output in resource.inputProperties))
                .map(([output, property]) => `| \`${output}\` | ${typeOf(property)} | ${property.description} |`);
            assert.deepEqual(rows, [...inputs, ...outputs]);
            assert.match(text, /--generate-code=false|It is not imported: declare it/);
        });
    }
});
