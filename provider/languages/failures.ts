import { AsyncLocalStorage } from "node:async_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import * as pulumi from "@pulumi/pulumi";

/** How long no component of a run may have been at work before those that failed end it, in milliseconds. */
const quietMs = 300;

interface Construction {
    errors: Set<string>;
    failures: Failures;
}

const current = new AsyncLocalStorage<Construction>();
/** Of the run that this process was started for. */
let latest: Failures | undefined;

/**
 * What the components of a run say by a rejection that nobody handles, or throw: in a program it ends the run, here it belongs to the component whose
 * constructor led to it.
 */
export class Failures {
    private readonly working = new Set<Construction>();
    private readonly said = new Set<string>();
    private quiet?: Promise<void>;

    constructor() {
        latest = this;
    }

    /**
     * Does the work; what it was told meanwhile is thrown, unless another component has said it: of a host that does not answer, once is enough. The
     * engine ends the run at the first error, so all others are waited for, which have something to show.
     */
    async collect<T>(work: () => Promise<T>): Promise<T> {
        const construction: Construction = { errors: new Set(), failures: this };
        const { errors } = construction;
        this.working.add(construction);
        try {
            const done = await current.run(construction, work);
            if (errors.size === 0) {
                return done;
            }
        } catch (error) {
            errors.add(textOf(error));
        } finally {
            this.working.delete(construction);
        }
        await (this.quiet ??= this.untilQuiet());
        throw new Error([...errors].join("\n"));
    }

    /** @returns False where nobody is at work any more who could say it. */
    take(message: string, construction?: Construction): boolean {
        const [taker] = construction && this.working.has(construction) ? [construction] : this.working;
        if (taker !== undefined && !this.said.has(message)) {
            this.said.add(message);
            taker.errors.add(message);
        }
        return this.said.has(message);
    }

    private async untilQuiet(): Promise<void> {
        do {
            await sleep(quietMs);
        } while (this.working.size > 0);
        this.quiet = undefined;
    }
}

/** Takes an error that nobody handles: of the component in whose work it came up. */
export function note(error: unknown): void {
    const construction = current.getStore();
    const message = textOf(error);
    if (!(construction?.failures ?? latest)?.take(message, construction)) {
        void pulumi.log.error(message);
    }
}

function textOf(error: unknown): string {
    return error instanceof Error ? error.message : String(error);
}
