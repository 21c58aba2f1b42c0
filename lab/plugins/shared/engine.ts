// The way back to the engine: messages about a resource.
import * as grpc from "@grpc/grpc-js";
import { EngineClient } from "@pulumi/pulumi/proto/engine_grpc_pb";
import { LogRequest, LogSeverity } from "@pulumi/pulumi/proto/engine_pb";

/** Tells the engine something about the resource; an ephemeral message only shows while the resource is at work. */
export type Log = (severity: "info" | "warning" | "error", message: string, options?: { ephemeral: boolean }) => Promise<void>;

const severities = { info: LogSeverity.INFO, warning: LogSeverity.WARNING, error: LogSeverity.ERROR };

/** The engine that started the plugin, once its address is known. */
export class Engine {
    private client: EngineClient | undefined;

    attach(address: string): void {
        if (address === "") return;
        this.client = new EngineClient(address, grpc.credentials.createInsecure());
    }

    /** A log for one resource. Messages that the engine does not take are dropped: they must not fail the run. */
    logFor(urn: string): Log {
        return (severity, message, options) =>
            new Promise(resolve => {
                if (!this.client) return resolve();
                const request = new LogRequest();
                request.setSeverity(severities[severity]);
                request.setMessage(message);
                request.setUrn(urn);
                request.setEphemeral(options?.ephemeral ?? false);
                this.client.log(request, () => resolve());
            });
    }
}
