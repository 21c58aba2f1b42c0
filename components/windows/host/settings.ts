import * as pulumi from "@pulumi/pulumi";

/** Stack settings that every host reads: `hybrid-identity:*`. */
export interface StackSettings {
    /** `<project>.<stack>`: who owns what this run enforces. */
    owner: string;
    /** The owner whose values may be taken over: `hybrid-identity:takeOverFrom`. */
    takeOverFrom?: string;
    /** Names of hosts that are left as they are in state: `hybrid-identity:skipHosts`. */
    skipHosts: string[];
    /** Names of hosts that are gone for good: left as they are, and nothing on them is put back when they leave the program. */
    retiredHosts: string[];
    /** Leave every host as it is in state: `hybrid-identity:offline`. */
    offline: boolean;
}

export function stackSettings(): StackSettings {
    const config = new pulumi.Config("hybrid-identity");
    return {
        owner: `${pulumi.getProject()}.${pulumi.getStack()}`,
        takeOverFrom: config.get("takeOverFrom"),
        skipHosts: config.getObject<string[]>("skipHosts") ?? [],
        retiredHosts: config.getObject<string[]>("retiredHosts") ?? [],
        offline: config.getBoolean("offline") ?? false,
    };
}
