import { listValues, valuePath } from "../../../drift/document";
import { parseRecords } from "../../../drift/records";
import { Declaration, Observation } from "../../../drift/types";

/**
 * A document that reaches its host after others were decided (its inputs came from another resource) may not take a value that one of them lets go in
 * the same run: the earlier decision did not know that the value goes on, and could put the original back for a moment.
 */
export function lateClaims(late: Declaration, earlier: Declaration[], observation: Observation, owner: string): string[] {
    if (earlier.length === 0 || typeof observation.records === "string") {
        return [];
    }
    const { values } = parseRecords(observation.records);
    return listValues(late.desired).flatMap((value) => {
        const record = values.get(value.id);
        const holder = earlier.find((one) => record?.owner === owner && record.document === one.id && one.id !== late.id);
        return holder === undefined
            ? []
            : [
                  `${valuePath(value)} moves here from the document "${holder.id}" in this run, but is known only after that document was decided. ` +
                      `Move it in a run of its own, or make the inputs of "${late.id}" known while the program is built.`,
              ];
    });
}
