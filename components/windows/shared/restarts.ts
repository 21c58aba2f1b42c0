import { ServiceState } from "../../../drift/types";

/** What is known of the services that read a document's values when they start. */
export interface Restarts {
    /** Names of services that have not read the last change; `NAME (unknown: REASON)` where nobody can tell. */
    pending: string[];
    /** Sentences for the user about services that are not there; what is unknown is said once for the host (`pendingTexts`). */
    warnings: string[];
}

/**
 * @param states What the host answered; undefined where it was not observed.
 * @param changed When a value was last written, UTC; empty where none was.
 * @param wrote Whether this run wrote a value, after it looked at the services.
 * @param unread Why there are no answers.
 */
export function restartsOf(
    services: string[],
    states: Record<string, ServiceState> | undefined,
    changed: string,
    wrote: boolean,
    unread = "the host was not observed",
): Restarts {
    const found: Restarts = { pending: [], warnings: [] };
    for (const name of services) {
        const known = states?.[name] ?? { state: `unknown:${unread}`, startTime: "" };
        const doubt = doubtOf(known);
        if (known.state === "absent") {
            found.warnings.push(`There is no service ${name}. Give restartServices the service's own name, not the one that is displayed: Get-Service shows both.`);
        } else if (known.state === "Stopped" || (states !== undefined && !wrote && changed === "")) {
            continue;
        } else if (doubt !== undefined && !(wrote && known.state === "Running")) {
            found.pending.push(`${name} (unknown: ${doubt})`);
        } else if (wrote || known.startTime < changed) {
            // Times are UTC in one fixed form, so they compare as text.
            found.pending.push(name);
        }
    }
    return found;
}

function doubtOf({ state, startTime }: ServiceState): string | undefined {
    const [, reason] = /^unknown:?(.*)$/.exec(state) ?? /^unknown:?(.*)$/.exec(startTime) ?? [];
    if (reason !== undefined) {
        return reason === "denied" ? "the account may not ask for it" : reason;
    }
    return startTime === "" ? "its start could not be read" : undefined;
}
