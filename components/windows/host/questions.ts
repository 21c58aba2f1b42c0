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
    const smtpLogs = all.flatMap((one) => one.smtpLogs ?? []);
    return {
        values: mergeReads(all.map((one) => one.values ?? {})),
        ...once("services"),
        ...once("products"),
        ...once("accounts"),
        ...once("names"),
        ...once("certificates"),
        ...(events.length > 0 ? { events } : {}),
        ...(smtpLogs.length > 0 ? { smtpLogs } : {}),
    };
}

/** The answer with what one of them asked in order: the answers of all stand there in a row. */
export function ownAnswers(answer: Observation, all: Questions[], at: number): Observation {
    const own = <T>(answers: T[] | undefined, member: "events" | "smtpLogs"): T[] | undefined => {
        const before = all.slice(0, at).flatMap((one): unknown[] => one[member] ?? []).length;
        return answers?.slice(before, before + (all[at]![member] ?? []).length);
    };
    const events = own(answer.events, "events");
    const smtpLogs = own(answer.smtpLogs, "smtpLogs");
    return { ...answer, ...(events && { events }), ...(smtpLogs && { smtpLogs }) };
}
