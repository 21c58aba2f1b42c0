import { identity } from "../../../drift/path";
import { Notation, ValueTree } from "../../../drift/types";

/** Names to read, by key. */
export type Reads = Record<string, string[]>;

/** All reads as one request that names every value once: PowerShell refuses JSON members that differ only in case. */
export function mergeReads(all: Reads[]): Reads {
    const spelling = new Map<string, string>();
    const seen = new Set<string>();
    const merged: Reads = {};
    for (const [key, names] of all.flatMap((reads) => Object.entries(reads))) {
        const keyIdentity = identity(key, "");
        const spelled = spelling.get(keyIdentity) ?? key;
        spelling.set(keyIdentity, spelled);
        for (const name of names) {
            const value = identity(key, name);
            if (!seen.has(value)) {
                seen.add(value);
                (merged[spelled] ??= []).push(name);
            }
        }
    }
    return merged;
}

/** The answers once more, under every spelling that somebody asked with. */
export function spreadReads(values: ValueTree, all: Reads[]): ValueTree {
    const found = new Map<string, Notation>();
    for (const [key, names] of Object.entries(values)) {
        for (const [name, notation] of Object.entries(names)) {
            found.set(identity(key, name), notation);
        }
    }
    const spread: ValueTree = { ...values };
    for (const [key, names] of all.flatMap((reads) => Object.entries(reads))) {
        const answers: Record<string, Notation> = { ...spread[key] };
        for (const name of names) {
            answers[name] = found.get(identity(key, name)) ?? "unknown:the host did not answer for this value";
        }
        spread[key] = answers;
    }
    return spread;
}
