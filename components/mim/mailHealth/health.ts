import { notAnswered } from "../shared/server";

/** `pending`: it may come by itself; wait and look again. */
export type Health = "healthy" | "pending" | "unknown" | "failing";

/** One thing that was looked at. */
export interface HealthCheck {
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
