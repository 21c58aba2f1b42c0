import type { planHost } from "../../../drift/plan";
import type { OnDestroy } from "../../../drift/types";
import { pretendHost, type PretendHost } from "../../../lab/host/host";
import type { observe, remove, set } from "../../../lab/host/module";
import { Registry, type RegistryData } from "../../../lab/host/registry";
import { newGhost, type Ghost } from "./ghost";
import { keyOf, nameOf, type ValueName } from "./values";

/** What is under test; a model with one of these broken on purpose must fail. */
export interface Tool {
    plan: typeof planHost;
    observe: typeof observe;
    set: typeof set;
    remove: typeof remove;
}

/** A component of a stack's program. */
export interface Doc {
    component: string;
    id: string;
    host: number;
    desired: Partial<Record<ValueName, string>>;
    onDestroy: OnDestroy;
}

/** A command in the engine's state. */
export interface Resource {
    host: number;
    stdin: string;
    hasDelete: boolean;
    retainOnDelete: boolean;
}

export interface Stack {
    owner: string;
    takeOverFrom: string;
    program: Doc[];
    state: Map<string, Resource>;
    /** Nothing that concerns it happened since a successful up: every preview must be clean. */
    settled: boolean;
}

export interface Machine {
    lab: PretendHost;
    alive: boolean;
    /** Values that programs on the host may not read, or only read. */
    denied: Map<ValueName, "all" | "write">;
    ghost: Ghost;
    /** Texts that named an owner to take over from and were enforced, or have taken something: that counts no more. */
    spent: Set<string>;
    /** All that was ever sent to `Set`. */
    sent: string[];
    snapshot?: { registry: RegistryData; ghost: Ghost; spent: Set<string> };
}

export interface World {
    tool: Tool;
    machines: Machine[];
    stacks: Stack[];
    /** The clock where Pulumi runs, ms; `tick` is how far it goes from step to step. */
    now: number;
    tick: number;
    /** The hosts' clock, ms. Two operations on a host never share a time. */
    hostNow: number;
}

const fresh = { a: "absent", b: "dword:9", c: "dword:5" };

export function newWorld(tool: Tool): World {
    const world: World = {
        tool,
        machines: [],
        stacks: [],
        now: Date.parse("2026-11-22T08:30:00.000Z"),
        tick: 1000,
        hostNow: Date.parse("2026-11-22T08:29:00.000Z"),
    };
    world.machines = [0, 1].map(() => newMachine(world));
    world.stacks = ["one.dev", "two.dev"].map((owner) => ({ owner, takeOverFrom: "", program: [], state: new Map(), settled: false }));
    return world;
}

export function newMachine(world: World): Machine {
    const registry = new Registry(
        Object.fromEntries(Object.entries(fresh).map(([value, notation]) => [keyOf(value as ValueName), { [nameOf]: notation }])),
    );
    const lab = pretendHost({ registry, clock: hostClock(world) });
    return { lab, alive: true, denied: new Map(), ghost: newGhost(), spent: new Set(), sent: [] };
}

/** A copy that shares nothing, for going on in several ways from one point. */
export function cloneWorld(world: World): World {
    const copy: World = { ...world, machines: [], stacks: [] };
    copy.machines = world.machines.map((machine) => {
        const registry = new Registry(machine.lab.registry.snapshot());
        machine.denied.forEach((access, value) => registry.deny(keyOf(value), access));
        const lab = pretendHost({ registry, clock: hostClock(copy) });
        const { denied, ghost, spent, sent } = machine;
        return { ...machine, lab, denied: new Map(denied), ghost: structuredClone(ghost), spent: new Set(spent), sent: [...sent] };
    });
    copy.stacks = world.stacks.map((stack) => ({
        ...stack,
        program: structuredClone(stack.program),
        state: new Map([...stack.state].map(([key, one]) => [key, { ...one }])),
    }));
    return copy;
}

export function commandKey({ component, host, id }: Doc): string {
    return `${component}-host${host}-${id}`;
}

export function resourceOf({ owner }: Stack, { component }: Doc): string {
    return `urn:pulumi:${owner}::${component}`;
}

function hostClock(world: World): () => Date {
    return () => new Date((world.hostNow += 1));
}
