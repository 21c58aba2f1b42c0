// Exchange Online's pointer to an enterprise application of Entra ID; roles are assigned to it.
// https://learn.microsoft.com/powershell/module/exchangepowershell/new-serviceprincipal
import type { ExchangeClient } from "../clients/exchange";
import type { Properties } from "../values";
import { call, findOrMake, remove } from "./cmdlets";
import { meant } from "./imported";
import { checked, guid, sameText, text } from "./inputs";
import { Unfinished, type Context, type Found, type ResourceType } from "./resource";
import { untilKnown } from "./untilKnown";

/** What Get-ServicePrincipal tells. */
export interface ServicePrincipal {
    AppId: string;
    ObjectId: string;
    DisplayName?: string | null;
    Identity?: string | null;
}

/** `hybrid-identity:exchange:ServicePrincipal`. */
export const servicePrincipal: ResourceType = {
    replaceOn: ["appId", "objectId"],
    // Exchange Online takes no second pointer with either id. Without its pointer an application loses access, it gains none.
    deleteBeforeReplace: (old, inputs) => sameText(old["appId"], inputs["appId"]) || sameText(old["objectId"], inputs["objectId"]),
    check: inputs =>
        checked(inputs, [
            { property: "appId", expected: "the application's client id, a GUID", accepts: guid },
            { property: "objectId", expected: "the object id of the enterprise application, a GUID", accepts: guid },
            { property: "displayName", expected: "a name of 1 to 256 characters", optional: true, accepts: text(256) },
        ]),
    same: (property, old, now) => property !== "displayName" && sameText(old, now),
    called: ({ appId, objectId }) => [appId!, objectId!],
    taken: async (inputs, context) => madeBefore(inputs, await context.exchange(context.signal), context),
    async create(inputs, context) {
        const exchange = await context.exchange(context.signal);
        const find = () => madeBefore(inputs, exchange, context);
        const { appId: AppId, objectId: ObjectId, displayName: DisplayName } = inputs;
        const parameters = { AppId, ObjectId, ...(DisplayName === undefined ? {} : { DisplayName }) };
        const make = () => untilKnown(() => exchange.run<ServicePrincipal>("New-ServicePrincipal", parameters, call(context)), context);
        const made = await findOrMake(find, make, context);
        try {
            return found(await named(made, inputs, exchange, context));
        } catch (error) {
            throw new Unfinished(found(made), error as Error);
        }
    },
    importedBy: "the object id of an enterprise application, its client id or its display name in Exchange Online",
    async read(id, inputs, context) {
        const there = inputs ? await byObjectId(id, context) : await imported(id, context);
        return there && found(there);
    },
    async update(id, _olds, inputs, context) {
        const there = await byObjectId(id, context);
        if (!there) throw new Error(`Exchange Online does not know the enterprise application ${id} any more; refresh the stack`);
        return found(await named(there, inputs, await context.exchange(context.signal), context));
    },
    delete: (id, _state, context) => remove("Remove-ServicePrincipal", { Identity: id }, context),
};

async function madeBefore(inputs: Properties, exchange: ExchangeClient, context: Context): Promise<ServicePrincipal | undefined> {
    const there = await exchange.run<ServicePrincipal>("Get-ServicePrincipal", {}, call(context));
    const same = there.find(({ ObjectId }) => sameText(ObjectId, inputs["objectId"]));
    const other = same ?? there.find(({ AppId }) => sameText(AppId, inputs["appId"]));
    if (other && !(same && sameText(same.AppId, inputs["appId"]))) throw new Error(crossed(other, inputs));
    return same;
}

async function byObjectId(id: string, context: Context): Promise<ServicePrincipal | undefined> {
    const exchange = await context.exchange(context.signal);
    return (await exchange.all<ServicePrincipal>("Get-ServicePrincipal", {}, call(context))).find(({ ObjectId }) => sameText(ObjectId, id));
}

async function imported(id: string, context: Context): Promise<ServicePrincipal | undefined> {
    const exchange = await context.exchange(context.signal);
    const all = await exchange.all<ServicePrincipal>("Get-ServicePrincipal", {}, call(context));
    return meant(all, id, ({ ObjectId, AppId, Identity, DisplayName }) => [ObjectId, AppId, Identity, DisplayName]);
}

async function named(there: ServicePrincipal, inputs: Properties, exchange: ExchangeClient, context: Context): Promise<ServicePrincipal> {
    const { displayName: DisplayName } = inputs;
    if (typeof DisplayName !== "string" || DisplayName === (there.DisplayName ?? "")) return there;
    await exchange.run("Set-ServicePrincipal", { Identity: there.ObjectId, DisplayName }, { ...call(context), idempotent: true });
    return { ...there, DisplayName };
}

// The usual mistake: the object id of the app registration instead of the one of the enterprise application.
function crossed({ AppId, ObjectId }: ServicePrincipal, { appId, objectId }: Properties): string {
    return (
        `objectId: Exchange Online has an enterprise application with the client id ${AppId} and the object id ${ObjectId}, which does ` +
        `not go with ${String(appId)} and ${String(objectId)}; use the object id of the enterprise application, not of the app ` +
        `registration, and if the application was made anew, run Remove-ServicePrincipal -Identity ${ObjectId} for the old one`
    );
}

function found({ AppId, ObjectId, DisplayName, Identity }: ServicePrincipal): Found {
    const now: Properties = { appId: AppId, objectId: ObjectId, displayName: DisplayName ?? "" };
    return { id: ObjectId.toLowerCase(), inputs: now, state: { ...now, identity: Identity ?? ObjectId } };
}
