import * as pulumi from "@pulumi/pulumi";

/** By URN. */
export type StackResources = Record<string, { type: string; outputs?: Record<string, unknown> }>;

/** What this stack's state has. It is the one at the run's beginning: what a refresh of the same run dropped still stands in it. */
export async function stackState(): Promise<StackResources> {
    const stackName = `${pulumi.getOrganization()}/${pulumi.getProject()}/${pulumi.getStack()}`;
    const state = await pulumi.runtime.invoke("pulumi:pulumi:readStackResourceOutputs", { stackName });
    return (state as { outputs: StackResources }).outputs;
}

/** Known in a preview too. */
export function urnOf(resource: pulumi.Resource): Promise<string> {
    return new Promise((resolve) => resource.urn.apply(resolve));
}
