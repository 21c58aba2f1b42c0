// A mail-enabled security group: the only kind of group that an access policy takes. Graph can neither make nor change one.
// https://learn.microsoft.com/powershell/module/exchangepowershell/new-distributiongroup
import { NotFoundError } from "../clients/errors";
import { getRecipient } from "../clients/recipient";
import type { Properties, Value } from "../values";
import { call, findOrMake, remove } from "./cmdlets";
import { described, groupOf, isDoneAlready, isNamed, matchMembers, matchOwners, membersOf, properties, texts } from "./distributionGroup";
import type { Group, Work } from "./distributionGroup";
import { meant } from "./imported";
import { checked, flag, listOf, recipientId, sameText, smtpAddress, text } from "./inputs";
import { isCalled, sameSet, type Identified } from "./members";
import { missingRecipients } from "./missing";
import { Unfinished, type Found, type ResourceType } from "./resource";
import { untilKnown } from "./untilKnown";

// The caller is usually none of the group's owners.
const asAdministrator = { BypassSecurityGroupManagerCheck: true, Confirm: false };

const rules = [
    { property: "name", expected: "a name of 1 to 64 characters, the most that Exchange Online takes", accepts: text(64) },
    ...[
        { property: "alias", expected: "an alias of 1 to 64 characters without spaces", accepts: alias },
        { property: "displayName", expected: "a name of 1 to 256 characters", accepts: text(256) },
        { property: "primarySmtpAddress", expected: "an SMTP address of one of the tenant's domains", accepts: smtpAddress },
        { property: "managedBy", expected: "a list of SMTP addresses or GUIDs", accepts: listOf(recipientId) },
        { property: "members", expected: "a list of SMTP addresses or GUIDs", accepts: listOf(recipientId) },
        { property: "foreignMembers", expected: '"report" or "remove"', accepts: isChoice },
        { property: "notes", expected: "a text", accepts: (value: Value) => typeof value === "string" },
        { property: "requireSenderAuthentication", expected: "true or false", accepts: flag },
        { property: "hiddenFromAddressLists", expected: "true or false", accepts: flag },
    ].map(rule => ({ ...rule, optional: true })),
];

/** `hybrid-identity:exchange:MailEnabledSecurityGroup`. */
export const mailEnabledSecurityGroup: ResourceType = {
    replaceOn: [],
    deleteBeforeReplace: () => true,
    defaults: inputs => ({ foreignMembers: "report", requireSenderAuthentication: true, ...inputs }),
    check: inputs => checked(inputs, rules),
    same(property, old, now) {
        if (property === "members" || property === "managedBy") return sameSet(old, now);
        return (property === "alias" || property === "primarySmtpAddress") && sameText(old, now);
    },
    called({ name, alias, primarySmtpAddress }) {
        // Without an address of its own the service makes one of the alias, and the alias of the name.
        return [name!, alias ?? String(name).replace(/\s/g, ""), ...(primarySmtpAddress === undefined ? [] : [primarySmtpAddress])];
    },
    missing: (inputs, context, made) => missingRecipients(inputs, ["members", "managedBy"], context, made),
    taken: async (inputs, context) => madeBefore(inputs, { exchange: await context.exchange(context.signal), context }),
    async create(inputs, context) {
        const work = { exchange: await context.exchange(context.signal), context };
        for (const property of ["members", "managedBy"]) {
            await Promise.all(texts(inputs[property]).map(name => known(property, name, work)));
        }
        const make = () => work.exchange.run<Group>("New-DistributionGroup", newGroup(inputs), call(context));
        const group = await findOrMake(() => madeBefore(inputs, work), make, context);
        try {
            // A group that is new takes a while to be known everywhere.
            return await untilKnown(() => enforce(group.Guid, {}, inputs, work), context);
        } catch (error) {
            // It exists from now on, whatever failed after that.
            throw new Unfinished(await described(group, [], { ...inputs, managedBy: [] }, work), error as Error);
        }
    },
    importedBy: "the Guid, object id, SMTP address, alias or name of a group",
    async read(id, inputs, context) {
        const work = { exchange: await context.exchange(context.signal), context };
        const guid = inputs ? id : await importedGuid(id, work);
        const group = guid === undefined ? undefined : await groupOf(guid, inputs, false, work);
        return group && described(group, await membersOf(group.Guid, work), inputs, work);
    },
    async update(id, olds, inputs, context) {
        return enforce(id, olds, inputs, { exchange: await context.exchange(context.signal), context });
    },
    delete: (id, _state, context) => remove("Remove-DistributionGroup", { Identity: id, ...asAdministrator }, context),
};

// Sets what differs, adds and removes members one by one, and reads back.
async function enforce(id: string, olds: Properties, inputs: Properties, work: Work): Promise<Found> {
    const { exchange, context } = work;
    const write = (cmdlet: string, parameters: Record<string, unknown>) =>
        exchange.run(cmdlet, { Identity: id, ...parameters, ...asAdministrator }, { ...call(context), idempotent: true });
    const { Notes, ...settings } = await differences(await existing(id, inputs, work), inputs, work);
    const { add, take } = await memberChanges(olds, inputs, await membersOf(id, work), work);
    if (Object.keys(settings).length > 0) await write("Set-DistributionGroup", settings);
    if (Notes !== undefined) await write("Set-Group", { Notes });
    for (const Member of add) await write("Add-DistributionGroupMember", { Member }).catch(unlessDoneAlready);
    for (const Member of take) await write("Remove-DistributionGroupMember", { Member }).catch(unlessDoneAlready);
    return described(await existing(id, inputs, work), await membersOf(id, work), inputs, work);
}

