import * as pulumi from "@pulumi/pulumi";
import { show } from "../../../drift/show";
import { namespace } from "../../internal/knownSettings";

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
    /** End the run with an error where a host or a document was not observed: `hybrid-identity:failWhenNotObserved`. */
    failWhenNotObserved: boolean;
}

/** @throws RunError for a setting that has another form than it must have; unknown ones are refused by every component. */
export function stackSettings(): StackSettings {
    const config = new pulumi.Config(namespace);
    return {
        owner: `${pulumi.getProject()}.${pulumi.getStack()}`,
        takeOverFrom: config.get("takeOverFrom"),
        skipHosts: hostNames(config, "skipHosts"),
        retiredHosts: hostNames(config, "retiredHosts"),
        offline: flag(config, "offline"),
        failWhenNotObserved: flag(config, "failWhenNotObserved"),
    };
}

function flag(config: pulumi.Config, name: string): boolean {
    const setting = config.get(name) ?? "false";
    if (setting !== "true" && setting !== "false") {
        throw new pulumi.RunError(`${namespace}:${name} must be true or false; received ${show(setting)}. Write: pulumi config set ${namespace}:${name} true`);
    }
    return setting === "true";
}

function hostNames(config: pulumi.Config, name: string): string[] {
    const setting = config.get(name) ?? "[]";
    try {
        const names: unknown = JSON.parse(setting);
        if (Array.isArray(names) && names.every((one) => typeof one === "string")) {
            return names;
        }
    } catch {
        // Said below: "mim02" alone is no list either.
    }
    throw new pulumi.RunError(`hybrid-identity:${name} must be a list of hosts; received ${show(setting)}. Write: pulumi config set --path "hybrid-identity:${name}[0]" NAME`);
}
