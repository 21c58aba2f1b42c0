import { dword, dwordOrNonzero } from "../../../drift/desired";
import { Problem, ValueTree } from "../../../drift/types";

/**
 * What the Schannel protocol switches mean.
 * Source: learn.microsoft.com, "Transport Layer Security (TLS) registry settings" and "Protocols in TLS/SSL (Schannel SSP)".
 */
export const schannelProtocols = ["SSL 2.0", "SSL 3.0", "TLS 1.0", "TLS 1.1", "TLS 1.2", "TLS 1.3", "DTLS 1.0", "DTLS 1.2"];
export const schannelRoles = ["Client", "Server"];

/** The first build with TLS 1.3 (Windows Server 2022). Switching it on below is unsupported and unsafe. */
const firstBuildWithTls13 = 20348;

const root = "HKLM\\SYSTEM\\CurrentControlSet\\Control\\SecurityProviders\\SCHANNEL\\Protocols";
const names = ["Enabled", "DisabledByDefault"];

export interface SchannelChoice {
    enable: string[];
    disable: string[];
    roles: string[];
    exact: boolean;
}

/** What can be said about a choice before any host was asked; nothing of what is left out. */
export function checkSchannelChoice({ enable, disable, roles }: Partial<SchannelChoice>): Problem[] {
    const problems: Problem[] = [];
    const unknown = (property: string, received: string[] = [], known: string[]) => {
        for (const entry of received.filter((one) => !known.includes(one))) {
            problems.push({ property, message: `unknown entry ${JSON.stringify(entry)}; known are ${known.join(", ")}` });
        }
        for (const entry of new Set(received.filter((one, at) => received.indexOf(one) !== at))) {
            problems.push({ property, message: `${JSON.stringify(entry)} stands in the list twice; name it once` });
        }
    };
    unknown("enable", enable, schannelProtocols);
    unknown("disable", disable, schannelProtocols);
    unknown("roles", roles, schannelRoles);
    for (const protocol of enable?.filter((one) => disable?.includes(one)) ?? []) {
        problems.push({ property: "enable", message: `${protocol} is in "disable" too; keep it in one of the two lists` });
    }
    if (enable?.length === 0 && disable?.length === 0) {
        problems.push({ property: "enable", message: 'neither "enable" nor "disable" names a protocol; name at least one' });
    }
    if (roles?.length === 0) {
        problems.push({ property: "roles", message: `the list is empty; leave it out for both roles or name one of ${schannelRoles.join(", ")}` });
    }
    return problems;
}

/** Every switch of every protocol: the states of all of them are reported, whatever is declared. */
export function schannelReads(): Record<string, string[]> {
    return Object.fromEntries(everySwitch().map(([protocol, role]) => [keyOf(protocol, role), names]));
}

/** The values that a choice declares: two for each protocol and role. */
export function schannelDesired(choice: SchannelChoice): ValueTree {
    const on = choice.exact ? dword(1) : dwordOrNonzero(1);
    const desired: ValueTree = {};
    for (const role of choice.roles) {
        for (const protocol of choice.enable) {
            desired[keyOf(protocol, role)] = { Enabled: on, DisabledByDefault: dword(0) };
        }
        for (const protocol of choice.disable) {
            desired[keyOf(protocol, role)] = { Enabled: dword(0), DisabledByDefault: on };
        }
    }
    return desired;
}

/** `enabled`, `disabled`, `half disabled` (off unless a program asks for it), `unset, ...` or `unknown`, by protocol and role. */
export function schannelStates(values: ValueTree, osBuild: number): Record<string, Record<string, string>> {
    const states: Record<string, Record<string, string>> = {};
    for (const [protocol, role] of everySwitch()) {
        const read = values[keyOf(protocol, role)] ?? {};
        (states[protocol] ??= {})[role] = stateOf(read["Enabled"], read["DisabledByDefault"], systemDefault(protocol, osBuild));
    }
    return states;
}

/** What only the host can tell: a protocol that its build cannot do, a role that would be left without any. */
export function checkSchannelOnHost(choice: SchannelChoice, values: ValueTree, osBuild: number): string[] {
    const problems: string[] = [];
    if (choice.enable.includes("TLS 1.3") && osBuild < firstBuildWithTls13) {
        problems.push(`TLS 1.3 needs Windows Server 2022 (build ${firstBuildWithTls13}) or newer, this host has build ${osBuild}; take it out of "enable"`);
    }
    const states = schannelStates(values, osBuild);
    for (const role of choice.roles) {
        const left = schannelProtocols.filter((protocol) => {
            const supported = protocol.startsWith("TLS") && (protocol !== "TLS 1.3" || osBuild >= firstBuildWithTls13);
            const declared = choice.enable.includes(protocol) || (!choice.disable.includes(protocol) && isOn(states[protocol]?.[role] ?? ""));
            return supported && declared;
        });
        if (left.length === 0) {
            problems.push(`no TLS version that build ${osBuild} can do would be left enabled for the role ${role}; add one to "enable", for example TLS 1.2`);
        }
    }
    return problems;
}

function everySwitch(): [string, string][] {
    return schannelProtocols.flatMap((protocol) => schannelRoles.map((role): [string, string] => [protocol, role]));
}

function keyOf(protocol: string, role: string): string {
    return `${root}\\${protocol}\\${role}`;
}

function isOn(state: string): boolean {
    return state === "enabled" || state === "unset, enabled by the operating system";
}

function systemDefault(protocol: string, osBuild: number): string {
    if (protocol === "SSL 2.0" || (protocol === "TLS 1.3" && osBuild < firstBuildWithTls13)) {
        return "unset, not supported by the operating system";
    }
    return protocol === "SSL 3.0" ? "unset, disabled by the operating system" : "unset, enabled by the operating system";
}

/** Enabled = 0 is off whatever else; any other number counts as on; DisabledByDefault decides only for what is on. */
function stateOf(enabled: string | undefined, disabledByDefault: string | undefined, unset: string): string {
    const on = switchOf(enabled);
    const byDefaultOff = switchOf(disabledByDefault);
    if (on === "unknown" || byDefaultOff === "unknown") {
        return "unknown";
    }
    if (on === "unset" && byDefaultOff === "unset") {
        return unset;
    }
    if (on === "zero") {
        return "disabled";
    }
    const enabledAtAll = on === "nonzero" || isOn(unset);
    if (!enabledAtAll) {
        return unset;
    }
    return byDefaultOff === "nonzero" ? "half disabled" : "enabled";
}

/** A value of another type than REG_DWORD is not a switch that Microsoft documents: its effect is not known. */
function switchOf(notation: string | undefined): "unset" | "zero" | "nonzero" | "unknown" {
    if (notation === "absent") {
        return "unset";
    }
    if (notation === undefined || !notation.startsWith("dword:")) {
        return "unknown";
    }
    return notation === "dword:0" ? "zero" : "nonzero";
}
