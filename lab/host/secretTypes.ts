import type { CertificateRepair } from "./document";
import type { SetupRun } from "./installer";

/** The Task Scheduler of a pretend host, as far as the module uses it. */
export interface Scheduler {
    /** All tasks that were ever registered, for tests to look into. */
    defined: TaskDefinition[];
    /** Names of the tasks that are there. */
    tasks: string[];
    failedLogons: number;
    /** It takes no task, or what it runs never answers. */
    fault?: "denied" | "hangs";
}

/** As whom and how a task runs; the password is given beside it. */
export interface TaskDefinition {
    account: string;
    logonType: number;
    command: string;
}

export interface Secrets {
    clientSecret: string;
    accountPassword: string;
}

/** What one run of the module has of the client secret. */
export interface SecretRun {
    given: Secrets;
    /** Secret properties of setup, by name. */
    properties: Record<string, string>;
    setup?: SetupRun;
    /** A certificate with its key; the content is empty where none came. */
    pfx: { content: Buffer; password: string };
    /** What the document allows to be done to certificates, once it was checked. */
    repair?: CertificateRepair;
    /** The line of secrets was not as the protocol has it. */
    damaged: boolean;
    encrypted: string;
    /** Texts that the run has overwritten, by notation. */
    overwritten: Record<string, string>;
}
