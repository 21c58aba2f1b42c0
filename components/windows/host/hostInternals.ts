import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { deployedModuleDrift, hasNewerModule, importProblems, installMarker, moduleDrift, ModuleIdentity } from "../../../drift/marker";
import { block, installRequest } from "../../../drift/request";
import { Observation } from "../../../drift/types";
import { moduleText } from "../../../powershell/moduleText";
import { installCommand } from "../../../remote/commands";
import { Connection } from "../../../remote/types";
import { settled } from "../../internal/inputs";
import { monitor } from "../../internal/monitor";
import { reporter } from "../../internal/report";
import { urnOf } from "../../internal/stackState";
import { CommandInState, commandsInState, commandUrn, isOfHost, keepCommand, keepComponent } from "./commandsInState";
import { HostRun, Look } from "./hostRun";

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
    /** The components of this run, and the commands that they register. */
    components: Component[];
    /** What this stack's state has, once somebody asked. */
    inState?: Promise<CommandInState[]>;
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

/** The command that every next command of the host waits for; the module's installation comes first, once. */
export function previousCommand(host: pulumi.Resource): pulumi.Resource[] {
    const known = hostInternals(host);
    if (!known.enforcing) {
        known.enforcing = true;
        const look = pulumi.unsecret(known.observing.apply((connection) => known.run.look(connection)));
        look.apply((seen) => seen && warnOfModule(host, known, seen.observation));
        // Where an audit kept the installation as it is in state, before anybody enforced, it stays so in this run.
        known.last ??= known.preinstalled ? undefined : installModule(host, known, look);
    }
    return known.last === undefined ? [] : [known.last];
}

/**
 * Keeps in state, as it is there, what a component registered that is only audited now; and the installation where nobody enforces.
 * @param looked By then every component of the host has been made, but for those whose inputs another resource gives.
 */
export async function keepAudited(host: pulumi.Resource, component: pulumi.Resource, looked: Promise<unknown>): Promise<void> {
    const known = hostInternals(host);
    const [inState, hostUrn, urn] = await Promise.all([stateOf(known), urnOf(host), urnOf(component)]);
    inState.filter((one) => one.document?.resource === urn).forEach((one) => keepCommand(one, component, true));
    await looked.catch(() => undefined);
    const installation = inState.find((one) => one.urn === commandUrn(hostUrn, `${known.name}-module`));
    if (installation !== undefined && !known.enforcing && known.last === undefined) {
        known.last = keepCommand(installation, host, true);
    }
}

/** The commands of a host's documents that are in state, but for those that an audit keeps there. */
export async function removableCommands(host: pulumi.Resource): Promise<CommandInState[]> {
    const known = hostInternals(host);
    const components = await Promise.all(known.components.map(async ({ urn, command }) => ({ urn: await urn, command })));
    const stays = ({ urn, document }: CommandInState) =>
        components.some((one) => (one.command === undefined ? one.urn === document!.resource : commandUrn(one.urn, one.command) === urn));
    return (await stateOf(known)).filter((one) => isOfHost(one, known.name) && !stays(one));
}

/** A host that is left out is not contacted for what the program no longer has, either. Gives the names of what stays in state for that. */
export async function keepDropped(host: pulumi.Resource): Promise<string[]> {
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
    await moment();
    if (known.run.isAsked) {
        return;
    }
    const removes = (await removableCommands(host)).length > 0;
    const connection = await settled(known.observing);
    if (removes) {
        await settled(known.observing.apply((one) => known.run.look(one)));
    } else if (connection !== undefined) {
        // Who looks once the connection is known comes first.
        await moment();
        known.run.check(connection);
    }
}

function moment(): Promise<void> {
    return new Promise((resolve) => setTimeout(resolve, 50));
}

/** Whether nothing of the host is in state, and something would have to be made. */
export async function isNewHost(host: pulumi.Resource): Promise<boolean> {
    const known = hostInternals(host);
    return known.enforcing === true && !(await stateOf(known)).some((one) => isOfHost(one, known.name) || one.name === `${known.name}-module`);
}

function stateOf(known: HostInternals): Promise<CommandInState[]> {
    return (known.inState ??= commandsInState());
}

function warnOfModule(host: pulumi.Resource, known: HostInternals, observation: Observation): void {
    const changed = (known.preinstalled ? deployedModuleDrift : moduleDrift)(moduleText(), observation);
    // A deployed module that answered was imported: nothing is in its way.
    const problems = known.preinstalled ? [] : importProblems(observation);
    if (!observation.facts.elevated && known.observing === known.connection) {
        problems.push(
            `${observation.facts.user} is no administrator of this host, or its logon is not elevated: looking works, every command that ` +
                "enforces fails. Add the account to the host's Administrators.",
        );
    }
    [...(changed === undefined ? [] : [changed]), ...problems].forEach((one) => reporter.warn(`${known.name}: ${one}`, host));
}

/** What every command connects with, in the words of the command plugin. */
export function commandConnection(known: HostInternals): pulumi.Output<command.types.input.remote.ConnectionArgs> {
    return pulumi.secret(known.connection.apply(connectionArgs));
}

