/** Where a host does not answer what was asked of it: only a module that administrators deploy can be older than the program. */
export const notAnswered = "unknown:the module that is deployed there is too old to answer it; deploy the one of this library";

/** `pending`: it may come by itself; wait and look again. */
export type Health = "healthy" | "pending" | "unknown" | "failing";

/** One thing that was looked at. */
export interface HealthCheck {
    /** `pending`: it may come by itself; wait and look again. */
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

/** One line a check, with what to do, of those that somebody has to know. */
export function healthText(whose: string, state: Health, checks: [check: string, one: HealthCheck][]): string {
    const lines = checks.map(([check, one]) => `  ${check}: ${one.state}: ${one.found}${one.advice === "" ? "" : `; ${one.advice}`}`);
    return [`${whose} is ${state}:`, ...lines].join("\n");
}

/** What ends a run under `failWhenUnhealthy`. The command `pulumi up` begins with a preview, which ends so too, before anything is repaired. */
export function unhealthyText(whose: string, state: Health, preview: boolean): string {
    const remedy = preview ? '. "pulumi up" ends with its own preview like this; where this one shows what repairs it, run "pulumi up --skip-preview"' : "";
    return `${whose}: mail is ${state}, and "failWhenUnhealthy" is set${remedy}`;
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
