import { checkRun } from "../../../drift/document";
import { refused } from "../../../drift/render";
import { planRestarting, Undecided } from "../../../drift/restarts";
import { Declaration, DriftEntry, Letting, Observation, Orphan, RunContext } from "../../../drift/types";
import type { DocumentSpec, Outcome } from "./documentSpec";
import { lateClaims } from "./lateClaims";

/** A document, with what is desired on the host as it was seen, and what speaks against it. */
interface Wanted {
    spec: DocumentSpec;
    own: Declaration;
    problems: string[];
}

/** What becomes of documents, and what the run has to say of their host. */
interface Decided {
    outcomes: Map<DocumentSpec, Outcome>;
    letting: Letting[];
    orphans: Orphan[];
    notices: string[];
    drift: { document: string; drift: DriftEntry[] }[];
}

/**
 * Decides about the documents of one look at a host.
 * @param earlier What was decided before in this run.
 * @param undecided What is yet to be.
 */
export function decideDocuments(wanted: Wanted[], earlier: Declaration[], undecided: Undecided[], observation: Observation, context: RunContext): Decided {
    const declarations = [...earlier, ...wanted.map(({ own }) => own)];
    const clashes = checkRun(declarations).map((one) => `${one.property}: ${one.message}`);
    const refusedIds = new Set(wanted.filter(({ problems }) => problems.length > 0).map(({ own }) => own.id));
    const { plan: host, ...restarts } = planRestarting(declarations, observation, context, refusedIds, undecided);
    const planned = new Set<string>();
    const outcomes = new Map(
        wanted.map(({ spec, own, problems }): [DocumentSpec, Outcome] => {
            const plan = host.documents.get(own.id)!;
            const late = own.audited ? [] : lateClaims(own, earlier, observation, context.owner);
            const all = [...problems, ...clashes, ...late, ...plan.problems, ...(restarts.problems.get(own.id) ?? [])];
            if (all.length === 0) {
                planned.add(own.id);
                return [spec, { kind: "planned", plan, observation, due: restarts.due.get(own.id) ?? [] }];
            }
            const reason = `document "${own.id}" is refused, and nothing of it changes:\n${all.map((one) => `  ${one}`).join("\n")}`;
            return [spec, { kind: "failed", reason, stdin: refused(own, context), refused: true, drift: plan.drift }];
        }),
    );
    return {
        outcomes,
        letting: host.letting.filter(({ document }) => planned.has(document)),
        orphans: host.orphans,
        notices: wanted.flatMap(({ own }) => [...host.documents.get(own.id)!.notices, ...(restarts.notices.get(own.id) ?? [])]),
        drift: wanted.map(({ own }) => ({ document: own.id, drift: host.documents.get(own.id)!.drift })),
    };
}
