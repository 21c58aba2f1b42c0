// The package's schema, and what of it the provider needs itself.
import { readFileSync } from "node:fs";
import { join } from "node:path";

interface Property {
    type: "string" | "boolean" | "array";
}
interface Schema {
    name: string;
    version: string;
    resources: { [token: string]: { inputProperties: { [name: string]: Property }; requiredInputs: string[]; properties: object } };
}

/** Inputs and outputs of one resource type. */
export interface Shape {
    inputs: { [name: string]: Property };
    required: string[];
    /** What is no input. */
    outputs: string[];
}

/** As it is handed out. */
export const schemaText = readFileSync(join(__dirname, "schema.json"), "utf8");

export const { name, version, resources } = JSON.parse(schemaText) as Schema;

/** The shape of a resource type by its token. */
export function shapeOf(token: string): Shape {
    const described = resources[token];
    if (!described) throw new Error(`the schema has no resource type ${token}`);
    const { inputProperties: inputs, requiredInputs: required, properties } = described;
    return { inputs, required, outputs: Object.keys(properties).filter(property => !(property in inputs)) };
}
