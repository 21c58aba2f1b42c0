import { show } from "../../../drift/show";
import { Problem } from "../../../drift/types";

/** When an application's client secret is renewed. */
export interface SecretRotation {
    /** How often a new secret comes, in days. */
    days: number;
    /** How long whoever uses the secret may take to change to the new one, in days. Shorter than `days`. */
    overlapDays: number;
    /**
     * The first day of the first secret, `2026-11-22` (UTC); before it there is none. Default: secrets follow each other since 2000-01-01, so that the place
     * in time depends on no run, and the first run may make the secret of the slot before, too.
     */
    startingOn?: string;
}

/** One secret: it has a fixed place in time, so that a run late or early, or on another machine, means the same one. */
export interface SecretSlot {
    /** First day on which this is the newest secret; also its name. */
    day: string;
    /** End of its validity, UTC. */
    endDate: string;
}

export interface RotationPlan {
    /** Secrets that exist now, oldest first. */
    slots: SecretSlot[];
    /** The one to hand out; undefined before `startingOn`. */
    newest: SecretSlot | undefined;
    /** Day on which the next secret becomes the newest. */
    nextRotation: string;
    /** Day of the next run that changes anything. */
    nextChange: string;
}

const dayMs = 24 * 60 * 60 * 1000;
const epoch = "2000-01-01";
/** A secret is made a day before it is handed out, and taken away a day before it ends: a clock that is off by hours takes away nothing that is in use. */
const leadDays = 1;
/** Runs may come this late without shortening the overlap. */
const leastGraceDays = 7;
/** What portal and PowerShell allow at most unless a tenant's policy says less: two years. */
const longestLifetimeDays = 730;

/** What is wrong with a rotation, all at once. `longestDays` is the tenant's own limit. */
export function checkRotation(rotation: SecretRotation, longestDays = longestLifetimeDays): Problem[] {
    const { days, overlapDays, startingOn } = rotation;
    const problems: Problem[] = [];
    const whole = (property: string, value: unknown, least: number) => {
        if (!Number.isInteger(value) || (value as number) < least) {
            problems.push({ property: `secretRotation.${property}`, message: `must be a whole number of days, at least ${least}; received ${show(value)}` });
        }
    };
    whole("days", days, 2);
    whole("overlapDays", overlapDays, 1);
    if (startingOn !== undefined && !isDay(startingOn)) {
        problems.push({ property: "secretRotation.startingOn", message: `must be a day such as "2026-11-22"; received ${show(startingOn)}` });
    }
    if (problems.length > 0) {
        return problems;
    }
    if (overlapDays >= days) {
        problems.push({ property: "secretRotation.overlapDays", message: `must be shorter than "days" (${days}), or old secrets would pile up; received ${overlapDays}` });
    }
    const lifetime = leadDays + lifetimeDays(rotation);
    if (lifetime > longestDays) {
        problems.push({
            property: "secretRotation.days",
            message: `makes secrets that live ${lifetime} days (period, overlap, and ${graceDays(rotation)} days for late runs), longer than the ${longestDays} that are allowed; received ${days}`,
        });
    }
    return problems;
}

/** Which secrets there are at a moment. Depends on nothing but the moment. */
export function planRotation(rotation: SecretRotation, now: Date): RotationPlan {
    const first = rotation.startingOn === undefined ? -Infinity : 0;
    const start = Date.parse(`${rotation.startingOn ?? epoch}T00:00:00Z`);
    const today = Math.floor((now.getTime() - start) / dayMs);
    const current = Math.floor(today / rotation.days);
    const slots: SecretSlot[] = [];
    const changes: number[] = [];
    const oldest = Math.max(first, current - Math.ceil(lifetimeDays(rotation) / rotation.days));
    for (let slot = oldest; slot <= Math.max(oldest, current + 2); slot++) {
        const from = slot * rotation.days - leadDays;
        const until = slot * rotation.days + lifetimeDays(rotation) - leadDays;
        if (from <= today && today < until) {
            slots.push({ day: dayOf(start, slot * rotation.days), endDate: `${dayOf(start, slot * rotation.days + lifetimeDays(rotation))}T00:00:00Z` });
        }
        changes.push(...[from, until].filter((day) => day > today));
    }
    const newest = current < first ? undefined : slots.find((slot) => slot.day === dayOf(start, current * rotation.days));
    return {
        slots,
        newest,
        nextRotation: dayOf(start, Math.max(current + 1, first) * rotation.days),
        nextChange: dayOf(start, Math.min(...changes)),
    };
}

/** From its first day as the newest to its end. */
function lifetimeDays(rotation: SecretRotation): number {
    return rotation.days + rotation.overlapDays + graceDays(rotation) + leadDays;
}

/** How many days late a run may come. */
export function graceDays({ overlapDays }: SecretRotation): number {
    return Math.max(overlapDays, leastGraceDays);
}

function dayOf(start: number, days: number): string {
    return new Date(start + days * dayMs).toISOString().slice(0, 10);
}

function isDay(text: string): boolean {
    return /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(Date.parse(text)) && new Date(`${text}T00:00:00Z`).toISOString().startsWith(text);
}
