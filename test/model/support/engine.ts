import assert from "node:assert/strict";
import { Killed } from "../../../lab/host/reply";
import { hasTaken, operationOf, sawInterference, sawWrite, type Operation } from "./ghost";
import type { Decision } from "./program";
import { contentsOf } from "./records";
import { keyOf, nameOf, type ValueName } from "./values";
import { commandKey, type Resource, type Stack, type World } from "./world";

/** How one command of an `up` goes wrong: counted from 0 over the whole run. */
export interface Fault {
    command: number;
    /** `lost`: the work is done, the reply is not seen. `silent`: exit code 0, no work. `kill`: ended after so many registry writes. */
    kind: "lost" | "silent" | "kill";
    after: number;
}

export interface RunOptions {
    /** Only these slots of the program (`--target`); with an empty list nothing. */
    target?: number[];
    /** `--replace` for this slot. */
    replace?: number;
    /** Host in `hybrid-identity:skipHosts`. */
    skip?: number;
    fault?: Fault;
    /** A group policy that strikes after the program has observed and before the engine runs a command. */
    flip?: { host: number; value: ValueName; content: string };
    /** The other stack's `up` comes between this stack's observation and its commands. */
    meanwhile?: boolean;
}

export interface Executed {
    host: number;
    ok: boolean;
    silent: boolean;
    operation: Operation;
}

export interface Result {
    ok: boolean;
    /** The program was refused before anything was registered. */
    refused: boolean;
    executed: Executed[];
    /** Keys of commands that went from state at the end of the run. */
    dropped: string[];
}

/** What the engine does with what the program decided. */
export function update(world: World, stack: Stack, decisions: Decision[], options: RunOptions): Result {
    const run = new Run(world, stack, options);
    return run.all(decisions);
}

/** What was sent to a host before reaches it again, by whatever way. */
export function sendAgain(world: World, host: number, stdin: string): Result {
    return new Run(world, world.stacks[0]!, {}).again(host, stdin);
}

/** An administrator or a group policy changes a value. */
export function interfere(world: World, host: number, value: ValueName, content: string): void {
    const { lab, ghost } = world.machines[host]!;
    sawInterference(ghost[value], lab.registry.get(keyOf(value), nameOf), content);
    lab.registry.set(keyOf(value), nameOf, content);
    world.stacks
        .filter(({ program }) => program.some((doc) => doc.host === host && doc.desired[value] !== undefined))
        .forEach((stack) => (stack.settled = false));
}

class Run {
    private readonly executed: Executed[] = [];

    constructor(
        private readonly world: World,
        private readonly stack: Stack,
        private readonly options: RunOptions,
    ) {}

    all(decisions: Decision[]): Result {
        const { stack, options } = this;
        const targets = options.target?.map((slot) => stack.program[slot]).flatMap((doc) => (doc ? [commandKey(doc)] : []));
        const isTargeted = (key: string): boolean => targets === undefined || targets.includes(key);
        const replaced = options.replace === undefined ? undefined : stack.program[options.replace];
        for (const decision of decisions.filter(({ key }) => isTargeted(key))) {
            if (!this.step(decision, replaced !== undefined && commandKey(replaced) === decision.key)) {
                return this.result(false, []);
            }
        }
        // The program ends with an error where something was kept for a reason or a command said nothing; the engine then deletes nothing.
        if (decisions.some(({ keep, doc }) => keep && doc.host !== options.skip) || this.executed.some(({ silent }) => silent)) {
            return this.result(false, []);
        }
        const dropped: string[] = [];
        const gone = [...stack.state].filter(([key]) => isTargeted(key) && !decisions.some((one) => one.key === key));
        // Rule 19.
        for (const [key, resource] of gone.filter(([, { host, retainOnDelete }]) => host !== options.skip || retainOnDelete)) {
            if (!this.drop(key, resource)) {
                return this.result(false, dropped);
            }
            dropped.push(key);
        }
        return this.result(true, dropped);
    }

    again(host: number, stdin: string): Result {
        return this.result(this.command("set", host, stdin), []);
    }

    private result(ok: boolean, dropped: string[]): Result {
        return { ok, refused: false, executed: this.executed, dropped };
    }

    private step({ doc, key, keep, stdin }: Decision, replace: boolean): boolean {
        const { state } = this.stack;
        const old = state.get(key);
        const retainOnDelete = doc.onDestroy === "retain";
        const wanted: Resource = { host: doc.host, stdin, hasDelete: !retainOnDelete, retainOnDelete };
        // ignoreChanges takes the old inputs, but not for a replacement; options such as retainOnDelete are taken over all the same.
        const next = keep && old !== undefined && !replace ? { ...old, retainOnDelete } : wanted;
        const unchanged = old !== undefined && old.stdin === next.stdin && old.hasDelete === next.hasDelete;
        if (unchanged && !replace) {
            state.set(key, next);
            return true;
        }
        if (replace && old !== undefined && !this.drop(key, old)) {
            return false;
        }
        if (!this.command("set", doc.host, next.stdin)) {
            return false;
        }
        state.set(key, next);
        return true;
    }

    private drop(key: string, { host, stdin, hasDelete, retainOnDelete }: Resource): boolean {
        const gone = retainOnDelete || !hasDelete || this.command("remove", host, stdin);
        return gone && this.stack.state.delete(key);
    }

    private command(kind: "set" | "remove", host: number, stdin: string): boolean {
        const machine = this.world.machines[host]!;
        const { registry } = machine.lab;
        const fault = this.options.fault?.command === this.executed.length ? this.options.fault : undefined;
        const operation = operationOf(kind, stdin, registry, machine.ghost, machine.spent);
        if (kind === "set") {
            machine.sent.push(stdin);
        }
        const silent = fault?.kind === "silent" && machine.alive;
        const done = silent || (machine.alive && this.work(machine, operation, stdin, fault));
        if (operation.takeOverFrom !== "" && ((done && !silent) || hasTaken(operation, machine.ghost))) {
            machine.spent.add(stdin);
        }
        const ok = done && fault?.kind !== "lost";
        this.executed.push({ host, ok, silent, operation });
        return ok;
    }

    private work(machine: World["machines"][number], operation: Operation, stdin: string, fault: Fault | undefined): boolean {
        const { registry } = machine.lab;
        let left = fault?.kind === "kill" ? fault.after : Infinity;
        registry.afterWrite = (write) => {
            sawWrite(machine.ghost, operation, registry, write);
            left -= 1;
            if (left <= 0) {
                throw new Killed();
            }
        };
        try {
            const reply = this.world.tool[operation.kind](machine.lab, stdin);
            const time = / (\d{4}-\d\d-\d\dT[0-9:.]+Z)"/.exec(stdin)?.[1];
            const echoed = operation.kind === "remove" || (time !== undefined && reply["time"] === time);
            assert.ok(!reply.ok || echoed, "a Set that worked without an observation or does not echo its time");
            if (!reply.ok && reply["host"] === "as it was") {
                assert.deepEqual(contentsOf(registry), operation.start.contents, "a failed command says that the host is as it was");
            }
            return reply.ok;
        } catch (error) {
            if (error instanceof Killed) {
                return false;
            }
            throw error;
        } finally {
            delete registry.afterWrite;
        }
    }
}
