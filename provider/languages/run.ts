import * as pulumi from "@pulumi/pulumi";
import type { ConstructRequest } from "@pulumi/pulumi/proto/provider_pb";
import { Failures } from "./failures";
import { settings, state } from "./sdk";

/** One run of a program. Its requests come side by side, each with the address of the same engine. */
export class Run {
    /** What was made so far, by URN: where a component is given to another one, its URN arrives. */
    readonly components = new Map<string, pulumi.ComponentResource>();
    readonly failures = new Failures();
    private monitor?: object;
    private callbacks?: object;

    static of(request: ConstructRequest): Run {
        const address = request.getMonitorendpoint();
        const known = runs.get(address) ?? new Run();
        runs.set(address, known);
        return known;
    }

    /** Does the work as a program of its own: what it registers is waited for apart from the others. To the library it is one program with them. */
    within<T>(request: ConstructRequest, engine: string, work: () => Promise<T>): Promise<T> {
        return state.withLocalStorage(async () => {
            const config = Object.fromEntries(request.getConfigMap().entries());
            // Engines up to 3.230 and later do not tell it. Where stacks are in files it always is this one.
            const organization = request.getOrganization() || config["hybrid-identity:organization"] || "organization";
            settings.resetOptions(request.getProject(), request.getStack(), request.getParallel(), engine, request.getMonitorendpoint(), request.getDryrun(), organization);
            const store = state.getStore();
            store.settings.monitor = this.monitor ??= settings.getMonitor();
            store.callbacks = this.callbacks ??= settings.getCallbacks();
            await settings.awaitFeatureSupport();
            pulumi.runtime.setAllConfig(config, request.getConfigsecretkeysList());
            return work();
        });
    }
}

const runs = new Map<string, Run>();
