// The inputs of the resources that the stand-in has.
import type { Value } from "../shared/values";

export type Kind = "string" | "number" | "whole number" | "boolean" | "strings" | "text map" | "list" | "asset" | Fields;
export interface Field {
    kind: Kind;
    required?: boolean;
    default?: Value;
    /** Marked as secret, also inside a value that is one as a whole. */
    secret?: boolean;
    /** Why the stand-in does not take this input although the plugin does. */
    refused?: string;
}
export type Fields = { [name: string]: Field };

/** One input that the plugin refuses, by its path. */
export interface Failure {
    property: string;
    reason: string;
}

const endpoint: Fields = {
    agentSocketPath: { kind: "string" },
    dialErrorLimit: { kind: "whole number", default: 10 },
    host: { kind: "string", required: true },
    hostKey: { kind: "string" },
    password: { kind: "string", secret: true },
    perDialTimeout: { kind: "whole number", default: 15 },
    port: { kind: "number", default: 22 },
    privateKey: { kind: "string", secret: true },
    privateKeyPassword: { kind: "string", secret: true },
    user: { kind: "string", default: "root" },
};

const common: Fields = {
    addPreviousOutputInEnv: { kind: "boolean" },
    create: { kind: "string" },
    delete: { kind: "string" },
    environment: { kind: "text map" },
    logging: { kind: "string" },
    stdin: { kind: "string" },
    triggers: { kind: "list" },
    update: { kind: "string" },
};

const noFiles = "the stand-in of the command plugin collects no files; use the plugin itself, or read the file in the program";

const connection: Field = { kind: { ...endpoint, proxy: { kind: endpoint } }, required: true, secret: true };

const inputs: { [type: string]: Fields } = {
    "command:remote:Command": {
        ...common,
        connection,
    },
    "command:remote:CopyToRemote": {
        connection,
        remotePath: { kind: "string", required: true },
        source: { kind: "asset", required: true },
        triggers: { kind: "list" },
    },
    "command:local:Command": {
        ...common,
        archivePaths: { kind: "strings", refused: noFiles },
        assetPaths: { kind: "strings", refused: noFiles },
        dir: { kind: "string" },
        interpreter: { kind: "strings" },
    },
};

/** The names of a resource type's inputs. */
export function inputNames(type: string): string[] {
    return Object.keys(fieldsOf(type));
}

/** The package's schema, as far as the engine asks for it. */
export function packageSchema(name: string, version: string): string {
    const resources = Object.fromEntries(Object.keys(inputs).map(type => [type, {}]));
    return JSON.stringify({ name, version, resources });
}

/** The inputs of a resource type; an error for a type that the stand-in does not have. */
export function fieldsOf(type: string): Fields {
    const fields = inputs[type];
    if (fields) return fields;
    throw new Error(`the stand-in of the command plugin has no resource type "${type}", only ${Object.keys(inputs).join(", ")}`);
}
