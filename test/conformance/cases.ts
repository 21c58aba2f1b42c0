import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Json } from "./reply";
import type { RegistryTree } from "./registry";

export type Tree = Record<string, Record<string, unknown>>;

/** What a set or remove is expected to give. */
export interface Expectation {
    /** Default: nothing. */
    written?: Tree;
    /** Default: nothing. */
    released?: string[];
    /** The code of the failure that is expected instead. */
    error?: string;
    /** A part of that failure's message. */
    says?: string[];
    /** The failure's `host`. Default: as it was. */
    host?: string;
}

/** One step of a case; exactly one of the members of the first group. */
export interface Step extends Expectation {
    /** Key, name, type and data for reg.exe. */
    add?: [string, string, string, string];
    /** Key, or key and name. */
    delete?: [string] | [string, string];
    /** Names by key, with `values`, or `error`. */
    observe?: Record<string, string[]>;
    /** Members of the document that are not as `standardDocument` makes them. */
    set?: Json;
    remove?: Json;
    /** A text for `set`, `remove` or `observe` that is sent as it is, with `error`. */
    send?: [string, string];
    /** Keeps the notation that the last observe gave for key and name; `<name>` stands for it from then on. */
    keep?: Record<string, [string, string]>;
    /** Everything at and below the keys of the suite. */
    registry?: RegistryTree;
    /** Every value record of the suite's, by value id; left out members are as `standardRecord` makes them. */
    records?: Record<string, Json>;
    /** Every document record of the suite's; each holds what was last sent for it. */
    documents?: string[];

    values?: Tree;
    services?: string[];
    /** Members of `services`, `*` for any text. */
    states?: Json;
}

export interface Case {
    name: string;
    steps: Step[];
}

/** The keys that the suite writes to. */
export const testKey = "HKLM\\SOFTWARE\\HybridIdentityConformance";
export const testKey32 = "HKLM\\SOFTWARE\\WOW6432Node\\HybridIdentityConformance";
export const recordKey = "HKLM\\SOFTWARE\\HybridIdentity";

const words: Record<string, string> = {
    K: testKey,
    W: testKey32,
    K32: "HKLM32\\SOFTWARE\\HybridIdentityConformance",
    R: recordKey,
};

/** All cases, file by file in the order of their names. `{K}`, `{W}`, `{K32}`, `{R}` and `{a*N}` in the files are replaced. */
export function loadCases(folder = join(__dirname, "cases")): Case[] {
    return readdirSync(folder)
        .filter(file => file.endsWith(".json"))
        .sort()
        .flatMap(file => {
            const text = readFileSync(join(folder, file), "utf8")
                .replace(/\{(K|W|K32|R)\}/g, (_, word: string) => JSON.stringify(words[word]).slice(1, -1))
                .replace(/\{([a-z])\*(\d+)\}/g, (_, letter: string, count: string) => letter.repeat(Number(count)));
            const cases = JSON.parse(text) as Case[];
            return cases.map(each => ({ ...each, name: `${file.replace(/^\d+-|\.json$/g, "")}: ${each.name}` }));
        });
}

/** A document with the given members. A member that is `null` is left out. */
export function standardDocument(members: Json): Json {
    const id = typeof members["document"] === "string" ? members["document"] : "one";
    const timed = Object.keys(members).some(name => /^(drift seen|changed|record missing|first seen|not observed)/.test(name));
    const document: Json = {
        document: id,
        kind: "registry",
        owner: "conformance.a",
        protocol: 1,
        resource: `urn:conformance:${id}`,
        desired: {},
        ...(timed ? {} : { "first seen 2026-11-22T08:30:00.123Z": "conformance" }),
        onDestroy: "retain",
        ...members,
    };
    return Object.fromEntries(Object.entries(document).filter(([, value]) => value !== null));
}

/** A value record with the given members, in the order of docs/protocol.md. */
export function standardRecord(members: Json): Json {
    return { original: "absent", written: "", writing: "", owner: "conformance.a", document: "one", repairs: [], ...members };
}
