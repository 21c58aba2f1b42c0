// People that a program names, by id or user principal name, or by a group that they are members of.
import { AuthorizationError, CallError, NotFoundError } from "../clients/errors";
import { isUnknown, type Failure, type Properties, type Value } from "../values";
import { ask, gone, hideNumbers, readUsers, type Left, type Person } from "./asking";
import { guid, sameText } from "./inputs";
import { withoutNumbers } from "./phoneNumber";
import type { Context } from "./resource";
import { named, peopleIn } from "./tally";

interface User {
    id: string;
    userPrincipalName?: string | null;
    userType?: string | null;
    mobilePhone?: string | null;
}
type Member = User & { "@odata.type"?: string };

const readMembers = "GroupMember.Read.All and User.Read.All of Microsoft Graph";
const guest = "a guest, who signs in elsewhere";
/** From how many people on the directory is listed in place of asking about each. */
const listedFrom = 1_000;
/** Graph's most for one page. */
const page = 999;
const who = "id,userPrincipalName,userType";
// Without what parts a line of a table, which may have a number in it, and without what is not seen.
const principalName = /^[^\s\p{C}@,;:|=/\\<>()[\]{}"]+@[a-z\d.-]+$/iu;

/** Whether a text may be an object id or a user principal name. */
export function userId(name: string): boolean {
    return guid(name) || principalName.test(name);
}

/** What is wrong with names or with their group, of which there has to be one. `property` has the names. */
export function checkPeople(property: string, inputs: Properties, names: string[] | undefined): Failure[] {
    const group = inputs["fromGroup"] ?? null;
    const both = (inputs[property] ?? null) !== null && group !== null;
    if (both || (group === null && (inputs[property] ?? null) === null)) {
        return [{ property: "fromGroup", reason: `expected either ${property} or fromGroup; received ${both ? "both" : "neither"}` }];
    }
    const wrongGroup = group !== null && !isUnknown(group) && !guid(group);
    const all = names ?? [];
    const strange = all.filter(name => !userId(name));
    const twice = twins(all.map(name => ({ name, id: name })));
    return [
        ...(wrongGroup ? [{ property: "fromGroup", reason: `expected the object id of a group, a GUID; received ${JSON.stringify(group)}` }] : []),
        ...(strange.length > 0 ? [{ property, reason: `expected object ids and user principal names; received ${named(strange)}` }] : []),
        ...(twice.length > 0 ? [{ property, reason: `the same user is named twice: ${named(twice)}` }] : []),
    ];
}

/**
 * The inputs without people of whom a value is not known in this preview; nothing where one is not known that is about all. Which is told: a preview that
 * says nothing is taken for one that finds nothing. `property` has the people, `deciding` are the others that matter.
 */
export function knownPart(property: string, deciding: string[], inputs: Properties, { tell }: Context): Properties | undefined {
    const open = [property, "fromGroup", ...deciding].filter(name => isUnknown(inputs[name] ?? null));
    if (open.length > 0) return void tell(`${open.join(", ")}: not known before the update, so nothing is known of what it does to whom`);
    const given = inputs[property] ?? {};
    const known = Array.isArray(given) ? knownTexts(given) : Object.fromEntries(Object.entries(given).filter(([, value]) => !isUnknown(value)));
    const left = Object.keys(given).length - Object.keys(known).length;
    if (left === 0) return inputs;
    tell(`${property}: of ${peopleIn(left)} it is not known before the update`);
    return { ...inputs, [property]: known };
}

/** Rejects, with all of them, where names are of nobody, of a guest, or of somebody who is named already. Else gives their object ids, by all of their names in lower case. */
export async function refuseStrangers(property: string, names: string[], context: Context): Promise<{ [name: string]: string }> {
    const users = names.length > listedFrom ? await listed(names, context) : await asked(names, context);
    const those = (is: (at: number) => boolean) => names.filter((_, at) => is(at));
    const wrong = [
        [gone, those(at => users[at] === undefined)],
        [guest, those(at => isGuest(users[at]))],
        ["named twice, by id and by name", twins(names.flatMap((name, at) => (users[at] ? [{ name, id: users[at].id }] : [])))],
    ] as const;
    const said = wrong.filter(([, those]) => those.length > 0).map(([why, those]) => `${property}: ${named([...those])}: ${why}`);
    if (said.length > 0) throw new Error(`${said.join("\n")}\nNothing was changed. Take them out of ${property}, or correct them`);
    const ids = users.flatMap((user, at) => [names[at]!, user!.userPrincipalName ?? user!.id, user!.id].map(name => [name.toLowerCase(), user!.id.toLowerCase()]));
    return Object.fromEntries(ids);
}

/** Tells who was declared and is no longer, however somebody is called now. */
export function tellLeft(property: string, before: string[], now: string[], ids: { [name: string]: string }, { tell }: Context): void {
    const idOf = (name: string) => ids[name.toLowerCase()] ?? name.toLowerCase();
    const still = new Set(now.map(idOf));
    const left = before.filter(name => !still.has(idOf(name)));
    if (left.length > 0) tell(`${property}: ${left.length} no longer declared, and left as they are: ${named(left)}`);
}

/** Who the names are of; undefined where they are of nobody. */
async function asked(names: string[], context: Context): Promise<(User | undefined)[]> {
    const path = (name: string) => `/users/${encodeURIComponent(name)}?$select=${who}`;
    const answers = await ask(names.map(name => ({ method: "GET", url: path(name) })), { version: "v1.0", right: readUsers }, context);
    const failed = answers.find((answer): answer is CallError => answer instanceof CallError && !(answer instanceof NotFoundError));
    if (failed) throw failed;
    return answers.map(answer => (answer instanceof CallError ? undefined : (answer.body as User)));
}

/** The same of many: a page of the directory has as many as 50 batches ask about. */
async function listed(names: string[], context: Context): Promise<(User | undefined)[]> {
    const graph = await context.graph(context.signal);
    const all = await graph.getAll<User>(`/v1.0/users?$select=${who}&$top=${page}`, { right: readUsers, signal: context.signal });
    const known = new Map(all.flatMap(user => [user.id, user.userPrincipalName ?? user.id].map(name => [name.toLowerCase(), user] as const)));
    return names.map(name => known.get(name.toLowerCase()));
}

/** The members of a group, nested ones too, and those of whom nothing is known. */
export async function membersOf(group: string, context: Context): Promise<{ people: Person[]; left: Left[] }> {
    const graph = await context.graph(context.signal);
    const path = `/v1.0/groups/${group}/transitiveMembers?$select=${who},mobilePhone&$top=${page}`;
    const members = await graph.getAll<Member>(path, { right: readMembers, signal: context.signal }).catch((error: unknown) => {
        if (!(error instanceof NotFoundError)) return hideNumbers(error);
        throw new NotFoundError({ call: "fromGroup", text: `the tenant has no group ${group}; correct the id, an object id of Entra ID` });
    });
    const users = members.filter(one => one["@odata.type"] === undefined || sameText(one["@odata.type"], "#microsoft.graph.user"));
    if (users.length === 0) context.tell(`fromGroup: the group ${group} has no members who are users`, true);
    const left = users.flatMap((user): Left[] => {
        // Of whom the caller may not read, Graph tells the id alone.
        if (typeof user.userPrincipalName !== "string") return [{ name: user.id, kind: "unknown", note: `whoever Pulumi runs as may lack ${readUsers}` }];
        return isGuest(user) ? [{ name: user.userPrincipalName, kind: "refused", note: guest }] : [];
    });
    const names = new Set(left.map(({ name }) => name));
    const people = users.map(({ id, userPrincipalName, mobilePhone }) => ({ key: id, name: userPrincipalName ?? id, mobilePhone }));
    return { people: people.filter(({ name }) => !names.has(name)), left };
}

/**
 * What a look finds; where the group is gone, or the right to look, that, which is told. Whoever only reads, as each run of the stack does first, cannot
 * end for it: not even what takes the resource out of the stack could be run.
 */
export async function orUnknown<T>(work: Promise<T>, { tell }: Context): Promise<T | Error> {
    try {
        return await work;
    } catch (error) {
        if (!(error instanceof NotFoundError || error instanceof AuthorizationError)) throw error;
        tell(`${error.message}. Nothing is known of anybody until then`, true);
        return new Error(withoutNumbers(error.text));
    }
}

/** What is to be said of people whom a table names and who are gone, beside who they are. */
export function stuck(property: string): string {
    return `, and the next change fails until they are taken out of ${property}`;
}

/** The texts of a list that are known. */
export function knownTexts(value: Value | undefined): string[] {
    return (Array.isArray(value) ? value : []).filter(item => !isUnknown(item)).map(String);
}

function isGuest(user: User | undefined): boolean {
    return sameText(user?.userType, "Guest");
}

function twins(all: { name: string; id: string }[]): string[] {
    const seen = new Set<string>();
    return all.filter(({ id }) => seen.size === seen.add(id.toLowerCase()).size).map(({ name }) => name);
}
