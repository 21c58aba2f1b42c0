import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { withoutSecrets } from "../../../drift/secretLine";
import { nameOf, stackState } from "../../internal/stackState";

/** A command of a host as this stack's state has it. */
export interface CommandInState {
    urn: string;
    /** Logical name. */
    name: string;
    outputs: Record<string, unknown>;
    /** Id of its document and the component that declared it, as its stdin names them; undefined where it installs the module. */
    document?: { id: string; resource: string };
    /** What that component last gave out. */
    component: Record<string, unknown>;
    /** Its removal puts originals back. */
    restores: boolean;
}

const commandType = "command:remote:Command";

/**
 * All commands in state. The engine deletes whatever is in state and is not registered, so a run that leaves something alone has to know what that
 * would be. The state is the one at the run's beginning.
 */
export async function commandsInState(): Promise<CommandInState[]> {
    const all = await stackState();
    return Object.entries(all).flatMap(([urn, { type, outputs = {} }]) => {
        if (type !== commandType) {
            return [];
        }
        const document = documentOf(outputs["stdin"]);
        // A component that was audited last says that its removal leaves everything, whatever its command could do.
        const component = all[document?.resource ?? ""]?.outputs ?? {};
        const restores = outputs["delete"] !== undefined && component["onRemoval"] !== "retain";
        return [{ urn, name: nameOf(urn), outputs, document, component, restores }];
    });
}

/** Whether a command enforces a document of the host with this name. */
export function isOfHost({ name, document }: CommandInState, host: string): boolean {
    return document !== undefined && name === `${nameOf(document.resource)}-${host}-${document.id}`;
}

/** The URN that a command below a resource has. */
export function commandUrn(parent: string, name: string): string {
    return `${parent.slice(0, parent.lastIndexOf("::"))}$${commandType}::${name}`;
}

/**
 * Registers a command as it is in state, so that the engine neither runs nor deletes it.
 * @param retain Nor once it is no longer registered.
 */
export function keepCommand({ name, outputs }: CommandInState, parent: pulumi.Resource, retain: boolean): command.remote.Command {
    // The engine takes all inputs from state. Only if somebody dropped the command meanwhile it would make it anew, and finds nobody to dial.
    const connection = { host: `${name} is no longer in state and this run makes nothing`, dialErrorLimit: 0 };
    // "*" puts the old inputs back; what is named the plugin does not compare either.
    const ignoreChanges = ["*", ...Object.keys(outputs)];
    return new command.remote.Command(name, { connection }, { parent, ignoreChanges, retainOnDelete: retain, deleteBeforeReplace: true });
}

function documentOf(stdin: unknown): CommandInState["document"] {
    try {
        const { document: id, resource } = JSON.parse(withoutSecrets(stdin as string)) as Record<string, unknown>;
        return typeof id === "string" && typeof resource === "string" ? { id, resource } : undefined;
    } catch {
        // The module's stdin is a script block, and a secret.
        return undefined;
    }
}
