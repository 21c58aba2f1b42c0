// Whether inputs have the names and types that the schema gives them. What they mean is for the resource types to check.
import { nearest } from "../../drift/nearest";
import type { Shape } from "../schema";
import { isUnknown, type Failure, type Properties, type Value } from "../values";
import { named } from "./tally";

const tableOfTexts = "a table of texts";

/** Inputs that the type does not have, that are missing, or that are of another type. What is not known yet passes. */
export function misfits({ inputs, required }: Shape, given: Properties): Failure[] {
    const names = Object.keys(inputs);
    const strange = Object.keys(given)
        .filter(property => !(property in inputs) && !property.startsWith("__"))
        .map(property => ({ property, reason: `there is no such input${meant(nearest(property, names))}. There are ${names.join(", ")}` }));
    const missing = required
        .filter(property => given[property] === undefined)
        .map(property => ({ property, reason: "missing; it is required" }));
    const mistyped = Object.entries(given).flatMap(([property, value]) => {
        const expected = expectedOf(inputs[property]?.type, value);
        return expected ? [{ property, reason: `expected ${expected}; ${received(expected, value)}` }] : [];
    });
    return [...strange, ...missing, ...mistyped];
}

function meant(name: string | undefined): string {
    return name === undefined ? "" : `; "${name}" is meant, perhaps`;
}

function expectedOf(type: Shape["inputs"][string]["type"] | undefined, value: Value): string | undefined {
    if (isUnknown(value)) return undefined;
    if (type === "string") return typeof value === "string" ? undefined : "a text";
    if (type === "boolean") return typeof value === "boolean" ? undefined : "true or false";
    if (type === "array") return Array.isArray(value) && value.every(item => typeof item === "string") ? undefined : "a list of texts";
    if (type === "object") return isTable(value) ? undefined : tableOfTexts;
    return undefined;
}

/** In a table of thousands the one line is sought that is wrong. */
function received(expected: string, value: Value): string {
    const wrong = expected === tableOfTexts && isObject(value) ? Object.keys(value).filter(name => typeof value[name] !== "string") : [];
    return wrong.length > 0 ? `the value of these is no text: ${named(wrong)}` : `received ${JSON.stringify(value)}`;
}

function isTable(value: Value): boolean {
    return isObject(value) && Object.values(value).every(item => typeof item === "string");
}

function isObject(value: Value): value is Properties {
    return typeof value === "object" && value !== null && !Array.isArray(value);
}
