// An application access policy: which mailboxes an application reaches with what it was consented to. Only the description can change;
// for another application or group the new policy is made before the old one goes, so that there is no moment without a limit.
// https://learn.microsoft.com/powershell/module/exchangepowershell/new-applicationaccesspolicy
import { NotFoundError, ServiceError } from "../clients/errors";
import type { ExchangeClient } from "../clients/exchange";
import { getRecipient, type Recipient } from "../clients/recipient";
import type { Properties } from "../values";
import { call, findOrMake, remove } from "./cmdlets";
import { meant } from "./imported";
import { checked, guid, recipientId, sameText } from "./inputs";
import { missingRecipients } from "./missing";
import { Unfinished, type Context, type Found, type ResourceType } from "./resource";
import { untilKnown } from "./untilKnown";

/** What Get-ApplicationAccessPolicy tells of a policy. */
export interface AccessPolicy {
    /** "{organisation's GUID}\{AppId}:{scope's SID};{scope's GUID}" */
    Identity: string;
    Guid?: string | null;
    AppId: string;
    AccessRight: string;
    ScopeName?: string | null;
    ScopeIdentity?: string | null;
    Description?: string | null;
}

const looks = 3;
const pauseMs = 5_000;
const rights = ["RestrictAccess", "DenyAccess"];
// Objects that are no security principal whatever the service says of them.
const neverScopes = /DistributionGroup|GroupMailbox|SharedMailbox|RoomMailbox|EquipmentMailbox|RoomList|Contact/;

/** `hybrid-identity:exchange:ApplicationAccessPolicy`. */
export const accessPolicy: ResourceType = {
    replaceOn: ["appId", "accessRight", "policyScopeGroupId"],
    // There is one policy for an application and a group, so one that only changes its right cannot be made beside the old one. Nothing
    // opens in between that is not open before or after: what a restriction leaves open and what a denial leaves open are everything.
    deleteBeforeReplace: (old, inputs) => ["appId", "policyScopeGroupId"].every(property => sameText(old[property], inputs[property])),
    defaults: inputs => ({ accessRight: "RestrictAccess", ...inputs }),
    check: inputs =>
        checked(inputs, [
            { property: "appId", expected: "the application's client id, a GUID", accepts: guid },
            { property: "accessRight", expected: "RestrictAccess or DenyAccess", accepts: value => rights.includes(value as string) },
            { property: "policyScopeGroupId", expected: "an SMTP address or a GUID", accepts: recipientId },
            { property: "description", expected: "a text", optional: true, accepts: value => typeof value === "string" },
        ]),
    same: (property, old, now) => ["appId", "policyScopeGroupId"].includes(property) && sameText(old, now),
    // The group by its address, its GUID in Exchange Online or its id in Entra ID: nothing of it is in the policy but one GUID.
    async means(property, now, state, context) {
        if (property !== "policyScopeGroupId") return false;
        const there = await getRecipient(await context.exchange(context.signal), String(now), context.signal);
        return there !== undefined && isScope({ Identity: String(state["identity"]) }, there);
    },
    missing: (inputs, context, made) => missingRecipients(inputs, ["policyScopeGroupId"], context, made),
    async taken(inputs, context) {
        const exchange = await context.exchange(context.signal);
        const identity = String(inputs["policyScopeGroupId"]);
        const scope = await getRecipient(exchange, identity, context.signal);
        return scope && madeBefore(inputs, fitting(scope, identity), exchange, context);
    },
    async create(inputs, context) {
        const exchange = await context.exchange(context.signal);
        const scope = await scopeOf(exchange, String(inputs["policyScopeGroupId"]), context);
        const find = () => madeBefore(inputs, scope, exchange, context);
        const parameters = {
            AppId: [inputs["appId"]],
            AccessRight: inputs["accessRight"],
            PolicyScopeGroupId: scope.ExternalDirectoryObjectId || scope.Guid,
            ...(inputs["description"] === undefined ? {} : { Description: inputs["description"] }),
        };
        const add = () => exchange.run<AccessPolicy>("New-ApplicationAccessPolicy", parameters, call(context));
        const made = await findOrMake(find, () => untilKnown(add, context, isTooNew), context);
        try {
            return found(await describedAs(made, inputs, exchange, context), inputs);
        } catch (error) {
            throw new Unfinished(found(made, inputs), error as Error);
        }
    },
    importedBy: "the Identity or Guid of a policy, or the client id of an application that has one policy",
    async read(id, inputs, context) {
        const exchange = await context.exchange(context.signal);
        const there = inputs
            ? await byIdentity(exchange, id, context)
            : meant(await policies(exchange, context, true), id, ({ Identity, Guid, AppId }) => [Identity, Guid, AppId]);
        return there && found(there, inputs);
    },
    async update(id, _olds, inputs, context) {
        const exchange = await context.exchange(context.signal);
        const there = await byIdentity(exchange, id, context);
        if (!there) throw new Error(`the application access policy ${id} is gone; refresh the stack`);
        return found(await describedAs(there, inputs, exchange, context), inputs);
    },
    async delete(id, state, context) {
        const exchange = await context.exchange(context.signal);
        const there = await byIdentity(exchange, id, context, false);
        // The identity does not tell the right. What somebody has put in its place is not ours.
        if (there?.AccessRight === state["accessRight"]) await remove("Remove-ApplicationAccessPolicy", { Identity: id }, context);
    },
};

