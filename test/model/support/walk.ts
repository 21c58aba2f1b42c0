import fc from "fast-check";
import { act, type Action } from "./actions";
import { anyAction } from "./arbitraries";
import { cloneWorld, newWorld, type Tool, type World } from "./world";

/** A document in place before anything else happens: most of what can go wrong needs one. */
const start: Action[] = [
    { do: "declare", stack: 0, doc: { component: "c1", id: "x", host: 0, desired: { a: "dword:1", b: "dword:1" }, onDestroy: "restore" } },
    { do: "up", stack: 0 },
];

/** Two stacks that want one value, and each may take it over from the other. */
export const rivals: Action[] = [
    { do: "declare", stack: 0, doc: { component: "c1", id: "x", host: 0, desired: { b: "dword:1" }, onDestroy: "restore" } },
    { do: "up", stack: 0 },
    { do: "declare", stack: 1, doc: { component: "c1", id: "y", host: 0, desired: { b: "dword:2" }, onDestroy: "restore" } },
    { do: "takeOver", stack: 0, on: true },
    { do: "takeOver", stack: 1, on: true },
];

/** A second one on the same host, for handing over. */
const second: Action[] = [
    { do: "declare", stack: 0, doc: { component: "c2", id: "y", host: 0, desired: { c: "dword:0" }, onDestroy: "restore" } },
    { do: "up", stack: 0 },
];

/** Walks of up to 40 actions; in half of them the clock stands still at first, in half a second document is there. */
export function walks(tool: Tool): fc.IProperty<[number, boolean, Action[]]> {
    return fc.property(
        fc.constantFrom(1000, 0),
        fc.boolean(),
        fc.array(anyAction, { maxLength: 40, size: "max" }),
        (tick, two, actions) => {
            const world = newWorld(tool);
            [{ do: "clock" as const, tick }, ...start, ...(two ? second : []), ...actions].forEach((action) => act(world, action));
        },
    );
}

/** All sequences of `depth` of the given actions. Returns how many there were; an error names the sequence. */
export function exploreAll(tool: Tool, actions: Action[], depth: number, before = start): number {
    const world = newWorld(tool);
    before.forEach((action) => act(world, action));
    return explore(world, actions, depth, []);
}

function explore(world: World, actions: Action[], depth: number, done: Action[]): number {
    if (depth === 0) {
        return 1;
    }
    return actions.reduce((count, action) => {
        const next = cloneWorld(world);
        const sequence = [...done, action];
        try {
            act(next, action);
        } catch (error) {
            throw new Error(`${(error as Error).message}\nafter ${JSON.stringify(sequence)}`, { cause: error });
        }
        return count + explore(next, actions, depth - 1, sequence);
    }, 0);
}
