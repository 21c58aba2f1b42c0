import assert from "node:assert/strict";
import { act, type Action } from "./actions";
import type { Result, RunOptions } from "./engine";
import { decide, type Decision } from "./program";
import { contentsOf, valueRecord } from "./records";
import { realTool } from "./tool";
import { documentsKey, keyOf, nameOf, type ValueName } from "./values";
import { newWorld, type Doc } from "./world";

/** One stack's wishes in short: component c1 declares document x, component c2 declares document y, both on the first host. */
export type Wishes = { x?: Doc["desired"]; y?: Doc["desired"] };

/**
 * A sequence told step by step; the invariants of the model are checked on the way as well. On every host `a` is absent at first, `b` is
 * dword:9, `c` is dword:5.
 */
export class Story {
    readonly world = newWorld(realTool);

    constructor(private readonly onDestroy: Doc["onDestroy"] = "restore") {}

    /** What the program of a stack says from now on, whole. */
    declare(wishes: Wishes, stack = 0): this {
        this.world.stacks[stack]!.settled = false;
        this.world.stacks[stack]!.program = Object.entries(wishes).map(([id, desired]) => {
            return { component: id === "x" ? "c1" : "c2", id, host: 0, desired: { ...desired }, onDestroy: this.onDestroy };
        });
        return this;
    }

    does(action: Action): this {
        act(this.world, action);
        return this;
    }

    tamper(value: ValueName, content: string): this {
        return this.does({ do: "tamper", host: 0, value, content });
    }

    run(options: RunOptions = {}, stack = 0): Result {
        return act(this.world, { do: "up", stack, ...options })!;
    }

    /** An update that must succeed. */
    up(options: RunOptions = {}, stack = 0): this {
        assert.equal(this.run(options, stack).ok, true, "the update failed");
        return this;
    }

    /** An update that must fail. */
    fails(options: RunOptions = {}, stack = 0): this {
        assert.equal(this.run(options, stack).ok, false, "the update did not fail");
        return this;
    }

    /** What the next run would render for a document. */
    sees(id: string, stack = 0): Decision {
        this.world.now += this.world.tick;
        return decide(this.world, this.world.stacks[stack]!)!.find(({ doc }) => doc.id === id)!;
    }

    /** The timed member of what the next run would render: its kind and, for drift, what it names. */
    timed(id: string, stack = 0): [string, unknown] {
        const { stdin, plan } = this.sees(id, stack);
        const [member, what] = Object.entries(JSON.parse(stdin)).find(([name]) => name.endsWith(plan!.time))!;
        return [member.slice(0, -plan!.time.length - 1), member.startsWith("drift seen") ? what : undefined];
    }

    /** Nothing would change. */
    isClean(stack = 0): this {
        const { state, program } = this.world.stacks[stack]!;
        const rendered = decide(this.world, this.world.stacks[stack]!)!.map(({ key, stdin }) => [key, stdin]);
        assert.deepEqual(
            rendered,
            [...state].map(([key, { stdin }]) => [key, stdin]),
        );
        assert.equal(rendered.length, program.length);
        return this;
    }

    value(value: ValueName, host = 0): string {
        return contentsOf(this.world.machines[host]!.lab.registry)[value];
    }

    record(value: ValueName, host = 0): Record<string, unknown> {
        return valueRecord(this.world.machines[host]!.lab.registry, value) ?? {};
    }

    documents(host = 0): string[] {
        return this.world.machines[host]!.lab.registry.values(documentsKey).map(({ name }) => name);
    }
}

/** The drift block with these values, `found -> desired` each. */
export function block(drift: Partial<Record<ValueName, string>>): object {
    return Object.fromEntries(Object.entries(drift).map(([value, change]) => [keyOf(value as ValueName), { [nameOf]: change }]));
}
