/** Shared shapes of the drift loop. The words are those of docs/protocol.md and docs/drift.md. */
import type { CertificateReading, EventQuestion, FoundEvents, FoundSmtpLogs, ModuleState, Product, ServiceState, SmtpLogQuestion } from "./readingTypes";

export type {
    CertificateReading, EventQuestion, FoundCertificate, FoundEvents, FoundSmtpLogs, ModuleState,
    Product, ServiceState, SmtpFailure, SmtpLogQuestion, SmtpLogRole,
} from "./readingTypes";

/** A value as text, for example `dword:1` or `absent`; see docs/protocol.md, "Values". */
export type Notation = string;

/** Values by key and name, in the spelling of whoever wrote them. */
export type ValueTree = Record<string, Record<string, Notation>>;

/** What becomes of a document's values when it is dropped. */
export type OnDestroy = "retain" | "restore";

/** What one component wants of one host, before anything was observed. */
export interface Declaration {
    /** Unique in the stack for its host; `[a-z0-9-]{1,64}`. */
    id: string;
    kind: "registry";
    /** URN of the component. */
    resource: string;
    desired: ValueTree;
    onDestroy: OnDestroy;
    /** Only looked at: it claims nothing, so a value of another owner is no conflict. */
    audited?: boolean;
    /** Seconds that the host waits for each start and stop of a service. */
    waitSeconds?: number;
    /** After so many seconds the command ends itself; that of the host where undefined. */
    limitSeconds?: number;
    /** Logs of setup that the host keeps. */
    keepLogs?: number;
    /** Setup may turn TLS 1.1 on while it runs. */
    allowTemporaryTls11?: boolean;
    /** Services that read the values when they start. */
    readBy?: readonly string[];
    /** The restart that the document may want. */
    wish?: RestartWish;
    /** Services that are restarted where they started before the time; `why` where this run wants it. */
    restart?: { service: string; time: string; why?: string }[];
    /** What may be done to the certificate of a connector. */
    repair?: CertificateRepair;
}

/** When a document wants a service restarted. */
export interface RestartWish {
    service: string;
    /** Others that restart for the same reasons, where they are. */
    beside?: readonly string[];
    /** Where a value that it reads at its start was changed since. */
    whenNeeded: boolean;
    /** Where it started before this UTC time, once that is over. */
    after?: string;
}

/** What a document allows to be done to the certificate of a connector. */
export interface CertificateRepair {
    access?: boolean;
    repairStore?: boolean;
    /** A thumbprint, in upper case. */
    remove?: string;
    /** Of other connectors. */
    otherNames?: readonly string[];
}

export interface Facts {
    computerName: string;
    user: string;
    elevated: boolean;
    osBuild: number;
    osName: string;
    /** UTC; empty where it cannot be read. */
    bootTime: string;
    now: string;
    powershell: string;
    languageMode: string;
    /** Whether Import-Module looks where the module is installed; undefined where an older module answered. */
    moduleFound?: boolean;
    /** The execution policy that holds for files there; undefined where an older module answered. */
    executionPolicy?: string;
}

export interface Observation {
    facts: Facts;
    module: ModuleState | null;
    marker: string;
    values: ValueTree;
    services: Record<string, ServiceState>;
    /** Raw record data by value id and by `<owner>/<document id>`; a text when they could not be read at all. */
    records: { values: Record<string, string>; documents: Record<string, string> } | string;
    /** What is there of values that records of this owner name and nobody asked for; undefined where an older module answered. */
    recorded?: ValueTree;
    /** By name; "unknown:REASON" where not known. This and what follows is undefined where it was not asked or an older module answered. */
    products?: Record<string, Product[] | string>;
    /** The SID, "absent", or "unknown:REASON". */
    accounts?: Record<string, string>;
    /** Names of the values of a key, "absent", or "unknown:REASON". */
    names?: Record<string, string[] | string>;
    /** By TLS name; "unknown:REASON" where the store cannot be read. */
    certificates?: Record<string, CertificateReading | string>;
    /** In the order of the questions; "unknown:REASON" where the log could not be read. */
    events?: (FoundEvents | string)[];
    /** In the order of the questions; "unknown:REASON" where there is no answer. */
    smtpLogs?: (FoundSmtpLogs | string)[];
}

export interface ObserveRequest {
    owner: string;
    values: Record<string, string[]>;
    services?: string[];
    /** Names as the list of installed programs shows them. */
    products?: string[];
    /** Whose SIDs are asked. */
    accounts?: string[];
    /** Keys whose values are asked by name only. `HKU\\<SERVICE>` is the hive of that service's account. */
    names?: string[];
    /** TLS names of connectors. */
    certificates?: string[];
    events?: EventQuestion[];
    smtpLogs?: SmtpLogQuestion[];
    /** After so many seconds the process on the host ends itself. */
    limitSeconds?: number;
}

/** One value that is not as declared. */
export interface DriftEntry {
    path: string;
    name: string;
    found: Notation;
    desired: Notation;
}

/** A value that is not, or was not, as declared. */
export interface Drifted {
    /** What was there, as text: `dword:0`, `absent`. */
    found: Notation;
    /** What is declared, in the same form. */
    desired: Notation;
}

/** What a run renders for one document. */
export interface DocumentPlan {
    /** `same`: the recorded stdin, nothing changes. `new`: a new text, so an update runs. `keep`: left as it is in state (see `problems`). */
    action: "same" | "new" | "keep";
    stdin: string;
    /** The time in the timed member; what the reply has to echo. */
    time: string;
    state: "compliant" | "drifted" | "unknown";
    drift: DriftEntry[];
    /** Sentences for the user that name values and owners. Not empty exactly when the action is `keep`. */
    problems: string[];
    /** Sentences. Which records are damaged or lost; of an audited document who else manages what differs; of another one what it takes over from whom. */
    notices: string[];
    /** The newest repair of its values, for "set but not in force": when, UTC, and whose it was, in words. */
    newestRepair?: { time: string; by: string };
}

export interface RunContext {
    /** `<project>.<stack>`. */
    owner: string;
    takeOverFrom?: string;
    /** After so many seconds a command on the host ends itself; the module's own limit where undefined. */
    limitSeconds?: number;
    now: Date;
}

export interface HostPlan {
    documents: Map<string, DocumentPlan>;
    /** Values that documents of the run let go of (rule 14). */
    letting: Letting[];
    /** Records of this owner that no document of the run uses (rule 18), by document. */
    orphans: Orphan[];
}

/** A value that a document of this owner holds, and what becomes of it when it is let go of with restore (rule 16). */
export interface HeldValue {
    path: string;
    name: string;
    /** Empty where it was not seen. */
    found: Notation;
    original: string;
    fate: "put back" | "as before" | "changed" | "original unknown" | "unreadable" | "not seen" | "not removed";
}

/** What a document lets go of in this run. */
export interface Letting {
    document: string;
    restore: boolean;
    values: HeldValue[];
}

/** What the host has of a document that the run does not declare. */
export interface Orphan {
    document: string;
    /** Whom the document's record names; undefined where it is lost. */
    resource?: string;
    /** Whether an enforcement of one of the values was never finished. */
    unfinished: boolean;
    values: HeldValue[];
}

/** What is wrong with an input: which property, and a sentence with the rule, what was received and what to do. */
export interface Problem {
    property: string;
    message: string;
}
