/** What a host answers beside values, and what it is asked for that. The words are those of docs/protocol.md, "Readings". */

/** A certificate of a host that a TLS name stands for. */
export interface FoundCertificate {
    /** 40 hex digits in upper case. */
    thumbprint: string;
    /** Serial number, in hex. */
    serial: string;
    /** Whether it is the one that Exchange takes. */
    chosen: boolean;
    /** From when it is valid, UTC. */
    notBefore: string;
    /** Until when, UTC. */
    notAfter: string;
    /** `opens`, `none`, `broken: REASON` or `unknown:REASON`. */
    key: string;
    /** Whether NETWORK SERVICE may read the key: `yes`, `no` or `unknown:REASON`; empty where it does not open. */
    access: string;
}

/** What a host has of a TLS name. */
export interface CertificateReading {
    certificates: FoundCertificate[];
    /** Thumbprints of those that were removed and whose public part is on record; "unknown:REASON" where that cannot be read. */
    saved: string[] | string;
    /** TLS names of all other certificates of the host, by thumbprint; undefined where an older module answered. */
    others?: Record<string, string>;
}

export interface ModuleState {
    version: string;
    sha256: string;
    unsignedSha256: string;
}

export interface ServiceState {
    /** As the Service Control Manager has it ("Running", "Stopped", "StartPending", ...), "absent", or "unknown:REASON". */
    state: string;
    /** UTC; "unknown:REASON" where it cannot be read, empty where nothing runs. */
    startTime: string;
    /** Whom it runs as; empty for nobody. This and what follows is undefined where an older module answered. */
    account?: string;
    /** Of the account; see `Observation.accounts`. Empty where there is no account. */
    sid?: string;
    /** "Automatic", "AutomaticDelayed", "Manual", "Disabled", or "unknown:REASON"; empty where there is no such service. */
    startType?: string;
    /** Services that run and need this one, or "unknown:REASON". */
    dependents?: string[] | string;
}

/** What stands in an Uninstall key of the registry. */
export interface Product {
    /** The key's name: a product code in braces, or whatever its setup chose. */
    code: string;
    /** Empty where its setup told none. */
    version: string;
    /** Of the registry. */
    view: "64" | "32";
    /** To be read, never to be run. */
    uninstallString: string;
}

/** Which events are looked for: in a log, of a provider in whose name `*` stands for any text, since a time. */
export type EventQuestion = { log: string; provider: string; ids: number[] } & ({ since: string } | { sinceStartOf: string });

/** Events that were looked for. */
export interface FoundEvents {
    count: number;
    /** At most five, the newest first. A message may hold anything: whoever writes to the log chooses it. */
    newest: { time: string; id: number; provider: string; message: string }[];
    /** Since when, in UTC. */
    since: string;
    /** Whether there are more than the 1,000 that were looked at. */
    more: boolean;
}

/** The reply to an `observe` request, checked for shape. */
/** Which protocol logs of an Exchange server are read: of connections that went out since then. */
export interface SmtpLogQuestion {
    since: string;
    /** The newest files first, as far as so many bytes go. */
    maximumBytes?: number;
    /** Names of send connectors; where they are named, failures of others are left out. */
    connectors?: string[];
    /** By role, where its folder was moved to. */
    folders?: { [role in SmtpLogRole]?: string };
}

export type SmtpLogRole = "Hub" | "FrontEnd" | "Edge";

/** What the protocol logs say of TLS that failed. */
export interface FoundSmtpLogs {
    /** Whether a role has lines since then (`found`, `none`), has no folder (`absent`), or "unknown:REASON"; and the time of its last line, empty where there is none. */
    folders: { role: string; path: string; logging: string; last: string }[];
    /** What the log holds is data: whoever makes a connector chooses its name. */
    failures: SmtpFailure[];
    /** By connector that failed, spelled as in the log: since when TLS works again, with no failure behind that. Undefined where an older module answered. */
    works?: Record<string, string>;
    /** By connector that was asked: the time of its last line, empty where there is none since then. */
    seen: Record<string, string>;
    /** Where one of those has none: some connectors that have lines, at most ten. Undefined where an older module answered. */
    met?: string[];
    /** In bytes. */
    read: number;
    /** Whether older files were left out. */
    more: boolean;
}

/** TLS negotiations of a connector that failed for one reason, with one certificate. */
export interface SmtpFailure {
    connector: string;
    /** As the log has it: `NoCredentials`. */
    reason: string;
    /** Of the certificate that was sent; empty where the log does not tell. */
    thumbprint: string;
    count: number;
    /** UTC. */
    last: string;
}
