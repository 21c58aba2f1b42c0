import type { PretendHost, PretendService } from "./host";
import { nativePath, upper } from "./paths";
import { Failure } from "./reply";

const START_TYPES: Record<string, string> = { "dword:2": "Automatic", "dword:3": "Manual", "dword:4": "Disabled" };
const SETTLED: Record<string, string> = { StartPending: "Running", ContinuePending: "Running", StopPending: "Stopped", PausePending: "Paused" };

export function findService({ services }: PretendHost, name: string): PretendService | undefined {
    return Object.entries(services).find(([known]) => upper(known) === upper(name))?.[1];
}

/** The word of the Service Control Manager, `absent` or `unknown:denied`. */
export function serviceState(host: PretendHost, name: string): string {
    const found = findService(host, name);
    return found === undefined ? "absent" : found.fault === "denied" ? "unknown:denied" : found.state;
}

/** Since when it runs: empty, a time, or `unknown:REASON`. */
export function serviceStart(host: PretendHost, name: string): string {
    const found = findService(host, name);
    return found === undefined || found.fault === "denied" || found.state === "Stopped" ? "" : found.startTime;
}

export function startType(host: PretendHost, name: string): string {
    if (findService(host, name) === undefined) {
        return "absent";
    }
    const found = host.registry.read(serviceKey(name), "Start");
    const delayed = /^dword:[1-9]/.test(host.registry.read(serviceKey(name), "DelayedAutostart"));
    return START_TYPES[found] === "Automatic" && delayed ? "AutomaticDelayed" : (START_TYPES[found] ?? "unknown:type");
}

/** Throws AccessDenied, and what write observers throw. */
export function setStartType(host: PretendHost, name: string, type: string): void {
    host.registry.observed({ key: `SERVICE\\${name}`, name: "StartType", notation: `string:${type}` }, () => {
        configureService(host, name, type);
        host.registry.set(serviceKey(name), "DelayedAutostart", type === "AutomaticDelayed" ? "dword:1" : "absent");
    });
}

/** Without a word of the delay, which stays as it is. */
export function configureService(host: PretendHost, name: string, type: string): void {
    const [start] = Object.entries(START_TYPES).find(([, word]) => type.startsWith(word))!;
    host.registry.set(serviceKey(name), "Start", start);
}

/** Waits, in no time, while a service is on its way; gives where it is then. Throws Failure `service` where it never gets there. */
export function settle(host: PretendHost, name: string): string {
    const found = findService(host, name);
    const end = SETTLED[found?.state ?? ""];
    if (found && end && found.fault === "hangs") {
        throw new Failure("service", `The service ${name} is still ${found.state}; see what it waits for`);
    }
    if (found && end) {
        found.state = end;
    }
    return serviceState(host, name);
}

/** Starts or stops a service, with the services that need it; whether it stayed there is for the caller to see. Throws Failure `service`. */
export function setServiceState(host: PretendHost, name: string, state: string): void {
    if (settle(host, name) === state) {
        return;
    }
    if (state === "Stopped") {
        runningDependents(host, name).forEach(one => setServiceState(host, one, "Stopped"));
    }
    controlService(host, name, state);
    settle(host, name);
}

/** What a program asks of the Service Control Manager, which does not wait. Throws Failure `service`. */
export function controlService(host: PretendHost, name: string, state: string): void {
    const found = findService(host, name);
    if (!found || found.fault === "denied" || (state !== "Stopped" && startType(host, name) === "Disabled")) {
        throw new Failure("service", `The service ${name} does not get ${state}: ${found ? "it is denied or disabled" : "it is not there"}`);
    }
    if (state === "Stopped" && runningDependents(host, name).length > 0) {
        throw new Failure("service", `The service ${name} cannot be stopped: ${runningDependents(host, name).join(", ")} needs it`);
    }
    host.registry.observed({ key: `SERVICE\\${name}`, name: "State", notation: `string:${state}` }, () => {
        const runs = state !== "Stopped" && found.fault !== "fails";
        const anew = runs && found.state === "Stopped";
        found.state = runs && found.fault === "hangs" ? "StartPending" : runs ? state : "Stopped";
        found.startTime = anew ? host.clock().toISOString() : runs ? found.startTime : "";
        if (anew) {
            host.onStart?.(name);
        }
    });
}

/** State, and the services that need it, as a program sees them; nothing of one that it may not ask for. */
export function askService(host: PretendHost, name: string): { state?: string; dependents?: string[] } {
    const found = findService(host, name);
    if (!found || found.fault === "denied") {
        return {};
    }
    const { state, dependents = [] } = found;
    // Seen once on its way, it gets there.
    if (found.fault !== "hangs") {
        settle(host, name);
    }
    return { state, dependents };
}

/** Since when each running service runs, as WMI has it. */
export function startsOf({ services }: PretendHost): [name: string, startTime: string][] {
    return Object.entries(services).flatMap(([name, { state, startTime }]) => (state === "Stopped" ? [] : [[name, startTime] as [string, string]]));
}

/** A service that is installed. */
export function addService(host: PretendHost, name: string, service: Partial<PretendService> = {}, start = "dword:3"): void {
    host.services[name] = { state: "Stopped", startTime: "", ...service };
    Object.entries({ Type: "dword:16", Start: start }).forEach(([value, notation]) => host.registry.set(serviceKey(name), value, notation));
}

/** The services that need this one and run, in an order in which they can be stopped. */
export function runningDependents(host: PretendHost, name: string): string[] {
    return (findService(host, name)?.dependents ?? []).filter(one => settle(host, one) !== "Stopped");
}

function serviceKey(name: string): string {
    return nativePath(`HKLM\\SYSTEM\\CurrentControlSet\\Services\\${name}`);
}
