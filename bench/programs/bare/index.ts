import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { settings } from "../settings";

// As many resources a host as the library's program has, in the same order, without the library and with nothing in them: what the engine itself takes for that.
const { servers, privateKey } = settings();
const triggers = [new Date().toISOString()];

class Empty extends pulumi.ComponentResource {
    constructor(name: string) {
        super("bench:index:Empty", name);
        this.registerOutputs({ name });
    }
}

for (const { name, address, ...reached } of servers) {
    const args = { connection: { host: address, ...reached, privateKey }, create: "x", triggers };
    const host = new Empty(name);
    const copied = new command.remote.Command(`${name}-module-file`, args, { parent: host });
    const installed = new command.remote.Command(`${name}-module`, args, { parent: host, dependsOn: copied });
    new command.remote.Command(`${name}-values`, args, { parent: new Empty(`${name}-values`), dependsOn: installed });
}
