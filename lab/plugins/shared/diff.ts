// What an update would change: the state, which a refresh keeps true, against the new inputs. Nothing, empty and the default are the same.
import type { Field, Fields } from "./schema";
import { isObject, isUnknown, reveal, same, type Properties, type Value } from "./values";

/** How one path changes, in the words of the plugin protocol. */
export type Change = "ADD" | "DELETE" | "UPDATE" | "ADD_REPLACE" | "DELETE_REPLACE" | "UPDATE_REPLACE";
type Kind = "ADD" | "DELETE" | "UPDATE";

/** The changes by path, the names of the inputs that change, and those that replace the resource. */
export interface Diff {
    paths: Map<string, Change>;
    names: string[];
    replaces: string[];
}

/**
 * Compares; `ignored` are paths that must not count, with everything below them. "*" is no path here: the engine puts the old inputs back
 * for it, and what a refresh has found beside them still counts.
 */
export function diff(fields: Fields, state: Properties, news: Properties, ignored: string[] = []): Diff {
    const result: Diff = { paths: new Map(), names: [], replaces: [] };
    for (const [name, field] of Object.entries(fields)) {
        const found = new Map<string, Kind>();
        const [a, b] = [reveal(state[name] ?? null), reveal(news[name] ?? null)];
        // An empty list was given all the same.
        if (field.computed && settled(field, b) === null && !Array.isArray(b)) continue;
        compare(name, field, a, b, found);
        for (const path of found.keys()) if (ignored.some(above => covers(above, path))) found.delete(path);
        if (found.size === 0) continue;
        result.names.push(name);
        if (field.replaces) result.replaces.push(name);
        for (const [path, kind] of found) result.paths.set(path, field.replaces ? `${kind}_REPLACE` : kind);
    }
    return result;
}

function covers(above: string, path: string): boolean {
    return path === above || path.startsWith(`${above}.`) || path.startsWith(`${above}[`);
}

/** The value without what makes no difference; null when nothing is left. */
function settled(field: Field, value: Value | undefined): Value {
    const known = reveal(value ?? null);
    if (isUnknown(known)) return known;
    if (field.default !== undefined) return same(known, field.default) ? null : known;
    if (known === null || known === "" || known === false || known === 0) return null;
    if (Array.isArray(known)) {
        return known.length > 0 ? known.map(item => settled(itemOf(field), item)) : null;
    }
    if (!isObject(known)) return known;
    const { kind } = field;
    const fields: Fields = typeof kind === "object" && !Array.isArray(kind) ? kind : {};
    const members = Object.entries(known).filter(([name]) => !name.startsWith("__"));
    const left = members.map(([name, item]) => [name, fields[name] ? settled(fields[name], item) : item] as const);
    const full = left.filter(([, item]) => item !== null);
    return full.length > 0 ? Object.fromEntries(full) : null;
}

// What makes a difference is decided without empties and defaults; how it is told, with them.
function compare(path: string, field: Field, a: Value, b: Value, found: Map<string, Kind>): void {
    if (same(settled(field, a), settled(field, b))) return;
    if (a === null) found.set(path, "ADD");
    else if (b === null) found.set(path, "DELETE");
    else if (Array.isArray(a) && Array.isArray(b)) (field.set ? compareSets : compareLists)(path, itemOf(field), a, b, found);
    else if (isObject(a) && isObject(b)) compareMembers(path, field, a, b, found);
    else found.set(path, "UPDATE");
}

function itemOf({ kind }: Field): Field {
    return { kind: Array.isArray(kind) ? kind[0] : "string" };
}

// A set has no order of its own: what is in both is passed over, and the rest is told by where it stands.
function compareSets(path: string, item: Field, a: Value[], b: Value[], found: Map<string, Kind>): void {
    const tell = (index: number, kind: Kind) => found.set(`${path}[${index}]`, found.has(`${path}[${index}]`) ? "UPDATE" : kind);
    const missing = (one: Value, others: Value[]) => !others.some(other => same(settled(item, one), settled(item, other)));
    a.forEach((one, index) => missing(one, b) && tell(index, "DELETE"));
    b.forEach((one, index) => missing(one, a) && tell(index, "ADD"));
}

function compareLists(path: string, item: Field, a: Value[], b: Value[], found: Map<string, Kind>): void {
    for (let index = 0; index < Math.max(a.length, b.length); index++) {
        compare(`${path}[${index}]`, item, a[index] ?? null, b[index] ?? null, found);
    }
}

function compareMembers(path: string, { kind }: Field, a: Properties, b: Properties, found: Map<string, Kind>): void {
    const fields: Fields = typeof kind === "object" && !Array.isArray(kind) ? kind : {};
    for (const name of new Set([...Object.keys(a), ...Object.keys(b)])) {
        if (name.startsWith("__")) continue;
        const member = /^[A-Za-z_$][\w$]*$/.test(name) ? `${path}.${name}` : `${path}[${JSON.stringify(name)}]`;
        compare(member, fields[name] ?? { kind: "string" }, a[name] ?? null, b[name] ?? null, found);
    }
}
