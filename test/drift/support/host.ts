import { planHost } from "../../../drift/plan";
import type { Declaration, DocumentPlan, Observation, RunContext, ValueTree } from "../../../drift/types";

/** Of a Server 2022 that is well. */
export const facts = {
    computerName: "MIM01",
    user: "MIM01\\svc",
    elevated: true,
    osBuild: 20348,
    osName: "Windows Server 2022 Datacenter",
    bootTime: "2026-11-01T04:00:00.000Z",
    now: "2026-11-22T08:30:00.000Z",
    powershell: "5.1.20348.2227",
    languageMode: "FullLanguage",
};

export const key = "HKLM\\SOFTWARE\\Contoso";

/** The id under which a host keeps the record of a value of `key`. */
export const idOf = (name: string): string => `${key}\\\\${name}`;

export function declare(id: string, values: Record<string, string>, more: Partial<Declaration> = {}): Declaration {
    return { id, kind: "registry", resource: `urn:${id}`, desired: { [key]: values }, onDestroy: "retain", ...more };
}

export function context(more: Partial<RunContext> = {}): RunContext {
    return { owner: "shop.prod", now: new Date("2026-11-22T08:30:00.123Z"), ...more };
}

export function observe(values: Record<string, string>, records: Observation["records"] = { values: {}, documents: {} }): Observation {
    return observeTree({ [key]: values }, records);
}

export function observeTree(values: ValueTree, records: Observation["records"] = { values: {}, documents: {} }): Observation {
    return { facts, module: null, marker: "", values, services: {}, records };
}

/** What a run renders for a document that is alone on its host. */
export function plan(declaration: Declaration, observation: Observation, run: Partial<RunContext> = {}): DocumentPlan {
    return planHost([declaration], observation, context(run)).documents.get(declaration.id)!;
}

/** Data of a value record of the document "tls" of shop.prod, after an enforcement of dword:1. */
export function valueRecord(more: Record<string, unknown> = {}): string {
    return JSON.stringify({
        original: "absent",
        written: "dword:1",
        writing: "",
        owner: "shop.prod",
        document: "tls",
        repairs: [],
        ...more,
    });
}

/** Data of a document record: the stdin as a host has it, written by hand. */
export function documentRecord(
    values: Record<string, string>,
    more: Record<string, unknown> = {},
    writtenAt = "2026-11-20T10:00:00.000Z",
): string {
    const stdin = {
        document: "tls",
        kind: "registry",
        owner: "shop.prod",
        protocol: 1,
        resource: "urn:tls",
        desired: { [key]: values },
        "first seen 2026-11-20T09:59:58.000Z": "the host has no record of this document",
        onDestroy: "retain",
        ...more,
    };
    return `${writtenAt}\n${JSON.stringify(stdin, undefined, 2)}`;
}

/** The one timed member of a stdin. */
export function timedMember(stdin: string): [string, unknown] {
    const found = Object.entries(JSON.parse(stdin) as object).filter(([name]) =>
        /^(drift seen|changed|record missing|first seen|not observed)/.test(name),
    );
    if (found.length !== 1) {
        throw new Error(`${found.length} timed members`);
    }
    return found[0] as [string, unknown];
}
