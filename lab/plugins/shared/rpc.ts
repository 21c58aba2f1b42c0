// What every stand-in's gRPC service needs: calls as functions, errors as the engine understands them, and the greetings.
import * as grpc from "@grpc/grpc-js";
import { PluginInfo, type PluginAttach } from "@pulumi/pulumi/proto/plugin_pb";
import * as proto from "@pulumi/pulumi/proto/provider_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import { Any } from "google-protobuf/google/protobuf/any_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { Struct, type JavaScriptValue } from "google-protobuf/google/protobuf/struct_pb";
import type { Engine } from "./engine";
import { cancelAll } from "./operations";
import type { Properties } from "./values";

/** The object exists, but something after its creation failed: the engine keeps it in state and tries an update next time. */
export class InitFailed extends Error {
    constructor(
        message: string,
        readonly id: string,
        readonly state: Properties,
    ) {
        super(message);
    }
}

/** A gRPC method from a function of the request. */
export function unary<Q, R>(work: (request: Q) => R | Promise<R>): grpc.handleUnaryCall<Q, R> {
    return async (call, reply) => {
        try {
            reply(null, await work(call.request));
        } catch (error) {
            reply({ code: grpc.status.UNKNOWN, details: (error as Error).message, metadata: details(error as Error) });
        }
    };
}

function details(error: Error): grpc.Metadata {
    const metadata = new grpc.Metadata();
    if (!(error instanceof InitFailed)) return metadata;
    const failed = new proto.ErrorResourceInitFailed();
    failed.setId(error.id);
    failed.setProperties(struct(error.state));
    failed.setReasonsList([error.message]);
    const any = new Any();
    any.pack(failed.serializeBinary(), "pulumirpc.ErrorResourceInitFailed");
    const status = new Status();
    status.setCode(grpc.status.UNKNOWN);
    status.setMessage(error.message);
    status.addDetails(any);
    metadata.add("grpc-status-details-bin", Buffer.from(status.serializeBinary()));
    return metadata;
}

/** The calls with which an engine meets a plugin and sends it away. */
export function greetings(engine: Engine, version: string): grpc.UntypedServiceImplementation {
    return {
        handshake: unary((request: proto.ProviderHandshakeRequest) => {
            engine.attach(request.getEngineAddress());
            const response = new proto.ProviderHandshakeResponse();
            response.setAcceptSecrets(true);
            return response;
        }),
        attach: unary((request: PluginAttach) => {
            engine.attach(request.getAddress());
            return new Empty();
        }),
        getPluginInfo: unary(() => {
            const response = new PluginInfo();
            response.setVersion(version);
            return response;
        }),
        cancel: unary(() => {
            cancelAll();
            return new Empty();
        }),
    };
}

export function properties(given: Struct | undefined): Properties {
    return (given?.toJavaScript() ?? {}) as Properties;
}

export function struct(given: Properties): Struct {
    return Struct.fromJavaScript(given as { [key: string]: JavaScriptValue });
}

// urn:pulumi:<stack>::<project>::<parent type>$<type>::<name>
export function typeOf(urn: string): string {
    return urn.split("::")[2]?.split("$").pop() ?? "";
}
