import type { LoggedEvent, PretendHost } from "./host";
import type { JsonObject } from "./json";
import { upper } from "./paths";
import { serviceStart } from "./services";

/** A question of a request, checked: of `since` and `sinceStartOf` there is one. */
export interface EventQuestion {
    log: string;
    provider: string;
    ids: number[];
    since?: string;
    sinceStartOf?: string;
}

/** How many events there are since then and what the newest say, or `unknown:REASON`. */
export function findEvents(host: PretendHost, question: EventQuestion): JsonObject | string {
    const since = question.since ?? serviceStart(host, question.sinceStartOf ?? "");
    if (since.startsWith("unknown:")) {
        return since;
    }
    const looked = eventsSince(host, question.log, question.ids, since);
    if (typeof looked === "string") {
        return looked;
    }
    const provider = new RegExp(`^${question.provider.replace(/[.+?^${}()|[\]\\]/g, "\\$&").replaceAll("*", ".*")}$`, "is");
    const found = looked.slice(0, 1_000).filter(event => provider.test(event.provider));
    return { count: found.length, newest: found.slice(0, 5).map(shown), since, more: looked.length > 1_000 };
}

/** At most 1,001 events of a log, newest first; `unknown:REASON` where it cannot be read. */
export function eventsSince(host: PretendHost, log: string, ids: number[], since: string): LoggedEvent[] | string {
    const known = Object.entries(host.logs).find(([name]) => upper(name) === upper(log));
    const [, fault] = known ?? ["", `There is not an event log that matches "${log}".`];
    if (fault !== "") {
        return `unknown:${fault}`;
    }
    return host.events
        .filter(event => upper(event.log) === upper(log) && ids.includes(event.id) && event.time >= since)
        .sort((a, b) => (a.time < b.time ? 1 : a.time > b.time ? -1 : 0))
        .slice(0, 1_001);
}

/** Whoever may write to a log writes what they like. */
function shown({ time, id, provider, message }: LoggedEvent): JsonObject {
    return { time, id, provider, message: message.replace(/[\x00-\x1f\x7f-\x9f]+/g, " ").slice(0, 1_000) };
}
