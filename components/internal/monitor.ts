import * as pulumi from "@pulumi/pulumi";

/** The engine as this run's program sees it. Programs can run side by side in one process: each has an engine of its own. */
export function monitor(): object | undefined {
    return (pulumi.runtime as unknown as { getMonitor(): object | undefined }).getMonitor();
}
