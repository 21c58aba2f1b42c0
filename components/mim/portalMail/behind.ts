import * as pulumi from "@pulumi/pulumi";
import { settled } from "../../internal/inputs";

/** Every resource of that type below a component waits for others: when it is made, and they for it when it is removed. */
export function behind(type: string, others: Promise<pulumi.Resource[]>): pulumi.ResourceTransformation {
    return ({ type: one, props, opts }) => (one === type ? { props, opts: pulumi.mergeOptions(opts, { dependsOn: others }) } : undefined);
}

/** Notes the resources of these types below a component. */
export function noting(types: string[], noted: pulumi.Resource[]): pulumi.ResourceTransformation {
    return ({ type, resource }) => {
        if (types.includes(type)) {
            noted.push(resource);
        }
        return undefined;
    };
}

/** Once all of them are known, or known to stay unknown in this preview. Rejects where one of them is refused. */
export function known(...outputs: pulumi.Output<unknown>[]): Promise<unknown> {
    return Promise.all(outputs.map(settled));
}
