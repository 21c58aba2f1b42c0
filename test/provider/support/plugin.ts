// Drives the provider over gRPC as the engine does.
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import * as path from "node:path";
import * as grpc from "@grpc/grpc-js";
import { ResourceProviderClient } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as proto from "@pulumi/pulumi/proto/provider_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { Struct, type JavaScriptValue } from "google-protobuf/google/protobuf/struct_pb";

export type Properties = { [name: string]: JavaScriptValue };
export interface Resource {
    id: string;
    state: Properties;
}
type Failures = { property: string; reason: string }[];

export const folder = path.resolve(__dirname, "../../../provider");
export const executable = path.join(folder, `pulumi-resource-hybrid-identity${process.platform === "win32" ? ".cmd" : ""}`);
export const credentials = "hybrid-identity:entra:applicationCredentials";

// Fixed by the plugin protocol.
const mark = "4dabf18193072939515e22adb298388d";
const secretMark = "1b47061264138c4ac30d75fd1eb44270";
export const unknownText = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
export const secret = (value: JavaScriptValue): Properties => ({ [mark]: secretMark, value });

/** The environment without what would lead to a real tenant. */
export function cleanEnvironment(more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
    const kept = Object.entries(process.env).filter(([name]) => !/^(ARM_|AZURE_|ACTIONS_ID_|SSL_CERT_|NODE_EXTRA_CA)/.test(name));
    return { ...Object.fromEntries(kept), ...more };
}

export class Plugin {
    private constructor(
        readonly process: ChildProcess,
        readonly client: ResourceProviderClient,
    ) {}

    static async start(environment: NodeJS.ProcessEnv = {}, file = executable): Promise<Plugin> {
        const child = spawn(file, ["127.0.0.1:1"], {
            cwd: path.parse(__dirname).root,
            env: cleanEnvironment(environment),
            stdio: ["ignore", "pipe", "inherit"],
            shell: process.platform === "win32",
        });
        const [port] = (await once(child.stdout!, "data")) as [Buffer];
        return new Plugin(child, new ResourceProviderClient(`127.0.0.1:${String(port).trim()}`, grpc.credentials.createInsecure()));
    }

    async checkConfig(inputs: Properties): Promise<{ inputs: Properties; failures: Failures }> {
        const request = new proto.CheckRequest();
        request.setUrn("urn:pulumi:test::lab::pulumi:providers:hybrid-identity::default");
        request.setNews(Struct.fromJavaScript(inputs));
        const response = await ask<proto.CheckResponse>(reply => this.client.checkConfig(request, reply));
        return { inputs: toProperties(response.getInputs()), failures: response.toObject().failuresList };
    }

    async configure(inputs: Properties = {}): Promise<proto.ConfigureResponse.AsObject> {
        const request = new proto.ConfigureRequest();
        request.setAcceptsecrets(true);
        request.setArgs(Struct.fromJavaScript(inputs));
        return (await ask<proto.ConfigureResponse>(reply => this.client.configure(request, reply))).toObject();
    }

    async invoke(token: string, args: Properties): Promise<{ result: Properties; failures: Failures }> {
        const request = new proto.InvokeRequest();
        request.setTok(token);
        request.setArgs(Struct.fromJavaScript(args));
        const response = await ask<proto.InvokeResponse>(reply => this.client.invoke(request, reply));
        return { result: toProperties(response.getReturn()), failures: response.toObject().failuresList };
    }

    async check(type: string, inputs: Properties, olds?: Properties, name?: string): Promise<{ inputs: Properties; failures: Failures }> {
        const request = new proto.CheckRequest();
        request.setUrn(urnOf(type, name));
        if (olds) request.setOlds(Struct.fromJavaScript(olds));
        request.setNews(Struct.fromJavaScript(inputs));
        request.setRandomseed(Buffer.alloc(32, 7));
        const response = await ask<proto.CheckResponse>(reply => this.client.check(request, reply));
        return { inputs: toProperties(response.getInputs()), failures: response.toObject().failuresList };
    }

    async diff(type: string, oldInputs: Properties, news: Properties, state: Properties = oldInputs): Promise<proto.DiffResponse> {
        const request = new proto.DiffRequest();
        request.setUrn(urnOf(type));
        request.setOlds(Struct.fromJavaScript(state));
        request.setOldInputs(Struct.fromJavaScript(oldInputs));
        request.setNews(Struct.fromJavaScript(news));
        return ask<proto.DiffResponse>(reply => this.client.diff(request, reply));
    }

