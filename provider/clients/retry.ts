// When a call is worth another attempt, and how long to wait for it.

const passing = new Set([408, 429, 500, 502, 503, 504]);
const usual = { attempts: 5, longestWait: 60_000 };

/** Whether what the status says may pass by itself. */
export function isPassing(status: number): boolean {
    return passing.has(status);
}

/**
 * The milliseconds to wait before the attempt after number `attempt` (from 1), or undefined when there is to be none: the status will
 * not pass, the attempts are used up, or the service asks for more patience than a run has.
 */
export function waitBeforeRetry(attempt: number, status: number, retryAfter: string | undefined, now: number, { attempts, longestWait } = usual): number | undefined {
    if (!isPassing(status) || attempt >= attempts) return undefined;
    const wait = asked(retryAfter, now) ?? 1000 * 2 ** (attempt - 1);
    return wait > longestWait ? undefined : wait;
}

// Seconds, of which Exchange Online tells fractions, or a date.
function asked(retryAfter: string | undefined, now: number): number | undefined {
    if (retryAfter === undefined) return undefined;
    if (/^\s*\d+(\.\d+)?\s*$/.test(retryAfter)) return Math.ceil(1000 * Number(retryAfter));
    const until = Date.parse(retryAfter);
    return Number.isNaN(until) ? undefined : Math.max(0, until - now);
}
