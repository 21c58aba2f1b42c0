import { AsyncLocalStorage } from "node:async_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import type { Run } from "./run";

/** How long no component of a run may have been at work before one that failed ends it, in milliseconds. */
const quietMs = 300;

interface Construction {
    errors: string[];
}

/**
 * What components say by a rejection that nobody handles, or throw: in a program it ends the run, here it belongs to the component whose
 * constructor led to it.
 */
export class Failures {
    private readonly current = new AsyncLocalStorage<Construction>();
    private readonly working = new Map<Run, Set<Construction>>();

    constructor() {
        const note = (error: unknown) => this.note(error);
        process.on("unhandledRejection", note).on("uncaughtException", note);
    }

    /** Does the work; what it was told meanwhile is thrown. The engine ends the run at the first error, so the others are waited for: they have something to show. */
    async collect<T>(run: Run, work: () => Promise<T>): Promise<T> {
        const construction: Construction = { errors: [] };
        const working = this.working.get(run) ?? new Set();
        this.working.set(run, working.add(construction));
        const done = await this.current.run(construction, work).catch((error: unknown) => void this.note(error, construction));
        working.delete(construction);
        if (construction.errors.length === 0) {
            return done!;
        }
        do {
            await sleep(quietMs);
        } while (working.size > 0);
        throw new Error([...new Set(construction.errors)].join("\n"));
    }

    private note(error: unknown, construction = this.current.getStore()): void {
        const message = error instanceof Error ? error.message : String(error);
        const concerned = construction ? [construction] : [...this.working.values()].flatMap((all) => [...all]);
        concerned.forEach((one) => one.errors.push(message));
    }
}
