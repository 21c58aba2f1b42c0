import { checkClean, checkDecisions, checkExecuted, checkUpdate, lookBefore } from "./check";
import { interfere, sendAgain, update, type Result, type RunOptions } from "./engine";
import { forget, newGhost } from "./ghost";
import { decide } from "./program";
import { documentsKey, idOf, keyOf, valuesKey, type ValueName } from "./values";
import { newMachine, type Doc, type Stack, type World } from "./world";

export type Action =
    | { do: "preview"; stack: number }
    | ({ do: "up"; stack: number } & RunOptions)
    | { do: "again"; host: number; back: number }
    | { do: "tamper"; host: number; value: ValueName; content: string }
    | { do: "snapshot" | "restore" | "reimage" | "power"; host: number }
    | { do: "deny"; host: number; value: ValueName; access: "all" | "write" }
    | { do: "allow"; host: number }
    | { do: "loseValue"; host: number; value: ValueName; how: "deleted" | "damaged" }
    | { do: "loseDocument"; host: number; stack: number; id: string; how: "deleted" | "damaged" }
    | { do: "takeOver"; stack: number; on: boolean }
    | { do: "renameStack"; stack: number }
    | { do: "clock"; tick: number }
    | { do: "declare"; stack: number; doc: Doc }
    | { do: "drop"; stack: number; slot: number }
    | { do: "desire"; stack: number; slot: number; value: ValueName; wish: string | undefined }
    | { do: "moveValue"; stack: number; slot: number; value: ValueName }
    | { do: "onDestroy" | "renameComponent" | "moveHost" | "moveId"; stack: number; slot: number };

/**
 * Where a host's record is put back, lost or never written while the engine's state went on, the clock must have gone on too, in ms:
 * the program does not see the state, so nothing else tells its next text from the one there.
 */
const pause = 2;

/** Does one action and checks all invariants. What a previous action made impossible is skipped, so that sequences shrink well. */
export function act(world: World, action: Action): Result | undefined {
    world.now += world.tick;
    switch (action.do) {
        case "preview":
        case "up":
            return run(world, world.stacks[action.stack]!, action.do === "up" ? action : undefined);
        case "again":
            return again(world, action.host, action.back);
        case "tamper":
            return void interfere(world, action.host, action.value, action.content);
        case "snapshot":
        case "restore":
        case "reimage":
        case "power":
            return void machine(world, action.do, action.host);
        case "deny":
            unsettle(world);
            world.machines[action.host]!.denied.set(action.value, action.access);
            return void world.machines[action.host]!.lab.registry.deny(keyOf(action.value), action.access);
        case "allow":
            world.machines[action.host]!.denied.clear();
            return void world.machines[action.host]!.lab.registry.allowAll();
        case "loseValue":
            return lose(world, action.host, valuesKey, idOf(action.value), action.how);
        case "loseDocument":
            return lose(world, action.host, documentsKey, `${world.stacks[action.stack]!.owner}/${action.id}`, action.how);
        case "clock":
            return void (world.tick = action.tick);
        default:
            return edit(world, world.stacks[action.stack]!, action);
    }
}

function run(world: World, stack: Stack, options: RunOptions | undefined): Result | undefined {
    const before = lookBefore(world, stack);
    const decisions = decide(world, stack, options?.skip);
    if (decisions === undefined) {
        return { ok: false, refused: true, executed: [], dropped: [] };
    }
    checkDecisions(world, stack, decisions, before);
    if (stack.settled && options?.skip === undefined && decisions.every(({ plan }) => plan !== undefined)) {
        checkClean(stack, decisions);
    }
    if (options === undefined) {
        return undefined;
    }
    if (options.flip !== undefined) {
        interfere(world, options.flip.host, options.flip.value, options.flip.content);
    }
    if (options.meanwhile === true) {
        run(
            world,
            world.stacks.find((other) => other !== stack)!,
            {},
        );
    }
    stack.settled = false;
    const result = update(world, stack, decisions, options);
    if (stack.takeOverFrom !== "") {
        world.stacks.filter((other) => other !== stack).forEach((other) => (other.settled = false));
    }
    world.now += result.ok && options.fault === undefined ? 0 : pause;
    checkUpdate(world, stack, decisions, before, result, options);
    return result;
}

