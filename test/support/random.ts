/** Whether tests that try something at random do it many times more: HYBRID_IDENTITY_LONG_TESTS=1. */
export const long = process.env["HYBRID_IDENTITY_LONG_TESTS"] === "1";

/** The seed of a test, printed; TEST_SEED gives it again. */
export function testSeed(): number {
    const seed = Number(process.env["TEST_SEED"] ?? Date.now() % 1_000_000);
    console.log(`      TEST_SEED=${seed}`);
    return seed;
}

/** Whole numbers from 0 and below a bound. */
export type Random = (below: number) => number;

/** The same for the same seed (mulberry32). */
export function generator(seed: number): Random {
    let state = seed;
    return (below) => {
        state = (state + 0x6d2b79f5) | 0;
        let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
        mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
        return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
    };
}
