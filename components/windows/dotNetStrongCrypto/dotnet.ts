import { dword } from "../../../drift/desired";
import { ValueTree } from "../../../drift/types";

/**
 * Strong cryptography for .NET Framework programs: two values for each runtime, in both registry views.
 * Source: learn.microsoft.com, "Transport Layer Security (TLS) best practices with .NET Framework".
 */
const runtimes = ["v4.0.30319", "v2.0.50727"];
const roots = ["HKLM\\SOFTWARE\\Microsoft\\.NETFramework", "HKLM\\SOFTWARE\\WOW6432Node\\Microsoft\\.NETFramework"];
const names = ["SchUseStrongCrypto", "SystemDefaultTlsVersions"];

const setup = "HKLM\\SOFTWARE\\Microsoft\\NET Framework Setup\\NDP";
/** Where set-up notes that a runtime is there; .NET Framework 3.0 and 3.5 run on the 2.0 runtime. */
const installedBy: Record<string, string[]> = {
    "v4.0.30319": [`${setup}\\v4\\Full`],
    "v2.0.50727": [`${setup}\\v2.0.50727`, `${setup}\\v3.5`],
};

/** All eight values, and where set-up notes which runtime is installed. */
export function dotNetReads(): Record<string, string[]> {
    const reads: Record<string, string[]> = {};
    for (const runtime of runtimes) {
        for (const root of roots) {
            reads[`${root}\\${runtime}`] = names;
        }
        for (const key of installedBy[runtime] ?? []) {
            reads[key] = ["Install"];
        }
    }
    return reads;
}

export interface DotNetDesired {
    desired: ValueTree;
    /** Runtimes that are not installed. */
    notInstalled: string[];
    /** What could not be read; nothing may be decided then. */
    problems: string[];
}

/** The values for every installed runtime; for all of them with `createMissing`. */
export function dotNetDesired(values: ValueTree, createMissing: boolean): DotNetDesired {
    const result: DotNetDesired = { desired: {}, notInstalled: [], problems: [] };
    for (const runtime of runtimes) {
        const keys = installedBy[runtime] ?? [];
        const found = keys.map((key) => values[key]?.["Install"] ?? "unknown:no answer");
        if (!found.includes("dword:1")) {
            const unread = found.findIndex((one) => one.startsWith("unknown:"));
            if (unread >= 0) {
                result.problems.push(`cannot tell whether .NET Framework ${runtime} is installed: ${keys[unread]}\\Install is ${found[unread]}`);
                continue;
            }
            result.notInstalled.push(runtime);
            if (!createMissing) {
                continue;
            }
        }
        for (const root of roots) {
            result.desired[`${root}\\${runtime}`] = Object.fromEntries(names.map((name) => [name, dword(1)]));
        }
    }
    return result;
}

/** `on`, `off`, `not set` or `unknown`, by runtime and view (`v4.0.30319, 64-bit`) and then by value, whether the runtime is installed or not. */
export function dotNetStates(values: ValueTree): Record<string, Record<string, string>> {
    const places = runtimes.flatMap((runtime) => roots.map((root, at) => ({ key: `${root}\\${runtime}`, place: `${runtime}, ${at === 0 ? 64 : 32}-bit` })));
    return Object.fromEntries(places.map(({ key, place }) => [place, Object.fromEntries(names.map((name) => [name, stateOf(values[key]?.[name])]))]));
}

/** Programs take every number but 0 as on. */
function stateOf(notation: string | undefined): string {
    if (notation === "absent") {
        return "not set";
    }
    return notation?.startsWith("dword:") ? (notation === "dword:0" ? "off" : "on") : "unknown";
}
