import * as pulumi from "@pulumi/pulumi";
import { Problem } from "../../../drift/types";
import { checkConnection } from "../../../remote/checkConnection";
import { checkExecutable } from "../../../remote/commands";
import { Connection } from "../../../remote/types";
import { ModuleSource, OnUnreachable } from "../../choices";
import { isPlain, oneOf } from "../../internal/inputs";
import type { HostArgs, SshArgs } from "./hostArgs";

/** A host's own names for what the connection calls otherwise. */
const ownNames: Record<string, string> = { host: "address", privateKeyPassword: "privateKeyPassphrase", proxy: "jumpHost" };

/** Everything that can be said about a host's arguments while the program is built; what is not plain is checked before the first dial. */
export function checkHost(args: HostArgs): Problem[] {
    const { jumpHost, observe, ...own } = args;
    const problems = [...oneOf("onUnreachable", args.onUnreachable, OnUnreachable), ...oneOf("module", args.module, ModuleSource)];
    if (isPlain(own) && isPlain(jumpHost)) {
        problems.push(...checkOwn(plainConnection(own, jumpHost)));
    }
    if (observe !== undefined && isPlain(own) && isPlain(observe)) {
        const asObserver = checkOwn(plainConnection({ ...own, password: undefined, ...observe }));
        problems.push(...asObserver.filter((one) => /^(user|privateKey)/.test(one.property)).map((one) => ({ ...one, property: `observe.${one.property}` })));
    }
    const executable = args.powershell === undefined ? undefined : checkExecutable(args.powershell);
    if (executable !== undefined) {
        problems.push({ property: "powershell", message: executable });
    }
    return [...problems, ...checkSeconds("waitForSsh", args.waitForSsh, 0), ...checkSeconds("timeout", args.timeout, 1)];
}

/** The problems of a connection, in the words of `HostArgs`. */
export function checkOwn(connection: Connection): Problem[] {
    return checkConnection(connection).map(({ property, message }) => ({
        property: property
            .split(".")
            .map((part) => ownNames[part] ?? part)
            .join("."),
        message,
    }));
}

/** The connection with all its secrets; an output, secret where an input is. */
export function connectionOf(own: SshArgs, jumpHost: SshArgs | undefined): pulumi.Output<Connection> {
    return pulumi.output({ own: pick(own), jumpHost: jumpHost && pick(jumpHost) }).apply((plain) => plainConnection(plain.own as SshArgs, plain.jumpHost as SshArgs | undefined));
}

function plainConnection(own: SshArgs, jumpHost?: SshArgs): Connection {
    const { address, privateKeyPassphrase, ...same } = pick(own);
    const proxy = jumpHost && { proxy: plainConnection(jumpHost) };
    return { host: address, ...same, privateKeyPassword: privateKeyPassphrase, ...proxy } as Connection;
}

function pick({ address, port, user, password, privateKey, privateKeyPassphrase, hostKey }: SshArgs): SshArgs {
    return { address, port, user, password, privateKey, privateKeyPassphrase, hostKey };
}

function checkSeconds(property: string, received: number | undefined, least: number): Problem[] {
    return received === undefined || (Number.isFinite(received) && received >= least)
        ? []
        : [{ property, message: `must be a number of seconds, at least ${least}; received ${JSON.stringify(received)}` }];
}
