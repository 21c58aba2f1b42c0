/** Lets at most `most` pieces of work run at a time; the others wait in the order in which they came. */
export function limiter(most: number): <T>(work: () => Promise<T>) => Promise<T> {
    let running = 0;
    const waiting: (() => void)[] = [];
    return async work => {
        if (running >= most) await new Promise<void>(resolve => waiting.push(resolve));
        else running++;
        try {
            return await work();
        } finally {
            // The place goes to the next one directly, so that nobody who comes in between takes it.
            const next = waiting.shift();
            if (next) next();
            else running--;
        }
    };
}
