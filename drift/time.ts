const form = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

/** Whether a text is a time as it stands on the wire: UTC, to the millisecond. */
export function isTime(text: string): boolean {
    return form.test(text) && !Number.isNaN(Date.parse(text));
}

/**
 * The time of `now`, or a millisecond later where that is the previous time. Not "after the previous time": while the clock is behind it,
 * every run would come to the same time, and a run whose reply was lost would hide what the next one sees.
 */
export function newTime(previous: string | undefined, now: Date): string {
    const time = now.toISOString();
    return time === previous ? new Date(now.getTime() + 1).toISOString() : time;
}
