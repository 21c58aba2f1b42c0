/** What time it is for rotations, countdowns and waiting times; replaced in tests. */
export const clock = { now: () => new Date() };
