// A mail-enabled security group as Exchange Online tells it, against what a program declares.
import { CallError, NotFoundError } from "../clients/errors";
import { list, type ExchangeClient } from "../clients/exchange";
import { getRecipient } from "../clients/recipient";
import type { Properties, Value } from "../values";
import { call } from "./cmdlets";
import { sameText } from "./inputs";
import { isCalled, labelOf, matchAll, type Identified, type Matched } from "./members";
import type { Context, Found } from "./resource";

/** As Get-DistributionGroup tells it. */
export interface Group extends Identified {
    Name: string;
    RecipientTypeDetails?: string | null;
    ManagedBy?: string[] | string | null;
    [property: string]: unknown;
}

/** What one resource works with. */
export interface Work {
    exchange: ExchangeClient;
    context: Context;
}

/** Simple inputs and the properties that hold them. Notes are told and changed by cmdlets of their own. */
export const properties: readonly (readonly [input: string, property: string])[] = [
    ["alias", "Alias"],
    ["displayName", "DisplayName"],
    ["primarySmtpAddress", "PrimarySmtpAddress"],
    ["notes", "Notes"],
    ["requireSenderAuthentication", "RequireSenderAuthenticationEnabled"],
    ["hiddenFromAddressLists", "HiddenFromAddressListsEnabled"],
];

/** The group with this Guid, with its notes where they matter; out of lists that all share, or asked anew. Undefined: there is none. */
export async function groupOf(
    id: string,
    inputs: Properties | undefined,
    anew: boolean,
    { exchange, context }: Work,
): Promise<Group | undefined> {
    const find = async (cmdlet: string) => {
        const groups = anew
            ? await exchange.run<Group>(cmdlet, { Identity: id }, call(context)).catch(noneWhereNotFound)
            : await exchange.all<Group>(cmdlet, { ResultSize: "Unlimited" }, call(context));
        return groups.find(({ Guid }) => sameText(Guid, id));
    };
    const group = await find("Get-DistributionGroup");
    if (!group || (inputs && inputs["notes"] === undefined)) return group;
    return { ...group, Notes: (await find("Get-Group"))?.["Notes"] };
}

/** The group's direct members. */
export function membersOf(id: string, { exchange, context }: Work): Promise<Identified[]> {
    return exchange.run<Identified>("Get-DistributionGroupMember", { Identity: id, ResultSize: "Unlimited" }, call(context));
}

/** Declared members against those that are there. */
export function matchMembers(declared: Value | undefined, there: Identified[], { exchange, context }: Work): Promise<Matched> {
    return matchAll(texts(declared), there, name => getRecipient(exchange, name, context.signal));
}

/** The group's owners: the declared ones that are, and the names of the others. */
export async function matchOwners(declared: string[], group: Group, work: Work): Promise<{ present: string[]; others: string[] }> {
    const owners = list(group.ManagedBy);
    const called = await Promise.all(
        declared.map(async name => {
            const itself = owners.find(owner => sameText(owner, name));
            if (itself !== undefined) return { name, owner: itself };
            const recipient = await getRecipient(work.exchange, name, work.context.signal);
            return { name, owner: owners.find(owner => recipient && isCalled(recipient, owner)) };
        }),
    );
    return {
        present: called.filter(({ owner }) => owner !== undefined).map(({ name }) => name),
        others: owners.filter(owner => !called.some(each => each.owner === owner)),
    };
}

// Owners in the words of a program. Whoever makes a group without naming one leaves a role group there, which nobody can declare.
async function ownersOf(group: Group, { exchange, context }: Work): Promise<Properties> {
    const owners = await Promise.all(list(group.ManagedBy).map(owner => getRecipient(exchange, owner, context.signal)));
    const managedBy = owners.flatMap(owner => (owner ? [labelOf(owner)] : []));
    return managedBy.length > 0 ? { managedBy } : {};
}

/** Whether the group bears the name; the service adds a time in digits where another object has it. */
export function isNamed(group: Group, name: Value | undefined): boolean {
    if (typeof name !== "string" || !sameText(group.Name.slice(0, name.length), name)) return false;
    return /^([_ -]?\d{6,})?$/.test(group.Name.slice(name.length));
}

/** What the service has, in the words of `inputs` where they mean it; on import all that it tells. */
export async function described(group: Group, there: Identified[], inputs: Properties | undefined, work: Work): Promise<Found> {
    const { present, foreign } = await matchMembers(inputs?.["members"], there, work);
    const others = foreign.map(labelOf).sort();
    const foreignMembers = inputs?.["foreignMembers"] ?? "report";
    const now: Properties = { name: isNamed(group, inputs?.["name"]) ? inputs!["name"]! : group.Name, foreignMembers };
    for (const [input, property] of properties) {
        const value = group[property] as Value | undefined;
        if (inputs ? inputs[input] !== undefined : (value ?? "") !== "") now[input] = value ?? "";
    }
    if (inputs?.["managedBy"] !== undefined) {
        const owners = await matchOwners(texts(inputs["managedBy"]), group, work);
        now["managedBy"] = [...owners.present, ...owners.others];
    }
    if (!inputs) Object.assign(now, { members: others }, await ownersOf(group, work));
    else if (inputs["members"] !== undefined) now["members"] = foreignMembers === "remove" ? [...present, ...others] : present;
    return {
        id: group.Guid,
        inputs: now,
        state: {
            ...now,
            guid: group.Guid,
            externalDirectoryObjectId: group.ExternalDirectoryObjectId ?? "",
            distinguishedName: group.DistinguishedName ?? "",
            unmanagedMembers: inputs ? others : [],
        },
    };
}

/** Whether the cmdlet only complained that a member is there, or is gone, already. */
export function isDoneAlready(error: unknown): boolean {
    if (!(error instanceof CallError)) return false;
    return /^Member(AlreadyExists|NotFound)Exception$/.test(error.code ?? "") || /already a member|(isn't|not) a member/i.test(error.text);
}

function noneWhereNotFound(error: unknown): Group[] {
    if (error instanceof NotFoundError) return [];
    throw error;
}

/** A list input's texts; none where it is left out. */
export function texts(value: Value | undefined): string[] {
    return Array.isArray(value) ? value.map(String) : [];
}
