import type { Document } from "./document";
import type { PretendHost } from "./host";
import { asDesired } from "./notation";
import { upper } from "./paths";
import { checkSize, DOCUMENTS, readRecords, recordText, writeHolder, writeRecord, type KnownValue, type Records, type ValueRecord } from "./records";
import { Failure } from "./reply";
import { keepOriginal } from "./kept";
import { mayTakeOverFrom, rememberTakeOver } from "./takeOver";
import { isOurs, Work } from "./work";

/** Rules 9 to 14. `text` is the document as it came. */
export function setDocument(host: PretendHost, document: Document, text: string): Work {
    const work = new Work(host);
    const records = readRecords(host);
    refuseOtherOwners(document, records, mayTakeOverFrom(host, document));
    const claims = document.desired.map(value => {
        const present = work.present(value.id);
        const known = claim(document, value, present, records);
        const free = (records.values.get(value.same)?.record.owner ?? "") === "";
        return { ...value, known, keep: free && known.record.original === present };
    });
    const dropped = valuesOf(document, records).filter(({ same }) => !claims.some(value => value.same === same) && !document.handed.has(same));
    dropped.forEach(({ id }) => work.present(id));
    const documentText = `${host.clock().toISOString()}\n${text}`;
    checkSize(`document ${document.document}`, documentText);
    claims.forEach(({ known }) => recordText(known.id, known.record));
    // Everything was read and may be written: the first change of the host comes here.
    work.run(() => {
        writeHolder(host, `${document.owner}/${document.document}`);
        rememberTakeOver(host, document);
        claims.filter(({ keep }) => keep).forEach(({ id, known }) => keepOriginal(host, id, known.record.original));
        writeSupplied(work, records);
        claims.forEach(({ known }) => work.record(known.id, known.record));
        writeRecord(host, DOCUMENTS, documentName(document, records), documentText);
        claims.forEach(({ id, known, desired }) => work.enforce(id, known, desired));
        dropped.forEach(value => work.letGo(value, document.onDestroy === "restore"));
    });
    return work;
}

/** Rule 10: the records that rule 3 takes from document records. */
export function writeSupplied(work: Work, records: Records): void {
    [...records.values.values()].filter(({ lost }) => lost === "supplied").forEach(({ id, record }) => work.record(id, record));
}

export function valuesOf({ owner, document }: Document, records: Records): KnownValue[] {
    return [...records.values.values()].filter(({ record }) => record.owner === owner && record.document === document);
}

/** The name of the document's record, in the spelling that the host already has. */
export function documentName({ owner, document }: Document, records: Records): string {
    const name = `${owner}/${document}`;
    return records.documents.get(upper(name))?.name ?? name;
}

function refuseOtherOwners(document: Document, records: Records, takeOverFrom: string): void {
    for (const { same, id } of document.desired) {
        const owner = records.values.get(same)?.record.owner ?? "";
        if (owner !== "" && owner !== document.owner && owner !== takeOverFrom) {
            const before = owner === document.takeOverFrom ? "; this text was enforced before, and its takeOverFrom counts once" : "";
            throw new Failure("owner", `${id} belongs to ${owner}; ${document.owner} does not overwrite it${before}`);
        }
    }
}

/** Rule 11: the record of a desired value, before the value is written. */
function claim(document: Document, value: Document["desired"][number], present: string, records: Records): KnownValue {
    const { id, same, desired } = value;
    const known = records.values.get(same);
    const claimed = { writing: desired, owner: document.owner, document: document.document };
    if (!known) {
        return { id, same, lost: "", record: { original: present, written: "", ...claimed, repairs: [] } };
    }
    return { ...known, record: { ...known.record, ...originalAndWritten(known.record, present), ...claimed } };
}

function originalAndWritten(record: ValueRecord, present: string): Pick<ValueRecord, "original" | "written"> {
    if (record.owner === "" && !asDesired(present, record.written)) {
        return { original: present, written: "" };
    }
    return { original: record.original, written: isOurs(present, record) ? present : record.written };
}
