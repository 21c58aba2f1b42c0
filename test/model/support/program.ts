import assert from "node:assert/strict";
import { checkRun } from "../../../drift/document";
import { notObserved } from "../../../drift/render";
import type { Declaration, DocumentPlan, HostPlan, Letting, Observation, Orphan } from "../../../drift/types";
import { keyOf, nameOf, valueNames } from "./values";
import { commandKey, resourceOf, type Doc, type Stack, type World } from "./world";

export interface Decision {
    doc: Doc;
    key: string;
    /** Missing where the host was not observed. */
    plan?: DocumentPlan;
    keep: boolean;
    stdin: string;
    /** What the run says of the host's records that nobody uses (rule 18). */
    orphans: Orphan[];
    /** What the document lets go of (rule 14). */
    letting: Letting[];
}

/** What the program does in preview and update alike. */
export function decide(world: World, stack: Stack, skip?: number): Decision[] | undefined {
    const declared = stack.program.map((doc) => ({ doc, declaration: declarationOf(stack, doc) }));
    const hosts = [...new Set(stack.program.map(({ host }) => host))];
    if (hosts.some((host) => checkRun(declared.filter(({ doc }) => doc.host === host).map(({ declaration }) => declaration)).length > 0)) {
        return undefined;
    }
    const context = {
        owner: stack.owner,
        ...(stack.takeOverFrom === "" ? {} : { takeOverFrom: stack.takeOverFrom }),
        now: new Date(world.now),
    };
    const plans = new Map<number, HostPlan>();
    for (const host of hosts.filter((one) => one !== skip && world.machines[one]!.alive)) {
        const own = declared.filter(({ doc }) => doc.host === host).map(({ declaration }) => declaration);
        const values = Object.fromEntries(own.flatMap(({ desired }) => Object.keys(desired).map((key) => [key, [nameOf]])));
        const reply = world.tool.observe(world.machines[host]!.lab, { protocol: 1, operation: "observe", owner: stack.owner, values });
        assert.equal(reply.ok, true, "the host did not answer the observation");
        plans.set(host, world.tool.plan(own, reply as unknown as Observation, context));
    }
    return declared.map(({ doc, declaration }) => {
        const { documents, orphans = [], letting = [] } = plans.get(doc.host) ?? {};
        const plan = documents?.get(doc.id);
        const keep = plan === undefined || plan.action === "keep";
        return {
            doc,
            key: commandKey(doc),
            ...(plan ? { plan } : {}),
            keep,
            stdin: keep ? notObserved(declaration, context) : plan.stdin,
            orphans,
            letting: letting.filter(({ document }) => document === doc.id),
        };
    });
}

export function declarationOf(stack: Stack, doc: Doc): Declaration {
    const desired = Object.fromEntries(
        valueNames.flatMap((value) => (doc.desired[value] === undefined ? [] : [[keyOf(value), { [nameOf]: doc.desired[value] }]])),
    );
    return { id: doc.id, kind: "registry", resource: resourceOf(stack, doc), desired, onDestroy: doc.onDestroy };
}
