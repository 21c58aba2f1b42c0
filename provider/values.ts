// Property values as they travel between the engine and the provider: JSON, with marks for secrets and for values not known yet.

/** A property value: JSON in which a secret is an object with a mark and an unknown value is one of seven fixed strings. */
export type Value = null | boolean | number | string | Value[] | { [key: string]: Value };

/** Named property values. */
export type Properties = { [key: string]: Value };

/** A property that is refused, and why. */
export interface Failure {
    property: string;
    reason: string;
}

// Fixed by the plugin protocol.
const mark = "4dabf18193072939515e22adb298388d";
const secretMark = "1b47061264138c4ac30d75fd1eb44270";
const resourceMark = "5cf8f73096256a8f31e491e813e4eb8e";
const unknowns = new Set([
    "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
    "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
    "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
    "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
    "030794c1-ac77-496b-92df-f27374a8bd58",
    "e48ece36-62e2-4504-bad9-02848725956a",
    "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
]);

/** Marks a value as secret; a value that is one already stays as it is. */
export function secret(value: Value): Value {
    return isSecret(value) ? value : { [mark]: secretMark, value };
}

/** The value without any mark of secrecy, at any depth. */
export function reveal(value: Value): Value {
    if (Array.isArray(value)) return value.map(reveal);
    if (typeof value !== "object" || value === null) return value;
    if (isSecret(value)) return reveal(value["value"] ?? null);
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, reveal(item)]));
}

/** The URN of the resource that the value, secret or not, is; undefined where it is none. */
export function resourceIn(value: Value): string | undefined {
    const known = reveal(value);
    return isResource(known) ? (known as { urn: string }).urn : undefined;
}

/** The value with the ids of resources in their place, as the engine gives them to a provider that takes no resources. */
export function withIds(value: Value): Value {
    if (Array.isArray(value)) return value.map(withIds);
    if (typeof value !== "object" || value === null) return value;
    if (isResource(value)) return value["id"] ?? value["urn"] ?? null;
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withIds(item)]));
}

/** Whether the value, secret or not, is not known yet. */
export function isUnknown(value: Value): boolean {
    const known = reveal(value);
    return typeof known === "string" && unknowns.has(known);
}

/** Whether the value, secret or not, is not known yet or holds something that is not. */
export function hasUnknown(value: Value): boolean {
    const known = reveal(value);
    if (typeof known !== "object" || known === null) return isUnknown(known);
    return Object.values(known).some(hasUnknown);
}

/** Whether the value is secret or holds something that is. */
export function hasSecret(value: Value): boolean {
    if (typeof value !== "object" || value === null) return false;
    return isSecret(value) || Object.values(value).some(hasSecret);
}

/** The values, those secret that are secret in one of the others. */
export function markedLike(values: Properties, ...others: Properties[]): Properties {
    const marked = ([name, value]: [string, Value]) => [name, others.some(other => hasSecret(other[name] ?? null)) ? secret(value) : value];
    return Object.fromEntries(Object.entries(values).map(marked)) as Properties;
}

/** The failure without what is secret of the property that it names. */
export function withoutSecret({ property, reason }: Failure, given: Properties): Failure {
    const hide = (text: string, value: Value) => text.split(JSON.stringify(value)).join("a secret");
    return { property, reason: secretsIn(given[property] ?? null).reduce<string>(hide, reason) };
}

/** What is secret in a value, the whole before its parts. */
function secretsIn(value: Value): Value[] {
    if (typeof value !== "object" || value === null || !hasSecret(value)) return [];
    const parts = isSecret(value) ? everythingIn(reveal(value)) : Object.values(value).flatMap(secretsIn);
    return [reveal(value), ...parts];
}

function everythingIn(value: Value): Value[] {
    return typeof value === "object" && value !== null ? Object.values(value).flatMap(part => [part, ...everythingIn(part)]) : [];
}

/** What stands for a value that is not known yet. */
export const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

function isSecret(value: Value): boolean {
    return isMarked(value, secretMark);
}

function isResource(value: Value): boolean {
    return isMarked(value, resourceMark);
}

function isMarked(value: Value, as: string): boolean {
    return typeof value === "object" && value !== null && !Array.isArray(value) && value[mark] === as;
}
