import type { StackReport } from "../components/report";
import { findingsOf, hostOf, noHost } from "./findings";

/** The counts of a report. */
export interface Summary {
    hosts: number;
    /** Settings that are not as declared. */
    drifted: number;
    /** Components of which nobody knows. */
    unknown: number;
    /** Health checks that fail. */
    failing: number;
    errors: number;
}

export function summaryOf(report: StackReport): Summary {
    const { components, errors } = report;
    const inState = (state: string): number => components.filter((one) => one.state === state).length;
    return {
        hosts: new Set(components.map(hostOf).filter((host) => host !== noHost)).size,
        drifted: findingsOf(report).length,
        unknown: inState("unknown"),
        failing: inState("failing"),
        errors: errors.length,
    };
}

/** `50 hosts, 1,000 drifted values, 2 unknown, 1 error`. */
export function summaryText({ hosts, drifted, unknown, failing, errors }: Summary): string {
    const others = [...(failing > 0 ? [`${number(failing)} failing`] : []), `${number(unknown)} unknown`];
    return [count(hosts, "host"), count(drifted, "drifted value"), ...others, count(errors, "error")].join(", ");
}

/** `1 host`, `1,000 hosts`. */
export function count(many: number, word: string): string {
    return `${number(many)} ${word}${many === 1 ? "" : "s"}`;
}

export function number(many: number): string {
    return many.toLocaleString("en-US");
}

/** 1 where something failed or is unknown, which says nothing of the drift that was not seen; else 3 where something drifted, and 0. */
export function exitCodeOf(report: StackReport): 0 | 1 | 3 {
    const { unknown, failing, errors } = summaryOf(report);
    return errors + unknown + failing > 0 ? 1 : report.components.some(({ state }) => state === "drifted") ? 3 : 0;
}
