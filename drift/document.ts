import { checkDesired } from "./desired";
import { isObject } from "./json";
import { normaliseNotation } from "./notation";
import { checkName, identity, normaliseKey, upper } from "./path";
import { show } from "./show";
import { certificateKey, isDesirable, secretKey, secretName, setupKey, usable, virtualKey } from "./virtual";
import type { Declaration, Notation, Problem, ValueTree } from "./types";

/** One value of a tree, normalised. */
export interface ValueEntry {
    key: string;
    name: string;
    /** See `identity`. */
    id: string;
    notation: Notation;
}

/** What can be declared of keys that are none of the registry. */
const declarable: Record<string, string> = {
    [secretKey]: `Of ${secretKey}, ${secretName} with a key id`,
    [setupKey]: `Of ${setupKey}, Properties`,
    [certificateKey]: `Of ${certificateKey}, a TLS name (<I>issuer<S>subject) with ${usable}`,
};

type Report = (property: string, message: string) => void;

/**
 * All that is wrong with a declaration, at once; an empty list where nothing is.
 * @param property What the user calls the desired values.
 */
export function checkDeclaration(declaration: Declaration, property = "desired"): Problem[] {
    const problems: Problem[] = [];
    const report: Report = (where, message) => problems.push({ property: where, message });
    if (typeof declaration.id !== "string" || !/^[a-z0-9-]{1,64}$/.test(declaration.id)) {
        report("id", `A document id is 1 to 64 characters of a-z, 0-9 and "-"; received ${show(declaration.id)}.`);
    }
    if (declaration.kind !== "registry") {
        report("kind", `The kind of a document must be "registry"; received ${show(declaration.kind)}.`);
    }
    if (typeof declaration.resource !== "string" || declaration.resource === "") {
        report("resource", `The resource of a document must be the URN of its component; received ${show(declaration.resource)}.`);
    }
    if (declaration.onDestroy !== "retain" && declaration.onDestroy !== "restore") {
        report("onDestroy", `onDestroy must be "retain" or "restore"; received ${show(declaration.onDestroy)}.`);
    }
    readTree(declaration.desired, property, report);
    for (const [key, names] of Object.entries(declaration.desired ?? {})) {
        if (isObject(names) && Object.keys(names).length === 0) {
            report(`${property}[${show(key)}]`, "A key without values is not managed. Name at least one value, or leave the key out.");
        }
    }
    return problems;
}

/** Two documents of one run on one host with one id or one value (rule 4). The messages name both documents. */
export function checkRun(declarations: readonly Declaration[]): Problem[] {
    const problems: Problem[] = [];
    const ids = new Map<string, Declaration>();
    const owners = new Map<string, { declaration: Declaration; entry: ValueEntry }>();
    for (const declaration of declarations) {
        const twin = ids.get(declaration.id);
        if (twin !== undefined) {
            const both = `${twin.resource} and ${declaration.resource}`;
            problems.push({
                property: "id",
                message: `Two documents of one host have the id ${show(declaration.id)}: ${both}. Give one of them another.`,
            });
        }
        ids.set(declaration.id, declaration);
        const shared = new Map<Declaration, ValueEntry[]>();
        for (const entry of readTree(declaration.desired, "desired", () => undefined)) {
            const other = owners.get(entry.id);
            if (other === undefined) {
                owners.set(entry.id, { declaration, entry });
            } else {
                shared.set(other.declaration, [...(shared.get(other.declaration) ?? []), entry]);
            }
        }
        for (const [other, values] of shared) {
            const both = `${show(other.id)} (${other.resource}) and ${show(declaration.id)} (${declaration.resource})`;
            problems.push({
                property: "desired",
                message: `The documents ${both} both declare ${listByKey(values)}. Leave each value in one of them.`,
            });
        }
    }
    return problems;
}

/**
 * The values of a tree, normalised, ordered by key and name. A key that is spelled in several ways gets its first spelling.
 * @throws TypeError with the first problem of a tree that was not checked.
 */
export function listValues(tree: ValueTree): ValueEntry[] {
    return readTree(tree, "desired", (property, message) => {
        throw new TypeError(`${property}: ${message}`);
    });
}

