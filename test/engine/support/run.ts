import assert from "node:assert/strict";
import type { EngineEvent, StepEventMetadata } from "@pulumi/pulumi/automation";

/** One document as a command's stdin holds it. */
export interface StdinDocument {
    desired: Record<string, Record<string, string>>;
    [member: string]: unknown;
}

/** What one run of the engine did, or would do. */
export interface Run {
    /** The operation for each command that does not stay the same, by the command's name; several for one command in their order. */
    changes: Record<string, string>;
    /** Commands that the engine ran and that ended with an error. */
    failed: string[];
    warnings: string[];
    errors: string[];
    /** What is planned, or done, for the provider's own resources: a row for each input that changes. */
    steps: Step[];
    /** What the refresh of the provider's own resources found, in the same way: before is what state had, after is what there is. */
    found: Step[];
    /** URNs of resources that the refresh is reading. */
    reading: Set<string>;
    /** The inputs of each command before and after, by the command's name. */
    inputs: Record<string, { before?: Record<string, unknown>; after?: Record<string, unknown> }>;
    /** What the program gave back; what stayed unknown is missing. */
    outputs: Record<string, unknown>;
    /** The SDK's debug messages: an `onEvent` handler gets them, asked for or not, with every input in clear. Not part of what a run looks like. */
    debug(): string;
    /** Everything that the CLI printed. */
    text: string;
}

/** One input of one resource; only resource and operation where the whole resource comes or goes. */
export type Step = [resource: string, operation: string, input?: string, before?: unknown, after?: unknown];

export function newRun(): Run {
    const steps = { changes: {}, steps: [], found: [], reading: new Set<string>() };
    return { ...steps, failed: [], warnings: [], errors: [], inputs: {}, outputs: {}, debug: () => "", text: "" };
}

/** Notes what an event tells. */
export function note(run: Run, { resourcePreEvent, resOutputsEvent, resOpFailedEvent, diagnosticEvent }: EngineEvent): void {
    if (resourcePreEvent?.metadata.op === "refresh") {
        run.reading.add(resourcePreEvent.metadata.urn);
    } else if (resourcePreEvent) {
        run.steps.push(...stepsOf(resourcePreEvent.metadata, ["create", "update", "replace", "delete", "import"]));
    }
    // Whether a refresh found anything shows only at its end.
    if (resOutputsEvent && run.reading.delete(resOutputsEvent.metadata.urn)) {
        run.found.push(...stepsOf(resOutputsEvent.metadata, ["update", "delete"]));
    }
    // A refresh reads what a command cannot tell.
    if (resourcePreEvent?.metadata.type === "command:remote:Command" && resourcePreEvent.metadata.op !== "refresh") {
        const { urn, op, old, new: next } = resourcePreEvent.metadata;
        const name = nameOf(urn);
        if (op !== "same") {
            run.changes[name] = name in run.changes ? `${run.changes[name]}, ${op}` : op;
        }
        run.inputs[name] = { before: old?.inputs, after: next?.inputs };
    }
    if (resOpFailedEvent) {
        run.failed.push(nameOf(resOpFailedEvent.metadata.urn));
    }
    if ((diagnosticEvent?.severity as string) === "debug") {
        const debug = run.debug() + diagnosticEvent!.message;
        run.debug = () => debug;
    }
    if (diagnosticEvent?.severity === "warning") {
        run.warnings.push(diagnosticEvent.message.trimEnd());
    }
    if (diagnosticEvent?.severity === "error") {
        noteError(run, diagnosticEvent.message.trimEnd());
    }
}

function stepsOf({ urn, type, op, old, new: next, detailedDiff }: StepEventMetadata, operations: string[]): Step[] {
    if (!type.startsWith("hybrid-identity:") || !operations.includes(op)) {
        return [];
    }
    const changed = op === "update" || op === "replace" ? Object.keys(detailedDiff ?? {}) : [];
    const rows = changed.map((input): Step => [nameOf(urn), op, input, old?.inputs[input], next?.inputs[input]]);
    return rows.length > 0 ? rows : [[nameOf(urn), op]];
}

/**
 * The Automation API says all errors of an inline program once more, in one line; and where a resource failed, the program's handler for
 * errors stays in this process and repeats what later runs say.
 */
function noteError(run: Run, message: string): void {
    if (!message.startsWith("One or more errors occurred") && !run.errors.includes(message)) {
        run.errors.push(message);
    }
}

/** The document that a command would get, or got, in this run. */
export function documentOf(run: Run, command: string): StdinDocument {
    const stdin = run.inputs[command]?.after?.["stdin"];
    assert.equal(
        typeof stdin,
        "string",
        `the run knows no command ${command} with a document; it knows ${Object.keys(run.inputs).join(", ")}`,
    );
    return JSON.parse(stdin as string) as StdinDocument;
}

/** The timed member of the document without its time, or "not observed": why the command is run. */
export function reasonOf(run: Run, command: string): { why: string; what: unknown } {
    const found = Object.entries(documentOf(run, command)).flatMap(([member, what]) => {
        const [, why] =
            /^(drift seen|changed|record missing|first seen|not observed)( \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)?$/.exec(member) ?? [];
        return why === undefined ? [] : [{ why, what }];
    });
    assert.equal(found.length, 1, `exactly one timed member in ${command}`);
    return found[0]!;
}

/** The block of drifted values in the document, `found -> desired` by key and name. */
export function driftOf(run: Run, command: string): unknown {
    const { why, what } = reasonOf(run, command);
    assert.equal(why, "drift seen", `${command} is run because of: ${why} ${JSON.stringify(what)}`);
    return what;
}

export function nameOf(urn: string): string {
    return urn.slice(urn.lastIndexOf("::") + 2);
}