export const commandDefaults = { logging: "none", addPreviousOutputInEnv: false } as const;
export const commandTimeouts = { create: "10m", update: "10m", delete: "10m" };

/**
 * Keeps a resource exactly as it is in state unless everything about it is known. The engine creates what is not in state yet all the same: where
 * `mayCreate` is false a hook ends the run in words, before the plugin is called. A preview goes on, and ends with an error: it shows the rest.
 */
export function keepUnless(known: HostInternals, name: string, decided: Promise<boolean | undefined>, mayCreate = decided): pulumi.CustomResourceOptions {
    // A hook runs outside of the program's own context, in which the run is ended.
    const preview = pulumi.runtime.isDryRun();
    let found = () => {};
    void new Promise<void>((resolve) => (found = resolve)).then(() => known.run.refuseNew());
    const refuse = async () => {
        if ((await mayCreate) !== false) {
            return;
        }
        if (!preview) {
            throw new Error(`this run makes nothing new on ${known.name}, for the reason that the message of ${known.name} gives`);
        }
        found();
    };
    const hooks = registeredHooks(`${name} is observed`, refuse);
    const keep: pulumi.ResourceTransform = async ({ props, opts }) => {
        // "*" puts the old inputs back; the plugin still compares what it makes of them with state, but for what is named.
        const ignoreChanges = (await decided) === false ? ["*", ...Object.keys(props)] : [];
        return { props, opts: pulumi.mergeOptions(opts, { ignoreChanges, hooks: await hooks }) };
    };
    return { transforms: [keep] };
}

/**
 * Undefined where the hook cannot be registered: the SDK's mocks know none, and the language host of SDK 3.68, which stands between engine and
 * program, answers UNIMPLEMENTED. A hook that stands among the options would end the run there; a transform can wait, and go without.
 */
async function registeredHooks(name: string, refuse: pulumi.ResourceHookFunction): Promise<pulumi.ResourceHookBinding | undefined> {
    if (!("registerResourceHook" in (monitor() ?? {}))) {
        return undefined;
    }
    const hook = new pulumi.ResourceHook(name, refuse, { onDryRun: true });
    const { __registered } = hook as unknown as { __registered: Promise<void> };
    return __registered.then(
        () => ({ beforeCreate: [hook] }),
        () => undefined,
    );
}

function installModule(host: pulumi.Resource, known: HostInternals, look: pulumi.Output<Look | undefined>): command.remote.Command {
    const module = moduleText();
    const marker = look.apply((seen) => installMarker(module, seen?.observation, new Date()));
    const request = pulumi.all([marker, known.readers]).apply(([text, readers]) => installRequest({ ...module, marker: text, readers }));
    const text = marker.apply((one) => installCommand(one, known.executable));
    void sayReaders(host, known);
    return new command.remote.Command(
        `${known.name}-module`,
        {
            connection: commandConnection(known),
            create: text,
            update: text,
            // No secret is in it: marked only to keep the module's text out of every preview.
            stdin: pulumi.secret(request.apply((json) => block(module.psm1, json))),
            ...commandDefaults,
        },
        {
            parent: host,
            retainOnDelete: true,
            deleteBeforeReplace: true,
            customTimeouts: commandTimeouts,
            ...keepUnless(
                known,
                `${known.name}-module`,
                settled(look.apply((seen) => seen !== undefined && mayInstall(module, seen))),
                settled(look.apply((seen) => seen !== undefined && mayTell(seen))),
            ),
        },
    );
}

/** They stand in what is marked as secret, so no diff shows them. */
async function sayReaders(host: pulumi.Resource, { name, readers }: HostInternals): Promise<void> {
    const known = (await settled(readers)) ?? [];
    if (known.length > 0) {
        reporter.info(`${name}: the records on the host may be read by SYSTEM and Administrators, and ${known.join(", ")}`, host);
    }
}

function mayInstall(module: ModuleIdentity, look: Look): boolean {
    return mayTell(look) && !hasNewerModule(module, look.observation);
}

/**
 * The marker is one of the records: where they cannot be read, nothing tells whether the installation was finished. And a host on which nothing will
 * be enforced needs no module.
 */
function mayTell({ observation, enforced }: Look): boolean {
    return enforced && typeof observation.records !== "string";
}

function connectionArgs({ proxy, ...connection }: Connection): command.types.input.remote.ConnectionArgs {
    return { ...dialArgs(connection), ...(proxy ? { proxy: dialArgs(proxy) } : {}) };
}

function dialArgs({ host, port, user, password, privateKey, privateKeyPassword, hostKey }: Connection) {
    const given = Object.entries({ port, user, password, privateKey, privateKeyPassword, hostKey }).filter(([, one]) => one !== undefined);
    // A refused password is never tried again: the plugin's default makes 22 failed logons from one stale password, which locks the account.
    return { host, ...Object.fromEntries(given), dialErrorLimit: password === undefined ? 2 : 0, perDialTimeout: 15 };
}
