import assert from "node:assert/strict";
import type { Registry, RegistryWrite } from "../../../lab/host/registry";
import { contentsOf, recordedDocuments, recordText, valueRecord } from "./records";
import { asDesired, documentsKey, idOf, keyOf, nameOf, toWrite, valueNames, valuesKey, type ValueName } from "./values";

/** What really happened to a value, known to the model alone: it survives lost records. */
export interface GhostValue {
    /** What was there before any stack wrote; more than one text where an administrator wrote what we had written. Empty: never managed. */
    before: string[];
    /** What is there was written by a stack, or taken for its own because it was as desired. */
    tool: boolean;
    /** An administrator wrote what a stack had written or was writing, or what would have done for it: nobody can tell whose it is. */
    ambiguous: boolean;
    /** What the stacks wrote or found as desired, and what they are writing; as desired, so `or nonzero` may stand there. */
    written: string;
    writing: string;
    owner: string;
    document: string;
    /** What was there when the value was let go of; undefined where nobody can tell any more. */
    left: string | undefined;
    /** A record of it was lost since the machine was set up: only then may an original be unknown. */
    lost: boolean;
}

export type Ghost = Record<ValueName, GhostValue>;

/** A Set or Remove under way. */
export interface Operation {
    kind: "set" | "remove";
    owner: string;
    document: string;
    takeOverFrom: string;
    desired: Partial<Record<ValueName, string>>;
    handed: ValueName[];
    restore: boolean;
    resource: string;
    start: { ghost: Ghost; contents: Record<ValueName, string> };
    /** Resource of each document record that stood on the host at the start, by `<owner>/<document id>`. */
    recorded: Record<string, string>;
    /** Values written so far, in order. */
    writes: ValueName[];
}

export function newGhost(): Ghost {
    const blank = { before: [], tool: false, ambiguous: false, written: "", writing: "", owner: "", document: "", left: "", lost: false };
    return Object.fromEntries(valueNames.map((value) => [value, { ...blank }])) as unknown as Ghost;
}

/** Starts an operation from the text that goes to the host. `spent` are texts that may take over no more. */
export function operationOf(kind: "set" | "remove", text: string, registry: Registry, ghost: Ghost, spent: Set<string>): Operation {
    const json = JSON.parse(text);
    return {
        kind,
        owner: json.owner,
        document: json.document,
        takeOverFrom: spent.has(text) ? "" : (json.takeOverFrom ?? ""),
        desired: kind === "remove" ? {} : wishesOf(json.desired),
        // A Remove comes last, when whoever was to take a value over has it or is gone too.
        handed: valueNames.filter((value) => kind === "set" && json.handed?.[keyOf(value)] !== undefined),
        restore: kind === "remove" || json.onDestroy === "restore",
        resource: json.resource,
        start: { ghost: structuredClone(ghost), contents: contentsOf(registry) },
        recorded: Object.fromEntries(recordedDocuments(registry).map((one) => [`${one.owner}/${one.document}`, one.resource])),
        writes: [],
    };
}

/** Whether a value of the owner that the operation may take over from is its own now. */
export function hasTaken({ owner, takeOverFrom, start }: Operation, ghost: Ghost): boolean {
    return valueNames.some((value) => ghost[value].owner === owner && start.ghost[value].owner === takeOverFrom && owner !== takeOverFrom);
}

/** Follows a write of the host's program, and refuses what no rule allows. */
export function sawWrite(ghost: Ghost, operation: Operation, registry: Registry, { key, name, notation }: RegistryWrite): void {
    const recorded = key === valuesKey ? valueNames.find((value) => idOf(value) === name) : undefined;
    if (recorded !== undefined) {
        sawRecord(ghost[recorded], recorded, operation, contentsOf(registry)[recorded], JSON.parse(notation.slice("string:".length)));
    }
    if (key === documentsKey && notation === "absent") {
        const held = valueNames.filter((value) => `${ghost[value].owner}/${ghost[value].document}` === name);
        assert.deepEqual(held, [], `the record of ${name} was deleted before its values were let go of`);
    }
    const written = valueNames.find((value) => keyOf(value) === key);
    if (written !== undefined) {
        sawValue(ghost[written], written, operation, notation);
    }
}

