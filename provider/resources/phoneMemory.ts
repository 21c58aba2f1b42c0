// What PhoneMethods remembers between runs: which numbers it set itself, by object id, since the same person may be called otherwise in the next run.
import { createHash } from "node:crypto";
import type { Properties } from "../values";
import type { Person } from "./asking";

/** What a resource knows from its runs. */
export interface Memory {
    /** By object id the number that it set itself: its digest, the minute of then, and the digest of the number that was there before, if there was one. */
    marks: { [id: string]: string };
    /** The object ids of people by their names in lower case. */
    ids: { [name: string]: string };
}

// As long as what was written may not be seen everywhere yet.
const settlingMinutes = 15;
// Of thousands each character counts.
const minute = (): number => Math.floor(Date.now() / 60_000);

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
export function remembered(rows: Met[], memory: Memory, { fromGroup }: Properties): Properties {
    const now = new Map(Object.entries(fromGroup === undefined ? {} : memory.marks));
    const names = Object.entries(memory.ids);
    for (const row of rows) {
        if (!row.person) continue;
        const key = keyOf(row.person);
        const stays = markOf(row, row.person, memory);
        if (stays === undefined) now.delete(key);
        else now.set(key, stays);
        names.push([row.name.toLowerCase(), key]);
    }
    const own = names.filter(([name, id]) => name !== id && now.has(id));
    return { ownNumbers: Object.fromEntries(now), objectIds: Object.fromEntries(own) };
}

/** A number that was seen to be another, or gone, is this resource's no more, also when it is seen again. What was there before says nothing for a while. */
function markOf({ kind, number, present }: Met, person: Person, memory: Memory): string | undefined {
    const old = memory.marks[keyOf(person)];
    if (kind === "unknown" || kind === "refused") return old;
    const [digest] = partsOf(old);
    const seen = present === undefined ? "" : mark(person, present);
    const now = kind === "set" ? mark(person, number!) : undefined;
    if (now !== undefined && (now !== digest || now !== seen)) return [now, minute(), seen].join(" ").trim();
    return seen === digest || isOutdated(memory, person, present) ? old : undefined;
}

/** Whether a number that is seen is one that the resource set. */
export function isOwn({ marks }: Memory, person: Person, present: string): boolean {
    return partsOf(marks[keyOf(person)])[0] === mark(person, present);
}

/** Whether the resource set a number so lately that it may not be seen yet. */
export function isFresh({ marks }: Memory, person: Person): boolean {
    return minute() - Number(partsOf(marks[keyOf(person)])[1] ?? 0) < settlingMinutes;
}

/** Whether what is seen, nothing or the number from before, may be from before a number that the resource set. */
export function isOutdated(memory: Memory, person: Person, present: string | undefined): boolean {
    return isFresh(memory, person) && (present === undefined || partsOf(memory.marks[keyOf(person)])[2] === mark(person, present));
}

function partsOf(own: string | undefined): string[] {
    return own?.split(" ") ?? [];
}

/** By what a person is kept in state. */
export function keyOf({ id, key }: Person): string {
    return (id ?? key).toLowerCase();
}

function mark(person: Person, number: string): string {
    return createHash("sha256").update(`${keyOf(person)} ${number.toLowerCase().replace(/[^\dx]/g, "")}`).digest("hex").slice(0, 16);
}
