import assert from "node:assert/strict";
import type { Orphan } from "../../../drift/types";
import type { Executed, Result, RunOptions } from "./engine";
import type { Ghost } from "./ghost";
import { decide, declarationOf, type Decision } from "./program";
import { contentsOf, recordText, valueRecord } from "./records";
import { asDesired, documentsKey, keyOf, nameOf, valueNames, type ValueName } from "./values";
import { commandKey, type Doc, type Machine, type Stack, type World } from "./world";

type Contents = Record<ValueName, string>;

/** The world as it was when a run began, host by host. */
export interface Before {
    contents: Contents[];
    ghosts: Ghost[];
    denied: ValueName[][];
    /** Resources by command, of the stack that runs. */
    state: Stack["state"];
}

export function lookBefore(world: World, stack: Stack): Before {
    return {
        contents: world.machines.map(({ lab }) => contentsOf(lab.registry)),
        ghosts: world.machines.map(({ ghost }) => structuredClone(ghost)),
        denied: world.machines.map(({ denied }) => valueNames.filter((value) => denied.get(value) === "all")),
        state: new Map([...stack.state].map(([key, one]) => [key, { ...one }])),
    };
}

/** Invariants (a), (b) and the refusals of rule 4, for what the program renders. */
export function checkDecisions(world: World, stack: Stack, decisions: Decision[], before: Before): void {
    for (const { doc, key, plan, stdin, orphans } of decisions) {
        if (plan === undefined) {
            continue;
        }
        checkOrphans(stack, doc.host, before.ghosts[doc.host]!, orphans);
        const { lab } = world.machines[doc.host]!;
        const contents = before.contents[doc.host]!;
        const wanted = valueNames.filter((value) => doc.desired[value] !== undefined);
        const unknown = wanted.filter((value) => before.denied[doc.host]!.includes(value));
        const foreign = wanted.filter((value) => ![stack.owner, stack.takeOverFrom, ""].includes(before.ghosts[doc.host]![value].owner));
        assert.equal(
            plan.action === "keep",
            unknown.length > 0 || foreign.length > 0,
            `${doc.id}: ${plan.action}, unknown: ${unknown}, of another owner: ${foreign}`,
        );
        assert.equal(plan.problems.length > 0, plan.action === "keep");
        const off = wanted.filter((value) => !unknown.includes(value) && !asDesired(contents[value], doc.desired[value]!));
        const expected = off.map((value) => ({ path: keyOf(value), name: nameOf, found: contents[value], desired: doc.desired[value] }));
        assert.deepEqual(plan.drift, expected, `${doc.id}: the drift is not exactly what is off`);
        if (plan.action === "keep") {
            continue;
        }
        const { document, owner, resource, desired, onDestroy } = JSON.parse(stdin);
        assert.deepEqual(
            { id: document, owner, resource, desired, onDestroy, kind: "registry" },
            { ...declarationOf(stack, doc), owner: stack.owner },
        );
        const inState = before.state.get(key)?.stdin;
        if (off.length > 0) {
            assert.equal(plan.action, "new");
            assert.notEqual(stdin, inState, `${doc.id}: drift of ${off} is hidden`);
        }
        if (plan.action === "same") {
            checkVerbatim(stack, doc, world.machines[doc.host]!, stdin);
            continue;
        }
        // Rule 7: what a record that stands on the host, of an owner, says is ours is a change, not drift.
        const seen = off.filter((value) => {
            const record = valueRecord(lab.registry, value);
            return !record?.["owner"] || ![record["written"]!, record["writing"]!].some((ours) => asDesired(contents[value], ours));
        });
        const block = Object.entries(JSON.parse(stdin)).find(([member]) => member.startsWith("drift seen"))?.[1] ?? {};
        const shown = Object.fromEntries(seen.map((value) => [keyOf(value), { [nameOf]: `${quoted(contents[value]!)} -> ${quoted(doc.desired[value]!)}` }]));
        assert.deepEqual(block, shown, `${doc.id}: the drift block does not name exactly the drifted values`);
    }
}

