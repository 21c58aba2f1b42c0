import * as pulumi from "@pulumi/pulumi";
import { windows } from "pulumi-hybrid-identity";

// "audit" compares in each preview and update, and writes nothing to the server. With "enforce" the next update repairs what differs.
const mode = "audit";

const config = new pulumi.Config();
const server = new windows.Host("server", {
    address: config.require("address"),
    port: config.requireNumber("port"),
    user: config.require("user"),
    hostKey: config.require("hostKey"),
    privateKey: config.requireSecret("privateKey"),
    privateKeyPassphrase: config.getSecret("privateKeyPassphrase"),
});
const tls = new windows.SchannelProtocols("tls", { host: server, mode, enable: ["TLS 1.2"], disable: ["SSL 3.0", "TLS 1.0", "TLS 1.1"] });
const dotNet = new windows.DotNetStrongCrypto("dotnet", { host: server, mode });

export const states = { tls: tls.state, dotNet: dotNet.state };
