/** How a Windows host is reached. The same members go to `command.remote.Command`. */
export interface Connection {
    host: string;
    /** Default 22. */
    port?: number;
    user: string;
    password?: string;
    /** OpenSSH or PEM text. */
    privateKey?: string;
    privateKeyPassword?: string;
    /** OpenSSH public key line (`ssh-ed25519 AAAA...`). There is no way to turn the check off. */
    hostKey: string;
    /** Jump host, reached first. */
    proxy?: Connection;
}

export interface ExecResult {
    stdout: string;
    stderr: string;
    exitCode: number;
    /** What the server called itself (`SSH-2.0-OpenSSH_for_Windows_9.5`). */
    serverIdent?: string;
}

/** Why a host could not be asked. `silent` is a timeout before the first byte of a reply. */
export type RemoteErrorKind = "unreachable" | "authentication" | "hostKey" | "timeout" | "silent" | "dropped" | "banner" | "subsystem" | "cancelled";