/** Rule 6: what is rendered verbatim is recorded, and so is each of its values under this document, and no other. */
function checkVerbatim({ owner }: Stack, doc: Doc, { lab: { registry }, ghost }: Machine, stdin: string): void {
    assert.equal(stdin, recordText(registry, documentsKey, `${owner}/${doc.id}`)?.replace(/^[^\n]*\n/, ""));
    const records = valueNames.map((value) => ({ value, record: valueRecord(registry, value) }));
    const held = records.filter(({ record }) => record?.["owner"] === owner && record["document"] === doc.id).map(({ value }) => value);
    const desired = valueNames.filter((value) => doc.desired[value] !== undefined);
    assert.deepEqual(held, desired, `${doc.id} is rendered verbatim without its records`);
    const really = valueNames.filter((value) => ghost[value].owner === owner && ghost[value].document === doc.id);
    assert.deepEqual(really, desired, `${doc.id} is rendered verbatim with values that nobody lets go of`);
}

/** Rule 18: exactly the values of this owner that no document of the run desires or lets go of. */
function checkOrphans({ owner, program }: Stack, host: number, ghost: Ghost, found: Orphan[]): void {
    const run = program.filter((doc) => doc.host === host);
    const orphans = valueNames.filter(
        (value) =>
            ghost[value].owner === owner && !run.some(({ id, desired }) => id === ghost[value].document || desired[value] !== undefined),
    );
    assert.deepEqual(
        valueNames.filter((value) => found.some(({ values }) => values.some(({ path }) => path === keyOf(value)))),
        orphans,
        "the orphans are not exactly what nobody uses",
    );
}

/** Invariant (c) as long as nothing happens: no false drift and no oscillation. */
export function checkClean(stack: Stack, decisions: Decision[]): void {
    for (const { doc, key, plan, stdin } of decisions) {
        assert.equal(plan?.action, "same", `${doc.id} changes although nothing happened: ${stdin}`);
        assert.equal(stdin, stack.state.get(key)?.stdin, `${doc.id}: the engine sees a change although nothing happened`);
    }
    assert.deepEqual(
        [...stack.state.keys()].sort(),
        decisions.map(({ key }) => key).sort(),
        "commands in state that the program does not have",
    );
}

/** Invariants (a) to (f) for what an update did. */
export function checkUpdate(world: World, stack: Stack, decisions: Decision[], before: Before, result: Result, options: RunOptions): void {
    const { target, replace, fault, skip } = options;
    const disturbed = options.flip !== undefined || options.meanwhile === true;
    result.executed.forEach((one) => checkExecuted(world, one, result));
    if (!disturbed && target === undefined && replace === undefined) {
        checkNoFlip(decisions, before, result.executed);
        checkSaid(stack, decisions, result.executed);
    }
    const isReplaced = (doc: Doc): boolean => replace !== undefined && stack.program[replace] === doc;
    const mayFail =
        fault !== undefined ||
        options.meanwhile === true ||
        decisions.some(({ keep, key, doc }) => keep && (doc.host !== skip || !before.state.has(key) || isReplaced(doc)));
    if (!mayFail && !meetsTrouble(world, before, decisions)) {
        assert.ok(result.ok, "an update failed without a reason");
    }
    if (!result.ok || target !== undefined) {
        return;
    }
    const declared = stack.program.map(commandKey);
    // What a skipped host would have to put back stays for a later run.
    const waiting = [...before.state].filter(([key, one]) => one.host === skip && !one.retainOnDelete && !declared.includes(key)).map(([key]) => key);
    assert.deepEqual([...stack.state.keys()].sort(), [...declared, ...waiting].sort(), "state and program name different commands");
    const removes = result.executed.filter(({ host, operation }) => host === skip && operation.kind === "remove");
    assert.ok(replace !== undefined || removes.length === 0, "a skipped host was contacted for a removal");
    const rendered = decisions.filter(({ keep }) => !keep);
    for (const { doc } of disturbed ? [] : rendered) {
        const contents = contentsOf(world.machines[doc.host]!.lab.registry);
        for (const value of valueNames.filter((one) => doc.desired[one] !== undefined)) {
            assert.ok(
                asDesired(contents[value], doc.desired[value]!),
                `${value} is ${contents[value]} after a successful update of ${doc.id}`,
            );
        }
    }
    stack.settled = !disturbed && waiting.length === 0 && rendered.length === decisions.length;
    if (stack.settled) {
        checkClean(stack, decide(world, stack) ?? []);
    }
}

