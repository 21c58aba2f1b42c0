import type { ServiceState } from "../../../drift/types";
import { notAnswered } from "../shared/server";

/** `pending`: it may come by itself; wait and look again. */
export type Health = "healthy" | "pending" | "unknown" | "failing";

/** One thing that was looked at. */
export interface HealthCheck {
    /** How it is. */
    state: Health;
    /** What was seen. */
    found: string;
    /** What to do; empty where nothing is. */
    advice: string;
}

export type HealthChecks = Record<string, HealthCheck>;

/** The worst of all: nothing is healthy that was not read. */
export function overall(checks: HealthChecks): Health {
    const states = Object.values(checks).map((one) => one.state);
    return (["failing", "unknown", "pending"] as const).find((one) => states.includes(one)) ?? (states.length > 0 ? "healthy" : "unknown");
}

/** One line a check, with what to do. */
export function healthText(host: string, name: string, state: Health, checks: [check: string, one: HealthCheck][]): string {
    const lines = checks.map(([check, one]) => `  ${check}: ${one.state}: ${one.found}${one.advice === "" ? "" : `; ${one.advice}`}`);
    return [`${host}: mail of the MIM Service (${name}) is ${state}:`, ...lines].join("\n");
}

export function healthy(found: string): HealthCheck {
    return { state: "healthy", found, advice: "" };
}

export function failing(found: string, advice: string): HealthCheck {
    return { state: "failing", found, advice };
}

export function pending(found: string): HealthCheck {
    return { state: "pending", found, advice: "look again after it" };
}

export function unknown(what: string, reason = notAnswered): HealthCheck {
    const why = reason.replace(/^unknown:/, "");
    return { state: "unknown", found: `${what} could not be read: ${why}`, advice: why === "denied" ? "look with an account that may read it" : "" };
}

/** Known not to run: then nothing but the check of the service itself says what is wrong. */
export function isStopped(service: ServiceState | undefined): boolean {
    return service !== undefined && service.state !== "Running" && !service.state.startsWith("unknown:");
}

export function waits(service: string, why: string): HealthCheck {
    return { state: "pending", found: `the service ${service} does not run: ${why}`, advice: "look again once it runs" };
}

/** What the server lacks, seen beside a mailbox that opens from here: nothing in the tenant is to be mended, and only a start makes the service ask again. */
export function besideEws(checks: HealthChecks): HealthChecks {
    if (checks["ews"]?.state !== "healthy") {
        return checks;
    }
    const advice = "the check ews is healthy, so restart the service (mim.PortalMail: restartAfter). Where it comes again, the server has another secret than the newest, or look at TLS, DNS and proxy of the host";
    const mended = ["token", "events"].filter((one) => checks[one]?.state === "failing").map((one) => [one, { ...checks[one]!, advice }]);
    return { ...checks, ...Object.fromEntries(mended) };
}
