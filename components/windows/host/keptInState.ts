import * as pulumi from "@pulumi/pulumi";
import { settled } from "../../internal/inputs";
import { isOneByOne } from "../../internal/oneByOne";
import { keepComponent, nameOf, urnOf } from "../../internal/stackState";
import { CommandInState, commandsInState, commandUrn, isInstallation, isOfHost, keepCommand } from "./commandsInState";
import { hostInternals, HostInternals } from "./hostInternals";
import { HostsOfRun } from "./hostsOfRun";
import { isSameHost } from "./renamedHost";

/**
 * Keeps in state, as it is there, what a component registered that is only audited now; and the installation where nobody enforces.
 * @param looked By then every component of the host has been made, but for those whose inputs another resource gives.
 */
export async function keepAudited(host: pulumi.Resource, component: pulumi.Resource, looked: Promise<unknown>): Promise<void> {
    const known = hostInternals(host);
    const [inState, hostUrn, urn] = await Promise.all([commandsInState(), urnOf(host), urnOf(component)]);
    inState.filter((one) => one.document?.resource === urn).forEach((one) => keepCommand(one, component, true));
    await looked.catch(() => undefined);
    const installation = inState.filter((one) => isInstallation(one, known.name) && one.urn === commandUrn(hostUrn, one.name, one.type));
    if (!known.enforcing && known.last === undefined) {
        known.last = installation.map((one) => keepCommand(one, host, true)).pop();
    }
}

/** The commands of a host's documents that are in state, but for those that an audit keeps there. */
export async function removableCommands(host: pulumi.Resource): Promise<CommandInState[]> {
    const known = hostInternals(host);
    const components = await Promise.all(known.components.map(async ({ urn, command }) => ({ urn: await urn, command })));
    const stays = ({ urn, document }: CommandInState) =>
        components.some((one) => (one.command === undefined ? one.urn === document!.resource : commandUrn(one.urn, one.command) === urn));
    const dialled = await settled(known.connection).catch(() => undefined);
    // A host that was renamed has them under its former name.
    const isFormer = (one: CommandInState) => isOfNone(one) && isSameHost(one.outputs["connection"], dialled) && !components.some(({ urn }) => urn === one.document!.resource);
    return (await commandsInState()).filter((one) => (isOfHost(one, known.name) && !stays(one)) || isFormer(one));
}

/** Whether a command enforces a document of a host that the program does not have. */
function isOfNone({ name, document }: CommandInState): boolean {
    const end = document && `-${document.id}`;
    const start = document && `${nameOf(document.resource)}-`;
    return start !== undefined && name.startsWith(start) && name.endsWith(end!) && !HostsOfRun.current().has(name.slice(start.length, -end!.length));
}

/** A host that is left out is not contacted for what the program no longer has, either. Gives the names of what stays in state for that. */
export async function keepDropped(host: pulumi.Resource): Promise<string[]> {
    if (isOneByOne()) {
        return [];
    }
    const known = hostInternals(host);
    const dropped = (await removableCommands(host)).filter((one) => one.restores);
    const parents = new Map(await Promise.all(known.components.map(async ({ urn, resource }) => [await urn, resource] as const)));
    for (const one of dropped) {
        const { resource } = one.document!;
        const outputs = { ...one.component, onRemoval: known.retired ? "retain" : "restore" };
        const parent = parents.get(resource) ?? keepComponent(resource, outputs);
        parents.set(resource, parent);
        keepCommand(one, parent, known.retired);
    }
    return dropped.map(({ name }) => name);
}

/** Where no component is left on a host, nobody else looks what its commands in state would do when they are removed, or what is wrong with it. */
export async function attendHost(host: pulumi.Resource): Promise<void> {
    const known = hostInternals(host);
    // Where components arrive one by one there is none yet: they wait for this host.
    if (!isOneByOne()) {
        await moment();
        if (known.run.claims.size > 0) {
            return;
        }
    }
    const removes = !isOneByOne() && (await removableCommands(host)).length > 0;
    const connection = await settled(known.observing);
    if (removes) {
        await settled(known.observing.apply((one) => known.run.look(one)));
    } else if (connection !== undefined) {
        // Who looks once the connection is known comes first.
        await moment();
        await known.run.check(connection);
    }
}

function moment(): Promise<void> {
    return new Promise((resolve) => setTimeout(resolve, 50));
}

/** Whether nothing of the host is in state, and something would have to be made. */
export async function isNewHost(host: pulumi.Resource): Promise<boolean> {
    const known = hostInternals(host);
    return known.enforcing === true && !(await commandsInState()).some((one) => isOfHost(one, known.name) || isInstallation(one, known.name));
}

/** Whether an earlier run installed the module on the host. */
export async function wasInstalled(host: pulumi.Resource): Promise<boolean> {
    const known = hostInternals(host);
    return (await commandsInState()).some((one) => isInstallation(one, known.name));
}
