import { CallError, NotFoundError } from "../clients/errors";
import type { Context } from "./resource";

const pauseMs = 15_000;

/** Does what needs an object that may be too new to be known everywhere; Microsoft's directories take up to some minutes. */
export async function untilKnown<T>(
    work: () => Promise<T>,
    { wait, tell }: Pick<Context, "wait" | "tell">,
    unknown = isUnknown,
    tries = 8,
): Promise<T> {
    for (let attempt = 1; ; attempt++) {
        try {
            return await work();
        } catch (error) {
            if (attempt === tries || !unknown(error)) throw error;
            if (attempt === 1) tell(waiting(error, ((tries - 1) * pauseMs) / 1000));
            await wait(pauseMs);
        }
    }
}

function isUnknown(error: unknown): boolean {
    return error instanceof NotFoundError;
}

function waiting(error: unknown, seconds: number): string {
    const said = error instanceof CallError ? `${error.call}: ${error.text}` : (error as Error).message;
    return `${said}. It may be too new to be known everywhere: tried again every ${pauseMs / 1000} seconds, for ${seconds} seconds at most`;
}
