// Drives an azuread plugin over gRPC against a pretend tenant: the stand-in, or the binary that AZUREAD_PLUGIN names.
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import * as path from "node:path";
import * as grpc from "@grpc/grpc-js";
import { ResourceProviderClient } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as proto from "@pulumi/pulumi/proto/provider_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { Struct, type JavaScriptValue } from "google-protobuf/google/protobuf/struct_pb";

const plugins = path.resolve(__dirname, "../../../lab/plugins");
export const standIn = path.join(plugins, "azuread/pulumi-resource-azuread");
export const executable = process.env["AZUREAD_PLUGIN"] ?? standIn;
export const isStandIn = executable === standIn;
/** Milliseconds for one case: the plugin itself polls, twenty seconds for each object that it deletes. */
export const timeLimit = isStandIn ? 20_000 : 300_000;
export const azureNative = process.env["AZURE_NATIVE_PLUGIN"] ?? path.join(plugins, "azure-native/pulumi-resource-azure-native");

export type Properties = { [name: string]: JavaScriptValue };
/** What a creation gives, or what is left of one that failed halfway. */
export interface Made {
    id: string;
    state: Properties;
    inputs: Properties;
    error?: string;
}

// Fixed by the plugin protocol.
const mark = "4dabf18193072939515e22adb298388d";
const secretMark = "1b47061264138c4ac30d75fd1eb44270";
export const unknownText = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
export const secret = (value: JavaScriptValue): Properties => ({ [mark]: secretMark, value });

/** The value inside a secret; anything else is an assertion that failed. */
export function unwrap(value: JavaScriptValue | undefined): JavaScriptValue {
    const object = value as Properties;
    if (object?.[mark] !== secretMark) throw new Error(`not a secret: ${JSON.stringify(value)}`);
    return object["value"] as JavaScriptValue;
}

const short: Record<string, string> = {
    app: "azuread:index/application:Application",
    principal: "azuread:index/servicePrincipal:ServicePrincipal",
    password: "azuread:index/applicationPassword:ApplicationPassword",
    certificate: "azuread:index/applicationCertificate:ApplicationCertificate",
    federated: "azuread:index/applicationFederatedIdentityCredential:ApplicationFederatedIdentityCredential",
    role: "azuread:index/appRoleAssignment:AppRoleAssignment",
};

export class Plugin {
    private constructor(
        private readonly process: ChildProcess,
        private readonly client: ResourceProviderClient,
    ) {}

    /** Starts a plugin without configuring it. Of the environment only what is given speaks of Azure. */
    static async launch(environment: NodeJS.ProcessEnv, program = executable): Promise<Plugin> {
        const inherited = Object.entries(process.env).filter(([name]) => !/^ARM_|^AZURE_|^SSL_CERT|^NODE_/.test(name));
        const env = { ...Object.fromEntries(inherited), AZUREAD_STANDIN_POLL: "0.001", ...environment };
        const child = spawn(program, ["127.0.0.1:1"], { stdio: ["ignore", "pipe", "inherit"], env });
        const [port] = (await once(child.stdout as NodeJS.ReadableStream, "data")) as [Buffer];
        return new Plugin(child, new ResourceProviderClient(`127.0.0.1:${String(port).trim()}`, grpc.credentials.createInsecure()));
    }

    async configure(config: Properties = {}): Promise<void> {
        const request = new proto.ConfigureRequest();
        request.setAcceptsecrets(true);
        request.setArgs(Struct.fromJavaScript(config));
        await ask<proto.ConfigureResponse>(reply => this.client.configure(request, reply));
    }

    async check(type: string, given: Properties): Promise<{ inputs: Properties; failures: proto.CheckFailure.AsObject[] }> {
        const request = new proto.CheckRequest();
        request.setUrn(urn(type));
        request.setNews(Struct.fromJavaScript(given));
        const response = await ask<proto.CheckResponse>(reply => this.client.check(request, reply));
        return { inputs: toProperties(response.getInputs()), failures: response.toObject().failuresList };
    }

    /** The kinds of change by path. */
    async diff(type: string, made: Made, given: Properties, ignored: string[] = []): Promise<Record<string, string>> {
        const request = new proto.DiffRequest();
        request.setUrn(urn(type));
        request.setId(made.id);
        request.setOlds(Struct.fromJavaScript(made.state));
        request.setOldInputs(Struct.fromJavaScript(made.inputs));
        request.setNews(Struct.fromJavaScript((await this.check(type, given)).inputs));
        request.setIgnorechangesList(ignored);
        const response = await ask<proto.DiffResponse>(reply => this.client.diff(request, reply));
        const names = Object.entries(proto.PropertyDiff.Kind);
        const name = (kind: number) => String(names.find(([, value]) => value === kind)?.[0]);
        const found = response.getDetaileddiffMap().toArray();
        return Object.fromEntries(found.map(([key, detail]) => [key, name((detail as unknown as [number])[0] ?? 0)]));
    }

