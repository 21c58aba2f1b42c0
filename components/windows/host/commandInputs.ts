import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { Connection } from "../../../remote/types";
import { HostInternals } from "./hostInternals";

/** What every command connects with, in the words of the command plugin. */
export function commandConnection(known: HostInternals): pulumi.Output<command.types.input.remote.ConnectionArgs> {
    return pulumi.secret(known.connection.apply(connectionArgs));
}

export const commandDefaults = { logging: "none", addPreviousOutputInEnv: false } as const;

/** A host ends a command by itself before that. */
export function commandTimeouts(limitSeconds = 0): { create: string; update: string; delete: string } {
    const limit = `${Math.max(10, Math.ceil(limitSeconds / 60) + 2)}m`;
    return { create: limit, update: limit, delete: limit };
}

function connectionArgs({ proxy, ...connection }: Connection): command.types.input.remote.ConnectionArgs {
    return { ...dialArgs(connection), ...(proxy ? { proxy: dialArgs(proxy) } : {}) };
}

function dialArgs({ host, port, user, password, privateKey, privateKeyPassword, hostKey }: Connection) {
    const given = Object.entries({ port, user, password, privateKey, privateKeyPassword, hostKey }).filter(([, one]) => one !== undefined);
    // A refused password is never tried again: the plugin's default makes 22 failed logons from one stale password, which locks the account.
    return { host, ...Object.fromEntries(given), dialErrorLimit: password === undefined ? 2 : 0, perDialTimeout: 15 };
}
