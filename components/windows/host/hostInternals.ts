import * as pulumi from "@pulumi/pulumi";
import { Connection } from "../../../remote/types";
import { HostRun } from "./hostRun";

/** What the library knows of a host beside its public outputs; kept outside the class, whose fields would all become outputs. */
export interface HostInternals {
    name: string;
    run: HostRun;
    /** What commands connect with. Secret. */
    connection: pulumi.Output<Connection>;
    /** What this run observes with: the observer's account in a preview, where there is one. Secret. */
    observing: pulumi.Output<Connection>;
    executable?: string;
    preinstalled: boolean;
    readers: pulumi.Output<string[]>;
    /** Seconds after which a command ends itself on the host. */
    commandTimeout: number;
    /** The last command of the host: the next one waits for it, so that no two run side by side. Undefined until there is one. */
    last?: pulumi.Resource;
    /** Warnings that were given: several components may have the same to say. */
    said: Set<string>;
    /** Whether a component enforces something on the host. */
    enforcing?: boolean;
    /** Nothing on it is put back any more. */
    retired: boolean;
    /** What has to be asked before a resource of the host is made, by the resource's name; and the hooks that ask, once there is a resource. */
    refusals: { name: string; refuse(): Promise<void> }[];
    hooks?: Promise<pulumi.ResourceHookBinding | undefined>;
    /** The components of this run, and the commands that they register. */
    components: Component[];
}

interface Component {
    resource: pulumi.Resource;
    urn: Promise<string>;
    /** Name of the command; undefined where the component is only audited. */
    command?: string;
}

const internals = new WeakMap<pulumi.Resource, HostInternals>();

export function registerHost(host: pulumi.Resource, known: HostInternals): void {
    internals.set(host, known);
}

export function isHost(value: unknown): value is pulumi.Resource {
    return internals.has(value as pulumi.Resource);
}

export function hostInternals(host: pulumi.Resource): HostInternals {
    return internals.get(host)!;
}
