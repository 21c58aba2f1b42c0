import { BadName, nativePath } from "./paths";

/** A mistake of whoever uses the lab; the message says what is accepted. */
export class UsageError extends Error {}

/** Faults by name, and what stands after the colon. */
const FAULTS: Record<string, { argument?: "milliseconds" | "key" | "count" | "service"; perOperation?: "command" | "command or send"; does: string }> = {
    slow: { argument: "milliseconds", perOperation: "command or send", does: "answers so much later (default 3000)" },
    hang: { perOperation: "command", does: "does nothing and ends itself without a reply after the limit that it was given (10 minutes where none)" },
    stalledStdin: { perOperation: "command", does: "powershell.exe loses the rest of what is sent to it and its end, and waits for ever; pwsh.exe does not" },
    cutReply: { perOperation: "command", does: "does the work, sends half of the reply, ends with exit code 0" },
    noReply: { perOperation: "command", does: "does nothing, says nothing, ends with exit code 0" },
    lostReply: { perOperation: "command or send", does: "does the work, then drops the connection" },
    dropped: { perOperation: "command or send", does: "drops the connection when a command comes" },
    noise: { perOperation: "command", does: "prints lines before and after the reply, like a profile" },
    noSftp: { does: "refuses SFTP, as where the subsystem was taken out of sshd_config" },
    cutFile: { does: "keeps half of a file that is sent to it by SFTP, and confirms it" },
    killAfter: { argument: "count", does: "set or remove ends after its n-th write and the connection drops" },
    deniedKey: { argument: "key", does: "refuses to read and write the key and all below it" },
    readOnlyKey: { argument: "key", does: "refuses to write the key and all below it" },
    serviceFails: { argument: "service", does: "ends right after each start" },
    serviceHangs: { argument: "service", does: "never leaves StartPending" },
    setupEnds: { argument: "count", does: "the setup of a product ends with this code, such as 1603 or 3010" },
    setupBusy: { does: "another installation is in progress" },
    serviceDenied: { argument: "service", does: "refuses to be asked, started or stopped" },
    noCredentials: { does: "mail that leaves the Exchange server fails at TLS for want of a key" },
    deniedRecords: { does: "refuses to read and write the records" },
    mutexHeld: { does: "somebody else holds Global\\HybridIdentity" },
    constrained: { does: "runs PowerShell in constrained language mode" },
    openssh77: { does: "says to be OpenSSH 7.7" },
    wrongHostKey: { does: "shows another host key" },
    allowGroups: { does: "lets only administrators log on, as sshd of Windows Server 2025 does (AllowGroups)" },
    ignoredKeys: { does: "ignores the keys of administrators, as sshd does where their file has wrong rights" },
    unreachable: { does: "refuses connections" },
};
/** Kinds of commands, and when Pulumi sends one. */
const OPERATIONS: Record<string, string> = {
    probe: "a look, in each preview and update",
    send: "a file by SFTP, before an install; only with slow, lostReply, dropped",
    install: "installs the module",
    set: "enforces a document",
    remove: "takes a document away under restore",
    get: "reads by the installed module, which Pulumi never does",
};

export interface Fault {
    /** As it was asked for. */
    text: string;
    name: string;
    argument: string;
    /** Undefined for every command. */
    operation?: string;
}

/** `NAME`, `NAME:ARGUMENT`, and `@probe`, `@send`, `@install`, `@set`, `@remove` or `@get` behind it for one kind of command; undefined for `none`. Throws UsageError. */
export function parseFault(text: string): Fault | undefined {
    if (text === "none") {
        return undefined;
    }
    const [, body = "", operation] = /^([^]*?)(?:@([a-z]+))?$/.exec(text) ?? [];
    const [name = "", ...rest] = body.split(":");
    const argument = rest.join(":");
    const known = FAULTS[name];
    if (!known) {
        throw new UsageError(`unknown fault "${text}". Faults:\n${faultList()}`);
    }
    const operations = Object.keys(OPERATIONS).filter(one => known.perOperation?.includes(one === "send" ? "send" : "command"));
    if (operation !== undefined && !operations.includes(operation)) {
        throw new UsageError(`fault "${text}": ${operations.length > 0 ? `@ takes ${operations.join(", ")}` : `${name} takes no @`}`);
    }
    checkArgument(text, known.argument, argument);
    return { text, name, argument, ...(operation === undefined ? {} : { operation }) };
}

/** The fault for one kind of command; undefined where there is none, or one for another kind. */
export function faultFor(fault: Fault | undefined, operation: string | undefined): Fault | undefined {
    return fault?.operation === undefined || fault.operation === operation ? fault : undefined;
}

export function faultList(): string {
    const faults = Object.entries(FAULTS).map(([name, { argument, perOperation, does }]) =>
        listed(`${name}${argument ? `:${argument.toUpperCase()}` : ""}${perOperation ? "[@COMMAND]" : ""}`, does),
    );
    return [...faults, "COMMAND, for that kind of command alone:", ...Object.entries(OPERATIONS).map(([name, when]) => listed(name, when))].join("\n");
}

function listed(name: string, does: string): string {
    return `  ${name.padEnd(30)} ${does}`;
}

function checkArgument(text: string, kind: "milliseconds" | "key" | "count" | "service" | undefined, argument: string): void {
    if (kind === undefined && argument !== "") {
        throw new UsageError(`fault "${text}": nothing stands after a colon here`);
    }
    if (kind === "service" && argument === "") {
        throw new UsageError(`fault "${text}": the name of a service stands after the colon`);
    }
    if (kind === "key") {
        try {
            nativePath(argument);
        } catch (error) {
            throw error instanceof BadName ? new UsageError(`fault "${text}": ${error.message}`) : error;
        }
    }
    if ((kind === "count" || (kind === "milliseconds" && argument !== "")) && !/^[1-9]\d*$/.test(argument)) {
        throw new UsageError(`fault "${text}": a whole number above 0 stands after the colon`);
    }
}
