import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { withoutSecrets } from "../../../drift/secretLine";
import { withoutStack } from "../../internal/withoutStack";
import { nameOf, StackResources, stackState } from "../../internal/stackState";

/** A command of a host as this stack's state has it. */
export interface CommandInState {
    urn: string;
    type: string;
    /** Logical name. */
    name: string;
    outputs: Record<string, unknown>;
    /** Id of its document and the component that declared it, as its stdin names them; undefined where it installs the module, or brings its file. */
    document?: { id: string; resource: string };
    /** What that component last gave out. */
    component: Record<string, unknown>;
    /** Its removal puts originals back. */
    restores: boolean;
}

const commandType = "command:remote:Command";
const fileType = "command:remote:CopyToRemote";

/** What brings the module to a host, and what installs it there. */
export function installationNames(host: string): { file: string; command: string } {
    return { file: `${host}-module-file`, command: `${host}-module` };
}

/**
 * All commands in state. The engine deletes whatever is in state and is not registered, so a run that leaves something alone has to know what that
 * would be. The state is the one at the run's beginning.
 */
export function commandsInState(): Promise<CommandInState[]> {
    const state = stackState();
    const commands = found.get(state) ?? state.then(commandsOf);
    found.set(state, commands);
    return commands;
}

/** Every component of every host asks. */
const found = new WeakMap<Promise<StackResources>, Promise<CommandInState[]>>();

function commandsOf(all: StackResources): CommandInState[] {
    return Object.entries(all).flatMap(([urn, { type, outputs = {} }]) => {
        if (type !== commandType && type !== fileType) {
            return [];
        }
        const document = documentOf(outputs["stdin"]);
        // A component that was audited last says that its removal leaves everything, whatever its command could do.
        const component = all[document?.resource ?? ""]?.outputs ?? {};
        const restores = outputs["delete"] !== undefined && component["onRemoval"] !== "retain";
        return [{ urn, type, name: nameOf(urn), outputs, document, component, restores }];
    });
}

/** Whether a command enforces a document of the host with this name. */
export function isOfHost({ name, document }: CommandInState, host: string): boolean {
    return document !== undefined && name === `${nameOf(document.resource)}-${host}-${document.id}`;
}

/** Whether it installs the module on the host with this name, or brings its file. */
export function isInstallation({ name }: CommandInState, host: string): boolean {
    return Object.values(installationNames(host)).includes(name);
}

/** The URN that a command below a resource has. */
export function commandUrn(parent: string, name: string, type = commandType): string {
    return `${parent.slice(0, parent.lastIndexOf("::"))}$${type}::${name}`;
}

/**
 * Registers a command as it is in state, so that the engine neither runs nor deletes it.
 * @param retain Nor once it is no longer registered.
 */
export function keepCommand({ name, type, outputs }: CommandInState, parent: pulumi.Resource, retain: boolean): pulumi.Resource {
    // The engine takes all inputs from state. Only if somebody dropped the command meanwhile it would make it anew, and finds nobody to dial.
    const connection = { host: `${name} is no longer in state and this run makes nothing`, dialErrorLimit: 0 };
    // "*" puts the old inputs back; what is named the plugin does not compare either. An output that is named it would take for an input, and refuse.
    const ignoreChanges = ["*", ...Object.keys(outputs).filter((one) => one !== "stdout" && one !== "stderr")];
    const options = { parent, ignoreChanges, retainOnDelete: retain, deleteBeforeReplace: true };
    if (type === fileType) {
        const source = new pulumi.asset.StringAsset("");
        return withoutStack(() => new command.remote.CopyToRemote(name, { connection, source, remotePath: name }, options));
    }
    return withoutStack(() => new command.remote.Command(name, { connection }, options));
}

function documentOf(stdin: unknown): CommandInState["document"] {
    try {
        const { document: id, resource } = JSON.parse(withoutSecrets(stdin as string)) as Record<string, unknown>;
        return typeof id === "string" && typeof resource === "string" ? { id, resource } : undefined;
    } catch {
        // A module is installed by a script block, and its file has no stdin.
        return undefined;
    }
}
