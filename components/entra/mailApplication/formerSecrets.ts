import { clock } from "../../internal/clock";
import type { OwnState } from "./ownState";
import { graceDays, planRotation, RotationPlan, SecretRotation, SecretSlot } from "./rotation";

/** A secret that state has. */
export interface MadeSecret extends SecretSlot {
    /** When it was made, UTC. */
    startDate: string;
}

export interface SecretPlan extends RotationPlan {
    /** Secrets in state that the rotation does not have: they stay for whoever still uses one. Among `slots`, too. */
    former: SecretSlot[];
    /** The day on which they go, if a run comes by then. */
    formerUntil: string;
}

const dayMs = 24 * 60 * 60 * 1000;

/**
 * The rotation, with what an earlier one made: it may be what the server uses. A secret that no longer has a place stays until one that was handed out after
 * it has been there for the overlap, and for runs that come late; one that has the same place, but another end, stays as it is, because an end cannot be changed.
 * @throws Where what is in use ends before the next is handed out.
 */
export function planSecrets(rotation: SecretRotation, made: MadeSecret[], now: Date): SecretPlan {
    const plan = planRotation(rotation, now);
    const own = plan.slots.map((slot) => made.find((one) => one.day === slot.day) ?? slot);
    refuseEarlyEnd(rotation, plan, own);
    const overlap = rotation.overlapDays * dayMs;
    // A secret that was made before its day was handed out by the first run after it, which may have come as late as the rotation allows.
    const taken = (one: MadeSecret) => handedOut(one) + overlap + (Date.parse(one.startDate) < Date.parse(one.day) ? graceDays(rotation) * dayMs : 0);
    const declared = made.filter(({ day }) => plan.slots.some((slot) => slot.day === day));
    const isNeeded = (one: MadeSecret) => !declared.some((next) => handedOut(next) > handedOut(one) && taken(next) <= now.getTime());
    const former = made
        .filter((one) => !declared.includes(one) && now.getTime() < Date.parse(one.endDate) - dayMs && isNeeded(one))
        .sort((a, b) => handedOut(a) - handedOut(b));
    // Before the first day of the rotation the one before it is handed out.
    const newest = plan.newest === undefined ? former.filter((one) => handedOut(one) <= now.getTime()).at(-1) : own.find(({ day }) => day === plan.newest!.day);
    if (plan.newest === undefined && newest !== undefined && Date.parse(newest.endDate) < Date.parse(plan.nextRotation) + overlap) {
        throw new Error(
            `secretRotation.startingOn is ${plan.nextRotation}, and the secret "Pulumi ${newest.day}" that is in use until then ends on ${newest.endDate.slice(0, 10)}: ` +
                'too early for the "overlapDays" that whoever uses it has after "startingOn". Give "startingOn" an earlier day',
        );
    }
    const until = declared.filter((next) => former.every((one) => handedOut(next) > handedOut(one))).map(taken);
    const handingOut = plan.newest === undefined ? Date.parse(plan.nextRotation) : now.getTime();
    return {
        ...plan,
        slots: [...former, ...own].map(({ day, endDate }) => ({ day, endDate })),
        newest,
        former,
        formerUntil: new Date(until.length > 0 ? Math.min(...until) : handingOut + overlap).toISOString().slice(0, 10),
    };
}

/** The same for what state has of a component. */
export function secretsOf(name: string, rotation: SecretRotation, { children }: OwnState): SecretPlan {
    const prefix = `${name}-secret-`;
    const made = children
        .filter((one) => one.name.startsWith(prefix))
        .map(({ name: child, outputs }) => ({ day: child.slice(prefix.length), endDate: String(outputs["endDate"]), startDate: String(outputs["startDate"]) }))
        .filter(({ endDate }) => !Number.isNaN(Date.parse(endDate)));
    return planSecrets(rotation, made, clock.now());
}

export function formerText(name: string, { former, formerUntil }: SecretPlan): string {
    const days = former.map(({ day }) => `"Pulumi ${day}"`).join(", ");
    return (
        `${name}: secretRotation was changed, and ${days} of the application's secrets ${former.length === 1 ? "is" : "are"} of the one before: ` +
        `kept until ${formerUntil} for whoever still uses it. Give the server the new one by then; where one has leaked, delete it in the portal once the server has the new one`
    );
}

function handedOut({ day, startDate }: MadeSecret): number {
    return Math.max(Date.parse(day), Date.parse(startDate));
}

function refuseEarlyEnd({ days }: SecretRotation, { newest }: RotationPlan, slots: SecretSlot[]): void {
    const early = slots.find(({ day, endDate }) => newest !== undefined && day >= newest.day && Date.parse(endDate) <= Date.parse(day) + days * dayMs);
    if (early !== undefined) {
        throw new Error(
            `secretRotation was changed, and the secret "Pulumi ${early.day}" of the one before ends on ${early.endDate.slice(0, 10)}, before the next one would be handed out. ` +
                'Give "startingOn" the day of today: then a new secret is made, and this one stays for "overlapDays"',
        );
    }
}
