// Assignments of application roles as Exchange Online tells them. Which application and which scope one is for stands there under several
// names: the application by its object id or by its pointer's name, a scope by a name whose kind another property tells.
import type { ExchangeClient } from "../clients/exchange";
import { getRecipient } from "../clients/recipient";
import type { Properties } from "../values";
import { call } from "./cmdlets";
import { guid, sameText } from "./inputs";
import { isCalled, type Identified } from "./members";
import type { Context } from "./resource";
import type { ServicePrincipal } from "./servicePrincipal";

/** As Get-ManagementRoleAssignment lists it. */
export interface Assignment {
    Guid: string;
    Name: string;
    Role: string;
    App?: string | null;
    RoleAssignee?: string | null;
    RoleAssigneeName?: string | null;
    /** What kind of scope `CustomResourceScope` names. */
    RecipientWriteScope?: string | null;
    CustomResourceScope?: string | null;
    WhenCreatedUTC?: string | null;
}

/** The inputs of an assignment of which one names its scope. */
export const scopeInputs = ["customResourceScope", "recipientAdministrativeUnitScope", "recipientGroupScope"];

// Leaves out what people were assigned.
const ofApplications = { RoleAssigneeType: "ServicePrincipal" };

/** The assignments to applications, asked anew. */
export function listAssignments(exchange: ExchangeClient, context: Context): Promise<Assignment[]> {
    return exchange.run<Assignment>("Get-ManagementRoleAssignment", ofApplications, call(context));
}

/** The assignments to applications, asked once for all that read them. */
export function sharedAssignments(exchange: ExchangeClient, context: Context): Promise<Assignment[]> {
    return exchange.all<Assignment>("Get-ManagementRoleAssignment", ofApplications, call(context));
}

/** What the service calls the application that has the assignment: by ids where it tells any, since pointers may share a name. */
export function assigneeNames({ App, RoleAssignee, RoleAssigneeName }: Assignment): string[] {
    const names = [App, RoleAssignee, RoleAssigneeName].filter((name): name is string => Boolean(name));
    const ids = names.filter(guid);
    return ids.length > 0 ? ids : names;
}

/** The object id of the application that has the assignment; `declared` where it is that one, whatever the service calls it. */
export async function appOf(there: Assignment, declared: unknown, exchange: ExchangeClient, context: Context): Promise<string> {
    const names = assigneeNames(there);
    if (typeof declared === "string" && names.some(name => sameText(name, declared))) return declared;
    const pointers = await exchange.all<ServicePrincipal>("Get-ServicePrincipal", {}, call(context));
    const pointer = pointers.find(({ ObjectId, AppId, Identity, DisplayName }) =>
        names.some(name => [ObjectId, AppId, Identity, DisplayName].some(id => sameText(id, name))),
    );
    return pointer?.ObjectId ?? names[0] ?? "";
}

/** The input that names the assignment's scope; in the words of `inputs` where they mean it. None for an assignment without a scope. */
export async function scopeOf(
    there: Assignment,
    inputs: Properties | undefined,
    exchange: ExchangeClient,
    context: Context,
): Promise<Properties> {
    const scope = there.CustomResourceScope ?? "";
    if (scope === "") return {};
    const kinds: { [kind: string]: string } = { group: "recipientGroupScope", administrativeunit: "recipientAdministrativeUnitScope" };
    const property = kinds[(there.RecipientWriteScope ?? "").toLowerCase()] ?? "customResourceScope";
    const wanted = inputs?.[property];
    if (typeof wanted !== "string") return { [property]: scope };
    const means = sameText(wanted, scope) || (property === "recipientGroupScope" && (await isGroup(wanted, scope, exchange, context)));
    return { [property]: means ? wanted : scope };
}

// The service keeps a group by its name, which is unique.
async function isGroup(wanted: string, name: string, exchange: ExchangeClient, context: Context): Promise<boolean> {
    const groups = await exchange.all<Identified>("Get-DistributionGroup", { ResultSize: "Unlimited" }, call(context));
    const group = groups.find(({ Name }) => sameText(Name, name)) ?? (await getRecipient(exchange, wanted, context.signal));
    if (!group || !sameText(group.Name, name)) return false;
    return isCalled(group, wanted);
}