    /** With `preview` nothing is made; `seconds` is the time that the program allows. */
    async create(type: string, inputs: Properties = {}, { preview = false, seconds = 0 } = {}): Promise<Resource> {
        const request = new proto.CreateRequest();
        request.setUrn(urnOf(type));
        request.setProperties(Struct.fromJavaScript(inputs));
        request.setPreview(preview);
        request.setTimeout(seconds);
        const response = await ask<proto.CreateResponse>(reply => this.client.create(request, reply));
        return { id: response.getId(), state: toProperties(response.getProperties()) };
    }

    async read(
        type: string,
        id: string,
        inputs: Properties = {},
        state: Properties = {},
        name?: string,
    ): Promise<Resource & { inputs: Properties }> {
        const request = new proto.ReadRequest();
        request.setUrn(urnOf(type, name));
        request.setId(id);
        request.setInputs(Struct.fromJavaScript(inputs));
        request.setProperties(Struct.fromJavaScript(state));
        const response = await ask<proto.ReadResponse>(reply => this.client.read(request, reply));
        return { id: response.getId(), inputs: toProperties(response.getInputs()), state: toProperties(response.getProperties()) };
    }

    async update(type: string, { id, state }: Resource, olds: Properties, news: Properties, preview = false): Promise<Properties> {
        const request = new proto.UpdateRequest();
        request.setUrn(urnOf(type));
        request.setId(id);
        request.setOlds(Struct.fromJavaScript(state));
        request.setOldInputs(Struct.fromJavaScript(olds));
        request.setNews(Struct.fromJavaScript(news));
        request.setPreview(preview);
        return toProperties((await ask<proto.UpdateResponse>(reply => this.client.update(request, reply))).getProperties());
    }

    async delete(type: string, { id, state }: Resource): Promise<void> {
        const request = new proto.DeleteRequest();
        request.setUrn(urnOf(type));
        request.setId(id);
        request.setProperties(Struct.fromJavaScript(state));
        await ask<Empty>(reply => this.client.delete(request, reply));
    }

    async cancel(): Promise<void> {
        await ask<Empty>(reply => this.client.cancel(new Empty(), reply));
    }

    async schema(): Promise<Properties> {
        const response = await ask<proto.GetSchemaResponse>(reply => this.client.getSchema(new proto.GetSchemaRequest(), reply));
        return JSON.parse(response.getSchema()) as Properties;
    }

    async version(): Promise<string> {
        return (await ask<{ getVersion(): string }>(reply => this.client.getPluginInfo(new Empty(), reply))).getVersion();
    }

    /** Ends the process that this object started. */
    async stop(): Promise<void> {
        this.client.close();
        if (this.process.exitCode !== null || this.process.signalCode !== null) return;
        this.process.kill("SIGKILL");
        await once(this.process, "exit");
    }
}

function urnOf(type: string, name = "one"): string {
    return `urn:pulumi:test::lab::my:component:Parent$${type}::${name}`;
}

// What a creation left in state although it failed comes in the error's details.
function initFailed(metadata: grpc.Metadata): { id: string; state: Properties; reasons: string[] } | undefined {
    const [details] = metadata.get("grpc-status-details-bin");
    const any = details === undefined ? undefined : Status.deserializeBinary(details as Buffer).getDetailsList()[0];
    const failed = any?.unpack<proto.ErrorResourceInitFailed>(
        proto.ErrorResourceInitFailed.deserializeBinary,
        "pulumirpc.ErrorResourceInitFailed",
    );
    return failed ? { id: failed.getId(), state: toProperties(failed.getProperties()), reasons: failed.getReasonsList() } : undefined;
}

function toProperties(struct: Struct | undefined): Properties {
    return (struct?.toJavaScript() ?? {}) as Properties;
}

function ask<R>(call: (reply: (error: grpc.ServiceError | null, response: R) => void) => unknown): Promise<R> {
    return new Promise((resolve, reject) => {
        call((error, response) => {
            if (!error) return resolve(response);
            const { code, details, metadata } = error;
            reject(Object.assign(new Error(details), { code, initFailed: initFailed(metadata) }));
        });
    });
}
