import { prepareCertificate } from "./certificateRepair";
import type { Document } from "./document";
import type { PretendHost } from "./host";
import { asDesired } from "./notation";
import { sameValue, serviceOf, upper } from "./paths";
import { inOrder } from "./places";
import { checkSize, DOCUMENTS, readRecords, recordText, writeHolder, writeRecord, type KnownValue, type Records, type ValueRecord } from "./records";
import { Failure } from "./reply";
import { keepOriginal } from "./kept";
import { completeRestart } from "./restart";
import { prepareSecret } from "./secret";
import { completeSetup, prepareSetup } from "./setup";
import { runningDependents, serviceStart, serviceState, settle, startType } from "./control";
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
    refuseImpossible(host, document);
    const due = dueRestarts(host, document);
    const documentText = `${host.clock().toISOString()}\n${text}`;
    checkSize(`document ${document.document}`, documentText);
    claims.forEach(({ known }) => recordText(known.id, known.record));
    prepareSecret(host, document);
    prepareSetup(host, document);
    prepareCertificate(host, document);
    // Everything was read and may be written: the first change of the host comes here.
    work.run(() => {
        writeHolder(host, `${document.owner}/${document.document}`);
        completeRestart(host);
        completeSetup(host);
        rememberTakeOver(host, document);
        claims.filter(({ keep }) => keep).forEach(({ id, known }) => keepOriginal(host, id, known.record.original));
        writeSupplied(work, records);
        claims.forEach(({ known }) => work.record(known.id, known.record));
        writeRecord(host, DOCUMENTS, documentName(document, records), documentText);
        claims.forEach(({ id, known, desired }) => work.enforce(id, known, desired));
        inLettingOrder(dropped).forEach(value => work.letGo(value, document.onDestroy === "restore"));
        due.filter(service => settle(host, service) === "Running").forEach(service => work.restart(service));
    });
    return work;
}

export function inLettingOrder(values: KnownValue[]): KnownValue[] {
    return inOrder(values, ({ id, record }) => ({ id, notation: record.original }));
}

/** What cannot be done to a service is refused before anything is done. */
function refuseImpossible(host: PretendHost, { desired }: Document): void {
    for (const { key, name, desired: wanted } of desired) {
        const service = serviceOf(key);
        if (service === undefined) {
            continue;
        }
        const state = serviceState(host, service);
        if (state === "absent") {
            throw new Failure("service", `There is no service ${service}. Give its own name`);
        }
        const starts = upper(name) === "STATE" && wanted === "string:Running" && !["Running", "Paused"].includes(state);
        if (starts && isDisabled(host, desired, service)) {
            throw new Failure("service", `The service ${service} is disabled, so it cannot be started`);
        }
    }
}

/** Once the start types of the document are written. */
function isDisabled(host: PretendHost, desired: Document["desired"], service: string): boolean {
    const wanted = desired.find(({ same }) => same === sameValue(`SERVICE\\${service}`, "StartType"));
    return wanted === undefined ? startType(host, service) === "Disabled" : wanted.desired === "string:Disabled";
}

/** The services that run since before the time that the document names. Throws Failure `service` where nobody knows since when one runs. */
function dueRestarts(host: PretendHost, { restart, desired }: Document): string[] {
    return Object.entries(restart).flatMap(([service, time]) => {
        const [state, start] = [serviceState(host, service), serviceStart(host, service)];
        if (state === "absent") {
            throw new Failure("service", `There is no service ${service} to restart`);
        }
        if (state === "Stopped") {
            return [];
        }
        if (!/^\d{4}-/.test(start)) {
            throw new Failure("service", `It is not known since when the service ${service} runs, so not whether it has to restart: ${start || state}`);
        }
        if (start >= time) {
            return [];
        }
        const disabled = [service, ...runningDependents(host, service)].find(one => isDisabled(host, desired, one));
        if (disabled !== undefined) {
            throw new Failure("service", `The service ${disabled} runs and is disabled, so that it could not be started again after a restart`);
        }
        return [service];
    });
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
