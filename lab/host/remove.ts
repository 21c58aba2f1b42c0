import type { Document } from "./document";
import type { PretendHost } from "./host";
import { upper } from "./paths";
import { DOCUMENTS, readRecords, writeHolder } from "./records";
import { completeRestart } from "./restart";
import { completeSetup } from "./setup";
import { clearTask } from "./scheduler";
import { inLettingOrder, valuesOf, writeSupplied } from "./set";
import { Work } from "./work";

/** Rule 15. Does nothing where the document record is gone or speaks of another resource: then somebody else answers for it. */
export function removeDocument(host: PretendHost, document: Document): Work {
    const work = new Work(host);
    const records = readRecords(host);
    const recorded = records.documents.get(upper(`${document.owner}/${document.document}`));
    if (!recorded || recorded.document.resource !== document.resource) {
        return work;
    }
    const values = valuesOf(document, records);
    values.forEach(({ id }) => work.present(id));
    clearTask(host);
    work.run(() => {
        writeHolder(host, recorded.name);
        completeRestart(host);
        completeSetup(host);
        writeSupplied(work, records);
        inLettingOrder(values).forEach(value => work.letGo(value, true));
        host.registry.write(DOCUMENTS, recorded.name, "absent");
    });
    return work;
}
