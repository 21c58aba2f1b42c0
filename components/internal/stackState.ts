import * as pulumi from "@pulumi/pulumi";
import { monitor } from "./monitor";

/** By URN. */
export type StackResources = Record<string, { type: string; outputs?: Record<string, unknown> }>;

const attempts = 5;
const pauseMs = 50;

/** What this stack's state has. It is the one at the run's beginning: what a refresh of the same run dropped still stands in it. */
export function stackState(): Promise<StackResources> {
    const run = monitor() ?? stackState;
    const state = states.get(run) ?? read();
    states.set(run, state);
    return state;
}

const states = new WeakMap<object, Promise<StackResources>>();

/**
 * On a file backend the engine writes the attributes of a checkpoint in place (gocloud.dev/blob/fileblob, `setAttrs`): who reads in that moment gets
 * "failed to load checkpoint: EOF".
 */
async function read(attempt = 1): Promise<StackResources> {
    const stackName = `${pulumi.getOrganization()}/${pulumi.getProject()}/${pulumi.getStack()}`;
    try {
        const state = await pulumi.runtime.invoke("pulumi:pulumi:readStackResourceOutputs", { stackName });
        return (state as { outputs: StackResources }).outputs;
    } catch (error) {
        // The engine tells a program its organization, and a plugin, which makes components for programs in other languages, none.
        if (String(error).includes("unknown stack")) {
            const remedy = "name the organization that the stack belongs to: pulumi config set hybrid-identity:organization NAME";
            throw new pulumi.RunError(`the state of the stack cannot be read, because there is no stack ${stackName}; ${remedy}`);
        }
        if (attempt === attempts || !String(error).includes("failed to load checkpoint")) {
            throw error;
        }
        await new Promise((resolve) => setTimeout(resolve, attempt * pauseMs));
        return read(attempt + 1);
    }
}

/** Known in a preview too. */
export function urnOf(resource: pulumi.Resource): Promise<string> {
    return new Promise((resolve) => resource.urn.apply(resolve));
}

/** The part of a URN that is the resource's name. */
export function nameOf(urn: string): string {
    return urn.slice(urn.lastIndexOf("::") + 2);
}

/**
 * Registers a component that the program no longer has, as it is in state. A URN names the types of all parents; the
 * component itself keeps its own whatever stood above it.
 */
export function keepComponent(urn: string, outputs: Record<string, unknown>): pulumi.ComponentResource {
    class Kept extends pulumi.ComponentResource {
        constructor(types: string) {
            super(types, nameOf(urn));
            this.registerOutputs(outputs);
        }
    }
    const [, , types] = urn.split("::");
    return new Kept(types!);
}
