// What PhoneMethods remembers between runs: which numbers it set itself, by object id, since the same person may be called otherwise in the next run.
import { createHash } from "node:crypto";
import type { Properties } from "../values";
import type { Person } from "./asking";

/** Which numbers a resource set itself, each as a digest, and the object ids of people by their names in lower case. */
export interface Memory {
    marks: { [id: string]: string };
    ids: { [name: string]: string };
}

/** Somebody as a look, or an update, found. */
interface Met {
    person?: Person;
    name: string;
    kind: string;
    number?: string;
    present?: string;
}

export function memoryOf(state: Properties): Memory {
    return { marks: (state["ownNumbers"] ?? {}) as Memory["marks"], ids: (state["objectIds"] ?? {}) as Memory["ids"] };
}

/** The outputs that keep it. Whoever left the group may come back, and keeps the number meanwhile; whoever left the table is not this resource's any more. */
export function remembered(rows: Met[], { marks, ids }: Memory, { fromGroup }: Properties): Properties {
    const now = new Map(Object.entries(fromGroup === undefined ? {} : marks));
    const names = Object.entries(ids);
    for (const row of rows) {
        if (!row.person) continue;
        const key = keyOf(row.person);
        const stays = markOf(row, marks[key]);
        if (stays === undefined) now.delete(key);
        else now.set(key, stays);
        names.push([row.name.toLowerCase(), key]);
    }
    const own = names.filter(([name, id]) => name !== id && now.has(id));
    return { ownNumbers: Object.fromEntries(now), objectIds: Object.fromEntries(own) };
}

/** A number that was seen to be another, or gone, is this resource's no more, also when it is seen again. */
function markOf({ kind, person, number, present }: Met, old: string | undefined): string | undefined {
    if (kind === "set") return mark(person!, number!);
    if (kind === "unknown" || kind === "refused") return old;
    return present !== undefined && old === mark(person!, present) ? old : undefined;
}

/** By what a person is kept in state. */
export function keyOf({ id, key }: Person): string {
    return (id ?? key).toLowerCase();
}

/** What is kept of a number that was set. */
export function mark(person: Person, number: string): string {
    return createHash("sha256").update(`${keyOf(person)} ${number.toLowerCase().replace(/[^\dx]/g, "")}`).digest("hex").slice(0, 16);
}
