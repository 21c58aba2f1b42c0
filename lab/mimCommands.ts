// What a person does, and looks at, beside the registry and services of a MIM server: its accounts, its scheduled tasks, its setup, and a mail relay.
import { sidOf } from "./host/accounts";
import { UsageError } from "./host/faults";
import { upper } from "./host/paths";
import type { LabHost } from "./labHost";
import type { SmtpServer } from "./smtp";

export const MIM_USAGE = `  account HOST                           accounts, their SIDs and passwords
  account HOST NAME PASSWORD             the password that it has now
  account HOST fault REASON|none         why no domain controller tells SIDs
  scheduler HOST [denied|hangs|none]     tasks that were made and logons that failed; or how it behaves
  setup HOST [LOG]                       how setup was called and the logs that are kept; or one of them
  relay [starttls true|false]            what the pretend SMTP relay took; or whether it offers STARTTLS
  relay refuses ADDRESS|none             to whom it takes no mail`;

export function account(host: LabHost, [name, value, ...more]: string[]): string {
    const { state } = host;
    if (name === undefined) {
        const rows = Object.keys(state.accounts).map(one => `${one}  ${sidOf(state, one)}  ${state.passwords[upper(one)] ?? "(no password is known)"}`);
        return rows.length === 0 ? "none" : rows.join("\n");
    }
    if (value === undefined || more.length > 0) {
        throw new UsageError(`account takes:\n${MIM_USAGE}`);
    }
    if (name === "fault") {
        state.accountFault = value === "none" ? "" : value;
        return `${host.name}: ${value === "none" ? "SIDs are told" : `no SID is told: ${value}`}`;
    }
    if (!Object.keys(state.accounts).some(one => upper(one) === upper(name))) {
        throw new UsageError(`${host.name} knows no account "${name}"; it knows: ${Object.keys(state.accounts).join(", ") || "none"}`);
    }
    state.passwords[upper(name)] = value;
    host.save();
    return `${host.name}: ${name} has a new password`;
}

export function scheduler({ name, state: { scheduler: tasks } }: LabHost, [fault, ...more]: string[]): string {
    if (more.length > 0 || !["denied", "hangs", "none", undefined].includes(fault)) {
        throw new UsageError(`scheduler takes denied, hangs or none, received "${[fault, ...more].join(" ")}"`);
    }
    if (fault !== undefined) {
        tasks.fault = fault === "none" ? undefined : (fault as "denied" | "hangs");
    }
    const made = tasks.defined.map(({ account: as, logonType }) => `    as ${as}, logon type ${logonType}`);
    return [`${name}: fault ${tasks.fault ?? "none"}, failed logons ${tasks.failedLogons}, tasks there: ${tasks.tasks.join(", ") || "none"}; made so far:`, ...made].join("\n");
}

export function setup({ name, state: { installer } }: LabHost, [log, ...more]: string[]): string {
    const { calls, logs } = installer;
    if (more.length > 0 || (log !== undefined && logs[log] === undefined)) {
        throw new UsageError(`${name} keeps no log "${[log, ...more].join(" ")}"; it keeps: ${Object.keys(logs).join(", ") || "none"}`);
    }
    if (log !== undefined) {
        return logs[log]!;
    }
    // Secrets of setup are among its properties; the logs are masked.
    const called = calls.map(({ properties, polling, tls11 }) => `    ${Object.keys(properties).join(" ")}; meanwhile TLS 1.1 ${tls11}, PollExchangeEnabled ${polling}`);
    return [`${name}: setup was called ${calls.length} times:`, ...called, "logs:", ...Object.keys(logs).map(one => `    ${one}`)].join("\n");
}

export function relay(smtp: SmtpServer, [what, value, ...more]: string[]): string {
    const fits = what === undefined || (what === "starttls" && (value === "true" || value === "false")) || (what === "refuses" && value !== undefined);
    if (!fits || more.length > 0) {
        throw new UsageError(`relay takes:\n${MIM_USAGE}`);
    }
    if (what === "starttls") {
        smtp.behaviour.starttls = value === "true";
    } else if (what === "refuses") {
        smtp.behaviour.refuses = value === "none" ? "" : value!;
    }
    return [relayStatus(smtp), ...smtp.messages.map(({ from, to, text, secure }) => `from ${from} to ${to.join(", ")}, ${secure ? "over TLS" : "in clear"}:\n${text.replace(/^/gm, "    ")}`)].join("\n");
}

/** One line for the lab's status. */
export function relayStatus({ port, behaviour, messages, connections }: SmtpServer): string {
    const how = `STARTTLS ${behaviour.starttls ? "on" : "off"}${behaviour.refuses === "" ? "" : `, refuses ${behaviour.refuses}`}`;
    return `${"relay".padEnd(10)}  ${`localhost:${port}`.padEnd(16)}  ${how}, connections ${connections}, messages ${messages.length}`;
}
