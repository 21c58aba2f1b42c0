// The mobile numbers that people prove themselves with. Only what is missing is set: a number that somebody registered is theirs.
// https://learn.microsoft.com/graph/api/authentication-post-phonemethods
import { randomUUID } from "node:crypto";
import { isUnknown, type Properties, type Value } from "../values";
import { refusal, tellLack } from "./asking";
import { checked, flag, text } from "./inputs";
import { checkPeople, knownPart, orUnknown, refuseStrangers, stuck, tellLeft, userId } from "./people";
import { keyOf, memoryOf, remembered, type Memory } from "./phoneMemory";
import { withoutNumbers } from "./phoneNumber";
import { kinds, look, permission, phonesOf, wrongWith, type Open, type Row } from "./phoneRows";
import { removeOwn, send, settle, write } from "./phoneWrites";
import { Unfinished, type Context, type Found, type ResourceType } from "./resource";
import { named, noneKnown, peopleIn, summed, tallied, unsettled } from "./tally";
import { untilKnown } from "./untilKnown";

/** `hybrid-identity:mfa:PhoneMethods`. */
export const phoneMethods: ResourceType = {
    ofPeople: true,
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
                { property: "replaceReason", expected: "a text that says why, without telephone numbers", optional: true, accepts: isReason },
            ]),
        ];
    },
    unsettled: state => unsettled(state, "toSet"),
    async foresee(given, state, context) {
        const inputs = knownPart("phones", ["whenDifferent", "replaceReason"], given, context);
        if (inputs === undefined) return;
        const rows = await look(inputs, await known(given, state, context), context);
        say(rows, inputs, context, true);
        if (rows.some(({ kind }) => kind === "toSet")) await tellLack(permission, context);
    },
    create: (inputs, context) => enforce(randomUUID(), {}, inputs, context),
    importedBy: "nothing: numbers that people have already count as set when the resource is created",
    async read(id, inputs, context, state = {}) {
        if (!inputs) throw new Error("PhoneMethods cannot be imported. Declare it: numbers that people have already count as set");
        const rows = await orUnknown(look(inputs, memoryOf(state), context), context);
        const { ownNumbers = {}, objectIds = {} } = state;
        if (rows instanceof Error) return { id, inputs, state: { ...inputs, ...noneKnown(kinds, "toSet", state, rows.message), ownNumbers, objectIds } };
        say(rows, inputs, context, false);
        return { id, inputs, state: { ...inputs, ...tallied(kinds, "toSet", rows), ...remembered(rows, memoryOf(state), inputs) } };
    },
    update: (id, olds, inputs, context) => enforce(id, olds, inputs, context),
    async delete(id, state, context) {
        if (state["removeOnDestroy"] === true) await removeOwn(id, memoryOf(state), context);
    },
};

/** A reason stands in clear in state. */
function isReason(value: Value): boolean {
    return text()(value) && !/\+\d[\d\s()./-]{5,}/.test(String(value));
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
    const swapped = (users: string[]) => users.some(user => !userId(user) && withoutNumbers(user) !== user);
    return [...wrong].map(([why, users]) => {
        const hint = swapped(users) ? ". The users and numbers are the wrong way round, perhaps" : "";
        return { property: "phones", reason: `${form}; the number of each of these ${why}: ${named(users)}${hint}` };
    });
}

/** What a resource remembers, with who the people are. Rejects where some are none that can have a number; tells who is declared no longer. */
async function known(inputs: Properties, olds: Properties, context: Context): Promise<Memory> {
    const memory = memoryOf(olds);
    if (inputs["phones"] === undefined) return memory;
    const ids = { ...memory.ids, ...(await refuseStrangers("phones", Object.keys(phonesOf(inputs)), context)) };
    tellLeft("phones", Object.keys(phonesOf(olds)), Object.keys(phonesOf(inputs)), ids, context);
    return { ...memory, ids };
}

async function enforce(id: string, olds: Properties, inputs: Properties, context: Context): Promise<Found> {
    const memory = await known(inputs, olds, context);
    // A group may be made by this very run.
    const rows = await untilKnown(() => look(inputs, memory, context), context);
    const open = rows.filter((row): row is Open => row.kind === "toSet");
    const answers = await send(open, open.map(write), context, "set phone methods");
    const written = new Map(open.map((row, at) => [row, answers[at]!] as const));
    const settled = await settle(written, memory, context);
    const after = rows.map(row => settled.get(row as Open) ?? row);
    for (const { person } of after) if (person) context.declaredBy.set(keyOf(person), id);
    const result = { id, inputs, state: { ...inputs, ...tallied(kinds, "toSet", after), ...remembered(after, memory, inputs) } };
    // Somebody's own number went: what the preview could not say is said here at the latest.
    const replaced = open.filter(row => row.replaces && settled.get(row)!.kind === "set");
    if (replaced.length > 0) context.tell(`Phone numbers that people had registered: ${summed(replaced, "toSet", "replaced").join("")}`);
    say(after, inputs, context, false);
    const failed = after.filter(({ kind }) => kind === "toSet" || kind === "unknown");
    if (failed.length === 0) return result;
    const those = named(failed.map(({ name, note }) => (note === undefined ? name : `${name} (${note})`)));
    const message = `${failed.length} of ${peopleIn(after.length)}: the number is not set, or not known: ${those}. The next run goes on where this one ended`;
    throw new Unfinished(result, new Error(`${message}${refusal(answers)}`));
}

/** What somebody is to know; where all is as it should be, only when `always`, as in a preview of what is declared. What is missing else is drift. */
function say(rows: Row[], { whenDifferent, phones }: Properties, context: Context, always: boolean): void {
    const count = (...sought: Row["kind"][]) => rows.filter(({ kind }) => sought.includes(kind)).length;
    const differ = whenDifferent === "report" ? summed(rows, "different", "with another number, which stays") : [];
    const wrong = [...differ, ...summed(rows, "refused", `cannot be set${phones === undefined ? "" : stuck("phones")}`), ...summed(rows, "unknown", "unknown")];
    if (!always && wrong.length === 0 && count("toSet") === 0) return;
    const quiet = always || count("different") > 0 ? [`${count("different")} with another number`] : [];
    const parts = [...summed(rows, "toSet", "to be set"), `${count("set", "alreadySet")} set`, ...(differ.length > 0 ? [] : quiet), ...wrong];
    context.tell(`Phone numbers of ${peopleIn(rows.length)}: ${parts.join("; ")}`, wrong.length > 0 || (!always && count("toSet") > 0));
}
