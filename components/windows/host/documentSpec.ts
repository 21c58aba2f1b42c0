import { Declaration, DocumentPlan, DriftEntry, Observation, ValueTree } from "../../../drift/types";
import type { Reads } from "./reads";

/** What one component asks of its host in this run. */
export interface DocumentSpec {
    declaration: Omit<Declaration, "desired" | "resource">;
    /** Known only after the engine registered the component; the host is asked before that, so that all documents are seen together. */
    resource: Promise<string>;
    reads: Reads;
    services: string[];
    products?: string[];
    certificates?: string[];
    /** Whether it is enforced, and not only audited. */
    enforce: boolean;
    /** What is desired may depend on what the host is: its build, what is installed. */
    desired(observed: Observation): { desired: ValueTree; problems: string[] };
}

/** How a run decides about one document. `skipped` keeps it as it is in state and warns, `failed` keeps it and ends the run with an error. */
export type Outcome =
    | { kind: "planned"; plan: DocumentPlan; observation: Observation; /** Services that have to restart, by this document. */ due: string[] }
    | {
          kind: "skipped" | "failed";
          reason: string;
          stdin: string;
          /** The document itself is refused, whether its host answered or not. */
          refused?: boolean;
          /** What was seen of it all the same. */
          drift?: DriftEntry[];
      };
