import type { Observation, ObserveRequest } from "../../../drift/types";
import { mergeReads } from "./reads";

/** What one component asks of its host. */
export type Questions = Partial<Omit<ObserveRequest, "owner" | "limitSeconds">>;

/** All questions as one. */
export function mergeQuestions(all: Questions[]): Omit<ObserveRequest, "owner"> {
    const once = (member: "services" | "products" | "accounts" | "names" | "certificates"): { [name: string]: string[] } => {
        const names = [...new Set(all.flatMap((one) => one[member] ?? []))];
        return names.length > 0 ? { [member]: names } : {};
    };
    const events = all.flatMap((one) => one.events ?? []);
    return {
        values: mergeReads(all.map((one) => one.values ?? {})),
        ...once("services"),
        ...once("products"),
        ...once("accounts"),
        ...once("names"),
        ...once("certificates"),
        ...(events.length > 0 ? { events } : {}),
    };
}

/** The answer with the events of one of them: those of all stand there in a row. */
export function ownEvents(answer: Observation, all: Questions[], at: number): Observation {
    const before = all.slice(0, at).flatMap((one) => one.events ?? []).length;
    const events = answer.events?.slice(before, before + (all[at]!.events ?? []).length);
    return { ...answer, ...(events && { events }) };
}
