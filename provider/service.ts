// The provider over gRPC. It serves the SDK's gRPC classes itself, because the SDK's ready-made server configures nothing, hands secrets
// over in clear and has no detailed diffs.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as grpc from "@grpc/grpc-js";
import * as proto from "@pulumi/pulumi/proto/provider_pb";
import { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { Struct, type JavaScriptValue } from "google-protobuf/google/protobuf/struct_pb";
import { graphClient } from "./clients/graph";
import { checkSettings, settingsOf } from "./config";
import { functions } from "./functions";
import type { Context } from "./resources/resource";
import { reveal, type Failure, type Properties } from "./values";

const schema = readFileSync(join(__dirname, "schema.json"), "utf8");
const { name, version } = JSON.parse(schema) as { name: string; version: string };

const cancelled = new AbortController();
let graph: Context["graph"] | undefined;

class Unimplemented extends Error {}

/** Ends what is under way; nothing can be asked of this process afterwards. */
export function cancelAll(): void {
    cancelled.abort();
}

/** The provider as a gRPC service; what it does not name is answered as not implemented. */
export const service: grpc.UntypedServiceImplementation = {
    handshake: unary(() => {
        const response = new proto.ProviderHandshakeResponse();
        response.setAcceptSecrets(true);
        return response;
    }),
    attach: unary(() => new Empty()),
    getPluginInfo: unary(() => {
        const response = new PluginInfo();
        response.setVersion(version);
        return response;
    }),
    getSchema: unary(() => {
        const response = new proto.GetSchemaResponse();
        response.setSchema(schema);
        return response;
    }),
    checkConfig: unary((request: proto.CheckRequest) => {
        const { inputs, failures } = checkSettings(properties(request.getNews()));
        const response = new proto.CheckResponse();
        response.setInputs(struct(inputs));
        response.setFailuresList(failures.map(checkFailure));
        return response;
    }),
    // Left to the engine: whatever changed is an update, since no setting changes what the resources are.
    diffConfig: unary(() => new proto.DiffResponse()),
    configure: unary((request: proto.ConfigureRequest) => {
        graph = graphClient(settingsOf(properties(request.getArgs()), process.env));
        const response = new proto.ConfigureResponse();
        response.setAcceptsecrets(true);
        response.setSupportspreview(true);
        return response;
    }),
    invoke: unary(async (request: proto.InvokeRequest) => {
        const wanted = functions[request.getTok()];
        if (!wanted) throw new Unimplemented(`${name} ${version} has no function "${request.getTok()}"`);
        if (!graph) throw new Error(`${name} was asked for ${request.getTok()} before it was configured`);
        const args = reveal(properties(request.getArgs())) as Properties;
        const response = new proto.InvokeResponse();
        const failures = wanted.check(args);
        response.setFailuresList(failures.map(checkFailure));
        if (failures.length === 0) response.setReturn(struct(await wanted.run(args, { graph, exchange: () => Promise.reject(new Error("not implemented")), signal: cancelled.signal, wait: () => Promise.resolve() })));
        return response;
    }),
    check: unary(noResource),
    diff: unary(noResource),
    create: unary(noResource),
    read: unary(noResource),
    update: unary(noResource),
    delete: unary(noResource),
    cancel: unary(() => {
        cancelAll();
        return new Empty();
    }),
};

// urn:pulumi:<stack>::<project>::<parent type>$<type>::<name>
function noResource(request: { getUrn(): string }): never {
    const type = request.getUrn().split("::")[2]?.split("$").pop() ?? "";
    throw new Unimplemented(`${name} ${version} has no resource type "${type}"`);
}

function unary<Q, R>(work: (request: Q) => R | Promise<R>): grpc.handleUnaryCall<Q, R> {
    return async (call, reply) => {
        try {
            reply(null, await work(call.request));
        } catch (error) {
            const code = error instanceof Unimplemented ? grpc.status.UNIMPLEMENTED : grpc.status.UNKNOWN;
            reply({ code, details: (error as Error).message });
        }
    };
}

function checkFailure({ property, reason }: Failure): proto.CheckFailure {
    const failure = new proto.CheckFailure();
    failure.setProperty(property);
    failure.setReason(reason);
    return failure;
}

function properties(given: Struct | undefined): Properties {
    return (given?.toJavaScript() ?? {}) as Properties;
}

function struct(given: Properties): Struct {
    return Struct.fromJavaScript(given as { [key: string]: JavaScriptValue });
}
