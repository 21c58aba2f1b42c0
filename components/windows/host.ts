import * as pulumi from "@pulumi/pulumi";
import { DriftEntry } from "../../drift/types";
import { ModuleSource, OnUnreachable } from "../choices";
import { driftText, reporter, throwProblems } from "../internal/report";
import { checkHost, connectionOf } from "./host/hostConnection";
import { registerHost } from "./host/hostInternals";
import { HostRun } from "./host/hostRun";
import { probe } from "./host/observeHost";
import { stackSettings } from "./host/settings";

/** How one SSH server is reached. */
export interface SshArgs {
    /** Host name or IP address. */
    address: pulumi.Input<string>;
    /** Default 22. */
    port?: pulumi.Input<number>;
    /** An account with administrator rights, `DOMAIN\user` or `user`. */
    user: pulumi.Input<string>;
    /** Password; either this or `privateKey`. Keys are advised: a changed password is a changed input of every command. */
    password?: pulumi.Input<string>;
    /** Private key, OpenSSH or PEM text. */
    privateKey?: pulumi.Input<string>;
    /** Passphrase of the private key. */
    privateKeyPassphrase?: pulumi.Input<string>;
    /** The server's public host key as an OpenSSH line, `ssh-ed25519 AAAA...` (`ssh-keyscan`, or `C:\ProgramData\ssh\ssh_host_ed25519_key.pub`). Checked by every connection; there is no way to turn that off. */
    hostKey: pulumi.Input<string>;
}

/** An account without administrator rights that is used for looking when only previewing. */
export interface ObserverArgs {
    user: pulumi.Input<string>;
    /** Private key, OpenSSH or PEM text. */
    privateKey: pulumi.Input<string>;
    /** Passphrase of the private key. */
    privateKeyPassphrase?: pulumi.Input<string>;
}

/** Arguments of `Host`. */
export interface HostArgs extends SshArgs {
    /** Jump host, with its own account and host key. */
    jumpHost?: SshArgs;
    /** Account for previews; then a pull request needs no administrator of the host. */
    observe?: ObserverArgs;
    /** PowerShell to run, `powershell.exe` or `pwsh.exe`, by name or full path. Default `powershell.exe`. */
    powershell?: string;
    /** `install` (this library installs its module on the host) or `preinstalled` (administrators sign and deploy it: needed under WDAC or AppLocker). Default `install`. */
    module?: ModuleSource;
    /** Groups that may read the records on the host, `DOMAIN\group`; the account of `observe` must be in one. Default none beside administrators. */
    recordReaders?: pulumi.Input<pulumi.Input<string>[]>;
    /** `fail` ends the run when the host does not answer, `skip` keeps everything of the host as it is in state, and warns. Default `fail`. */
    onUnreachable?: OnUnreachable;
    /** Seconds to go on trying while nothing listens yet, for a server made by the same stack. Default 0. */
    waitForSsh?: number;
    /** Seconds for one look at the host, all in all. Default 60. */
    timeout?: number;
}

/**
 * A Windows server reached over SSH (Windows OpenSSH 7.9 or newer, Windows PowerShell 5.1 or PowerShell 7). Registers no command by itself.
 *
 * Source: learn.microsoft.com, "OpenSSH for Windows".
 */
export class Host extends pulumi.ComponentResource {
    /** Host name or IP address. */
    public readonly address: pulumi.Output<string>;

    /** @throws RunError naming every problem of the arguments, before anything is registered or dialled. */
    constructor(name: string, args: HostArgs, opts?: pulumi.ComponentResourceOptions) {
        throwProblems("windows.Host", name, checkHost(args));
        super("hybrid-identity:windows:Host", name, {}, opts);

        const connection = connectionOf(args, args.jumpHost);
        const observing = pulumi.runtime.isDryRun() && args.observe ? connectionOf({ ...args, password: undefined, ...args.observe }, args.jumpHost) : connection;
        const executable = args.powershell;
        const preinstalled = args.module === "preinstalled";
        const seconds = { timeout: args.timeout ?? 60, waitForSsh: args.waitForSsh ?? 0 };

        registerHost(this, {
            name,
            connection,
            observing,
            executable,
            preinstalled,
            readers: pulumi.output(args.recordReaders ?? []),
            run: new HostRun({
                name,
                settings: stackSettings(),
                onUnreachable: args.onUnreachable ?? "fail",
                observe: (to, request) => probe.observe(name, to, request, { executable, preinstalled, ...seconds }),
                onSkipped: (reason) => reporter.warn(`${name}: not observed, everything on it stays as it is in state: ${reason}. ${newHostAdvice}`, this),
                onFailed: (reason) => reporter.fail(`${name}: ${reason}`),
                onOrphans: (sentences) => sentences.forEach((one) => reporter.warn(`${name}: ${one}`, this)),
                onDrift: (found) => warnOfDrift(name, found, this),
                now: () => new Date(),
            }),
        });

        this.address = pulumi.output(args.address);
        this.registerOutputs({ address: this.address });
    }
}

/** The program cannot know what is in state, and the engine creates what is not there whatever the options say. */
const newHostAdvice = 'If the host is new to this stack, this run fails to create what is on it: take the host out of the program, or set mode: "audit" on its components';

function warnOfDrift(name: string, found: { document: string; drift: DriftEntry[] }[], host: Host): void {
    if (found.some((one) => one.drift.length > 0)) {
        reporter.warn(driftText(name, found), host);
    }
}
