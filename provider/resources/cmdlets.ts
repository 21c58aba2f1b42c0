// How resource types run cmdlets: with whose right, once where a reply is lost, and not over what is gone.
import { AlreadyExistsError, LostReplyError, NotFoundError } from "../clients/errors";
import { exchangeRight } from "../clients/exchange";
import type { Context } from "./resource";

const looks = 4;
const pauseMs = 5_000;

/** How every cmdlet is called. */
export function call({ signal }: Pick<Context, "signal">): { right: string; signal: AbortSignal } {
    return { right: exchangeRight, signal };
}

/**
 * Makes an object unless an earlier try, whose reply was lost, has made it already. `find` asks the service anew and rejects where
 * something else is in the way; `make` runs the cmdlet. New objects may take a while until they are seen.
 */
export async function findOrMake<T>(
    find: () => Promise<T | undefined>,
    make: () => Promise<T[]>,
    { wait }: Pick<Context, "wait">,
): Promise<T> {
    const before = await find();
    if (before !== undefined) return before;
    let failed: Error = new Error("the service answered without the object that it made, and does not list it; run again");
    try {
        const [made] = await make();
        if (made !== undefined) return made;
    } catch (error) {
        if (!(error instanceof LostReplyError || error instanceof AlreadyExistsError)) throw error;
        failed = error;
    }
    for (let look = 1; ; look++) {
        const after = await find();
        if (after !== undefined) return after;
        if (look === looks) throw failed;
        await wait(pauseMs);
    }
}

/** Runs a cmdlet that removes something; that it is gone already is as good. */
export async function remove(cmdlet: string, parameters: Record<string, unknown>, context: Context): Promise<void> {
    const exchange = await context.exchange(context.signal);
    try {
        await exchange.run(cmdlet, { ...parameters, Confirm: false }, { ...call(context), idempotent: true });
    } catch (error) {
        if (!(error instanceof NotFoundError)) throw error;
    }
}
