// Drives a command plugin over gRPC as the engine does: the stand-in, or the binary that COMMAND_PLUGIN names.
import { spawn, type ChildProcess } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import * as path from "node:path";
import { promisify } from "node:util";
import * as grpc from "@grpc/grpc-js";
import { EngineService } from "@pulumi/pulumi/proto/engine_grpc_pb";
import { LogSeverity, type LogRequest } from "@pulumi/pulumi/proto/engine_pb";
import { ResourceProviderClient } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as proto from "@pulumi/pulumi/proto/provider_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { Struct, type JavaScriptValue } from "google-protobuf/google/protobuf/struct_pb";

export const standIn = path.resolve(__dirname, "../../../lab/plugins/command/pulumi-resource-command");
export const executable = process.env["COMMAND_PLUGIN"] ?? standIn;
export const isStandIn = executable === standIn;

export type Properties = { [name: string]: JavaScriptValue };
export interface Message {
    severity: "info" | "warning" | "error" | "debug";
    text: string;
    ephemeral: boolean;
}
interface Request {
    preview?: boolean;
    timeout?: number;
}

// Fixed by the plugin protocol.
const mark = "4dabf18193072939515e22adb298388d";
const secretMark = "1b47061264138c4ac30d75fd1eb44270";
const assetMark = "c44067f5952c0a294b673a41bacd8c17";
export const unknownText = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
export const secret = (value: JavaScriptValue): Properties => ({ [mark]: secretMark, value });

/** Assets as the engine hands them over. */
export const textAsset = (text: string): Properties => ({ [mark]: assetMark, text, hash: sha256(text) });
export const fileAsset = (file: string): Properties => ({ [mark]: assetMark, path: file, hash: sha256(readFileSync(file)) });
export const archive = (file: string): Properties => ({ [mark]: "0def7320c3a5731c473e5ecbe6d01bc7", path: file, hash: "a" });

/** The value inside a secret; anything else is an assertion that failed. */
export function unwrap(value: JavaScriptValue | undefined): JavaScriptValue {
    const object = value as Properties;
    if (object?.[mark] !== secretMark) throw new Error(`not a secret: ${JSON.stringify(value)}`);
    return object["value"] as JavaScriptValue;
}

export class Plugin {
    private constructor(
        /** What the plugin told the engine, oldest first. */
        readonly messages: Message[],
        private readonly process: ChildProcess,
        private readonly engine: grpc.Server,
        private readonly client: ResourceProviderClient,
    ) {}

    /** Starts the plugin with an engine that notes its messages. */
    static async start(environment: NodeJS.ProcessEnv = {}): Promise<Plugin> {
        const engine = new grpc.Server();
        const notes: Message[] = [];
        const { DEBUG, INFO, WARNING, ERROR } = LogSeverity;
        engine.addService(EngineService, {
            log: (call: grpc.ServerUnaryCall<LogRequest, Empty>, reply: grpc.sendUnaryData<Empty>) => {
                const names = { [DEBUG]: "debug", [INFO]: "info", [WARNING]: "warning", [ERROR]: "error" } as const;
                const { severity, message: text, ephemeral } = call.request.toObject();
                notes.push({ severity: names[severity], text, ephemeral });
                reply(null, new Empty());
            },
        });
        const bind = promisify(engine.bindAsync.bind(engine));
        const enginePort = await bind("127.0.0.1:0", grpc.ServerCredentials.createInsecure());
        const { SSH_AUTH_SOCK: _, ...inherited } = process.env;
        const child = spawn(executable, [`127.0.0.1:${enginePort}`], {
            stdio: ["ignore", "pipe", "inherit"],
            env: { ...inherited, ...environment },
        });
        const [port] = (await once(child.stdout as NodeJS.ReadableStream, "data")) as [Buffer];
        const client = new ResourceProviderClient(`127.0.0.1:${String(port).trim()}`, grpc.credentials.createInsecure());
        const plugin = new Plugin(notes, child, engine, client);
        const request = new proto.ConfigureRequest();
        request.setAcceptsecrets(true);
        request.setArgs(new Struct());
        await ask<proto.ConfigureResponse>(reply => client.configure(request, reply));
        return plugin;
    }

