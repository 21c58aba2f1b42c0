// How the plugin checks and completes inputs.
import { bare, isObject, isSecret, isUnknown, reveal, secret, type Properties, type Value } from "../shared/values";
import { checkAsset } from "./asset";
import { fieldsOf, type Failure, type Field, type Fields, type Kind } from "./schema";

/**
 * Checks the inputs of a resource: the result has the defaults filled in and the connection marked as secret.
 * Values that are not known yet pass.
 */
export function check(type: string, given: Properties): { inputs: Properties; failures: Failure[] } {
    const failures: Failure[] = [];
    const checked = complete(fieldsOf(type), given, "", failures);
    return { inputs: checked, failures };
}

function complete(fields: Fields, given: Properties, prefix: string, failures: Failure[]): Properties {
    const result: Properties = {};
    for (const name of Object.keys(given)) {
        // The engine's own bookkeeping, such as __defaults.
        if (fields[name] || name.startsWith("__")) continue;
        failures.push({ property: inputOf(prefix + name), reason: `${prefix}${name}: unknown property; remove it` });
    }
    for (const [name, field] of Object.entries(fields)) {
        const property = prefix + name;
        const value = given[name] ?? field.default ?? null;
        if (value === null) {
            if (field.required) failures.push({ property: inputOf(property), reason: `${property}: required property is missing; set it` });
        } else if (field.refused) {
            failures.push({ property, reason: field.refused });
        } else {
            const checked = completeValue(field, value, property, failures);
            result[name] = field.secret ? secret(checked) : checked;
        }
    }
    return result;
}

function completeValue({ kind }: Field, value: Value, property: string, failures: Failure[]): Value {
    if (kind === "asset") return checkAsset(value, property, failures);
    // What is secret and not known yet comes out of the plugin's own types: an empty text, or a connection of nothing but defaults.
    if (isUnknown(value)) return isSecret(value) ? emptyOf(kind, value) : value;
    if (typeof kind === "object") {
        // The mark on the whole is dropped here: only the connection has fields, and it is marked again.
        const object = bare(value);
        if (isObject(object)) return complete(kind, object, `${property}.`, failures);
    } else if (fits(kind, reveal(value))) {
        return kind === "whole number" ? Math.trunc(Number(reveal(value))) : value;
    }
    const expected = typeof kind === "object" ? "object" : kind;
    failures.push({ property: inputOf(property), reason: `${property}: expected a value of type ${expected}, received ${kindOf(reveal(value))}` });
    return value;
}

/** The plugin names the input, not what is inside it. */
function inputOf(property: string): string {
    return property.split(".")[0]!;
}

function emptyOf(kind: Kind, value: Value): Value {
    if (kind === "string") return secret("");
    return typeof kind === "object" ? complete(kind, {}, "", []) : value;
}

function fits(kind: Exclude<Kind, Fields | "asset">, value: Value): boolean {
    const text = (item: Value) => typeof item === "string";
    if (kind === "whole number") return typeof value === "number";
    if (kind === "list") return Array.isArray(value);
    if (kind === "strings") return Array.isArray(value) && value.every(text);
    if (kind === "text map") return isObject(value) && Object.values(value).every(text);
    return typeof value === kind;
}

function kindOf(value: Value): string {
    return Array.isArray(value) ? "list" : typeof value;
}
