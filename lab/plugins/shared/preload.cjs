// Loaded before tsx, which looks into every file that comes after it, and these are most of what a stand-in loads.
require("@grpc/grpc-js");
require("@pulumi/pulumi/proto/provider_grpc_pb");
