import * as pulumi from "@pulumi/pulumi";

/** A resource of a component as this stack's state has it. */
export interface InState {
    /** Logical name. */
    name: string;
    type: string;
    outputs: Record<string, unknown>;
}

/** What this stack's state has of a component. */
export interface OwnState {
    /** The component's own outputs, of the last run that registered them. */
    component: Record<string, unknown>;
    children: InState[];
}

/**
 * The engine deletes whatever is in state and is not registered, so a run that does not manage a component has to know what that would be.
 * The state is the one at the run's beginning: what a refresh of the same run dropped still stands in it.
 */
export async function ownState(component: pulumi.ComponentResource): Promise<OwnState> {
    const stackName = `${pulumi.getOrganization()}/${pulumi.getProject()}/${pulumi.getStack()}`;
    const [state, urn] = await Promise.all([
        pulumi.runtime.invoke("pulumi:pulumi:readStackResourceOutputs", { stackName }),
        // Known in a preview too.
        new Promise<string>((resolve) => component.urn.apply(resolve)),
    ]);
    return belowUrn(urn, (state as { outputs: StackResources }).outputs);
}

type StackResources = Record<string, { type: string; outputs?: Record<string, unknown> }>;

/** `...::A$B::name` is the parent of `...::A$B$C::name-c`: the URN of a child names the parent's type only, its name the rest. */
export function belowUrn(urn: string, resources: StackResources): OwnState {
    const [type, name] = [urn.slice(0, urn.lastIndexOf("::")), urn.slice(urn.lastIndexOf("::") + 2)];
    const own = new RegExp(`^${name.replace(/[^\w-]/g, "\\$&")}-(app|sp|consent|certificate|federated|vault-secret|secret-\\d{4}-\\d\\d-\\d\\d)$`);
    const children = Object.entries(resources)
        .filter(([one]) => one.startsWith(`${type}$`))
        .map(([one, { type, outputs }]) => ({ name: one.slice(one.lastIndexOf("::") + 2), type, outputs: outputs ?? {} }));
    return { component: resources[urn]?.outputs ?? {}, children: children.filter((one) => own.test(one.name)) };
}
