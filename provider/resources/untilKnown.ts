import { NotFoundError } from "../clients/errors";
import type { Context } from "./resource";

const pauseMs = 15_000;

/** Does what needs an object that may be too new to be known everywhere; Microsoft's directories take up to some minutes. */
export async function untilKnown<T>(work: () => Promise<T>, { wait }: Pick<Context, "wait">, unknown = isUnknown, tries = 8): Promise<T> {
    for (let attempt = 1; ; attempt++) {
        try {
            return await work();
        } catch (error) {
            if (attempt === tries || !unknown(error)) throw error;
            await wait(pauseMs);
        }
    }
}

function isUnknown(error: unknown): boolean {
    return error instanceof NotFoundError;
}
