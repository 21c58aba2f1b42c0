import { identity, valueId } from "../../../drift/path";
import { lastRepair, parseRecords } from "../../../drift/records";
import type { Drifted } from "../../../drift/types";
import { Baseline, hashOf } from "../../../promotion/baseline";
import type { Outcome } from "../../windows/host/documentSpec";

/** Beside the library's own records, which belong to no document. */
export const marker = { key: "HKLM\\SOFTWARE\\HybridIdentityBaseline", name: "Applied" };

/** What the server remembers. */
export function markOf(baseline: Baseline): string {
    return `${baseline.name} ${hashOf(baseline)}`;
}

/** Whether this run wrote the mark, so that the time begins anew. */
export function isMarkWritten(repaired: Record<string, Drifted>): boolean {
    return valueId(marker.key, marker.name) in repaired;
}

/** When the mark was last written, by the record of it: another baseline, or somebody's hand, begins it anew. */
export function sinceOf(outcome: Outcome, mark: string, isNew: boolean): string {
    if (outcome.kind !== "planned" || typeof outcome.observation.records === "string") {
        return "";
    }
    const { plan, observation } = outcome;
    if (isNew) {
        return plan.time;
    }
    const record = parseRecords(outcome.observation.records).values.get(identity(marker.key, marker.name));
    if (observation.values[marker.key]?.[marker.name] !== `string:${mark}` || record === undefined) {
        return "";
    }
    // A mark that was there before anybody wrote it counts from when the document was first enforced.
    return lastRepair(record) ?? plan.time;
}
