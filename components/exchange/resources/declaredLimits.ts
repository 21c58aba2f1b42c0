import * as pulumi from "@pulumi/pulumi";
import { settled } from "../../internal/inputs";
import { monitor } from "../../internal/monitor";

/** Client ids of the applications that something in a run's program limits to mailboxes. */
const runs = new WeakMap<object, pulumi.Input<string>[]>();

/** Something of the program limits the application. */
export function declareLimit(appId: pulumi.Input<string>): void {
    const run = monitor() ?? declareLimit;
    runs.set(run, [...(runs.get(run) ?? []), appId]);
}

/**
 * Whether something in the program limits the application, or may do so: what depends on the very application that asks is not known before it is made.
 * Asked once the program is built.
 */
export async function isLimitDeclared(appId: string): Promise<boolean> {
    const declared = runs.get(monitor() ?? declareLimit) ?? [];
    const late = new Promise<undefined>((resolve) => setTimeout(resolve, 50, undefined));
    const known = await Promise.all(declared.map((one) => Promise.race([settled(pulumi.output(one)), late])));
    return known.some((one) => one === undefined || one.toLowerCase() === appId.toLowerCase());
}
