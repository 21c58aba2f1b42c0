import * as pulumi from "@pulumi/pulumi";
import { ModuleSource, OnUnreachable } from "../../choices";

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
    /** Account to log on with. */
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
    /** Seconds for one look at the host; one of which no byte came back is repeated once. Default 60. */
    timeout?: number;
    /** Whole seconds after which a command that enforces ends itself on the host, at least 90: nothing on this side can stop it. Default 600. */
    commandTimeout?: number;
}
