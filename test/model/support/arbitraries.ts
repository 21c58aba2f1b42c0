import fc from "fast-check";
import type { OnDestroy } from "../../../drift/types";
import type { Action } from "./actions";
import type { RunOptions } from "./engine";
import { contents, valueNames, wishes } from "./values";
import type { Doc } from "./world";

const stack = fc.constantFrom(0, 0, 1);
const host = fc.constantFrom(0, 0, 0, 1);
const slot = fc.constantFrom(0, 1);
const value = fc.constantFrom(...valueNames);
const content = fc.constantFrom(...contents);
const how = fc.constantFrom("deleted" as const, "damaged" as const);
const onDestroy: fc.Arbitrary<OnDestroy> = fc.constantFrom("restore", "retain");
const wish = value.chain((name) =>
    fc.record({ value: fc.constant(name), wish: fc.option(fc.constantFrom(...wishes[name]), { nil: undefined, freq: 4 }) }),
);

const desired = fc
    .record({
        a: fc.option(fc.constantFrom(...wishes.a)),
        b: fc.option(fc.constantFrom(...wishes.b)),
        c: fc.option(fc.constantFrom(...wishes.c), { freq: 2 }),
    })
    .filter(({ a, b, c }) => [a, b, c].some((one) => one !== null))
    .map((all) => Object.fromEntries(Object.entries(all).filter(([, one]) => one !== null)) as Doc["desired"]);

const doc: fc.Arbitrary<Doc> = fc.record({
    component: fc.constantFrom("c1", "c2", "c2b"),
    id: fc.constantFrom("x", "y"),
    host,
    desired,
    onDestroy,
});

const fault = fc.record({
    command: fc.nat(2),
    kind: fc.constantFrom("lost" as const, "silent" as const, "kill" as const, "kill" as const, "kill" as const),
    after: fc.integer({ min: 1, max: 12 }),
});
const flip = fc.record({ host, value, content });

const up = (extra: { [K in keyof RunOptions]: fc.Arbitrary<RunOptions[K]> }): fc.Arbitrary<Action> =>
    fc.record({ do: fc.constant("up" as const), stack, ...extra }) as fc.Arbitrary<Action>;

/** Any action, the frequent ones of real life more often. */
export const anyAction: fc.Arbitrary<Action> = fc.oneof(
    { weight: 14, arbitrary: up({}) },
    { weight: 6, arbitrary: up({ fault }) },
    { weight: 2, arbitrary: up({ flip }) },
    { weight: 2, arbitrary: up({ meanwhile: fc.constant(true) }) },
    { weight: 2, arbitrary: up({ target: slot.map((one) => [one]) }) },
    { weight: 1, arbitrary: up({ target: slot.map((one) => [one]), fault }) },
    { weight: 2, arbitrary: up({ replace: slot }) },
    { weight: 1, arbitrary: up({ replace: slot, fault }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant("again" as const), host, back: fc.nat(5) }) },
    { weight: 1, arbitrary: up({ skip: fc.constantFrom(0, 1) }) },
    { weight: 3, arbitrary: fc.record({ do: fc.constant("preview" as const), stack }) },
    { weight: 8, arbitrary: fc.record({ do: fc.constant("tamper" as const), host, value, content }) },
    { weight: 3, arbitrary: fc.record({ do: fc.constantFrom("snapshot" as const, "restore" as const), host }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constantFrom("reimage" as const, "power" as const, "allow" as const), host }) },
    {
        weight: 1,
        arbitrary: fc.record({ do: fc.constant("deny" as const), host, value, access: fc.constantFrom("all" as const, "write" as const) }),
    },
    { weight: 1, arbitrary: fc.record({ do: fc.constant("allow" as const), host }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant("loseValue" as const), host, value, how }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant("loseDocument" as const), host, stack, id: fc.constantFrom("x", "y"), how }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant("takeOver" as const), stack, on: fc.boolean() }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant("renameStack" as const), stack }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant("clock" as const), tick: fc.constantFrom(0, 1, 1000) }) },
    { weight: 5, arbitrary: fc.record({ do: fc.constant("declare" as const), stack, doc }) },
    { weight: 4, arbitrary: fc.record({ do: fc.constant("drop" as const), stack, slot }) },
    { weight: 8, arbitrary: wish.chain((one) => fc.record({ do: fc.constant("desire" as const), stack, slot, ...constants(one) })) },
    { weight: 6, arbitrary: fc.record({ do: fc.constant("moveValue" as const), stack, slot, value }) },
    {
        weight: 4,
        arbitrary: fc.record({
            do: fc.constantFrom("onDestroy" as const, "renameComponent" as const, "moveHost" as const, "moveId" as const),
            stack,
            slot,
        }),
    },
);

function constants<T extends object>(values: T): { [K in keyof T]: fc.Arbitrary<T[K]> } {
    return Object.fromEntries(Object.entries(values).map(([name, one]) => [name, fc.constant(one)])) as {
        [K in keyof T]: fc.Arbitrary<T[K]>;
    };
}
