// Orders to stop: from the engine, from a signal, or because the resource's own time is up.

const underWay = new Set<AbortController>();
let cancelled = false;

/** Runs an operation with a signal that fires on cancellation and after the timeout (seconds, 0 for none). */
export async function operation<T>(timeout: number, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const controller = new AbortController();
    if (cancelled) controller.abort(new Error("context canceled"));
    const expire = () => controller.abort(new Error("context deadline exceeded"));
    const timer = timeout > 0 ? setTimeout(expire, timeout * 1000) : undefined;
    underWay.add(controller);
    try {
        return await work(controller.signal);
    } finally {
        clearTimeout(timer);
        underWay.delete(controller);
    }
}

/** Stops what is under way, and whatever is asked for later. */
export function cancelAll(): void {
    cancelled = true;
    for (const controller of underWay) controller.abort(new Error("context canceled"));
}
