// What a resource type takes: its inputs, checked and completed as a bridged Terraform provider does it.
import { bare, isObject, isSecret, isUnknown, reveal, secret, type Properties, type Value } from "./values";

/** One input. */
export interface Field {
    kind: "string" | "number" | "boolean" | "strings" | "text map" | Fields | [Fields];
    required?: boolean;
    /** Filled in by the check; an input that has it counts as not given. */
    default?: Value;
    /** A change replaces the resource. */
    replaces?: boolean;
    /** What is not given is whatever the service says, and is never reverted. */
    computed?: boolean;
    /** The order does not count. */
    set?: boolean;
    /** The service does not tell this one: state keeps what was given. */
    kept?: boolean;
    /** Missing from the state, when it is empty and was not given, until the first refresh. */
    late?: boolean;
    /** Must not be given together with this other input. */
    conflicts?: string;
    /** Why the text is refused, if it is. */
    invalid?: (text: string) => string | undefined;
    /** Why the stand-in does not take this input although the plugin does. */
    refused?: string;
}
export type Fields = { [name: string]: Field };

/** One input that is refused, by its path. */
export interface Failure {
    property: string;
    reason: string;
}

/** Checks inputs and fills in defaults; values that are not known yet, and secrets, pass as they are. */
export function check(fields: Fields, given: Properties): { inputs: Properties; failures: Failure[] } {
    const failures: Failure[] = [];
    return { inputs: complete(fields, given, "", failures), failures };
}

function complete(fields: Fields, given: Properties, prefix: string, failures: Failure[]): Properties {
    const result: Properties = {};
    const defaults: string[] = [];
    for (const name of Object.keys(given)) {
        if (!fields[name] && !name.startsWith("__")) failures.push({ property: prefix + name, reason: "unexpected property; remove it" });
    }
    for (const [name, field] of Object.entries(fields)) {
        const property = prefix + name;
        const value = given[name] ?? null;
        if (value !== null) {
            const reason = refusal(field, value, given);
            if (reason === undefined) result[name] = completeValue(field, value, property, failures);
            else failures.push({ property, reason });
        } else if (field.required) {
            failures.push({ property, reason: "Missing required property; set it" });
        } else if (field.default !== undefined) {
            result[name] = field.default;
            defaults.push(name);
        }
    }
    return { __defaults: defaults, ...result };
}

function refusal(field: Field, value: Value, given: Properties): string | undefined {
    if (field.refused !== undefined) return field.refused;
    const { conflicts, invalid } = field;
    if (conflicts !== undefined && (given[conflicts] ?? null) !== null) return `conflicts with "${conflicts}"; give one of them`;
    const text = reveal(value);
    return invalid && typeof text === "string" && !isUnknown(text) ? invalid(text) : undefined;
}

function completeValue({ kind }: Field, value: Value, property: string, failures: Failure[]): Value {
    if (isUnknown(value)) return value;
    if (isSecret(value)) return secret(completeValue({ kind }, bare(value), property, failures));
    if (Array.isArray(kind)) {
        const [item] = kind;
        const each = (one: Value, index: number) => completeValue({ kind: item }, one, `${property}[${index}]`, failures);
        if (Array.isArray(value)) return value.map(each);
    } else if (typeof kind === "object") {
        if (isObject(value)) return complete(kind, value, `${property}.`, failures);
    } else if (fits(kind, reveal(value))) {
        return value;
    }
    const expected = Array.isArray(kind) ? "list" : typeof kind === "object" ? "object" : kind;
    failures.push({ property, reason: `expected a value of type ${expected}; give one` });
    return value;
}

function fits(kind: "string" | "number" | "boolean" | "strings" | "text map", value: Value): boolean {
    if (kind === "strings") return Array.isArray(value) && value.every(item => typeof item === "string");
    if (kind === "text map") return isObject(value) && Object.values(value).every(item => typeof item === "string");
    return typeof value === kind;
}
