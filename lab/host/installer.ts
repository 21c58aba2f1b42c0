import type { JsonObject } from "./json";

/** Windows Installer of a pretend host, as far as the module uses it. */
export interface Installer {
    /** How it was called, for tests to look into. */
    calls: InstallerCall[];
    /** The logs that the module keeps, by name, the oldest first. */
    logs: Record<string, string>;
    /** Logs as the installer writes them, which the module deletes. */
    raw: string[];
    /** What calls end with, unless their property PRETEND_EXIT_CODE says otherwise. */
    exitCode: number;
    /** Another installation is in progress. */
    busy: boolean;
    /** What setup does to the configuration file of the service. */
    config: "none" | "unchanged" | "changed";
}

export interface InstallerCall {
    product: string;
    /** What stands behind the package, each property by its name. */
    properties: Record<string, string>;
    /** PollExchangeEnabled of the service meanwhile. */
    polling: string;
    /** Enabled of TLS 1.1 for clients meanwhile. */
    tls11: string;
}

export function newInstaller(): Installer {
    return { calls: [], logs: {}, raw: [], exitCode: 0, busy: false, config: "none" };
}

/** What one run of the module knows of the change by setup. */
export interface SetupRun {
    code: string;
    /** TLS 1.1 is off. */
    tlsOff: boolean;
    keepLogs: number;
    answer?: JsonObject;
}
