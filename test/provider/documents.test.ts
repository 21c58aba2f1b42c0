// The pages of the single resources of Exchange Online have the inputs and outputs of the schema.
import * as assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import schema from "../../provider/schema.json";

interface Property {
    type: string;
    description: string;
    default?: unknown;
}
type Properties = { [name: string]: Property };

const pages = path.resolve(__dirname, "../../docs/exchange");
const types: { [type: string]: string } = { string: "text", boolean: "true or false", array: "list of texts" };

describe("provider: pages of single resources", () => {
    for (const [token, resource] of Object.entries(schema.resources).filter(([name]) => name.includes(":exchange:"))) {
        const name = token.split(":").pop()!;
        it(`has all of ${name}`, () => {
            const text = fs.readFileSync(path.join(pages, `${name[0]!.toLowerCase()}${name.slice(1)}.md`), "utf8");
            const rows = text.split("\n").filter(line => line.startsWith("| `"));
            const inputs = Object.entries(resource.inputProperties as Properties).map(([input, { type, description, default: byDefault }]) => {
                const needed = resource.requiredInputs.some(each => each === input);
                const given = needed ? "required" : byDefault === undefined ? "" : `\`${String(byDefault)}\``;
                return `| \`${input}\` | ${types[type]} | ${given} | ${description} |`;
            });
            const outputs = Object.entries(resource.properties as Properties)
                .filter(([output]) => !(output in resource.inputProperties))
                .map(([output, { type, description }]) => `| \`${output}\` | ${types[type]} | ${description} |`);
            assert.deepEqual(rows, [...inputs, ...outputs]);
            assert.match(text, /--generate-code=false/);
        });
    }
});
