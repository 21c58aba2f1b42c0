import { entra } from "../../../index";
import type { Call } from "../../../lab/tenant/server";
import type { Tenant } from "../../../lab/tenant/tenant";
import { everyMailbox } from "./tenantScene";

/** Noon of the day from which its first secret is valid. */
export const firstNoon = "2026-12-01T12:00:00Z";

export const secretRotation = { days: 90, overlapDays: 14, startingOn: "2026-12-01" };

/** The application that most of these suites are about. Other arguments than these take their place. */
export function declareMim(args: Partial<entra.MailApplicationArgs> = {}): entra.MailApplication {
    const scope = args.method === undefined ? everyMailbox : {};
    return new entra.MailApplication("mim", { displayName: "MIM mail", secretRotation, ...scope, ...args });
}

/** The consents that it has. */
export function consentsIn(tenant: Tenant): Tenant["state"]["servicePrincipals"][number]["appRoleAssignedTo"] {
    return tenant.state.servicePrincipals.flatMap((one) => one.appRoleAssignedTo).filter((one) => one.principalDisplayName === "MIM mail");
}

/** The calls since the last reset that change something. */
export function writesTo(tenant: Tenant): string[] {
    return tenant.calls.filter(isWrite).map(({ method, path }) => `${method} ${path}`);
}

/** Whether a call changes something. */
export function isWrite({ method, path, cmdlet = "" }: Call): boolean {
    return method !== "GET" && !path.includes("/oauth2/") && !/^(Get|Test)-/.test(cmdlet);
}
