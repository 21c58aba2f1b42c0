// Drives the provider over gRPC as the engine does.
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import * as path from "node:path";
import * as grpc from "@grpc/grpc-js";
import { ResourceProviderClient } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as proto from "@pulumi/pulumi/proto/provider_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { Struct, type JavaScriptValue } from "google-protobuf/google/protobuf/struct_pb";

export type Properties = { [name: string]: JavaScriptValue };
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

    async create(type: string): Promise<void> {
        const request = new proto.CreateRequest();
        request.setUrn(`urn:pulumi:test::lab::${type}::one`);
        await ask(reply => this.client.create(request, reply));
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

function toProperties(struct: Struct | undefined): Properties {
    return (struct?.toJavaScript() ?? {}) as Properties;
}

function ask<R>(call: (reply: (error: grpc.ServiceError | null, response: R) => void) => unknown): Promise<R> {
    return new Promise((resolve, reject) => {
        call((error, response) => (error ? reject(Object.assign(new Error(error.details), { code: error.code })) : resolve(response)));
    });
}
