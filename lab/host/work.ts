import { isRestorable } from "./certificateRepair";
import { splitNotation, toWrite, asDesired } from "./notation";
import { putOriginal } from "./kept";
import { isCertificateKey, isVirtual, serviceOf, splitValueId, upper } from "./paths";
import { inOrder, readPlace, settlePlace, writePlace } from "./places";
import type { PretendHost } from "./host";
import { recordText, VALUES, withRepair, writeRecord, type KnownValue, type ValueRecord } from "./records";
import { AccessDenied } from "./registry";
import { asFailure, Failure } from "./reply";
import { restartService } from "./restart";
import { runningDependents, serviceState } from "./control";

interface Change {
    id: string;
    before: string;
    /** With the value's record as it was when the value was written; a service that was stopped along with another has none. */
    value?: KnownValue;
}

/** What one Set or Remove does to values, so that it can be told and put back. */
export class Work {
    /** By key and name: `before -> after`. */
    readonly written: Record<string, Record<string, string>> = {};
    readonly released: string[] = [];
    readonly restarted: string[] = [];
    /** A service that a restart has stopped. */
    private restarting = "";
    private changes: Change[] = [];

    constructor(private readonly host: PretendHost) {}

    /** What is there now. Throws Failure `denied` where it cannot be read, and for a type that could not be put back. */
    present(id: string): string {
        const { key, name } = splitValueId(id);
        settlePlace(this.host, key, name);
        const found = readPlace(this.host, key, name);
        if (found === "unknown:not loaded") {
            const hive = key.split("\\").slice(0, 2).join("\\");
            throw new Failure("denied", `${id} could not be read: the hive ${hive} is not loaded. Start the service of that account, or log it on once`);
        }
        if (found.startsWith("unknown:")) {
            throw new Failure("denied", `${id} could not be read: ${splitNotation(found).rest}`);
        }
        return found;
    }

    record(id: string, record: ValueRecord): void {
        writeRecord(this.host, VALUES, id, recordText(id, record));
    }

    /** Step 13 for one value. `id` is the document's spelling, `value` is what its record says since step 11. */
    enforce(id: string, value: KnownValue, desired: string): void {
        const before = this.present(id);
        let record = { ...value.record, written: desired, writing: "" };
        if (!asDesired(before, desired)) {
            const after = toWrite(desired);
            this.write(id, value, before, after, () => this.put(id, after));
            record = withRepair(record, `${this.host.clock().toISOString()} ${before} -> ${after}`);
        }
        this.record(value.id, record);
    }

    /** Rule 16. */
    letGo(value: KnownValue, restore: boolean): void {
        const { id, record } = value;
        const present = this.present(id);
        const ours = isOurs(present, record);
        const goesBack = restore && ours && record.original !== "unknown" && isRestorable(this.host, id, record.original);
        if (goesBack && present !== record.original) {
            this.write(id, value, present, record.original, () => putOriginal(this.host, id, record.original), true);
        }
        const now = goesBack ? record.original : present;
        // Where a record was lost, what is there may be ours all the same: it never becomes the original.
        const original = record.original === "unknown" || (ours && !goesBack) ? record.original : now;
        this.record(id, { ...record, original, written: now, writing: "", owner: "", document: "" });
        this.released.push(id);
    }

    restart(service: string): void {
        this.restarting = service;
        restartService(this.host, service);
        this.restarting = "";
        this.restarted.push(service);
    }

    /** Runs the steps; where one fails, puts back what was written and throws the Failure that says what became of the host. */
    run(steps: () => void): void {
        try {
            steps();
        } catch (error) {
            const failure = asFailure(error);
            const stuck = this.putBack();
            throw stuck.length === 0 ? failure : new Failure(failure.code, failure.message, `partly changed: ${stuck.join(", ")}`);
        }
    }

    private put(id: string, notation: string): void {
        const { key, name } = splitValueId(id);
        writePlace(this.host, key, name, notation);
    }

    private write(id: string, value: KnownValue, before: string, after: string, put: () => void, back = false): void {
        const { key, name } = splitValueId(id);
        this.stoppedAlong(key, name, after).forEach(one => this.changes.push({ id: `SERVICE\\${one}\\\\State`, before: "string:Running" }));
        this.changes.push({ id, before, value });
        put();
        const found = readPlace(this.host, key, name);
        // Of certificates only those come back that were removed.
        const reached = back && isCertificateKey(key) ? found : after;
        if (found !== reached) {
            throw new Failure("mismatch", `${id} was written and reads back otherwise`);
        }
        (this.written[key] ??= {})[name] = `${before} -> ${reached}`;
    }

    private stoppedAlong(key: string, name: string, notation: string): string[] {
        const service = serviceOf(key);
        return service !== undefined && upper(name) === "STATE" && notation === "string:Stopped" ? runningDependents(this.host, service) : [];
    }

    /** In reverse order: the record as before the value's write, then the value. Returns the ids that could not be put back. */
    private putBack(): string[] {
        const stuck: string[] = [];
        for (const { id, before, value } of inOrder(this.changes.reverse(), ({ id, before }) => ({ id, notation: before }))) {
            const { key, name } = splitValueId(id);
            unlessDenied(() => value && this.record(value.id, value.record));
            unlessDenied(() => {
                if (readPlace(this.host, key, name) !== before) {
                    putOriginal(this.host, id, before);
                }
            });
            if ((isVirtual(key) ? readPlace(this.host, key, name) : this.host.registry.get(key, name)) !== before) {
                stuck.push(id);
            }
        }
        if (this.restarting !== "" && serviceState(this.host, this.restarting) !== "Running") {
            stuck.push(`SERVICE\\${this.restarting}\\\\State`);
        }
        return stuck;
    }
}

/** Whether the value on the host is one that the tool wrote. */
export function isOurs(present: string, record: ValueRecord): boolean {
    return asDesired(present, record.written) || asDesired(present, record.writing);
}

function unlessDenied(step: () => unknown): void {
    try {
        step();
    } catch (error) {
        if (!(error instanceof AccessDenied || error instanceof Failure)) {
            throw error;
        }
    }
}
