// gRPC calls as functions, and errors as the engine understands them.
import * as grpc from "@grpc/grpc-js";
import * as proto from "@pulumi/pulumi/proto/provider_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import { Any } from "google-protobuf/google/protobuf/any_pb";
import { Struct, type JavaScriptValue } from "google-protobuf/google/protobuf/struct_pb";
import { withIds, type Failure, type Properties } from "./values";

/** Something that this version of the provider does not have. */
export class Unimplemented extends Error {}

/** The object exists, but is not as declared yet: the engine keeps it in state and tries an update next time. */
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
        } catch (thrown) {
            const error = thrown as Error;
            const code = error instanceof Unimplemented ? grpc.status.UNIMPLEMENTED : grpc.status.UNKNOWN;
            reply({ code, details: error.message, metadata: detailsOf(error) });
        }
    };
}

function detailsOf(error: Error): grpc.Metadata {
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

/** What was received stands at the end of a reason, and may be long; what is secret of it has to be hidden before. */
const longestReason = 500;

export function checkFailure({ property, reason }: Failure): proto.CheckFailure {
    const failure = new proto.CheckFailure();
    failure.setProperty(property);
    failure.setReason(reason.length > longestReason ? `${reason.slice(0, longestReason)}... (${reason.length} characters)` : reason);
    return failure;
}

export function properties(given: Struct | undefined): Properties {
    return withIds((given?.toJavaScript() ?? {}) as Properties) as Properties;
}

export function struct(given: Properties): Struct {
    return Struct.fromJavaScript(given as { [key: string]: JavaScriptValue });
}
