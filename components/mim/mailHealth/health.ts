import type { ServiceState } from "../../../drift/types";
import type { HealthCheck, HealthChecks } from "../../internal/health";

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
