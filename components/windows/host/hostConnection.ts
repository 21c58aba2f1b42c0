import * as pulumi from "@pulumi/pulumi";
import { Problem } from "../../../drift/types";
import { checkConnection } from "../../../remote/checkConnection";
import { checkExecutable } from "../../../remote/commands";
import { Connection } from "../../../remote/types";
import { ModuleSource, OnUnreachable } from "../../choices";
import { Checks, choice, listOf, members, needed, number, plain, secretText, takes, text } from "../../internal/checkArgs";
import { beside, checkSound } from "../../internal/checkSound";
import { accountRule, isAccount, isPlain, settled, shownSecrets } from "../../internal/inputs";
import type { HostArgs, ObserverArgs, SshArgs } from "./hostArgs";

/** A host's own names for what the connection calls otherwise. */
const ownNames: Record<string, string> = { host: "address", privateKeyPassword: "privateKeyPassphrase", proxy: "jumpHost" };

const sshChecks: Checks<SshArgs> = {
    address: needed(text),
    port: number,
    user: needed(text),
    password: secretText,
    privateKey: secretText,
    privateKeyPassphrase: secretText,
    hostKey: needed(text, "It proves that the host is the one meant: its OpenSSH public key line, which there is no way around"),
};
const observerChecks: Checks<ObserverArgs> = { user: needed(text), privateKey: needed(secretText), privateKeyPassphrase: secretText };
const hostChecks: Checks<HostArgs> = {
    ...sshChecks,
    jumpHost: members(sshChecks),
    observe: members(observerChecks),
    powershell: plain(text),
    onUnreachable: choice(OnUnreachable),
    module: choice(ModuleSource),
    recordReaders: listOf(takes(accountRule, isAccount)),
    waitForSsh: plain(number),
    timeout: plain(number),
    commandTimeout: plain(number),
};

/** Everything that can be said about a host's arguments while the program is built; what is not plain is checked before the first dial. */
export function checkHost(args: HostArgs): Problem[] {
    const found = checkSound<HostArgs>(args, hostChecks, (sound, refused) => {
        const credential = refused.has("password") || refused.has("privateKey");
        return checkMeaning(sound).filter(({ property }) => !(credential && /^(observe\.)?privateKey/.test(property)));
    });
    const missing = [...checkCredential(args, ""), ...checkCredential(args?.jumpHost, "jumpHost.")];
    return [...found, ...missing.filter(({ property }) => !found.some((one) => one.property === property || `${one.property}.privateKey` === property))];
}

/** The only problem that is none of a single argument. */
function checkCredential(member: Partial<SshArgs> | undefined, path: string): Problem[] {
    const given = typeof member === "object" && member !== null ? member : undefined;
    return given !== undefined && given.password === undefined && given.privateKey === undefined ? [{ property: `${path}privateKey`, message: "exactly one of password and privateKey is needed; received neither. A private key is advised" }] : [];
}

function checkMeaning(args: HostArgs): Problem[] {
    const { jumpHost, observe, ...own } = args;
    const problems: Problem[] = [];
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
    return [...problems, ...checkSeconds("waitForSsh", args.waitForSsh, 0), ...checkSeconds("timeout", args.timeout, 1), ...checkLimit(args.commandTimeout)];
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

/** What is wrong with a host once it is known: what messages show of it and must be no secret, and what can be said about the rest. */
export async function lateProblems({ jumpHost, observe, ...own }: HostArgs, connection: pulumi.Output<Connection>): Promise<Problem[]> {
    const members: [path: string, member: Partial<SshArgs>][] = [["", own], ["jumpHost.", jumpHost ?? {}], ["observe.", observe ?? {}]];
    const found = members.map(([path, { address, port, user, hostKey }]) => shownSecrets({ address, port, user, hostKey }, path));
    const secrets = (await Promise.all([...found, shownSecrets({ recordReaders: own.recordReaders })])).flat();
    const known = await settled(connection).catch(() => undefined);
    return [...secrets, ...(known === undefined ? [] : beside(secrets, checkOwn(known)))];
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

/** The module waits 60 seconds for another run on the host, and takes whole seconds up to a day. */
function checkLimit(received: number | undefined): Problem[] {
    return received === undefined || (Number.isInteger(received) && received >= 90 && received <= 86400)
        ? []
        : [{ property: "commandTimeout", message: `must be a whole number of seconds from 90 to 86400; received ${JSON.stringify(received)}` }];
}
