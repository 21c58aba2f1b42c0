// The mobile numbers that people prove themselves with. Only what is missing is set: a number that somebody registered is theirs.
// https://learn.microsoft.com/graph/api/authentication-post-phonemethods
import { createHash, randomUUID } from "node:crypto";
import { AuthorizationError, CallError } from "../clients/errors";
import type { Answer, Asked } from "../clients/batch";
import { isUnknown, type Properties } from "../values";
import { checked, flag, text } from "./inputs";
import { ask, checkPeople, inShort, membersOf, refuseStrangers, whyNot, type Person } from "./people";
import { graphNumber, masked, sameNumber, withoutNumbers, WrongNumber } from "./phoneNumber";
import { Unfinished, type Context, type Found, type ResourceType } from "./resource";
import { named, summed, tallied, type Judged } from "./tally";

const kinds = ["set", "alreadySet", "toSet", "different", "refused", "unknown"] as const;
type Kind = (typeof kinds)[number];

/** A person, the number that is declared, and the one that Graph has. */
interface Row extends Judged<Kind> {
    person?: Person;
    number?: string;
    present?: string;
}
type Open = Row & { person: Person; number: string };
/** Which numbers this resource set itself, each as a digest, by whom it is of. */
type Marks = { [key: string]: string };

const right =
    "UserAuthenticationMethod.ReadWrite.All of Microsoft Graph (a person who runs this also the role Authentication Administrator, and for the " +
    "numbers of administrators Privileged Authentication Administrator)";
const call = { version: "v1.0", right } as const;
const mobile = "3179e48a-750b-4051-897c-87b9720928f7";
const nowhere = "Graph says 404 of the phone methods, although the user is there";
// What was written may take a while to be seen everywhere.
const looks = 3;
const pauseMs = 5_000;

/** `hybrid-identity:mfa:PhoneMethods`. */
export const phoneMethods: ResourceType = {
    replaceOn: [],
    defaults: inputs => ({ whenDifferent: "report", removeOnDestroy: false, ...inputs }),
    check(inputs) {
        const { whenDifferent, replaceReason = null } = inputs;
        const replaces = whenDifferent === "replace";
        const reason = "the reason why numbers that people registered are replaced, a text; with whenDifferent: replace, and only there";
        return [
            ...checkPeople("phones", inputs, isUnknown(inputs["phones"] ?? null) ? undefined : Object.keys(phonesOf(inputs))),
            ...wrongNumbers(inputs),
            ...checked(inputs, [
                { property: "whenDifferent", expected: '"keep", "report" or "replace"', accepts: value => ["keep", "report", "replace"].includes(String(value)) },
                { property: "removeOnDestroy", expected: "true or false", accepts: flag },
                ...(replaces === (replaceReason !== null) ? [] : [{ property: "replaceReason", expected: reason, accepts: () => false }]),
                { property: "replaceReason", expected: "a text that says why", optional: true, accepts: text() },
            ]),
        ];
    },
    unsettled: ({ toSet }) => (Number(toSet ?? 0) > 0 ? ["toSet", "next"] : []),
    async foresee(inputs, state, context) {
        await refuse(inputs, context);
        say(await look(inputs, marksOf(state), context), inputs, context, true);
    },
    create: (inputs, context) => enforce(randomUUID(), {}, inputs, context),
    importedBy: "nothing: numbers that people have already count as set when the resource is created",
    async read(id, inputs, context, state = {}) {
        if (!inputs) throw new Error("PhoneMethods cannot be imported. Declare it: numbers that people have already count as set");
        const rows = await look(inputs, marksOf(state), context);
        say(rows, inputs, context, false);
        return found(id, inputs, rows, marksOf(state));
    },
    update: (id, olds, inputs, context) => enforce(id, marksOf(olds), inputs, context),
    async delete(_id, state, context) {
        if (state["removeOnDestroy"] === true) await removeOwn(marksOf(state), context);
    },
};

function phonesOf(inputs: Properties): { [user: string]: string } {
    return (inputs["phones"] ?? {}) as { [user: string]: string };
}

function marksOf(state: Properties): Marks {
    return (state["ownNumbers"] ?? {}) as Marks;
}

/** Names whose number is none, by what is wrong with it. The numbers themselves are in no message. */
function wrongNumbers(inputs: Properties): { property: string; reason: string }[] {
    if (isUnknown(inputs["phones"] ?? null)) return [];
    const wrong = new Map<string, string[]>();
    for (const [user, number] of Object.entries(phonesOf(inputs))) {
        const why = isUnknown(number) ? undefined : wrongWith(number);
        if (why !== undefined) wrong.set(why, [...(wrong.get(why) ?? []), user]);
    }
    const form = 'expected "+", the country code and the number';
    return [...wrong].map(([why, users]) => ({ property: "phones", reason: `${form}; the number of each of these ${why}: ${named(users)}` }));
}

