// Loads the provider's TypeScript. A file of its own, so that tsx is found from where this package lies, wherever the engine starts it.
// These are loaded before, because tsx looks into every file that comes after it, and they are most of them.
require("@grpc/grpc-js");
require("@pulumi/pulumi/proto/provider_grpc_pb");
require("tsx/cjs");
require("./main.ts");
