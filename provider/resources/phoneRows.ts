// People with the number that is declared for them and the one that Graph has.
import { CallError } from "../clients/errors";
import type { Answer } from "../clients/batch";
import type { Properties } from "../values";
import { ask, whyNot, type Person } from "./asking";
import { membersOf } from "./people";
import { isOutdated, isOwn, type Memory } from "./phoneMemory";
import { graphNumber, masked, maskedBeside, sameNumber, WrongNumber } from "./phoneNumber";
import type { Context } from "./resource";
import type { Judged } from "./tally";

export const kinds = ["set", "alreadySet", "toSet", "different", "refused", "unknown"] as const;
type Kind = (typeof kinds)[number];

/** A person, the number that is declared, and the one that Graph has. */
export interface Row extends Judged<Kind> {
    person?: Person;
    number?: string;
    present?: string;
    /** Whether the number that Graph has is not this resource's. */
    replaces?: true;
}
/** One whose number is to be written. */
export type Open = Row & { person: Person; number: string };

/** What an application needs. */
export const permission = "UserAuthenticationMethod.ReadWrite.All";
const right =
    `${permission} of Microsoft Graph (a person who runs this also the role Authentication Administrator, and for the ` +
    "numbers of administrators Privileged Authentication Administrator)";
/** What all calls about phone methods share. */
export const call = { version: "v1.0", right } as const;
/** The id of everybody's mobile phone. */
export const mobile = "3179e48a-750b-4051-897c-87b9720928f7";
/** What is said where that may be from before. */
export const unseen = "a number was set by this resource less than 15 minutes ago: not shown by Graph yet, or changed since";
const nowhere = "Graph says 404 of the phone methods, although the user is there";

/** Everybody who is declared, with what Graph has of them. */
export async function look(inputs: Properties, memory: Memory, context: Context): Promise<Row[]> {
    const { rows, left } = await declared(inputs, memory, context);
    const present = await numbersOf(rows.map(({ person }) => person), context);
    const judged = rows.map((row): Row => {
        const there = present.get(row.person);
        return typeof there === "object" ? { ...row, ...there } : { ...row, present: there, ...judge(row, there, memory, inputs) };
    });
    return [...judged, ...left];
}

async function declared(inputs: Properties, { ids }: Memory, context: Context): Promise<{ rows: Open[]; left: Row[] }> {
    const open = (person: Person, number: string): Open => ({ person, name: person.name, number: graphNumber(number), kind: "toSet" });
    if (inputs["fromGroup"] === undefined) {
        return { rows: Object.entries(phonesOf(inputs)).map(([name, number]) => open({ key: name, name, id: ids[name.toLowerCase()] }, number)), left: [] };
    }
    const { people, left } = await membersOf(String(inputs["fromGroup"]), context);
    const wrong = new Map(people.map(person => [person, wrongWith(person.mobilePhone ?? "")]));
    const [good, bad] = [people.filter(person => wrong.get(person) === undefined), people.filter(person => wrong.get(person) !== undefined)];
    return {
        rows: good.map(person => open(person, person.mobilePhone!)),
        left: [...left, ...bad.map((person): Row => ({ person, name: person.name, kind: "refused", note: `mobilePhone ${wrong.get(person)}` }))],
    };
}

/** The mobile number of each, undefined where there is none; or why that is not known. */
export async function numbersOf(people: Person[], context: Context): Promise<Map<Person, string | undefined | Judged<Kind>>> {
    const answers = await ask(people.map(person => ({ method: "GET", url: methodsOf(person) })), call, context, "read the phone methods");
    const failed = people.flatMap((person, at) => (answers[at] instanceof CallError ? [{ person, error: answers[at] }] : []));
    const why = await whyNot(failed, people.length, context, nowhere);
    return new Map(people.map((person, at) => [person, why.get(person) ?? mobileIn(person, answers[at]!)]));
}

/** An answer without the list, or without the number, does not say that there is none. */
function mobileIn({ name }: Person, answer: Answer): string | undefined | Judged<Kind> {
    const methods = (answer as { body?: { value?: { id?: string; phoneNumber?: string | null }[] } | null }).body?.value;
    if (!Array.isArray(methods)) return { name, kind: "unknown", note: "Graph's answer has no list of phone methods" };
    const found = methods.find(({ id }) => id === mobile);
    if (found && typeof found.phoneNumber !== "string") return { name, kind: "unknown", note: "Graph has a mobile number and does not tell it" };
    return found?.phoneNumber ?? undefined;
}

function judge({ person, number }: Open, present: string | undefined, memory: Memory, inputs: Properties): Pick<Row, "kind" | "note" | "replaces"> {
    const late = isOutdated(memory, person, present);
    if (present === undefined) return { kind: "toSet", ...(late ? { note: unseen } : {}) };
    const own = isOwn(memory, person, present);
    if (sameNumber(present, number)) return { kind: own ? "set" : "alreadySet" };
    const other = maskedBeside(present, number);
    if (own) return { kind: "toSet", note: `${masked(present)}, which this resource set, becomes ${other}` };
    if (inputs["whenDifferent"] === "replace") return { kind: "toSet", replaces: true, note: `${masked(present)} is replaced by ${other}` };
    return { kind: "different", note: `has ${masked(present)}, declared ${other}${late ? `; ${unseen}` : ""}` };
}

/** The table of the program, empty where a group stands in its place. */
export function phonesOf(inputs: Properties): { [user: string]: string } {
    return (inputs["phones"] ?? {}) as { [user: string]: string };
}

/** What is wrong with a number; undefined where nothing is. */
export function wrongWith(number: string): string | undefined {
    try {
        graphNumber(number);
        return undefined;
    } catch (error) {
        if (error instanceof WrongNumber) return error.message;
        throw error;
    }
}

/** Where the phone methods of a person are. */
export function methodsOf({ key }: Person): string {
    return `/users/${encodeURIComponent(key)}/authentication/phoneMethods`;
}
