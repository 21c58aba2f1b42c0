import type { PretendCertificate } from "./certificateTypes";
import { newInstaller, type Installer } from "./installer";
import { Registry } from "./registry";
import type { Scheduler, SecretRun } from "./secretTypes";

/** A file tree of one installed version of the PowerShell module. */
export interface ModuleFiles {
    psd1: string;
    psm1: string;
}

/** A service as the Service Control Manager has it; how it starts stands in the registry. */
export interface PretendService {
    state: string;
    /** Empty where it does not run. */
    startTime: string;
    /** Services that need this one. */
    dependents?: string[];
    /** It ends right after its start, never leaves StartPending, or nobody may ask for it. */
    fault?: "fails" | "hangs" | "denied";
}

/** One event, as a program wrote it to a log. */
export interface LoggedEvent {
    log: string;
    provider: string;
    id: number;
    /** UTC. */
    time: string;
    message: string;
}

/** A stand-in for a Windows server, as far as this product looks at one. Plain data beside the registry and the clock. */
export interface PretendHost {
    registry: Registry;
    /** The host's clock. */
    clock: () => Date;
    /** UTC; empty where it cannot be read. */
    bootTime: string;
    facts: { computerName: string; osBuild: number; osName: string; powershell: string; languageMode: string; moduleFound?: boolean; executionPolicy?: string };
    /** How a service is set up stands in the registry. */
    services: Record<string, PretendService>;
    /** SIDs of the accounts of domain and machine, by name: `CONTOSO\\svc-mim`. Windows' own are known anyway. */
    accounts: Record<string, string>;
    /** Why nobody tells the SIDs of `accounts` now, as where the domain controller does not answer; empty where somebody does. */
    accountFault: string;
    /** Passwords of accounts, by name in upper case. */
    passwords: Record<string, string>;
    scheduler: Scheduler;
    installer: Installer;
    /** LocalMachine\My. */
    certificates: PretendCertificate[];
    /** What the run of the module that is at work has of the client secret. */
    secrets?: SecretRun;
    /** The event logs, and why one cannot be read: `denied`, or other words; empty where it can. */
    logs: Record<string, string>;
    /** In any order. */
    events: LoggedEvent[];
    /** What lies under Program Files, by version. */
    modules: Record<string, ModuleFiles>;
    /** What lies in the home folders of the accounts, by whole path: the content with one character a byte, or null for a folder. */
    files: Record<string, string | null>;
    /** The account of the session, as `COMPUTER\name`, and the groups it is in. */
    user: string;
    groups: string[];
    elevated: boolean;
    /** A 32-bit process on a 64-bit Windows. */
    wow64: boolean;
    /** Who else holds `Global\HybridIdentity`; empty when it is free. */
    mutexHeldBy: string;
    /** Called when a service was started: for what the service then does by itself. */
    onStart?: (service: string) => void;
}

/** A bare host with an empty registry, for tests and models; `startLab` makes believable ones. */
export function pretendHost(members: Partial<PretendHost> = {}): PretendHost {
    return {
        registry: new Registry(),
        clock: () => new Date(),
        bootTime: "2026-11-01T04:00:00.000Z",
        facts: {
            computerName: "PRETEND",
            osBuild: 20348,
            osName: "Windows Server 2022 Datacenter",
            powershell: "5.1.20348.2227",
            languageMode: "FullLanguage",
        },
        services: {},
        accounts: {},
        accountFault: "",
        passwords: {},
        installer: newInstaller(),
        certificates: [],
        scheduler: { defined: [], tasks: [], failedLogons: 0 },
        logs: { Application: "", Security: "", System: "" },
        events: [],
        modules: {},
        files: {},
        user: "PRETEND\\administrator",
        groups: [],
        elevated: true,
        wow64: false,
        mutexHeldBy: "",
        ...members,
    };
}
