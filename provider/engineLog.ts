// What the engine shows beside a resource while it is worked on.
import * as grpc from "@grpc/grpc-js";
import { EngineClient } from "@pulumi/pulumi/proto/engine_grpc_pb";
import { LogRequest, LogSeverity } from "@pulumi/pulumi/proto/engine_pb";

let engine: EngineClient | undefined;

/** Tells the engine that started this process. That nobody listens is no failure. */
export function tellEngine(urn: string, message: string, warning = false): void {
    const [, , address] = process.argv;
    if (address === undefined) return;
    engine ??= new EngineClient(address, grpc.credentials.createInsecure());
    const request = new LogRequest();
    request.setSeverity(warning ? LogSeverity.WARNING : LogSeverity.INFO);
    request.setUrn(urn);
    request.setMessage(message);
    engine.log(request, () => undefined);
}
