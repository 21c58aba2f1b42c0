// The arguments of a component as its constructor takes them, from a request.
import * as pulumi from "@pulumi/pulumi";
import type { ConstructRequest } from "@pulumi/pulumi/proto/provider_pb";
import { nameOf } from "../../components/internal/stackState";
import { resourceIn, type Properties } from "../values";
import type { Run } from "./run";
import { resource, resources, server } from "./sdk";

/**
 * What is secret, not known yet or made of another resource becomes an output; the rest is plain.
 * @throws Error for a host that another process made
 */
export async function inputsOf(request: ConstructRequest, run: Run): Promise<pulumi.Inputs> {
    const given = (request.getInputs()?.toJavaScript() ?? {}) as Properties;
    const inputs = await server.deserializeInputs(request.getInputs(), request.getInputdependenciesMap());
    return Object.fromEntries(
        Object.entries(inputs).map(([name, value]) => {
            const urn = resourceIn(given[name] ?? null);
            const component = run.components.get(urn ?? "");
            if (urn?.includes("hybrid-identity:windows:Host::") && component === undefined) {
                throw new Error(`${name}: ${nameOf(urn)} was made by another provider of this package, of which nothing is known here. Give both components the same provider, or none`);
            }
            return [name, component ?? (pulumi.containsUnknowns(value) ? pulumi.output(value) : value)];
        }),
    );
}

export function optionsOf(request: ConstructRequest): pulumi.ComponentResourceOptions {
    const dependency = (urn: string) => new resource.DependencyResource(urn);
    const providers = [...request.getProvidersMap().entries()].map(([name, reference]) => [name, new resource.DependencyProviderResource(reference)] as const);
    return {
        aliases: request.getAliasesList().map((one) => (one.hasUrn() ? one.getUrn() : aliasOf(one.getSpec()!))),
        dependsOn: request.getDependenciesList().map(dependency),
        protect: request.getProtect(),
        providers: Object.fromEntries(providers),
        parent: request.getParent() ? dependency(request.getParent()) : undefined,
        ignoreChanges: request.getIgnorechangesList(),
        replaceOnChanges: request.getReplaceonchangesList(),
        customTimeouts: timeoutsOf(request.getCustomtimeouts()),
        retainOnDelete: request.getRetainondelete(),
        deletedWith: request.getDeletedwith() ? dependency(request.getDeletedwith()) : undefined,
        hooks: resources.hookBindingFromProto(request.getResourceHooks()),
    };
}

function timeoutsOf(given: ReturnType<ConstructRequest["getCustomtimeouts"]>): pulumi.CustomTimeouts | undefined {
    return given && { create: given.getCreate(), update: given.getUpdate(), delete: given.getDelete() };
}

type AliasSpec = NonNullable<ReturnType<ReturnType<ConstructRequest["getAliasesList"]>[number]["getSpec"]>>;

function aliasOf(spec: AliasSpec): pulumi.Alias {
    const parent = spec.hasParenturn() ? { parent: spec.getParenturn() } : spec.getNoparent() ? { parent: pulumi.rootStackResource } : {};
    const named = { name: spec.getName(), project: spec.getProject(), stack: spec.getStack() };
    return { ...Object.fromEntries(Object.entries(named).filter(([, value]) => value !== "")), ...parent };
}