/** Sends the last text but `back` once more. */
function again(world: World, host: number, back: number): Result | undefined {
    const stdin = world.machines[host]!.sent.at(-1 - back);
    if (stdin === undefined) {
        return undefined;
    }
    const result = sendAgain(world, host, stdin);
    world.now += pause;
    unsettle(world);
    result.executed.forEach((one) => checkExecuted(world, one, result));
    return result;
}

function machine(world: World, what: "snapshot" | "restore" | "reimage" | "power", host: number): void {
    const one = world.machines[host]!;
    if (what === "snapshot") {
        one.snapshot = { registry: one.lab.registry.snapshot(), ghost: structuredClone(one.ghost), spent: new Set(one.spent) };
        return;
    }
    world.now += pause;
    if (what === "power") {
        one.alive = !one.alive;
    } else if (what === "restore" && one.snapshot !== undefined) {
        one.lab.registry.restore(one.snapshot.registry);
        one.ghost = structuredClone(one.snapshot.ghost);
        one.spent = new Set(one.snapshot.spent);
        unsettle(world);
    } else if (what === "reimage") {
        one.lab.registry.restore(newMachine(world).lab.registry.snapshot());
        one.ghost = newGhost();
        one.spent = new Set();
        unsettle(world);
    }
}

function lose(world: World, host: number, key: string, name: string, how: "deleted" | "damaged"): undefined {
    const { lab, ghost } = world.machines[host]!;
    world.now += pause;
    if (lab.registry.get(key, name) !== "absent") {
        lab.registry.set(key, name, how === "deleted" ? "absent" : "string:{");
        forget(ghost, lab.registry);
        unsettle(world);
    }
}

function edit(world: World, stack: Stack, action: Extract<Action, { stack: number }>): undefined {
    const { program } = stack;
    stack.settled = false;
    if (action.do === "declare") {
        const twin = program.findIndex((doc) => doc.component.slice(0, 2) === action.doc.component.slice(0, 2));
        program.splice(twin < 0 ? program.length : twin, twin < 0 ? 0 : 1, structuredClone(action.doc));
    } else if (action.do === "takeOver") {
        stack.takeOverFrom = action.on ? world.stacks.find((other) => other !== stack)!.owner : "";
    } else if (action.do === "renameStack") {
        stack.takeOverFrom = stack.owner;
        stack.owner = `${stack.owner.replace(/\d+$/, "")}${Number(/\d+$/.exec(stack.owner)?.[0] ?? 0) + 1}`;
    } else if ("slot" in action && program[action.slot] !== undefined) {
        editDoc(program, action.slot, action);
    }
}

function editDoc(program: Doc[], slot: number, action: Extract<Action, { slot: number }>): void {
    const doc = program[slot]!;
    const set = (value: ValueName, wish: string | undefined, of: Doc): void => {
        delete of.desired[value];
        Object.assign(of.desired, wish === undefined ? {} : { [value]: wish });
    };
    const other = program[1 - slot];
    switch (action.do) {
        case "desire":
            set(action.value, action.wish, doc);
            break;
        case "moveValue":
            if (other !== undefined && doc.desired[action.value] !== undefined) {
                set(action.value, doc.desired[action.value], other);
                set(action.value, undefined, doc);
            }
            break;
        case "onDestroy":
            doc.onDestroy = doc.onDestroy === "retain" ? "restore" : "retain";
            break;
        case "renameComponent":
            doc.component = doc.component.endsWith("b") ? doc.component.slice(0, -1) : `${doc.component}b`;
            break;
        case "moveHost":
            doc.host = 1 - doc.host;
            break;
        case "moveId":
            doc.id = doc.id === "x" ? "y" : "x";
            break;
        case "drop":
            doc.desired = {};
    }
    // A document without values is none.
    program.splice(0, program.length, ...program.filter(({ desired }) => Object.keys(desired).length > 0));
}

function unsettle(world: World): void {
    world.stacks.forEach((stack) => (stack.settled = false));
}