async function existing(id: string, inputs: Properties, work: Work): Promise<Group> {
    const group = await groupOf(id, inputs, true, work);
    if (group) return group;
    throw new NotFoundError({ call: "Get-DistributionGroup", text: `there is no group ${id}` }, "Refresh the stack, which plans it anew");
}

async function differences(group: Group, inputs: Properties, work: Work): Promise<Record<string, unknown>> {
    const settings: Record<string, unknown> = isNamed(group, inputs["name"]) ? {} : { Name: inputs["name"] };
    for (const [input, property] of properties) {
        const wanted = inputs[input];
        if (wanted !== undefined && (group[property] ?? "") !== wanted) settings[property] = wanted;
    }
    if (inputs["managedBy"] === undefined) return settings;
    const owners = texts(inputs["managedBy"]);
    const { present, others } = await matchOwners(owners, group, work);
    return others.length > 0 || present.length < owners.length ? { ...settings, ManagedBy: owners } : settings;
}

// Nobody goes who was not declared before, unless foreign members are to be removed.
async function memberChanges(
    olds: Properties,
    inputs: Properties,
    there: Identified[],
    work: Work,
): Promise<{ add: string[]; take: string[] }> {
    if (inputs["members"] === undefined) return { add: [], take: [] };
    const { missing, foreign } = await matchMembers(inputs["members"], there, work);
    const never = inputs["foreignMembers"] === "remove" ? [] : (await matchMembers(olds["members"], foreign, work)).foreign;
    return {
        add: await Promise.all(missing.map(async name => (await known("members", name, work)).Guid)),
        take: foreign.filter(member => !never.includes(member)).map(({ Guid }) => Guid),
    };
}

async function known(property: string, name: string, { exchange, context }: Work): Promise<Identified> {
    const recipient = await getRecipient(exchange, name, context.signal);
    if (recipient) return recipient;
    throw new Error(`${property}: the tenant has no recipient "${name}"; name a mailbox, mail user or group by its SMTP address or GUID`);
}

async function importedGuid(id: string, { exchange, context }: Work): Promise<string | undefined> {
    const groups = await exchange.all<Group>("Get-DistributionGroup", { ResultSize: "Unlimited" }, call(context));
    return meant(groups, id, group => [group.Guid, ...(isCalled(group, id) || sameText(group["Alias"], id) ? [id] : [])])?.Guid;
}

// What an earlier try made: the group of that name which is as it is declared and has no members but declared ones.
async function madeBefore(inputs: Properties, work: Work): Promise<Group | undefined> {
    const all = await work.exchange.run<Group>("Get-DistributionGroup", { ResultSize: "Unlimited" }, call(work.context));
    const { Notes: _, ...given } = newGroup(inputs);
    // A name that goes on in digits may be somebody else's; ours is displayed without them.
    const shown = given["DisplayName"] ?? given["Name"];
    const named = all.filter(group => isNamed(group, inputs["name"]));
    const ours = named.filter(group => sameText(group.Name, inputs["name"]) || group["DisplayName"] === shown);
    for (const group of ours) {
        const same = properties.every(([, property]) => !(property in given) || (group[property] ?? "") === given[property]);
        const security = group.RecipientTypeDetails === "MailUniversalSecurityGroup";
        const there = same && security ? await membersOf(group.Guid, work) : [];
        if (same && security && (await matchMembers(inputs["members"], there, work)).foreign.length === 0) return group;
        if (!sameText(group.Name, inputs["name"])) continue;
        const [what, way] = security
            ? ["with other settings or members", `import it (id ${group.Guid}), or choose another name`]
            : [`a ${group.RecipientTypeDetails}, which no policy can be about`, "choose another name"];
        throw new Error(`name: the tenant has a group "${group.Name}" already, ${what}; ${way}`);
    }
    return undefined;
}

function newGroup(inputs: Properties): Record<string, unknown> {
    const given = properties.filter(([input]) => inputs[input] !== undefined && input !== "hiddenFromAddressLists");
    return {
        Name: inputs["name"],
        Type: "Security",
        ...Object.fromEntries(given.map(([input, property]) => [property, inputs[input]])),
        ...(inputs["managedBy"] === undefined ? {} : { ManagedBy: inputs["managedBy"] }),
        MemberJoinRestriction: "Closed",
        MemberDepartRestriction: "Closed",
    };
}

function unlessDoneAlready(error: unknown): void {
    if (!isDoneAlready(error)) throw error;
}

function isChoice(value: Value): boolean {
    return value === "report" || value === "remove";
}

function alias(value: Value): boolean {
    return text(64)(value) && !/\s/.test(String(value));
}
