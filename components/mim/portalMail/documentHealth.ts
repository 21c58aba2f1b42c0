import { printable } from "../../../drift/show";
import type { Drifted } from "../../../drift/types";
import { failing, HealthCheck, HealthChecks, healthy, pending } from "../../internal/health";

/** What a run has seen of one of the documents that mail hangs on. */
export interface SeenDocument {
    state: string;
    drift: Record<string, Drifted>;
    repaired: Record<string, Drifted>;
}

/** By check. */
export type SeenDocuments = Partial<Record<"secret" | "tls" | "dotNet", SeenDocument>>;

/**
 * The checks of a server's mail, with what its documents found: a service that runs still uses what it read when it started, so all may look well until
 * its next start. What fails already is not told twice.
 */
export function withDocuments(checks: HealthChecks, documents: SeenDocuments, audited: boolean): HealthChecks {
    if (checks["host"] !== undefined) {
        return checks;
    }
    const judged = Object.entries(documents).map(([check, seen]): [string, HealthCheck] => [check, judge(check, seen, audited)]);
    const told = judged.filter(([check, { state }]) => checks[check] === undefined || (checks[check].state === "healthy" && state !== "healthy"));
    return { ...checks, ...Object.fromEntries(told) };
}

function judge(check: string, { state, drift, repaired }: SeenDocument, audited: boolean): HealthCheck {
    const off = Object.entries({ ...drift, ...repaired }).filter(([id, { found }]) => counts(check, id, String(found)));
    if (off.length > 0) {
        const found = `${off.map(([id, one]) => `${id.replace("\\\\", "\\")} (${printable(String(one.found), 100)})`).join(", ")} ${off.length === 1 ? "is" : "are"} not as declared`;
        return audited ? failing(found, 'only audited here: mode "enforce" and "pulumi up" repair it') : pending(`${found}; this update repairs it, and the service reads it when it restarts`);
    }
    return state === "unknown" ? { state, found: "not all of it could be read", advice: "see what the warning of the host says" } : healthy("as declared");
}

/** Of TLS what keeps the service from Exchange Online or a relay: TLS 1.2 for clients switched off. Where nothing is set, Windows has it on. */
function counts(check: string, id: string, found: string): boolean {
    return check !== "tls" || (/\\TLS 1\.2\\Client\\/i.test(id) && found !== "absent");
}