/** The scope's GUID, out of the policy's identity. */
export function scopeGuidOf({ Identity }: Pick<AccessPolicy, "Identity">): string {
    return /[;:]([\da-f-]{36})$/i.exec(Identity)?.[1] ?? "";
}

/** All policies of the organisation; never asked by identity, because an unknown one is answered with all of them. */
export async function policies(exchange: ExchangeClient, context: Context, sharedList: boolean): Promise<AccessPolicy[]> {
    const asked = ["Get-ApplicationAccessPolicy", {}, call(context)] as const;
    try {
        return await (sharedList ? exchange.all<AccessPolicy>(...asked) : exchange.run<AccessPolicy>(...asked));
    } catch (error) {
        // So an organisation without any policy may be answered.
        if (error instanceof NotFoundError) return [];
        throw error;
    }
}

/**
 * All policies, where one of them has to be there. An organisation whose policies cannot be read may be answered as one that has none; so a
 * list that does not suffice is asked for again before it is believed.
 */
export async function policiesWhere(
    suffices: (there: AccessPolicy[]) => boolean,
    exchange: ExchangeClient,
    context: Context,
    sharedList = true,
): Promise<AccessPolicy[]> {
    for (let look = 1; ; look++) {
        const there = await policies(exchange, context, sharedList && look === 1);
        if (look === looks || suffices(there)) return there;
        await context.wait(pauseMs);
    }
}

async function byIdentity(exchange: ExchangeClient, id: string, context: Context, sharedList = true): Promise<AccessPolicy | undefined> {
    const there = await policiesWhere(all => all.length > 0, exchange, context, sharedList);
    return there.find(({ Identity }) => sameText(Identity, id));
}

/** The group or mailbox that a policy is about. A new group takes a while to be known. */
async function scopeOf(exchange: ExchangeClient, identity: string, context: Context): Promise<Recipient> {
    const find = async () => {
        const there = await getRecipient(exchange, identity, context.signal);
        if (there) return there;
        const failed = { call: "policyScopeGroupId", text: `there is no recipient "${identity}"` };
        throw new NotFoundError(failed, "Name a mail-enabled security group, a user mailbox or a mail user of this organisation");
    };
    return fitting(await untilKnown(find, context), identity);
}

function fitting(scope: Recipient, identity: string): Recipient {
    const { Name, RecipientTypeDetails: kind, IsValidSecurityPrincipal: valid } = scope;
    if (valid !== false && !neverScopes.test(kind ?? "")) return scope;
    throw new Error(
        `policyScopeGroupId: "${Name}" (${identity}) is a ${kind ?? "recipient"}, which is no security principal that a policy can be ` +
            "about; name a mail-enabled security group, a user mailbox or a mail user. Other mailboxes can be members of such a group",
    );
}

async function madeBefore(inputs: Properties, scope: Recipient, exchange: ExchangeClient, context: Context): Promise<AccessPolicy | undefined> {
    const there = (await policies(exchange, context, false)).filter(policy => reaches(policy, inputs, scope));
    const same = there.find(({ AccessRight }) => AccessRight === inputs["accessRight"]);
    if (!same && there[0]) throw new Error(opposite(there[0], scope));
    return same;
}

function reaches(policy: AccessPolicy, inputs: Properties, scope: Recipient): boolean {
    return sameText(policy.AppId, inputs["appId"]) && isScope(policy, scope);
}

function isScope(policy: Pick<AccessPolicy, "Identity">, { Guid, ExternalDirectoryObjectId }: Recipient): boolean {
    const scope = scopeGuidOf(policy);
    return sameText(scope, Guid) || sameText(scope, ExternalDirectoryObjectId);
}

// One application and one scope have one policy, and this one is not the program's.
function opposite({ AppId, AccessRight, Identity }: AccessPolicy, { Name }: Recipient): string {
    return (
        `accessRight: the application ${AppId} has a policy with ${AccessRight} for "${Name}" already (${Identity}), and there can be ` +
        "only one. Import that policy, remove it, or name another group"
    );
}

// The service says in several ways that it does not know the group yet; a reply that was lost is looked for instead.
function isTooNew(error: unknown): boolean {
    return error instanceof NotFoundError || (error instanceof ServiceError && /PolicyScopeGroupId|not found|be found/i.test(error.text));
}

async function describedAs(policy: AccessPolicy, inputs: Properties, exchange: ExchangeClient, context: Context): Promise<AccessPolicy> {
    const { description: Description } = inputs;
    if (typeof Description !== "string" || Description === (policy.Description ?? "")) return policy;
    const { Identity } = policy;
    await exchange.run("Set-ApplicationAccessPolicy", { Identity, Description }, { ...call(context), idempotent: true });
    return { ...policy, Description };
}

function found(policy: AccessPolicy, inputs: Properties | undefined): Found {
    const now: Properties = {
        appId: policy.AppId,
        accessRight: policy.AccessRight,
        // The identity holds the scope for good, so whatever the program calls it is still right.
        policyScopeGroupId: inputs?.["policyScopeGroupId"] ?? scopeGuidOf(policy),
        description: policy.Description ?? "",
    };
    const { Identity: identity, ScopeName: scopeName, ScopeIdentity: scopeIdentity } = policy;
    return { id: identity, inputs: now, state: { ...now, identity, scopeName: scopeName ?? "", scopeIdentity: scopeIdentity ?? "" } };
}
