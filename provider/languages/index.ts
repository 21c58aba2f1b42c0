// Makes a component for a program in another language: what its constructor registers, registers with the engine that asked. Loaded with the first
// request, since it needs the library and all of Pulumi's SDK.
import { setImmediate as settle } from "node:timers/promises";
import * as pulumi from "@pulumi/pulumi";
import type { ConstructRequest } from "@pulumi/pulumi/proto/provider_pb";
import { settled } from "../../components/internal/inputs";
import { arriveOneByOne } from "../../components/internal/oneByOne";
import { urnOf } from "../../components/internal/stackState";
import { inputsOf, optionsOf } from "./arguments";
import { classOf } from "./classes";
import { note } from "./failures";
import { Run } from "./run";
import { rpc, settings } from "./sdk";

/** What the engine is told of the component. */
export interface Constructed {
    urn: string;
    /** As it travels. */
    state: { [name: string]: unknown };
    /** By output: URNs of what it was made of. */
    dependencies: Map<string, string[]>;
}

arriveOneByOne();
process.on("unhandledRejection", note).on("uncaughtException", note);

/**
 * @param engine Where the engine listens that started this process.
 * @throws Error with everything that is wrong with the component
 */
export async function construct(request: ConstructRequest, engine: string): Promise<Constructed> {
    const run = Run.of(request);
    return run.failures.collect(() => run.within(request, engine, () => made(request, run)));
}

async function made(request: ConstructRequest, run: Run): Promise<Constructed> {
    const Component = classOf(request.getType());
    const component = new Component(request.getName(), await inputsOf(request, run), optionsOf(request));
    const urn = (await settled(component.urn))!;
    run.components.set(urn, component);
    const outputs = Object.entries(component).filter(([name, value]) => pulumi.Output.isInstance(value) && name !== "urn" && !name.startsWith("__"));
    const [state, resources] = await rpc.serializeResourceProperties(request.getName(), Object.fromEntries(outputs));
    await settings.waitForRPCs();
    // What was rejected meanwhile is told once everything that is ready to run has run.
    await settle();
    const urns = async ([name, all]: [string, Set<pulumi.Resource>]) => [name, await Promise.all([...all].map(urnOf))] as const;
    return { urn, state, dependencies: new Map(await Promise.all([...resources].map(urns))) };
}
