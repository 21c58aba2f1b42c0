import type { Document } from "./document";
import type { PretendHost } from "./host";
import { recordData, ROOT, writeRecord } from "./records";

const TAKEN_OVER = `${ROOT}\\TakenOver`;
/** How many texts of a document are remembered. */
const REMEMBERED = 50;

/** Whom this text may take values over from: what it says of that counts once. */
export function mayTakeOverFrom(host: PretendHost, document: Document): string {
    return times(host, document).includes(document.time) ? "" : document.takeOverFrom;
}

/** Remembers a text that names an owner to take over from. */
export function rememberTakeOver(host: PretendHost, document: Document): void {
    const known = times(host, document);
    if (document.takeOverFrom !== "" && !known.includes(document.time)) {
        writeRecord(host, TAKEN_OVER, nameOf(document), [...known, document.time].slice(-REMEMBERED).join(" "));
    }
}

/** Of the texts of this document that named one, newest last. Data that is no text counts as none. */
function times(host: PretendHost, document: Document): string[] {
    return (recordData(host.registry.read(TAKEN_OVER, nameOf(document))) ?? "").split(" ").filter(time => time !== "");
}

function nameOf({ owner, document }: Document): string {
    return `${owner}/${document}`;
}