    async create(type: string, given: Properties, preview = false): Promise<Made> {
        const { inputs, failures } = await this.check(type, given);
        if (failures.length > 0) throw new Error(JSON.stringify(failures));
        const request = new proto.CreateRequest();
        request.setUrn(urn(type));
        request.setPreview(preview);
        request.setProperties(Struct.fromJavaScript(inputs));
        try {
            const response = await ask<proto.CreateResponse>(reply => this.client.create(request, reply));
            return { id: response.getId(), state: toProperties(response.getProperties()), inputs };
        } catch (error) {
            const half = halfDone(error as grpc.ServiceError);
            if (!half) throw error;
            return { ...half, inputs, error: (error as Error).message };
        }
    }

    /** What a refresh finds; nothing where the object is gone. Without a state it is an import. */
    async read(type: string, made: Pick<Made, "id"> & Partial<Made>): Promise<Made | undefined> {
        const request = new proto.ReadRequest();
        request.setUrn(urn(type));
        request.setId(made.id);
        if (made.state) request.setProperties(Struct.fromJavaScript(made.state));
        if (made.inputs) request.setInputs(Struct.fromJavaScript(made.inputs));
        const response = await ask<proto.ReadResponse>(reply => this.client.read(request, reply));
        if (response.getId() === "") return undefined;
        return { id: response.getId(), state: toProperties(response.getProperties()), inputs: toProperties(response.getInputs()) };
    }

    async update(type: string, made: Made, given: Properties, preview = false): Promise<Made> {
        const { inputs } = await this.check(type, given);
        const request = new proto.UpdateRequest();
        request.setUrn(urn(type));
        request.setId(made.id);
        request.setPreview(preview);
        request.setOlds(Struct.fromJavaScript(made.state));
        request.setOldInputs(Struct.fromJavaScript(made.inputs));
        request.setNews(Struct.fromJavaScript(inputs));
        const response = await ask<proto.UpdateResponse>(reply => this.client.update(request, reply));
        return { id: made.id, state: toProperties(response.getProperties()), inputs };
    }

    async delete(type: string, made: Made): Promise<void> {
        const request = new proto.DeleteRequest();
        request.setUrn(urn(type));
        request.setId(made.id);
        request.setProperties(Struct.fromJavaScript(made.state));
        request.setOldInputs(Struct.fromJavaScript(made.inputs));
        await ask<Empty>(reply => this.client.delete(request, reply));
    }

    async invoke(name: string, args: Properties = {}): Promise<Properties> {
        const request = new proto.InvokeRequest();
        request.setTok(`azuread:index/${name}:${name}`);
        request.setArgs(Struct.fromJavaScript(args));
        return toProperties((await ask<proto.InvokeResponse>(reply => this.client.invoke(request, reply))).getReturn());
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

function urn(type: string): string {
    return `urn:pulumi:test::lab::${short[type] ?? type}::mail`;
}

function toProperties(struct: Struct | undefined): Properties {
    return (struct?.toJavaScript() ?? {}) as Properties;
}

// What the engine keeps in state although the creation failed.
function halfDone(error: grpc.ServiceError): Omit<Made, "inputs"> | undefined {
    const [packed] = error.metadata?.get("grpc-status-details-bin") ?? [];
    if (!Buffer.isBuffer(packed)) return undefined;
    const [any] = Status.deserializeBinary(packed).getDetailsList();
    if (any?.getTypeName() !== "pulumirpc.ErrorResourceInitFailed") return undefined;
    const failed = proto.ErrorResourceInitFailed.deserializeBinary(any.getValue_asU8());
    return { id: failed.getId(), state: toProperties(failed.getProperties()) };
}

function ask<R>(call: (reply: (error: grpc.ServiceError | null, response: R) => void) => unknown): Promise<R> {
    return new Promise((resolve, reject) => {
        const told = (error: grpc.ServiceError) => reject(Object.assign(new Error(error.details), { metadata: error.metadata }));
        call((error, response) => (error ? told(error) : resolve(response)));
    });
}
