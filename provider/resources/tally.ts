// What was found about many people: how many of each kind, and who, as far as that can be read by somebody.
import type { Properties } from "../values";

/** One person. `note` tells more, in words. */
export interface Judged<Kind extends string> {
    name: string;
    kind: Kind;
    note?: string;
}

const mostInState = 50;
const mostCharacters = 300;

/** The outputs: of each kind how many, and in `people` who. The kind that the next update changes stands apart, since a diff shows it. */
export function tallied<Kind extends string>(kinds: readonly Kind[], open: Kind, judged: Judged<Kind>[]): Properties {
    const of = (kind: Kind) => judged.filter(one => one.kind === kind);
    const who = (kind: Kind) => listed(of(kind).map(inWords));
    const counts = kinds.map(kind => [kind, of(kind).length]);
    const people = kinds.filter(kind => kind !== open).map(kind => [kind, who(kind)]);
    return { ...Object.fromEntries(counts), people: Object.fromEntries(people), next: who(open) } as Properties;
}

/** The outputs where nothing is known of anybody: of as many as there were. */
export function noneKnown<Kind extends string>(kinds: readonly Kind[], open: Kind, state: Properties, note: string): Properties {
    const before = kinds.reduce((sum, kind) => sum + Number(state[kind] ?? 0), 0);
    const everybody = { name: "everybody", kind: "unknown" as Kind, note };
    return { ...tallied(kinds, open, [everybody]), unknown: Math.max(before, 1) };
}

/** The outputs that tell of something left to do. Who could not be read is never fine: the next update looks again. */
export function unsettled(state: Properties, open: string): string[] {
    const some = (kind: string) => Number(state[kind] ?? 0) > 0;
    return [...(some(open) ? [open, "next"] : []), ...(some("unknown") ? ["unknown"] : [])];
}

/** As a message has them: as many as can be read, and how many more there are. */
export function named(names: string[]): string {
    let length = 0;
    const shown = names.filter((name, at) => (length += name.length + 2) <= mostCharacters || at === 0);
    return shown.join(", ") + more(names.length - shown.length, shown);
}

/** The same of people of one kind, with what is to be said of it; nothing where there are none. */
export function summed<Kind extends string>(judged: Judged<Kind>[], kind: Kind, words: string): string[] {
    const those = judged.filter(one => one.kind === kind).map(inWords);
    return those.length === 0 ? [] : [`${those.length} ${words}: ${named(those)}`];
}

/** So many people. */
export function peopleIn(count: number): string {
    return `${count} ${count === 1 ? "person" : "people"}`;
}

function inWords({ name, note }: Judged<string>): string {
    return note === undefined ? name : `${name} (${note})`;
}

function listed(names: string[]): string[] {
    const rest = names.length - mostInState;
    return rest > 0 ? [...names.slice(0, mostInState), `and ${rest} more`] : names;
}

function more(rest: number, shown: string[]): string {
    return rest > 0 ? `${shown.length > 0 ? ", " : ""}and ${rest} more` : "";
}