function wrongWith(number: string): string | undefined {
    try {
        graphNumber(number);
        return undefined;
    } catch (error) {
        if (error instanceof WrongNumber) return error.message;
        throw error;
    }
}

async function refuse(inputs: Properties, context: Context): Promise<void> {
    if (inputs["phones"] !== undefined) await refuseStrangers("phones", Object.keys(phonesOf(inputs)), context);
}

/** Everybody who is declared, with what Graph has of them. */
async function look(inputs: Properties, marks: Marks, context: Context): Promise<Row[]> {
    const { rows, left } = await declared(inputs, context);
    const present = await numbersOf(rows.map(({ person }) => person), context);
    const judged = rows.map((row): Row => {
        const there = present.get(row.person);
        return typeof there === "object" ? { ...row, ...there } : { ...row, present: there, ...judge(row, there, marks, inputs) };
    });
    return [...judged, ...left];
}

async function declared(inputs: Properties, context: Context): Promise<{ rows: Open[]; left: Row[] }> {
    const open = (person: Person, number: string): Open => ({ person, name: person.name, number: graphNumber(number), kind: "toSet" });
    if (inputs["fromGroup"] === undefined) {
        return { rows: Object.entries(phonesOf(inputs)).map(([name, number]) => open({ key: name, name }, number)), left: [] };
    }
    const { people, left } = await membersOf(String(inputs["fromGroup"]), context);
    const why = ({ mobilePhone }: Person) => (mobilePhone ? wrongWith(mobilePhone) : "is empty");
    const wrong = people.filter(person => why(person) !== undefined);
    return {
        rows: people.filter(person => why(person) === undefined).map(person => open(person, person.mobilePhone!)),
        left: [...left, ...wrong.map((person): Row => ({ name: person.name, kind: "refused", note: `mobilePhone ${why(person)}` }))],
    };
}

/** The mobile number of each, undefined where there is none; or why that is not known. */
async function numbersOf(people: Person[], context: Context): Promise<Map<Person, string | undefined | Judged<Kind>>> {
    const answers = await ask(people.map(person => ({ method: "GET", url: methodsOf(person) })), call, context, "read the phone methods");
    const failed = people.flatMap((person, at) => (answers[at] instanceof CallError ? [{ person, error: answers[at] }] : []));
    const why = await whyNot(failed, people.length, context, nowhere);
    return new Map(people.map((person, at) => [person, why.get(person) ?? mobileIn(answers[at]!)]));
}

function mobileIn(answer: Answer): string | undefined {
    const methods = (answer as { body: { value?: { id: string; phoneNumber?: string | null }[] } }).body.value ?? [];
    return methods.find(({ id }) => id === mobile)?.phoneNumber ?? undefined;
}

function judge({ person, number }: Open, present: string | undefined, marks: Marks, inputs: Properties): { kind: Kind; note?: string } {
    if (present === undefined) return { kind: "toSet" };
    const own = marks[keyOf(person)] === mark(person, present);
    if (sameNumber(present, number)) return { kind: own ? "set" : "alreadySet" };
    if (own) return { kind: "toSet", note: `${masked(present)}, which this resource set, becomes ${masked(number)}` };
    if (inputs["whenDifferent"] === "replace") return { kind: "toSet", note: `${masked(present)} is replaced by ${masked(number)}` };
    return { kind: "different", note: `has ${masked(present)}, declared ${masked(number)}` };
}

async function enforce(id: string, marks: Marks, inputs: Properties, context: Context): Promise<Found> {
    await refuse(inputs, context);
    const rows = await look(inputs, marks, context);
    const open = rows.filter((row): row is Open => row.kind === "toSet");
    const answers = await ask(open.map(write), call, context, "set phone methods");
    const written = new Map(open.map((row, at) => [row, answers[at]!] as const));
    const settled = await settle(written, context);
    const after = rows.map(row => settled.get(row as Open) ?? row);
    const own = Object.fromEntries(after.flatMap(({ kind, person, number }) => (kind === "set" ? [[keyOf(person!), mark(person!, number!)]] : [])));
    const result = found(id, inputs, after, { ...marks, ...own });
    say(after, inputs, context, false);
    const failed = after.filter(({ kind }) => kind === "toSet" || kind === "unknown");
    if (failed.length === 0) return result;
    const denied = answers.find(answer => answer instanceof AuthorizationError);
    const those = named(failed.map(({ name, note }) => (note === undefined ? name : `${name} (${note})`)));
    const message = `${failed.length} of ${after.length} people: the number is not set, or not known: ${those}. The next run goes on where this one ended`;
    throw new Unfinished(result, new Error(denied ? `${message}. ${withoutNumbers(denied.message)}` : message));
}

