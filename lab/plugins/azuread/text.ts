// Ids and texts that more than one resource type takes.
import type { Field } from "../shared/schema";
import { same, type Properties, type Value } from "../shared/values";

const uuidForm = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

const filled = (text: string) => (text.trim() === "" ? "must not be empty; give a text" : undefined);
const uuid = (text: string) => (uuidForm.test(text) ? undefined : "must be a UUID; give one");
const date = (text: string) =>
    /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/.test(text) ? undefined : "must be a date such as 2026-01-02T15:04:05Z";
const oneOf = (...texts: string[]) => (text: string) => (texts.includes(text) ? undefined : `must be one of ${texts.join(", ")}`);
const duration = (text: string) => (/^(\d+h)?(\d+m)?(\d+s)?$/.test(text) && text ? undefined : "must be a duration such as 240h30m");
const application = (text: string) =>
    partOf(text, "applications") ? undefined : "must be an application's id, /applications/{object id}; use the application's id, not its client id";

/** What a text must be. */
export const valid = { filled, uuid, date, oneOf, duration, application };

/** The application that a credential belongs to. */
export const applicationId: Field = { kind: "string", required: true, replaces: true, invalid: application };

/** The part of a resource id that follows `name`: /applications/{this}; nothing for an id of another form. */
export function partOf(id: string, name: string): string | undefined {
    const [, value] = new RegExp(`^/(?:[^/]+/[^/]+/)?${name}/([^/]+)`).exec(id) ?? [];
    return value;
}

/** What the id of a credential names: {object id of the application}/{kind}/{key id}; nothing for an id of another form. */
export function credentialOf(id: string, kind: string): { oid: string; keyId: string } | undefined {
    const [, oid, keyId] = new RegExp(`^([^/]+)/${kind}/([^/]+)$`).exec(id) ?? [];
    return oid && keyId ? { oid, keyId } : undefined;
}

/** The same, of a credential that is in state: an id of another form was written by something else. */
export function knownCredential(id: string, kind: string): { oid: string; keyId: string } {
    const credential = credentialOf(id, kind);
    if (credential) return credential;
    throw new Error(`unable to parse the ID "${id}"; it has the form {object id of the application}/${kind}/{id}`);
}

export const texts = (value: Value | undefined): string[] => (Array.isArray(value) ? (value as string[]) : []);
export const objects = (value: Value | undefined): Properties[] => (Array.isArray(value) ? (value as Properties[]) : []);
export const object = (value: Value | undefined): Properties => (value ?? {}) as Properties;

/** The text, or nothing where it is empty: Graph clears what is null. */
export const orNull = (value: Value | undefined): Value => (value === undefined || value === "" ? null : value);

/** The text, or an empty one where Graph says nothing. */
export const orEmpty = (value: Value | undefined): Value => value ?? "";

/** When a credential ends: as given, or so long after its start. The plugin cuts what it calculates to seconds. */
export function endOf(inputs: Properties): string | undefined {
    const { endDate, endDateRelative: relative, startDate } = inputs as Record<string, string | undefined>;
    if (endDate !== undefined || relative === undefined) return endDate;
    const [, hours = 0, minutes = 0, seconds = 0] = /^(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?$/.exec(relative) ?? [];
    const start = startDate === undefined ? Date.now() : Date.parse(startDate);
    const length = (Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds);
    return new Date(start + length * 1000).toISOString().replace(/\.\d+Z$/, "Z");
}

/** The delegated permissions that an application exposes. */
export const scopesOf = (given: Properties): Properties[] => objects(object(given["api"])["oauth2PermissionScopes"]);

/** Whether two roles or permissions say the same; an empty text says nothing. */
export function sameItem(a: Properties, b: Properties): boolean {
    const told = (item: Properties) => Object.fromEntries(Object.entries(item).filter(([, value]) => value !== ""));
    return same(told(a), told(b));
}