    async check(type: string, inputs: Properties): Promise<{ inputs: Properties; failures: { property: string; reason: string }[] }> {
        const request = new proto.CheckRequest();
        request.setUrn(urn(type));
        request.setNews(Struct.fromJavaScript(inputs));
        const response = await ask<proto.CheckResponse>(reply => this.client.check(request, reply));
        return { inputs: toProperties(response.getInputs()), failures: response.toObject().failuresList };
    }

    async diff(type: string, state: Properties, news: Properties, ignored: string[] = []): Promise<proto.DiffResponse> {
        const request = new proto.DiffRequest();
        request.setUrn(urn(type));
        request.setId("id");
        request.setOlds(Struct.fromJavaScript(state));
        request.setNews(Struct.fromJavaScript((await this.check(type, news)).inputs));
        request.setIgnorechangesList(ignored);
        return ask(reply => this.client.diff(request, reply));
    }

    async create(type: string, inputs: Properties, options: Request = {}): Promise<{ id: string; state: Properties }> {
        const { preview = false, timeout = 0 } = options;
        const request = new proto.CreateRequest();
        request.setUrn(urn(type));
        request.setPreview(preview);
        request.setTimeout(timeout);
        request.setProperties(Struct.fromJavaScript((await this.check(type, inputs)).inputs));
        const response = await ask<proto.CreateResponse>(reply => this.client.create(request, reply));
        return { id: response.getId(), state: toProperties(response.getProperties()) };
    }

    async update(type: string, state: Properties, news: Properties, { preview = false, ignored = [] }: Request & { ignored?: string[] } = {}): Promise<Properties> {
        const request = new proto.UpdateRequest();
        request.setUrn(urn(type));
        request.setId("id");
        request.setPreview(preview);
        request.setOlds(Struct.fromJavaScript(state));
        request.setNews(Struct.fromJavaScript((await this.check(type, news)).inputs));
        request.setIgnorechangesList(ignored);
        const response = await ask<proto.UpdateResponse>(reply => this.client.update(request, reply));
        return toProperties(response.getProperties());
    }

    async delete(type: string, state: Properties): Promise<void> {
        const request = new proto.DeleteRequest();
        request.setUrn(urn(type));
        request.setId("id");
        request.setProperties(Struct.fromJavaScript(state));
        await ask<Empty>(reply => this.client.delete(request, reply));
    }

    async read(type: string, state: Properties, inputs: Properties): Promise<{ state: Properties; inputs: Properties }> {
        const request = new proto.ReadRequest();
        request.setUrn(urn(type));
        request.setId("id");
        request.setProperties(Struct.fromJavaScript(state));
        request.setInputs(Struct.fromJavaScript(inputs));
        const response = await ask<proto.ReadResponse>(reply => this.client.read(request, reply));
        return { state: toProperties(response.getProperties()), inputs: toProperties(response.getInputs()) };
    }

    async cancel(): Promise<void> {
        await ask<Empty>(reply => this.client.cancel(new Empty(), reply));
    }

    async version(): Promise<string> {
        return (await ask<{ getVersion(): string }>(reply => this.client.getPluginInfo(new Empty(), reply))).getVersion();
    }

    /** Ends the process that this object started. */
    async stop(): Promise<void> {
        this.client.close();
        this.engine.forceShutdown();
        if (this.process.exitCode !== null || this.process.signalCode !== null) return;
        this.process.kill("SIGKILL");
        await once(this.process, "exit");
    }
}

function sha256(content: string | Buffer): string {
    return createHash("sha256").update(content).digest("hex");
}

/** Of a command by `remote` or `local`; of another resource with its name: `remote:CopyToRemote`. */
export function urn(type: string): string {
    return `urn:pulumi:test::lab::command:${type.includes(":") ? type : `${type}:Command`}::tls`;
}

function toProperties(struct: Struct | undefined): Properties {
    return (struct?.toJavaScript() ?? {}) as Properties;
}

function ask<R>(call: (reply: (error: grpc.ServiceError | null, response: R) => void) => unknown): Promise<R> {
    return new Promise((resolve, reject) => {
        call((error, response) => (error ? reject(new Error(error.details)) : resolve(response)));
    });
}
