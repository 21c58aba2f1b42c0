// What changed between a resource's state and its new inputs.
import { bare, isAsset, isObject, isSecret, isUnknown, reveal, same, type Properties, type Value } from "../shared/values";

/** How one path of a resource's inputs changed, in the words of the plugin protocol. */
export type Change = "ADD" | "DELETE" | "UPDATE" | "ADD_REPLACE" | "DELETE_REPLACE" | "UPDATE_REPLACE";
type Kind = "ADD" | "DELETE" | "UPDATE";

/** The changed inputs of a resource: by name, by path, and the names that force a replacement. */
export interface Diff {
    names: string[];
    replaces: string[];
    paths: Map<string, Change>;
}

/**
 * Compares the inputs kept in state with new ones. Secrecy counts: an input that only becomes secret is an update. `triggers` as a whole replaces;
 * of its items the plugin says no such thing, and it is the SDK that has the engine replace for them.
 */
export function diff(names: string[], olds: Properties, news: Properties): Diff {
    const changed = names.filter(name => !alike(olds[name], news[name]) || isUnknown(news[name]));
    const paths = new Map<string, Change>();
    for (const name of changed) {
        const kinds = new Map<string, Kind>();
        compare(name, olds[name], news[name], kinds);
        for (const [path, kind] of kinds) paths.set(path, path === "triggers" ? `${kind}_REPLACE` : kind);
    }
    return { names: changed, replaces: changed.filter(name => name === "triggers" && paths.has(name)), paths };
}

/** Whether two values are the same, marks of secrecy included. */
function alike(a: Value | undefined, b: Value | undefined): boolean {
    return same(spelled(a), spelled(b));
}

// A mark of secrecy as an ordinary member, so that it is compared.
function spelled(value: Value | undefined): Value {
    if (Array.isArray(value)) return value.map(spelled);
    if (!isObject(value)) return value ?? null;
    if (isSecret(value)) return { secret: spelled(bare(value)) };
    // Where a file lies makes no difference.
    if (isAsset(value)) return { asset: value["hash"] ?? "" };
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, spelled(item)]));
}

function compare(path: string, a: Value | undefined, b: Value | undefined, paths: Map<string, Kind>): void {
    if (a === undefined || a === null) paths.set(path, "ADD");
    else if (b === undefined || b === null) paths.set(path, "DELETE");
    else if (whole(a) || whole(b)) paths.set(path, "UPDATE");
    else if (Array.isArray(a) && Array.isArray(b)) compareItems(path, a, b, paths);
    else if (isObject(a) && isObject(b)) compareMembers(path, a, b, paths);
    else paths.set(path, "UPDATE");
}

// What is inside a secret or an asset is not told.
function whole(value: Value): boolean {
    return isSecret(value) || isAsset(value);
}

function compareItems(path: string, a: Value[], b: Value[], paths: Map<string, Kind>): void {
    for (let index = 0; index < Math.max(a.length, b.length); index++) {
        // A list that is longer by a null is longer.
        if (index >= a.length || index >= b.length || !alike(a[index], b[index])) compare(`${path}[${index}]`, a[index], b[index], paths);
    }
}

function compareMembers(path: string, a: Properties, b: Properties, paths: Map<string, Kind>): void {
    for (const key of new Set([...Object.keys(a), ...Object.keys(b)])) {
        const member = /^[A-Za-z_$][\w$]*$/.test(key) ? `${path}.${key}` : `${path}[${JSON.stringify(key)}]`;
        if (!alike(a[key], b[key])) compare(member, a[key], b[key], paths);
    }
}

/** Whether a preview of an update cannot tell the outputs: an input that state knows has changed, or one is not known yet. */
export function outputsUnknown(names: string[], olds: Properties, news: Properties): boolean {
    const present = (value: Value | undefined) => value !== undefined && reveal(value) !== null;
    return names.some(name => isUnknown(news[name]) || (present(olds[name]) && !alike(olds[name], news[name])));
}
