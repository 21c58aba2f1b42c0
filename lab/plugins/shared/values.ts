// Property values as they travel between the engine and a plugin: JSON, with marks for secrets and for values not known yet.

/** A property value: JSON in which a secret is an object with a mark and an unknown value is one of seven fixed strings. */
export type Value = null | boolean | number | string | Value[] | { [key: string]: Value };

/** Named property values. */
export type Properties = { [key: string]: Value };

// Fixed by the plugin protocol.
const mark = "4dabf18193072939515e22adb298388d";
const secretMark = "1b47061264138c4ac30d75fd1eb44270";
const assetMark = "c44067f5952c0a294b673a41bacd8c17";
const archiveMark = "0def7320c3a5731c473e5ecbe6d01bc7";
const unknowns = new Set([
    "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
    "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
    "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
    "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
    "030794c1-ac77-496b-92df-f27374a8bd58",
    "e48ece36-62e2-4504-bad9-02848725956a",
    "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
]);

/** The value of a property that only the update itself can tell. */
export const unknown: Value = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

export function isObject(value: Value | undefined): value is Properties {
    return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Whether the value as a whole is a secret. */
export function isSecret(value: Value | undefined): boolean {
    return isObject(value) && value[mark] === secretMark;
}

/** Whether the value is one asset: a file or a text. */
export function isAsset(value: Value | undefined): boolean {
    return isObject(value) && value[mark] === assetMark;
}

/** Whether the value is a folder or an archive of assets. */
export function isArchive(value: Value | undefined): boolean {
    return isObject(value) && value[mark] === archiveMark;
}

/** Marks a value as secret; a value that is one already stays as it is. */
export function secret(value: Value): Value {
    return isSecret(value) ? value : { [mark]: secretMark, value };
}

/** The value without any mark of secrecy, at any depth. */
export function reveal(value: Value): Value {
    if (Array.isArray(value)) return value.map(reveal);
    if (!isObject(value)) return value;
    if (isSecret(value)) return reveal(bare(value));
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, reveal(item)]));
}

/** The value without the mark of secrecy on the whole; marks inside stay. */
export function bare(value: Value): Value {
    return isObject(value) && isSecret(value) ? (value["value"] ?? null) : value;
}

/** Whether the value, secret or not, is not known yet. */
export function isUnknown(value: Value | undefined): boolean {
    const known = bare(value ?? null);
    return typeof known === "string" && unknowns.has(known);
}

/** Whether two values are the same; secrecy does not count, and null counts as missing. */
export function same(a: Value | undefined, b: Value | undefined): boolean {
    return canonical(reveal(a ?? null)) === canonical(reveal(b ?? null));
}

function canonical(value: Value): string {
    if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
    if (!isObject(value)) return JSON.stringify(value);
    const members = Object.entries(value).filter(([, item]) => item !== null);
    members.sort(([a], [b]) => (a < b ? -1 : 1));
    return `{${members.map(([key, item]) => `${JSON.stringify(key)}:${canonical(item)}`).join()}}`;
}