/** An administrator, a group policy, an installer. */
export function sawInterference(value: GhostValue, before: string, after: string): void {
    if (before !== after) {
        value.tool = false;
        value.ambiguous = asDesired(after, value.written) || asDesired(after, value.writing);
    }
}

function sawRecord(value: GhostValue, name: ValueName, operation: Operation, content: string, record: Record<string, string>): void {
    if (record["owner"] === "") {
        value.before = value.tool ? value.before : value.ambiguous ? [...new Set([...value.before, content])] : [content];
        Object.assign(value, { left: content, written: content, writing: "", owner: "", document: "" });
    } else {
        claim(value, name, operation, content, record);
    }
    const original = record["original"]!;
    assert.ok(
        value.before.includes(original) || (value.lost && original === "unknown"),
        `original of ${name} became ${original}; before any stack wrote there was ${value.before.join(" or ")}`,
    );
}

function claim(value: GhostValue, name: ValueName, operation: Operation, content: string, record: Record<string, string>): void {
    const { owner, document } = record as { owner: string; document: string };
    if (owner !== value.owner) {
        const allowed = owner === operation.owner && (value.owner === "" || value.owner === operation.takeOverFrom);
        assert.ok(allowed, `${name} of ${value.owner || "nobody"} went to ${owner} in a ${operation.kind} of ${operation.owner}`);
    }
    if (value.owner === "" && (value.before.length === 0 || (value.left !== undefined && content !== value.left))) {
        Object.assign(value, { before: [content], tool: false, ambiguous: false, written: "" });
    }
    Object.assign(value, { owner, document });
    const wish = operation.desired[name];
    if (wish !== undefined) {
        value.written = value.tool || value.ambiguous ? content : value.written;
        value.writing = wish;
        value.tool ||= asDesired(content, wish);
    }
    if (record["writing"] === "" && wish !== undefined) {
        Object.assign(value, { written: value.writing, writing: "" });
    }
}

function sawValue(value: GhostValue, name: ValueName, operation: Operation, notation: string): void {
    const wish = operation.desired[name];
    if (operation.writes.includes(name)) {
        assert.equal(notation, operation.start.contents[name], `${name} was put back to something else`);
        const { tool, ambiguous } = operation.start.ghost[name];
        Object.assign(value, { tool, ambiguous });
        return;
    }
    operation.writes.push(name);
    assert.equal(
        `${value.owner}/${value.document}`,
        `${operation.owner}/${operation.document}`,
        `${name} was written by a document that had not claimed it`,
    );
    if (wish !== undefined) {
        assert.equal(notation, toWrite(wish), `${name} was written, but not as desired`);
        Object.assign(value, { tool: true, ambiguous: false });
        return;
    }
    assert.ok(operation.restore && !operation.handed.includes(name), `${name} was let go of without being asked`);
    assert.ok(value.tool || value.ambiguous, `${name} was put back although an administrator had changed it`);
    assert.ok(
        value.before.includes(notation),
        `${name} was put back to ${notation}; before any stack wrote there was ${value.before.join(" or ")}`,
    );
    Object.assign(value, { tool: false, ambiguous: false });
}

/** After records were lost: what rule 3 leaves of ownership. */
export function forget(ghost: Ghost, registry: Registry): void {
    const documents = recordedDocuments(registry);
    for (const name of valueNames) {
        const value = ghost[name];
        if (value.before.length === 0 || valueRecord(registry, name) !== undefined) {
            continue;
        }
        const named = documents.find(({ desired }) => desired[keyOf(name)] !== undefined);
        if (named !== undefined) {
            const written = named.desired[keyOf(name)]![nameOf]!;
            Object.assign(value, { lost: true, owner: named.owner, document: named.document, written, writing: "" });
        } else if (recordText(registry, valuesKey, idOf(name)) !== undefined) {
            Object.assign(value, { lost: true, before: ["unknown"], owner: "", document: "", left: undefined, written: "", writing: "" });
        } else {
            Object.assign(value, newGhost()[name]);
        }
    }
}

function wishesOf(desired: Record<string, Record<string, string>>): Operation["desired"] {
    const wanted = valueNames.filter((value) => desired[keyOf(value)] !== undefined);
    return Object.fromEntries(wanted.map((value) => [value, desired[keyOf(value)]![nameOf]!]));
}
