import { readFileSync } from "node:fs";
import * as pulumi from "@pulumi/pulumi";

/** One pretend host, as it stands in the settings of a cell's stack. */
export interface Server {
    name: string;
    address: string;
    port: number;
    user: string;
    hostKey: string;
}

/** What a cell gives to its program. */
export function settings(): { servers: Server[]; values: number; privateKey: pulumi.Output<string> } {
    const config = new pulumi.Config("bench");
    return {
        servers: config.requireObject<Server[]>("servers"),
        values: config.requireNumber("values"),
        privateKey: pulumi.secret(readFileSync(config.require("privateKeyFile"), "utf8")),
    };
}
