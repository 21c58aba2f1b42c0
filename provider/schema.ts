// The package's schema, and what of it the provider needs itself. What npm has to know too stands in package.json alone.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { brotliDecompressSync } from "node:zlib";
import { pulumi, version } from "../package.json";
import type components from "./components.json";
import type ownSchema from "./schema.json";

export { version };

interface Property {
    type: "string" | "boolean" | "array" | "object";
    secret?: boolean;
}
interface Schema {
    name: string;
    resources: { [token: string]: { inputProperties: { [name: string]: Property }; requiredInputs: string[]; properties: { [name: string]: { secret?: boolean } } } };
}

/** Inputs and outputs of one resource type. */
export interface Shape {
    inputs: { [name: string]: Property };
    required: string[];
    /** What is no input. */
    outputs: string[];
    /** Inputs and outputs that are never in clear. */
    secrets: string[];
}

/** The package has them compressed. */
function read<T>(name: string): T {
    const file = join(__dirname, name);
    const text = existsSync(file) ? readFileSync(file, "utf8") : brotliDecompressSync(readFileSync(`${file}.br`)).toString("utf8");
    return JSON.parse(text) as T;
}

const schema = read<typeof ownSchema>("schema.json");

/** With the components, which `npm run schema` writes from their classes, and which few runs need. */
export function wholeSchema() {
    const { types, resources } = read<typeof components>("components.json");
    return { ...schema, types: { ...schema.types, ...types }, resources: { ...schema.resources, ...resources } };
}

/** As it is handed out. The CLI downloads the plugin from where package.json says. */
export function schemaText(): string {
    return JSON.stringify({ ...wholeSchema(), version, pluginDownloadURL: (pulumi as { server?: string }).server });
}

export const { name, resources } = schema as unknown as Schema;

/** The shape of a resource type by its token. */
export function shapeOf(token: string): Shape {
    const described = resources[token];
    if (!described) throw new Error(`the schema has no resource type ${token}`);
    const { inputProperties: inputs, requiredInputs: required, properties } = described;
    const secrets = Object.keys(properties).filter(property => properties[property]!.secret);
    return { inputs, required, secrets, outputs: Object.keys(properties).filter(property => !(property in inputs)) };
}
