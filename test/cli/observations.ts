import { questions } from "../../cli/server";
import type { Observation, ValueTree } from "../../drift/types";
import { facts } from "../drift/support/host";

/** The answer of a Server 2022 where all that was asked could be read and nothing is set, but for these values. */
export function observation(values: ValueTree = {}, more: Partial<Observation> = {}): Observation {
    const nothing = Object.entries(questions.values).map(([key, names]) => [key, Object.fromEntries(names.map((name) => [name, values[key]?.[name] ?? (name === "Install" ? "dword:1" : "absent")]))]);
    return {
        facts: { ...facts, moduleFound: true, executionPolicy: "RemoteSigned" },
        module: null,
        marker: "",
        values: Object.fromEntries(nothing) as ValueTree,
        services: Object.fromEntries(questions.services!.map((name) => [name, { state: "absent", startTime: "" }])),
        records: { values: {}, documents: {} },
        products: { [questions.products![0]!]: [] },
        names: Object.fromEntries(questions.names!.map((key) => [key, "absent"])),
        ...more,
    };
}

/** Key of the switches of a protocol, `TLS 1.0\Server`. */
export function protocol(path: string): string {
    return `HKLM\\SYSTEM\\CurrentControlSet\\Control\\SecurityProviders\\SCHANNEL\\Protocols\\${path}`;
}
