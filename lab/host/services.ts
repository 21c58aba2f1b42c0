import type { PretendHost } from "./host";
import { sidOf } from "./accounts";
import { upper } from "./paths";
import { orUnknown } from "./registry";

/** What an observe reply says of a service. */
export interface ServiceFact {
    state: string;
    startTime: string;
    account: string;
    sid: string;
    startType: string;
    dependents: string[] | string;
}

const SERVICES = "HKLM\\SYSTEM\\CurrentControlSet\\Services";
const START_TYPES: Record<string, string> = { "dword:2": "Automatic", "dword:3": "Manual", "dword:4": "Disabled" };

/** State and start are the Service Control Manager's; how the service is set up stands in its key. */
export function serviceFact(host: PretendHost, name: string): ServiceFact {
    const found = serviceOf(host, name);
    if (!found) {
        return { state: "absent", startTime: "", account: "", sid: "", startType: "", dependents: [] };
    }
    const read = (value: string): string => orUnknown(() => host.registry.read(`${SERVICES}\\${name}`, value));
    const account = read("ObjectName").replace(/^(string|expand):/, "").replace(/^absent$/, "");
    return {
        state: found.state,
        startTime: found.startTime,
        account,
        sid: /^(unknown:|$)/.test(account) ? account : sidOf(host, account),
        startType: startType(read("Start"), read("DelayedAutostart")),
        dependents: found.state.startsWith("unknown:") ? "unknown:denied" : runningDependents(host, found.dependents ?? []),
    };
}

/** When a service that runs was started, or `unknown:REASON`. */
export function serviceStart(host: PretendHost, name: string): string {
    const { state, startTime } = serviceOf(host, name) ?? { state: "absent", startTime: "" };
    if (state === "absent") {
        return `unknown:there is no service ${name}`;
    }
    if (state.startsWith("unknown:")) {
        return state;
    }
    return startTime === "" ? `unknown:the service ${name} does not run` : startTime;
}

function serviceOf(host: PretendHost, name: string): PretendHost["services"][string] | undefined {
    return Object.entries(host.services).find(([known]) => upper(known) === upper(name))?.[1];
}

function startType(start: string, delayed: string): string {
    if (start.startsWith("unknown:")) {
        return start;
    }
    return start === "dword:2" && /^dword:[1-9]/.test(delayed) ? "AutomaticDelayed" : (START_TYPES[start] ?? `unknown:its Start is ${start}`);
}

function runningDependents(host: PretendHost, names: string[]): string[] {
    const runs = (name: string): boolean => (serviceOf(host, name)?.state ?? "Stopped") !== "Stopped";
    return names.filter(runs).sort((a, b) => (upper(a) < upper(b) ? -1 : 1));
}
