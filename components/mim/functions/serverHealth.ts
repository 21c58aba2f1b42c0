import * as pulumi from "@pulumi/pulumi";
import { needPlugin } from "../../internal/plugin";

/** Which server, and how. */
export interface ServerHealthArgs {
    /** smtp or exchangeServer. */
    route: pulumi.Input<string>;
    /** Host name or IP address. */
    server: pulumi.Input<string>;
    /** By default 25 with smtp, 443 with exchangeServer. */
    port?: pulumi.Input<number>;
    /** With smtp: STARTTLS has to be offered, with a certificate for the server. By default true. */
    tls?: pulumi.Input<boolean>;
    /** With testMessageTo: whose message it is. By default the same address. */
    sender?: pulumi.Input<string>;
    /** With smtp: sends a test message to this address. By default nothing is sent. */
    testMessageTo?: pulumi.Input<string>;
}

/** What the server did. */
export interface ServerHealthResult {
    /** healthy or failing. */
    state: string;
    /** Where it ended: connect, greeting, ehlo, starttls, handshake, message, ews or done. */
    check: string;
    /** What was seen. */
    message: string;
    /** What to do; empty where there is nothing to do. */
    advice: string;
    /** When that was, UTC. */
    time: string;
}

/** Looks whether a mail server can be reached from here, and how its TLS stands. Where an argument is not known yet, nothing is asked. */
export function serverHealth(args: ServerHealthArgs, opts?: pulumi.InvokeOutputOptions): pulumi.Output<ServerHealthResult> {
    needPlugin();
    return pulumi.runtime.invokeOutput<ServerHealthResult>("hybrid-identity:mim:serverHealth", { ...args }, opts);
}