/** A tree with canonical keys and notations, in the order in which it is rendered; throws as `listValues` does. */
export function normaliseTree(tree: ValueTree): ValueTree {
    const nested = nest(listValues(tree), (entry) => entry.notation);
    return Object.fromEntries([...nested].map(([key, names]) => [key, Object.fromEntries(names)]));
}

/** Values by key and name. Maps, because objects would move names such as "10" to the front. */
export function nest<T>(entries: readonly ValueEntry[], value: (entry: ValueEntry) => T): Map<string, Map<string, T>> {
    const keys = new Map<string, Map<string, T>>();
    for (const entry of entries) {
        const names = keys.get(entry.key) ?? new Map<string, T>();
        keys.set(entry.key, names.set(entry.name, value(entry)));
    }
    return keys;
}

/** A value as people read it. */
export function valuePath(value: { key: string; name: string }): string {
    return `${value.key}\\${value.name}`;
}

/** Values for a message: a single one by its path, more of them by their number and the first ones, by key. */
export function listByKey(values: readonly { key: string; name: string }[]): string {
    const [first] = values;
    if (first === undefined || values.length === 1) {
        return first === undefined ? "nothing" : valuePath(first);
    }
    const names = new Map<string, string[]>();
    values.forEach(({ key, name }) => names.set(key, [...(names.get(key) ?? []), name]));
    const shown = [...names].slice(0, 2).map(([key, all]) => `${key} (${all.slice(0, 4).join(", ")}${all.length > 4 ? `, ${all.length - 4} more` : ""})`);
    return `${values.length} values: ${shown.join(", ")}${names.size > 2 ? ` and those of ${names.size - 2} more keys` : ""}`;
}

function readTree(tree: unknown, property: string, report: Report): ValueEntry[] {
    if (!isObject(tree)) {
        report(property, `The values must be an object of keys; received ${show(tree)}.`);
        return [];
    }
    const spelling = new Map<string, string>();
    const entries = new Map<string, ValueEntry & { order: [string, string] }>();
    // Of thousands of values nearly none has a problem: places are put into words only for those that have.
    const under = (written: string) => `${property}[${show(written)}]`;
    for (const [written, names] of Object.entries(tree)) {
        const key = attempt(
            () => normaliseKey(written),
            (message) => report(under(written), message),
        );
        if (!isObject(names)) {
            report(under(written), `A key needs values by name, such as { Enabled: "dword:1" }; received ${show(names)}.`);
            continue;
        }
        const keyUpper = upper(key ?? "");
        const virtual = virtualKey(key ?? "");
        for (const [name, notation] of Object.entries(names)) {
            const refuse = (message: string) => report(`${under(written)}[${show(name)}]`, message);
            const problem =
                checkName(name) ??
                (typeof notation === "string"
                    ? checkDesired(notation)
                    : `A value must be a notation such as dword(1); received ${show(notation)}.`);
            if (problem !== undefined) {
                refuse(problem);
            }
            if (key === undefined) {
                continue;
            }
            if (problem === undefined && virtual !== undefined && !isDesirable(key, name, notation as string)) {
                refuse(`${declarable[virtual] ?? "Of a service, State (Running, Stopped) and StartType"} can be declared; received ${show(notation)}.`);
                continue;
            }
            const id = identity(key, name);
            const twin = entries.get(id);
            if (twin !== undefined) {
                refuse(`The value is declared as ${show(valuePath(twin))} too. Leave one (case does not count, HKLM32 is WOW6432Node).`);
            } else if (problem === undefined) {
                const first = spelling.get(keyUpper) ?? key;
                spelling.set(keyUpper, first);
                entries.set(id, { key: first, name, id, notation: normaliseNotation(notation as string), order: [keyUpper, upper(name)] });
            }
        }
    }
    const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
    const sorted = [...entries.values()].sort(({ order: a }, { order: b }) => compare(a[0], b[0]) || compare(a[1], b[1]));
    return sorted.map(({ order: _, ...entry }) => entry);
}

function attempt<T>(action: () => T, failed: (message: string) => void): T | undefined {
    try {
        return action();
    } catch (error) {
        failed((error as Error).message);
        return undefined;
    }
}
