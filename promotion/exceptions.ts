import { checkDesired } from "../drift/desired";
import { nearest } from "../drift/nearest";
import { splitValueId } from "../drift/path";
import { show } from "../drift/show";
import type { Problem } from "../drift/types";
import { Baseline, baselineOf, settingsFor, strongCrypto } from "./baseline";

/** What one environment, or some servers of it, have other than the baseline says, for a while. */
export interface BaselineException {
    /** A setting of the baseline: a protocol, `.NET strong cryptography`, or `KEY\\NAME` of a registry value. */
    setting: string;
    /** What it is instead, as the baseline would have it, or `unmanaged`. */
    value: string;
    /** Why. */
    reason: string;
    /** The last day on which it holds, UTC, such as `2026-12-31`. */
    until: string;
    /** The servers that have it. Default all. */
    hosts?: string[];
}

const unmanaged = "unmanaged";

/**
 * What is wrong with exceptions, all at once; whether one is over is another question.
 * @param withoutTls Those of the servers whose TLS and .NET another component sets, where an exception would do nothing.
 */
export function checkExceptions(baseline: Baseline, exceptions: BaselineException[], hosts: string[], withoutTls: string[] = []): Problem[] {
    const settings = settingsFor(baseline, Object.keys(baseline.roles ?? {}));
    const seen = new Set<string>();
    return exceptions.flatMap((exception, index) => {
        const { setting, value, reason, until, hosts: those } = exception ?? {};
        const at = (name: string) => `exceptions[${index}].${name}`;
        const problems: Problem[] = [];
        if (typeof setting !== "string" || settings[setting] === undefined) {
            const like = nearest(String(setting), Object.keys(settings));
            const meant = like === undefined ? `; the baseline sets ${Object.keys(settings).slice(0, 10).map((one) => show(one, 200)).join(", ")}` : `; ${show(like, 200)} is meant, perhaps`;
            problems.push({ property: at("setting"), message: `must be a setting of the baseline ${baseline.name}; received ${show(setting, 200)}${meant}` });
        } else {
            problems.push(...checkValue(at("value"), setting, value));
        }
        if (typeof reason !== "string" || reason.trim() === "") {
            problems.push({ property: at("reason"), message: `must say why; received ${show(reason)}` });
        }
        if (!isDay(until)) {
            problems.push({ property: at("until"), message: `must be the last day on which the exception holds, such as "2026-12-31"; received ${show(until)}` });
        }
        for (const host of those ?? []) {
            if (!hosts.includes(host)) {
                problems.push({ property: at("hosts"), message: `must be servers of this stack, which are ${hosts.join(", ")}; received ${show(host)}` });
            }
        }
        for (const host of those ?? hosts) {
            const both = JSON.stringify([setting, host]);
            if (seen.has(both)) {
                problems.push({ property: at("setting"), message: `another exception of ${show(setting, 200)} on ${host} is there already; keep one` });
            }
            seen.add(both);
            if (withoutTls.includes(host) && settings[setting] !== undefined && splitValueId(setting) === undefined) {
                problems.push({ property: at("hosts"), message: `must be without ${host}, whose TLS and .NET another component sets: an exception of ${show(setting, 200)} does nothing there; received ${those === undefined ? "no list, which means all" : those.map((one) => show(one)).join(", ")}` });
            }
        }
        return problems;
    });
}

function checkValue(property: string, setting: string, value: unknown): Problem[] {
    if (value === unmanaged) {
        return [];
    }
    const refuse = (rule: string, why = "") => [{ property, message: `must be ${rule}; received ${show(value, 200)}${why}` }];
    if (splitValueId(setting) !== undefined) {
        const problem = typeof value === "string" ? checkDesired(value) : "It is no text";
        return problem === undefined ? [] : refuse('a value such as "dword:1", or "unmanaged"', `. ${problem}`);
    }
    if (setting === strongCrypto) {
        return refuse('"unmanaged"');
    }
    return value === "enabled" || value === "disabled" ? [] : refuse('"enabled", "disabled" or "unmanaged"');
}

/** What a server shall have: the baseline with its exceptions. */
export function withExceptions(baseline: Baseline, exceptions: BaselineException[], host: string, roles: string[] = []): Baseline {
    const settings = settingsFor(baseline, roles);
    for (const { setting, value, hosts } of exceptions) {
        // A setting of another role is none of this server.
        if (setting in settings && (hosts === undefined || hosts.includes(host))) {
            if (value === unmanaged) {
                delete settings[setting];
            } else {
                settings[setting] = value;
            }
        }
    }
    return baselineOf(baseline.name, settings);
}

/** Which exceptions are over. They hold until somebody takes them out, or until the run that refuses them is mended. */
export function overdue(exceptions: BaselineException[], now: Date): Problem[] {
    return exceptions.flatMap((one, index) => (daysLeft(one, now) < 0 ? [{ property: `exceptions[${index}]`, message: `${named(one)} ended with ${one.until}. Take it out, or give it another day that somebody has agreed to` }] : []));
}

/** Which exceptions end soon: two weeks before their last day, so that nobody learns of it from a run that fails. */
export function ending(exceptions: BaselineException[], now: Date): Problem[] {
    return exceptions.flatMap((one, index) => {
        const left = daysLeft(one, now);
        const when = left === 0 ? "today" : `in ${left} ${left === 1 ? "day" : "days"}`;
        return left >= 0 && left <= 14 ? [{ property: `exceptions[${index}]`, message: `${named(one)} ends with ${one.until}, ${when}: let the baseline hold there by then, or agree on another day` }] : [];
    });
}

function named({ setting, reason }: BaselineException): string {
    return `${show(setting, 200)} (${show(reason, 200)})`;
}

/** Whole days up to the last one, UTC; no number where that is no day. */
function daysLeft({ until }: BaselineException, now: Date): number {
    const midnight = Date.parse(now.toISOString().slice(0, 10));
    return isDay(until) ? (Date.parse(until) - midnight) / 86_400_000 : NaN;
}

function isDay(text: unknown): boolean {
    return typeof text === "string" && /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(Date.parse(text)) && new Date(text).toISOString().startsWith(text);
}
