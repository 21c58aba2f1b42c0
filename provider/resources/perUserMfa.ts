// Whether people need MFA at every sign-in, each by a state of their own. It is in Graph's beta alone.
// https://learn.microsoft.com/graph/api/authentication-update
import { randomUUID } from "node:crypto";
import type { Answer, Asked } from "../clients/batch";
import { CallError } from "../clients/errors";
import { isUnknown, type Properties, type Value } from "../values";
import { ask, inShort, refusal, tellLack, whyNot, type Person } from "./asking";
import { checked } from "./inputs";
import { checkPeople, knownPart, knownTexts, membersOf, orUnknown, refuseStrangers, stuck, tellLeft } from "./people";
import { Unfinished, type Context, type Found, type ResourceType } from "./resource";
import { named, noneKnown, peopleIn, summed, tallied, unsettled, type Judged } from "./tally";
import { untilKnown } from "./untilKnown";

const kinds = ["asDeclared", "different", "refused", "unknown"] as const;
type Kind = (typeof kinds)[number];
interface Row extends Judged<Kind> {
    person?: Person;
}

const states = ["disabled", "enabled", "enforced"];
const readRight = "Policy.Read.All of Microsoft Graph";
const permission = "Policy.ReadWrite.AuthenticationMethod";
const writeRight = `${permission} of Microsoft Graph`;
const nowhere = "Graph's beta says 404 of authentication/requirements, although the user is there: some tenants do not have it";
const advice =
    "Microsoft's advice is Conditional Access in place of MFA for each user, and not both: a user who is enabled or enforced is asked at each " +
    "sign-in (but from trusted addresses and remembered devices), whatever Conditional Access says";

let advised = false;

/** `hybrid-identity:mfa:PerUserMfa`. */
export const perUserMfa: ResourceType = {
    ofPeople: true,
    replaceOn: [],
    check: inputs => [
        ...checkPeople("users", inputs, isUnknown(inputs["users"] ?? null) ? undefined : knownTexts(inputs["users"])),
        ...checked(inputs, [{ property: "perUserMfaState", expected: '"enabled", "disabled" or "enforced"', accepts: value => states.includes(String(value)) }]),
    ],
    unsettled: state => unsettled(state, "different"),
    async foresee(given, state, context) {
        const inputs = knownPart("users", ["perUserMfaState"], given, context);
        if (inputs === undefined) return;
        if (state["asDeclared"] === undefined) advise(inputs, context);
        await refuse(given, state, context);
        const rows = await look(inputs, context);
        refuseNowhere(rows);
        say(rows, inputs, context, true);
        if (rows.some(({ kind }) => kind === "different")) await tellLack(permission, context);
    },
    async create(inputs, context) {
        advise(inputs, context);
        return enforce(randomUUID(), {}, inputs, context);
    },
    importedBy: "nothing: users who are in the state already count as such when the resource is created",
    async read(id, inputs, context, state = {}) {
        if (!inputs) throw new Error("PerUserMfa cannot be imported. Declare it: users who are in the state already count as such");
        const rows = await orUnknown(look(inputs, context), context);
        if (rows instanceof Error) return { id, inputs, state: { ...inputs, ...noneKnown(kinds, "different", state, rows.message) } };
        say(rows, inputs, context, false);
        return found(id, inputs, rows);
    },
    update: (id, olds, inputs, context) => enforce(id, olds, inputs, context),
    // To take MFA from people is nothing that somebody should do who only ends to declare it.
    delete: () => Promise.resolve(),
};

function advise({ perUserMfaState }: Properties, context: Context): void {
    if (advised || perUserMfaState === "disabled") return;
    advised = true;
    context.tell(advice, true);
}

async function refuse({ users }: Properties, olds: Properties, context: Context): Promise<void> {
    if (users === undefined) return;
    const names = knownTexts(users);
    const ids = await refuseStrangers("users", names, context);
    // Whose name is not known yet may be anybody.
    if (names.length === (users as Value[]).length) tellLeft("users", knownTexts(olds["users"]), names, ids, context);
}

async function look(inputs: Properties, context: Context): Promise<Row[]> {
    const { people, left } = await peopleOf(inputs, context);
    return [...(await lookAt(people, inputs, context)), ...left];
}

async function lookAt(people: Person[], inputs: Properties, context: Context): Promise<Row[]> {
    const call = { version: "beta", right: readRight } as const;
    const answers = await ask(people.map(person => ({ method: "GET", url: requirementsOf(person) })), call, context, "read the states");
    const failed = people.flatMap((person, at) => (answers[at] instanceof CallError ? [{ person, error: answers[at] }] : []));
    const why = await whyNot(failed, people.length, context, nowhere);
    return people.map((person, at): Row => {
        const { perUserMfaState: state } = (answers[at] as { body?: { perUserMfaState?: string } }).body ?? {};
        return { person, name: person.name, ...(why.get(person) ?? judge(state, String(inputs["perUserMfaState"]))) };
    });
}