/** Invariants (d) and (e) for one operation that ended well; what it wrote meanwhile was checked write by write. */
export function checkExecuted(world: World, { host, ok, silent, operation }: Executed, result: Result): void {
    const { lab, ghost } = world.machines[host]!;
    // Later operations of the same run may have gone on from there.
    const last = result.executed.filter((one) => one.host === host).at(-1)?.operation === operation;
    if (!ok || silent || !last) {
        return;
    }
    const { start, owner, document, desired, handed, restore } = operation;
    const contents = contentsOf(lab.registry);
    for (const value of valueNames) {
        const was = start.ghost[value];
        const answers = operation.kind === "set" || answersFor(operation, was.owner, was.document);
        if (was.owner !== owner || was.document !== document || desired[value] !== undefined || handed.includes(value) || !answers) {
            if (desired[value] === undefined) {
                assert.equal(
                    contents[value],
                    start.contents[value],
                    `${operation.kind} of ${owner}/${document} changed ${value}, which it does not answer for`,
                );
                assert.deepEqual(ghost[value], was, `${operation.kind} of ${owner}/${document} changed what is remembered of ${value}`);
            }
            continue;
        }
        assert.equal(ghost[value].owner, "", `${value} is still held by ${owner}/${document}`);
        if (restore && was.tool && !was.ambiguous && !was.lost) {
            assert.ok(
                was.before.includes(contents[value]),
                `${value} is ${contents[value]} after it was let go of; before there was ${was.before.join(" or ")}`,
            );
        } else if (!restore || (!was.tool && !was.ambiguous)) {
            assert.equal(contents[value], start.contents[value], `${value} was changed when it was let go of`);
        }
    }
}

/** What a run says that it puts back, is what it puts back. A removal in the name that the stack had before is not asked for. */
function checkSaid(stack: Stack, decisions: Decision[], executed: Executed[]): void {
    for (const { host, ok, silent, operation } of executed) {
        const here = decisions.filter(({ doc, plan }) => doc.host === host && plan !== undefined);
        if (!ok || silent || here.length === 0 || operation.owner !== stack.owner) {
            continue;
        }
        const { kind, owner, document, resource, desired, writes } = operation;
        const said =
            kind === "set"
                ? here.flatMap(({ doc, letting }) => (doc.id === document ? letting : [])).filter(({ restore }) => restore)
                : here[0]!.orphans.filter((one) => one.document === document && one.resource === resource);
        const back = said.flatMap(({ values }) => values).filter(({ fate }) => fate === "put back");
        const done = writes.filter((value) => desired[value] === undefined).map(keyOf);
        assert.deepEqual(done.sort(), back.map(({ path }) => path).sort(), `${kind} of ${owner}/${document} put back other values than were named`);
    }
}

function answersFor({ resource, recorded }: Executed["operation"], owner: string, document: string): boolean {
    return recorded[`${owner}/${document}`] === resource;
}

/**
 * A value that its document finds as desired is written by nobody in that run. A skipped host is not seen: if an earlier command
 * said nothing there, a document that goes under restore may take back what the kept one only seems to hold.
 */
function checkNoFlip(decisions: Decision[], before: Before, executed: Executed[]): void {
    for (const { doc } of decisions.filter(({ plan }) => plan !== undefined)) {
        for (const value of valueNames.filter(
            (one) => doc.desired[one] !== undefined && asDesired(before.contents[doc.host]![one], doc.desired[one]!),
        )) {
            const writer = executed.find((one) => one.host === doc.host && one.operation.writes.includes(value));
            assert.equal(writer, undefined, `${value} was as ${doc.id} desires it and was written all the same`);
        }
    }
}

/** Reasons to fail that lie outside: a dead host that has to be contacted, access denied. */
function meetsTrouble(world: World, before: Before, decisions: Decision[]): boolean {
    const contacted = [...before.state]
        .filter(([key, one]) => !one.retainOnDelete && !decisions.some((other) => other.key === key))
        .map(([, { host }]) => host);
    const denied = world.machines.some((one) => one.denied.size > 0);
    return denied || contacted.some((host) => !world.machines[host]!.alive);
}

/** As the drift block shows a text. */
function quoted(notation: string): string {
    return notation.replace(/^string:(.*)$/, "string:'$1'");
}