/** What became of each. What may have been done all the same, or was done by somebody else in between, is read again before it is a failure. */
async function settle(written: Map<Open, Answer>, context: Context): Promise<Map<Open, Row>> {
    const settled = new Map<Open, Row>();
    let doubtful: Open[] = [];
    for (const [row, answer] of written) {
        if (!(answer instanceof CallError)) settled.set(row, { ...row, kind: "set", note: undefined });
        else {
            settled.set(row, { ...row, kind: "toSet", note: withoutNumbers(inShort(answer)) });
            if (answer.status === undefined || [400, 409].includes(answer.status) || answer.status >= 500) doubtful.push(row);
        }
    }
    for (let attempt = 1; doubtful.length > 0 && attempt <= looks; attempt++) {
        if (attempt > 1) await context.wait(pauseMs);
        const present = await numbersOf(doubtful.map(({ person }) => person), context).catch(() => undefined);
        for (const row of doubtful) {
            const there = present?.get(row.person);
            if (typeof there === "string" && (there !== row.present || sameNumber(there, row.number))) settled.set(row, met(row, there, written.get(row) as CallError));
        }
        doubtful = doubtful.filter(row => settled.get(row)!.kind === "toSet");
    }
    return settled;
}

/** A number that stands there although the answer was a failure. One that somebody else may have brought is not taken for this resource's. */
function met(row: Open, there: string, { status, code }: CallError): Row {
    if (!sameNumber(there, row.number)) return { ...row, kind: "different", note: `has ${masked(there)} since this run began, declared ${masked(row.number)}` };
    const mine = code === "phoneNumberNotUnique" || !(status === 400 || status === 409);
    return { ...row, kind: mine ? "set" : "alreadySet", note: undefined };
}

function write({ person, number, present }: Open): Asked {
    if (present !== undefined) return { method: "PATCH", url: `${methodsOf(person)}/${mobile}`, body: { phoneNumber: number } };
    return { method: "POST", url: methodsOf(person), body: { phoneNumber: number, phoneType: "mobile" } };
}

async function removeOwn(marks: Marks, context: Context): Promise<void> {
    const people = Object.keys(marks).map(key => ({ key, name: key }));
    const present = await numbersOf(people, context);
    const unread = people.filter(person => typeof present.get(person) === "object" && (present.get(person) as Row).kind === "unknown");
    const own = people.filter(person => typeof present.get(person) === "string" && marks[person.key] === mark(person, present.get(person) as string));
    const answers = await ask(own.map(person => ({ method: "DELETE", url: `${methodsOf(person)}/${mobile}` })), call, context, "remove phone methods");
    const failed = own.flatMap(({ name }, at) => {
        const answer = answers[at]!;
        return answer instanceof CallError && answer.status !== 404 ? [`${name} (${withoutNumbers(inShort(answer))})`] : [];
    });
    if (failed.length + unread.length === 0) return;
    const those = named([...failed, ...unread.map(({ name }) => `${name} (not known whether it is there)`)]);
    throw new Error(`${failed.length + unread.length} of ${people.length} numbers were not removed: ${those}. Run again, or set removeOnDestroy to false and update first`);
}

function found(id: string, inputs: Properties, rows: Row[], marks: Marks): Found {
    const keys = rows.flatMap(({ person }) => (person ? [keyOf(person)] : []));
    const ownNumbers = Object.fromEntries(keys.flatMap(key => (marks[key] === undefined ? [] : [[key, marks[key]]])));
    return { id, inputs, state: { ...inputs, ...tallied(kinds, "toSet", rows), ownNumbers } };
}

/** What somebody is to know; where all is as it should be, only when `always`. */
function say(rows: Row[], { whenDifferent }: Properties, context: Context, always: boolean): void {
    const count = (...sought: Kind[]) => rows.filter(({ kind }) => sought.includes(kind)).length;
    const differ = whenDifferent === "report" ? summed(rows, "different", "differ and stay as they are") : [];
    const wrong = [...differ, ...summed(rows, "refused", "cannot be set"), ...summed(rows, "unknown", "are unknown")];
    if (!always && wrong.length === 0 && count("toSet") === 0) return;
    const quiet = always || count("different") > 0 ? [`${count("different")} differ`] : [];
    const parts = [...summed(rows, "toSet", "to be set"), `${count("set", "alreadySet")} are set`, ...(differ.length > 0 ? [] : quiet), ...wrong];
    context.tell(`Phone numbers of ${rows.length} people: ${parts.join("; ")}`, wrong.length > 0);
}

function methodsOf({ key }: Person): string {
    return `/users/${encodeURIComponent(key)}/authentication/phoneMethods`;
}

function keyOf({ key }: Person): string {
    return key.toLowerCase();
}

function mark(person: Person, number: string): string {
    return createHash("sha256").update(`${keyOf(person)} ${number.toLowerCase().replace(/[^\dx]/g, "")}`).digest("hex").slice(0, 16);
}
