import { listByKey, type ValueEntry } from "./document";
import { upper } from "./path";
import type { HostRecords } from "./records";
import type { RunContext } from "./types";

/**
 * What a run says where records of a document, or of its values, are damaged or lost: rule 3 puts something in their place, and the next look finds them
 * whole again. Of what another stack owns it says nothing.
 */
export function lostRecords(document: string, values: ValueEntry[], records: HostRecords, { owner, takeOverFrom }: RunContext): string[] {
    const own = values.filter(({ id }) => ["", owner, takeOverFrom].includes(records.values.get(id)?.owner ?? ""));
    const damaged = own.filter(({ id }) => records.damaged.values.has(id));
    const lost = own.filter(({ id }) => records.values.get(id)?.real === false && !records.damaged.values.has(id));
    const whole = !records.damaged.documents.has(upper(`${owner}/${document}`));
    return [
        ...sentence(document, "damaged", damaged),
        ...sentence(document, "lost", lost),
        ...(whole ? [] : [`The host's record of the document "${document}" is damaged, and counts as missing: an update writes it anew.`]),
    ];
}

function sentence(document: string, how: string, values: ValueEntry[]): string[] {
    return values.length === 0
        ? []
        : [
              `The document "${document}": the host's ${values.length === 1 ? "record" : "records"} of ${listByKey(values)} ${values.length === 1 ? "is" : "are"} ${how}. What was there before this ` +
                  "library is not known any more, so what is there then will be left as it is at removal.",
          ];
}
