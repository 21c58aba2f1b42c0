// Numbers that are written and removed, each answer judged by itself.
import { AuthorizationError, CallError, NotSentError } from "../clients/errors";
import type { Answer, Asked } from "../clients/batch";
import { ask, inShort, refusal, type Person } from "./asking";
import { isFresh, isOutdated, isOwn, type Memory } from "./phoneMemory";
import { masked, maskedBeside, sameNumber } from "./phoneNumber";
import { call, methodsOf, mobile, numbersOf, unseen, type Open, type Row } from "./phoneRows";
import type { Context } from "./resource";
import { named } from "./tally";

/** Somebody, and the number that was seen. */
type Seen = Pick<Open, "person" | "present">;

// What was written may take a while to be seen everywhere.
const looks = 3;
const pauseMs = 5_000;

/**
 * Sends the calls, each for the row at its place. Among many people, and where Graph throttles or fails, minutes pass between the look and the call, in
 * which the person may register another number: each time it is sent only where the number is still the one that was seen. A POST never overwrites.
 */
export async function send(rows: Seen[], asked: Asked[], context: Context, what: string): Promise<Answer[]> {
    const rowOf = new Map(asked.map((one, at) => [one, rows[at]!]));
    const still = async (open: Asked[]): Promise<Asked[]> => {
        const risky = open.filter(({ method }) => method !== "POST");
        if (risky.length === 0) return open;
        const present = await numbersOf(risky.map(one => rowOf.get(one)!.person), context).catch((error: unknown) => {
            // They were read before: that they are refused now keeps nobody else from getting a number.
            if (error instanceof AuthorizationError) return new Map<Person, undefined>();
            throw error;
        });
        return open.filter(one => one.method === "POST" || present.get(rowOf.get(one)!.person) === rowOf.get(one)!.present);
    };
    return ask(asked, { ...call, still }, context, what);
}

/** What became of each. What may have been done all the same, or was done by somebody else in between, is read again before it is a failure. */
export async function settle(written: Map<Open, Answer>, memory: Memory, context: Context): Promise<Map<Open, Row>> {
    const settled = new Map<Open, Row>();
    let doubtful: Open[] = [];
    for (const [row, answer] of written) {
        if (!(answer instanceof CallError)) settled.set(row, { ...row, kind: "set", note: undefined });
        else {
            settled.set(row, { ...row, kind: "toSet", note: inShort(answer) });
            // Not sent again after a wait, perhaps, since the number is another by now.
            const overtaken = answer.status === 429 && row.present !== undefined;
            if (answer.status === undefined || [400, 409].includes(answer.status) || answer.status >= 500 || overtaken) doubtful.push(row);
        }
    }
    for (let attempt = 1; doubtful.length > 0 && attempt <= looks; attempt++) {
        // Where the run is cancelled, what is known by now is to be kept.
        if (attempt > 1) await context.wait(pauseMs).catch(() => undefined);
        const present = await numbersOf(doubtful.map(({ person }) => person), context).catch(() => undefined);
        for (const row of doubtful) {
            const there = present?.get(row.person);
            if (typeof there === "string" && (there !== row.present || sameNumber(there, row.number))) settled.set(row, met(row, there, written.get(row) as CallError, memory));
        }
        doubtful = doubtful.filter(row => settled.get(row)!.kind === "toSet");
    }
    return settled;
}

/** A number that stands there although the answer was a failure. One that somebody else may have brought is not taken for this resource's. */
function met(row: Open, there: string, answer: CallError, memory: Memory): Row {
    if (!sameNumber(there, row.number)) return { ...row, present: there, kind: "different", note: `has ${masked(there)} since this run began, declared ${maskedBeside(there, row.number)}` };
    const undone = answer instanceof NotSentError || [400, 409, 429].includes(answer.status ?? 0);
    // It may be there since the run before this one, and not have been seen.
    const mine = answer.code === "phoneNumberNotUnique" || !undone || (isOwn(memory, row.person, there) && isFresh(memory, row.person));
    return { ...row, present: there, kind: mine ? "set" : "alreadySet", note: undefined };
}

/** The call that sets the number: only where there is none it makes one. */
export function write({ person, number, present }: Open): Asked {
    if (present !== undefined) return { method: "PATCH", url: `${methodsOf(person)}/${mobile}`, body: { phoneNumber: number } };
    return { method: "POST", url: methodsOf(person), body: { phoneNumber: number, phoneType: "mobile" } };
}

/**
 * Removes the numbers that a resource set itself, where they are unchanged and this run declared the person in no other resource, as where one was
 * renamed. Rejects, with all of them, where that fails.
 */
export async function removeOwn(id: string, memory: Memory, context: Context): Promise<void> {
    const names = new Map(Object.entries(memory.ids).map(([name, key]) => [key, name]));
    const all = Object.keys(memory.marks).map(key => ({ key, name: names.get(key) ?? key }));
    const people = all.filter(({ key }) => (context.declaredBy.get(key) ?? id) === id);
    const elsewhere = all.length - people.length;
    const present = await numbersOf(people, context);
    const unread = people.filter(person => typeof present.get(person) === "object" && (present.get(person) as Row).kind === "unknown");
    const isStillOwn = (person: Person, number: unknown): boolean => typeof number === "string" && isOwn(memory, person, number);
    const own = people.filter(person => isStillOwn(person, present.get(person)));
    const rows = own.map(person => ({ person, present: present.get(person) as string }));
    const answers = await send(rows, own.map(person => ({ method: "DELETE", url: `${methodsOf(person)}/${mobile}` })), context, "remove phone methods");
    const kept = own.flatMap((person, at) => (answers[at] instanceof CallError && answers[at].status !== 404 ? [{ person, error: answers[at] }] : []));
    // Gone all the same, or another by now, which is not this resource's.
    const after = kept.length === 0 ? undefined : await numbersOf(kept.map(({ person }) => person), context).catch(() => undefined);
    const isLeft = (person: Person): boolean => after === undefined || typeof after.get(person) === "object" || isStillOwn(person, after.get(person));
    const failed = kept.filter(({ person }) => isLeft(person)).map(({ person, error }) => `${person.name} (${inShort(error)})`);
    const overtaken = kept.filter(({ person }) => !isLeft(person) && typeof after?.get(person) === "string").length;
    // Nothing remembers these after this.
    const late = people.filter(person => {
        const there = present.get(person);
        return typeof there !== "object" && !isStillOwn(person, there) && isOutdated(memory, person, there);
    });
    const others = people.length - own.length - unread.length - late.length + overtaken;
    const rest = [
        ...(late.length > 0 ? [`; ${late.length} perhaps left, ${unseen}: ${named(late.map(({ name }) => name))}`] : []),
        ...(others > 0 ? [`; ${others} changed by now, or gone`] : []),
        ...(elsewhere > 0 ? [`; ${elsewhere} kept, since this run declared them in another resource`] : []),
    ];
    context.tell(`Phone numbers that this resource set: ${own.length - failed.length - overtaken} removed${rest.join("")}`, late.length > 0);
    if (failed.length + unread.length === 0) return;
    const those = named([...failed, ...unread.map(({ name }) => `${name} (not known whether it is there)`)]);
    throw new Error(`Numbers not removed, ${failed.length + unread.length} of ${people.length}: ${those}. Run again, or set removeOnDestroy to false and update first${refusal(answers)}`);
}
