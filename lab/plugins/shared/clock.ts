// Waiting, as the plugin waits, with a limit for the whole operation. AZUREAD_STANDIN_POLL scales every wait; the limit counts the
// waits as they would have been.
import { setTimeout as pause } from "node:timers/promises";

const scale = Number(process.env["AZUREAD_STANDIN_POLL"] ?? 1);

/** The waits of one operation. */
export class Clock {
    private waited = 0;

    constructor(
        readonly signal: AbortSignal,
        private readonly limit: number,
    ) {}

    /** Whether the operation's time would be up after this wait. */
    exceededBy(seconds: number): boolean {
        return this.waited + seconds > this.limit;
    }

    async wait(seconds: number): Promise<void> {
        this.signal.throwIfAborted();
        this.waited += seconds;
        await pause(seconds * scale * 1000, undefined, { signal: this.signal }).catch(() => this.signal.throwIfAborted());
    }

    /**
     * Looks until five looks in a row find what is expected. Each miss before the first hit doubles the spacing, up to ten seconds.
     */
    async until(spacing: number, what: string, look: () => Promise<boolean>): Promise<void> {
        let wait = 0;
        for (let hits = 0; ; ) {
            this.signal.throwIfAborted();
            const hit = await look();
            hits = hit ? hits + 1 : 0;
            if (hits === 5) return;
            // The plugin starts at 100 ms and never goes below the spacing.
            if (wait === 0) wait = spacing;
            else if (hits === 0) wait = Math.min(wait * 2, 10);
            if (this.exceededBy(wait)) throw new Error(`${what}: timeout while waiting for state`);
            await this.wait(wait);
        }
    }
}
