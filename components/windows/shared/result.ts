import { valueId } from "../../../drift/path";
import { parseReadings } from "../../../drift/readings";
import { parseReply } from "../../../drift/reply";
import { DriftEntry, Drifted, Notation, Observation, ValueTree } from "../../../drift/types";
import { Outcome } from "../host/documentSpec";
import type { NeedsReboot } from "./documentArgs";
import { restartsOf } from "./restarts";
import { setupNeedsReboot, setupTexts } from "./setupAnswer";

/** What a component tells its user after a run. */
export interface Result {
    /** `compliant`, `drifted`, `unknown` or `enforced`. */
    state: string;
    /** By value id. What is off now; empty where this run repaired. */
    drift: Record<string, Drifted>;
    /** By value id. */
    repaired: Record<string, Drifted>;
    /** `unknown: REASON` where nobody can tell. */
    rebootPending: boolean | string;
    restartPending: string[];
    /** Services that this run restarted. */
    restarted: string[];
    /** What the command saw of certificates when it was done; see `Observation`. */
    certificates?: Observation["certificates"];
    /** What the user has to know of the services. */
    warnings: string[];
    /** Why the run has to end with an error although the engine saw none. */
    failure?: string;
}

/**
 * @param stdout of the document's command; undefined in a preview, in an audit and where the command was not run.
 * @param services that read the values when they start.
 */
export function resultOf(outcome: Outcome, stdout: string | undefined, services: string[], needsReboot: NeedsReboot): Result {
    if (outcome.kind !== "planned") {
        const { pending, warnings } = restartsOf(services, undefined, "", false, notRead(outcome));
        const rebootPending = needsReboot ? `unknown: ${notRead(outcome)}` : false;
        return { state: "unknown", drift: driftOf(outcome.drift ?? []), repaired: {}, rebootPending, restartPending: pending, restarted: [], warnings };
    }
    const { plan, observation, due } = outcome;
    const answer = plan.action === "new" && stdout !== undefined ? answerTo(plan.time, stdout) : undefined;
    const wrote = answer?.fresh === true && Object.keys(answer.written).length > 0;
    const lastRepair = plan.newestRepair?.time ?? "";
    const { pending, warnings } = restartsOf(services, observation.services, lastRepair, wrote);
    return {
        state: answer?.fresh ? (wrote || answer.restarted.length > 0 ? "enforced" : "compliant") : plan.state,
        drift: answer?.fresh ? {} : driftOf(plan.drift),
        repaired: answer?.fresh ? repairsIn(plan.stdin, answer.written) : {},
        rebootPending:
            typeof needsReboot === "boolean"
                ? needsReboot && (wrote || rebootAfter(observation.facts.bootTime, lastRepair))
                : setupNeedsReboot(answer?.setup) || rebootAfter(observation.facts.bootTime, toldIn(observation.values[needsReboot.key]?.[needsReboot.name])),
        // A service that does not run any more, or was restarted meanwhile, is restarted by no command, and need not be.
        restartPending: answer?.fresh ? pending.filter((one) => !answer.restarted.includes(one)) : [...new Set([...pending, ...due])],
        restarted: answer?.fresh ? answer.restarted : [],
        certificates: answer?.certificates,
        warnings: [...warnings, ...setupTexts(answer?.setup)],
        ...(answer?.failure !== undefined ? { failure: answer.failure } : {}),
    };
}

function driftOf(drift: DriftEntry[]): Record<string, Drifted> {
    return Object.fromEntries(drift.map(({ path, name, found, desired }) => [valueId(path, name), { found, desired }]));
}

/** A look at the host tells what was written and what was not, whatever became of the reply. */
const again = 'Run "pulumi up" again: it looks at the host anew and repairs what is off';

/** A reply to an earlier run is none to this one: with `--target` the engine hands the old one over as if it were current. */
function answerTo(time: string, stdout: string): { fresh: boolean; written: ValueTree; restarted: string[]; setup?: unknown; certificates?: Observation["certificates"]; failure?: string } {
    try {
        const reply = parseReply(stdout, 0);
        const fresh = reply["time"] === time;
        const { certificates } = parseReadings(reply, { owner: "", values: {}, certificates: Object.keys((reply["certificates"] as object | undefined) ?? {}) });
        return { fresh, written: (reply["written"] as ValueTree | undefined) ?? {}, restarted: (reply["restarted"] as string[] | undefined) ?? [], ...(fresh && { setup: reply["setup"], certificates }) };
    } catch (error) {
        const failure = `the command ended without an error but its reply is no proof that anything was enforced: ${(error as Error).message.replace(/\.?$/, ".")} ${again}`;
        return { fresh: false, written: {}, restarted: [], failure };
    }
}

/** What the command wrote of what the document desires; originals that it put back are no repairs. */
function repairsIn(stdin: string, written: ValueTree): Record<string, Drifted> {
    const { desired } = JSON.parse(stdin) as { desired: Record<string, Record<string, Notation | Notation[]>> };
    const repairs = Object.entries(written).flatMap(([key, names]) =>
        Object.entries(names).flatMap(([name, change]) => {
            // A notation that is too long for one line stands as several texts.
            const declared = [desired[key]?.[name] ?? []].flat().join("");
            const target = ` -> ${declared.replace(/ or nonzero$/, "")}`;
            const found = change.endsWith(target) ? change.slice(0, -target.length) : change;
            return declared === "" ? [] : [[valueId(key, name), { found, desired: declared }] as const];
        }),
    );
    return Object.fromEntries(repairs);
}

/** Why nothing is known of a document. */
function notRead({ refused }: { refused?: boolean }): string {
    return refused ? "the document was refused" : "the host was not observed";
}

/** A time that a host tells; empty where there is none. What cannot be read is said with the document itself. */
function toldIn(notation: Notation | undefined): string {
    return /^string:(.*)$/.exec(notation ?? "")?.[1] ?? "";
}

/** Times are UTC in one fixed form, so they compare as text. */
function rebootAfter(boot: string, repair: string): boolean | string {
    return repair !== "" && (boot === "" ? "unknown: the time of the last boot could not be read" : boot < repair);
}