/** Rejects where the tenant has such a state of nobody. */
function refuseNowhere(rows: Row[]): void {
    const asked = rows.filter(({ person }) => person !== undefined);
    const nobody = asked.length > 0 && asked.every(({ note }) => note === nowhere);
    if (nobody) throw new Error(`perUserMfaState: ${nowhere}. Use Conditional Access in this tenant`);
}

async function peopleOf(inputs: Properties, context: Context): Promise<{ people: Person[]; left: Row[] }> {
    if (inputs["fromGroup"] !== undefined) return membersOf(String(inputs["fromGroup"]), context);
    return { people: knownTexts(inputs["users"]).map(name => ({ key: name, name })), left: [] };
}

/** Graph itself makes enforced of enabled once somebody has registered a method. */
function judge(state: string | undefined, wanted: string): { kind: Kind; note?: string } {
    if (state === undefined || !states.includes(state)) return { kind: "unknown", note: `Graph told the state ${JSON.stringify(state ?? null)}` };
    const fine = state === wanted || (state === "enforced" && wanted === "enabled");
    return fine ? { kind: "asDeclared" } : { kind: "different", note: state };
}

async function enforce(id: string, olds: Properties, inputs: Properties, context: Context): Promise<Found> {
    await refuse(inputs, olds, context);
    // A group may be made by this very run.
    const rows = await untilKnown(() => look(inputs, context), context);
    refuseNowhere(rows);
    const settled = await set(rows.filter(({ kind }) => kind === "different"), inputs, context);
    const after = rows.map(row => settled.rows.get(row) ?? row);
    const result = found(id, inputs, after);
    const failed = after.filter(({ kind }) => kind === "different" || kind === "unknown");
    say(after, inputs, context, false);
    if (failed.length === 0) return result;
    const those = named(failed.map(({ name, note }) => `${name} (${note})`));
    const message = `${failed.length} of ${peopleIn(after.length)} not ${String(inputs["perUserMfaState"])}, or not known: ${those}. The next run goes on`;
    throw new Unfinished(result, new Error(`${message}${refusal(settled.answers)}`));
}

/**
 * Sets the states that are not as declared. Among many people, and where Graph throttles or fails, minutes pass between the look and the call, in which
 * `enforced` may take the place of what is declared as `enabled`: each time it is sent only where the state is still to be changed.
 */
async function set(open: Row[], inputs: Properties, context: Context): Promise<{ rows: Map<Row, Row>; answers: Answer[] }> {
    const body = { perUserMfaState: inputs["perUserMfaState"] };
    const patches = open.map(({ person }): Asked => ({ method: "PATCH", url: requirementsOf(person!), body }));
    const rowOf = new Map(patches.map((patch, at) => [patch, open[at]!]));
    const seen = new Map<Row, Row>();
    const still = async (asked: Asked[]): Promise<Asked[]> => {
        const rows = await lookAt(asked.map(one => rowOf.get(one)!.person!), inputs, context);
        asked.forEach((one, at) => seen.set(rowOf.get(one)!, rows[at]!));
        return asked.filter((_, at) => rows[at]!.kind === "different");
    };
    const answers = await ask(patches, { version: "beta", right: writeRight, still }, context, "set the states");
    const settle = (row: Row, answer: Answer): Row => {
        if (!(answer instanceof CallError)) return { ...row, kind: "asDeclared", note: undefined };
        const last = seen.get(row) ?? row;
        return last.kind === "different" ? { ...last, note: `${last.note}; ${inShort(answer)}` } : last;
    };
    return { rows: new Map(open.map((row, at) => [row, settle(row, answers[at]!)])), answers };
}

function found(id: string, inputs: Properties, rows: Row[]): Found {
    return { id, inputs, state: { ...inputs, ...tallied(kinds, "different", rows) } };
}

function say(rows: Row[], { users }: Properties, context: Context, always: boolean): void {
    const wrong = [...summed(rows, "refused", `cannot be changed${users === undefined ? "" : stuck("users")}`), ...summed(rows, "unknown", "unknown")];
    const differ = summed(rows, "different", "not as declared");
    if (!always && wrong.length + differ.length === 0) return;
    const fine = rows.filter(({ kind }) => kind === "asDeclared").length;
    context.tell(`MFA state of ${peopleIn(rows.length)}: ${[`${fine} as declared`, ...differ, ...wrong].join("; ")}`, wrong.length > 0 || (!always && differ.length > 0));
}

function requirementsOf({ key }: Person): string {
    return `/users/${encodeURIComponent(key)}/authentication/requirements`;
}
