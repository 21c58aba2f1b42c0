// What Pulumi's SDK does for its own providers and names for nobody else.
import type { ConstructRequest } from "@pulumi/pulumi/proto/provider_pb";
import type * as pulumi from "@pulumi/pulumi";

interface Store {
    settings: { monitor?: object };
    callbacks?: object;
}

interface Settings {
    resetOptions(project: string, stack: string, parallel: number, engine: string, monitor: string, preview: boolean, organization: string): void;
    awaitFeatureSupport(): Promise<void>;
    waitForRPCs(): Promise<void>;
    getMonitor(): object;
    getCallbacks(): object;
}

interface Rpc {
    serializeResourceProperties(label: string, properties: pulumi.Inputs): Promise<[{ [name: string]: unknown }, Map<string, Set<pulumi.Resource>>]>;
}

interface Server {
    deserializeInputs(inputs: ReturnType<ConstructRequest["getInputs"]>, dependencies: ReturnType<ConstructRequest["getInputdependenciesMap"]>): Promise<pulumi.Inputs>;
}

interface State {
    withLocalStorage<T>(work: () => Promise<T>): Promise<T>;
    getStore(): Store;
}

interface Resource {
    DependencyResource: new (urn: string) => pulumi.Resource;
    DependencyProviderResource: new (reference: string) => pulumi.ProviderResource;
}

interface Resources {
    hookBindingFromProto(hooks: unknown): pulumi.ResourceHookBinding | undefined;
}

export const settings = require("@pulumi/pulumi/runtime/settings") as Settings;
export const rpc = require("@pulumi/pulumi/runtime/rpc") as Rpc;
export const server = require("@pulumi/pulumi/provider/server") as Server;
export const state = require("@pulumi/pulumi/runtime/state") as State;
export const resource = require("@pulumi/pulumi/resource") as Resource;
export const resources = require("@pulumi/pulumi/runtime/resource") as Resources;
