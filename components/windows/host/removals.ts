import { lettingLines } from "../../../drift/letting";
import { Letting, Orphan } from "../../../drift/types";
import type { CommandInState } from "./commandsInState";

/** What a run says of values that a document which stays no longer declares. */
export function lettingText({ document, restore, values }: Letting): string {
    return [`the document "${document}" no longer declares:`, ...lettingLines(values, restore)].join("\n");
}

/**
 * What a run says of documents that the host has and the program has not. Said in the run that removes them; later only where an enforcement was
 * never finished, because nothing in state tells of that.
 */
export function removalTexts(orphans: Orphan[], inState: CommandInState[]): string[] {
    return orphans.flatMap(({ document, resource, unfinished, values }) => {
        const command = inState.find((one) => one.document?.id === document);
        const ownership = "A document that declares them takes them over.";
        if (command === undefined) {
            const found = `an enforcement of the document "${document}", which this run does not declare, was not finished:`;
            return unfinished ? [[found, ...lettingLines(values, false), ownership].join("\n")] : [];
        }
        if (!command.restores) {
            return [[`the document "${document}" is removed and its values stay:`, ...lettingLines(values, false), ownership].join("\n")];
        }
        if (command.document?.resource !== resource) {
            const why = `the document "${document}" is removed and nothing is put back, because the host has no record of it:`;
            return [[why, ...lettingLines(values, false), ownership].join("\n")];
        }
        return [[`the document "${document}" is removed:`, ...lettingLines(values, true)].join("\n")];
    });
}
