// Starts the provider: prints the port that it listens on, on loopback, and serves until it is told to stop or its engine is gone.
import * as grpc from "@grpc/grpc-js";
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";
import { trustEnvironment } from "./clients/trust";
import { cancelAll, service } from "./service";

function serve(): void {
    const server = new grpc.Server({ "grpc.max_receive_message_length": -1, "grpc.max_send_message_length": -1 });
    server.addService(ResourceProviderService, service);
    const stop = () => {
        cancelAll();
        // The answers of what was under way are let out first.
        server.tryShutdown(() => process.exit(0));
        setTimeout(() => process.exit(0), 300);
    };
    process.on("SIGINT", stop);
    process.on("SIGTERM", stop);
    const parent = process.ppid;
    setInterval(() => process.ppid !== parent && process.exit(1), 2000).unref(); // an engine that died tells nobody
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) => {
        if (error) throw error;
        process.stdout.write(`${port}\n`);
        // Takes a while, and no call is answered before it is done.
        trustEnvironment(process.env);
    });
}

serve();
