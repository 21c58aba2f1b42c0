// Questions about many people in batches, and what is said of the answers that are none.
import { batch, type Answer, type Asked, type BatchCall } from "../clients/batch";
import { claimsOf } from "../clients/claims";
import { AuthorizationError, CallError, NotFoundError } from "../clients/errors";
import { withoutNumbers } from "./phoneNumber";
import type { Context } from "./resource";

/** One person. */
export interface Person {
    /** What Graph is asked by. */
    key: string;
    /** The object id, where it is known and the key is another. */
    id?: string | undefined;
    /** What the program or the directory calls the person. */
    name: string;
    mobilePhone?: string | null;
}

/** Somebody for whom nothing can be done, and why. */
export interface Left {
    name: string;
    kind: "refused" | "unknown";
    note: string;
}

export const readUsers = "User.Read.All of Microsoft Graph";
export const gone = "no such user: unknown or deleted";
const moreForSome =
    "Others could be changed, so the right is there: for whom Graph says 403 more is needed, Privileged Authentication Administrator for administrators, " +
    "or a role in the administrative unit with restricted management that they are in";
/** How often a long work tells how far it is, in people. */
const every = 500;
const toldFrom = 30_000;

/** Asks for everybody; `what` is told with how far it is, where it takes long. */
export async function ask(asked: Asked[], call: Pick<BatchCall, "version" | "right" | "still">, context: Context, what?: string): Promise<Answer[]> {
    const graph = await context.graph(context.signal);
    const begun = Date.now();
    let told = 0;
    const progress = (done: number) => {
        if (what === undefined || done < told + every || done === asked.length) return;
        told = done;
        context.tell(`${what}: ${done} of ${asked.length} people, after ${Math.round((Date.now() - begun) / 1000)} s`);
    };
    const wait = (milliseconds: number) => {
        if (milliseconds >= toldFrom) context.tell(`Graph asks to wait ${Math.round(milliseconds / 1000)} s`);
        return context.wait(milliseconds);
    };
    return batch(graph, asked, { ...call, signal: context.signal, wait, progress }).catch(hideNumbers);
}

/** Rejects with the error, without numbers: a service may repeat what it was given, and a reply that is cut is shown by its beginning. */
export function hideNumbers(error: unknown): never {
    if (error instanceof CallError && error.status !== undefined) error.message = error.message.replace(error.text, withoutNumbers);
    throw error;
}

/** Why nothing is known of people whom Graph did not tell about. Rejects where the right is missing for all. */
export async function whyNot(failed: { person: Person; error: CallError }[], of: number, context: Context, elsewhere: string): Promise<Map<Person, Left>> {
    if (failed.length === of && failed.length > 0 && failed.every(({ error }) => error instanceof AuthorizationError)) hideNumbers(failed[0]!.error);
    const absent = failed.filter(({ error }) => error.status === 404);
    const url = ({ key }: Person) => `/users/${encodeURIComponent(key)}?$select=id`;
    const answers = await ask(absent.map(({ person }) => ({ method: "GET", url: url(person) })), { version: "v1.0", right: readUsers }, context);
    const isGone = new Set(absent.filter((_, at) => answers[at] instanceof NotFoundError).map(({ person }) => person));
    const isThere = new Set(absent.filter((_, at) => !(answers[at] instanceof CallError)).map(({ person }) => person));
    return new Map(
        failed.map(({ person, error }): [Person, Left] => {
            if (isGone.has(person)) return [person, { name: person.name, kind: "refused", note: gone }];
            return [person, { name: person.name, kind: "unknown", note: isThere.has(person) ? elsewhere : inShort(error) }];
        }),
    );
}

/** What is to be said of refusals, beside whose they are; empty where there are none. Where others could be changed, it is not the right that lacks. */
export function refusal(answers: Answer[]): string {
    const denied = answers.find(answer => answer instanceof AuthorizationError);
    if (denied === undefined) return "";
    return answers.every(answer => answer instanceof CallError) ? `. ${withoutNumbers(denied.message)}` : `. ${moreForSome}`;
}

/** Warns in a preview where the token tells that the update will be refused. That of a person tells not enough. */
export async function tellLack(permission: string, { graph, signal, tell }: Context): Promise<void> {
    const { roles, scp } = claimsOf(await (await graph(signal)).token(signal)) ?? {};
    if (!Array.isArray(roles) || scp !== undefined || roles.includes(permission)) return;
    tell(`The update needs ${permission} of Microsoft Graph, which the token of whoever Pulumi runs as does not have`, true);
}

/** A failure as it is said of one among many. A service may repeat in it what it was given. */
export function inShort({ status, code, text }: CallError): string {
    return [[status, code].filter(Boolean).join(" "), withoutNumbers(text).slice(0, 150)].filter(Boolean).join(": ");
}
