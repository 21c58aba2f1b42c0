// Members of a group as a set. One recipient has several identifiers, and a program may use any of them.
import { list } from "../clients/exchange";
import type { Value } from "../values";
import { sameText } from "./inputs";

/** A recipient by its identifiers. */
export interface Identified {
    Guid: string;
    Name?: string | null;
    Identity?: string | null;
    ExternalDirectoryObjectId?: string | null;
    DistinguishedName?: string | null;
    PrimarySmtpAddress?: string | null;
    EmailAddresses?: string[] | string | null;
}

/** Declared members against those that are there. */
export interface Matched {
    /** Declared and there, as they are declared. */
    present: string[];
    /** Declared and not there, as they are declared. */
    missing: string[];
    /** There and not declared. */
    foreign: Identified[];
}

/** Whether the recipient has this GUID, SMTP address or name. */
export function isCalled(recipient: Identified, name: string): boolean {
    const { Guid, ExternalDirectoryObjectId, DistinguishedName, PrimarySmtpAddress, Identity, Name } = recipient;
    const addresses = list(recipient.EmailAddresses).map(address => address.replace(/^smtp:/i, ""));
    const names = [Guid, ExternalDirectoryObjectId, DistinguishedName, PrimarySmtpAddress, ...addresses, Identity, Name];
    return names.some(each => sameText(each, name));
}

/** Matches declared names with members. `guids` tells the GUIDs of names that the members themselves do not show. */
export function match(declared: string[], found: Identified[], guids: { readonly [name: string]: string | undefined } = {}): Matched {
    const is = (member: Identified, name: string) => isCalled(member, name) || sameText(member.Guid, guids[name]);
    return {
        present: declared.filter(name => found.some(member => is(member, name))),
        missing: declared.filter(name => !found.some(member => is(member, name))),
        foreign: found.filter(member => !declared.some(name => is(member, name))),
    };
}

/** The same, with `resolve` asked for the GUID of a name where nothing else tells whether it is one of those that are there. */
export async function matchAll(
    declared: string[],
    found: Identified[],
    resolve: (name: string) => Promise<Identified | undefined>,
): Promise<Matched> {
    const { missing, foreign } = match(declared, found);
    if (missing.length === 0 || foreign.length === 0) return match(declared, found);
    const guids = await Promise.all(missing.map(async name => [name, (await resolve(name))?.Guid] as const));
    return match(declared, found, Object.fromEntries(guids));
}

/** What a program would write for the recipient. */
export function labelOf({ PrimarySmtpAddress, Guid }: Identified): string {
    return PrimarySmtpAddress || Guid;
}

/** Whether two lists hold the same texts, in any order and case. */
export function sameSet(one: Value, other: Value): boolean {
    if (!Array.isArray(one) || !Array.isArray(other)) return false;
    const within = (list: Value[], all: Value[]) => list.every(each => all.some(another => sameText(each, another)));
    return within(one, other) && within(other, one);
}
