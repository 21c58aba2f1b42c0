import type { Notation } from "./types";

// Two properties of a service are values like those of the registry: `State` and `StartType` of the key `SERVICE\\NAME`.

/** How a program writes them, and what else may be found: any word of the Service Control Manager, or that there is no such service. */
export const serviceStates = { running: "Running", stopped: "Stopped" } as const;
export const startTypes = { automatic: "Automatic", automaticDelayed: "AutomaticDelayed", manual: "Manual", disabled: "Disabled" } as const;

export function serviceKey(service: string): string {
    return `SERVICE\\${service}`;
}

/** The service that a key names; undefined for a key of the registry. */
export function serviceOf(key: string): string | undefined {
    const [, service] = /^SERVICE\\(.*)$/is.exec(key) ?? [];
    return service !== undefined && isServiceName(service) ? service : undefined;
}

/** What the protocol takes for the name of a service. */
export function isServiceName(text: string): boolean {
    return /^[^\\/\x00-\x1f]{1,255}$/.test(text);
}

export function isServiceProperty(name: string): boolean {
    return /^(State|StartType)$/i.test(name);
}

/** Whether a document may desire it of a service. */
export function isDesirableProperty(name: string, notation: Notation): boolean {
    const words = /^State$/i.test(name) ? serviceStates : startTypes;
    return isServiceProperty(name) && Object.values<string>(words).some((word) => notation === `string:${word}`);
}
