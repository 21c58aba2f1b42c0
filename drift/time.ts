const form = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

/** Whether a text is a time as it stands on the wire: UTC, to the millisecond. */
export function isTime(text: string): boolean {
    return form.test(text) && !Number.isNaN(Date.parse(text));
}

/** The time of `now`, or just after `previous` where the clock stands still or went back: never the previous time. */
export function timeAfter(previous: string | undefined, now: Date): string {
    const after = previous !== undefined && isTime(previous) ? new Date(Math.max(now.getTime(), Date.parse(previous) + 1)) : now;
    // Past the year 9999 the text gets another form, so a record from there is not counted on from.
    return (isTime(after.toISOString()) ? after : now).toISOString();
}
