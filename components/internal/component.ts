import * as pulumi from "@pulumi/pulumi";
import { withStack } from "./withoutStack";

/** What lies above the constructor of a component's class: the SDK's frames, and the one of this file. */
const above = 5;

/** A component of this library. Of the stack that the SDK looks up and the engine keeps in state it has one frame: where the program makes it. */
export class Component extends pulumi.ComponentResource {
    constructor(type: string, name: string, opts: pulumi.ComponentResourceOptions | undefined) {
        // The SDK counts with its own frames alone.
        const end = withStack((sites) => [...sites.slice(0, above - 1), ...sites.slice(above, above + 2)]);
        try {
            super(type, name, {}, opts);
        } finally {
            end();
        }
    }
}
