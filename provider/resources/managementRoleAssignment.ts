// An assignment of an application role to an application's pointer in Exchange Online (RBAC for Applications).
// https://learn.microsoft.com/exchange/permissions-exo/application-rbac
import { createHash } from "node:crypto";
import { NotFoundError } from "../clients/errors";
import type { ExchangeClient } from "../clients/exchange";
import { isUnknown, type Failure, type Properties, type Value } from "../values";
import { appOf, listAssignments, scopeInputs, scopeOf, sharedAssignments, type Assignment } from "./assignments";
import { call, findOrMake, remove } from "./cmdlets";
import { meant } from "./imported";
import { checked, guid, sameText, text } from "./inputs";
import { missingOf, missingRecipients } from "./missing";
import type { Context, Found, ResourceType } from "./resource";
import { untilKnown } from "./untilKnown";

const meaning = ["role", "app", ...scopeInputs];
// A pointer that is new is not known everywhere for up to 10 minutes.
const tries = 40;

/** `hybrid-identity:exchange:ManagementRoleAssignment`. */
export const managementRoleAssignment: ResourceType = {
    replaceOn: ["name", ...meaning],
    deleteBeforeReplace: (old, inputs) => sameText(old["name"], inputs["name"]),
    defaults: (inputs, name, _seed, olds) => ({ ...inputs, name: inputs["name"] ?? autoName(inputs, name, olds) }),
    check: inputs => [
        ...checked(inputs, [
            { property: "name", expected: "a name of 1 to 64 characters, the most that Exchange Online takes", accepts: text(64) },
            { property: "role", expected: 'a role for applications, such as "Application EWS.AccessAsApp"', accepts: text() },
            { property: "app", expected: "the object id of the enterprise application (service principal), a GUID", accepts: guid },
            ...scopeInputs.map(property => ({ property, expected: "the name or id of a scope", optional: true, accepts: text() })),
        ]),
        ...oneScope(inputs),
    ],
    same: (_property, old, now) => sameText(old, now),
    async missing(inputs, context, made) {
        const exchange = await context.exchange(context.signal);
        const listed = (cmdlet: string) => () => exchange.all<{ [property: string]: unknown }>(cmdlet, {}, call(context));
        const pointer = { property: "app", kind: "service principal of Exchange Online" };
        const scope = { property: "customResourceScope", kind: "management scope" };
        return [
            ...(await missingOf(inputs, pointer, listed("Get-ServicePrincipal"), ["ObjectId", "AppId", "Guid"], made)),
            ...(await missingOf(inputs, scope, listed("Get-ManagementScope"), ["Guid", "Name"], made)),
            ...(await missingRecipients(inputs, ["recipientGroupScope"], context, made)),
        ];
    },
    taken: async (inputs, context) => madeBefore(inputs, await context.exchange(context.signal), context),
    async create(inputs, context) {
        const exchange = await context.exchange(context.signal);
        const find = () => madeBefore(inputs, exchange, context);
        const scope = scopeInputs.find(property => inputs[property] !== undefined) as string;
        const parameters = {
            Name: inputs["name"],
            Role: inputs["role"],
            App: inputs["app"],
            [scope[0]!.toUpperCase() + scope.slice(1)]: inputs[scope],
            Force: true,
        };
        const assign = () => exchange.run<Assignment>("New-ManagementRoleAssignment", parameters, call(context));
        const make = () => untilKnown(assign, context, isTooNew(inputs["app"]), tries);
        return found(await findOrMake(find, make, context), inputs);
    },
    importedBy: "the Guid or name of a management role assignment",
    async read(id, inputs, context) {
        const exchange = await context.exchange(context.signal);
        const there = meant(await sharedAssignments(exchange, context), id, ({ Guid, Name }) => [Guid, ...(inputs ? [] : [Name])]);
        return there && found(there, await declared(there, inputs, exchange, context));
    },
    update: id => Promise.reject(new Error(`nothing of the management role assignment ${id} can be changed in place`)),
    delete: (id, _state, context) => remove("Remove-ManagementRoleAssignment", { Identity: id }, context),
};

// The same for the same meaning, so that a run that was killed after the cmdlet finds again what it made.
function autoName(inputs: Properties, name: string, olds: Properties | undefined): Value {
    const values = meaning.map(property => inputs[property] ?? null);
    const unchanged = meaning.every((property, index) => (olds?.[property] ?? null) === values[index]);
    if (unchanged && olds?.["name"] !== undefined) return olds["name"];
    const unknown = values.find(isUnknown);
    if (unknown !== undefined) return olds?.["name"] ?? unknown;
    const hash = createHash("sha256").update(JSON.stringify(values).toLowerCase()).digest("hex").slice(0, 7);
    return `${name.slice(0, 56)}-${hash}`;
}

function oneScope(inputs: Properties): Failure[] {
    const given = scopeInputs.filter(property => (inputs[property] ?? null) !== null);
    if (given.length === 1) return [];
    const reason = `expected exactly one of ${scopeInputs.join(", ")}, for without a scope the role reaches every mailbox`;
    const received = given.length === 0 ? "none" : given.join(" and ");
    return [{ property: given[1] ?? "customResourceScope", reason: `${reason}; received ${received}` }];
}

// Only what names the application passes by waiting: a role or a scope that is not there is a mistake.
function isTooNew(app: Value | undefined): (error: unknown) => boolean {
    return error => error instanceof NotFoundError && error.message.toLowerCase().includes(String(app).toLowerCase());
}

async function madeBefore(inputs: Properties, exchange: ExchangeClient, context: Context): Promise<Assignment | undefined> {
    const there = (await listAssignments(exchange, context)).find(({ Name }) => sameText(Name, inputs["name"]));
    if (!there) return undefined;
    const had = await declared(there, inputs, exchange, context);
    const differs = (property: string) => had[property] !== inputs[property] && !sameText(had[property], inputs[property]);
    if (meaning.some(differs)) throw new Error(taken(there));
    return there;
}

function taken({ Name, Guid, Role, RoleAssigneeName, CustomResourceScope }: Assignment): string {
    const what = `${Role} for ${RoleAssigneeName ?? "?"}, scope ${CustomResourceScope ?? "none"}`;
    const there = `the tenant has a management role assignment "${Name}" already, and it is another one (${what})`;
    return `name: ${there}; import it (id ${Guid}), or choose another name`;
}

function found({ Guid, WhenCreatedUTC }: Assignment, inputs: Properties): Found {
    const state: Properties = { ...inputs, guid: Guid };
    if (WhenCreatedUTC) state["createdAt"] = WhenCreatedUTC;
    return { id: Guid, inputs, state };
}

async function declared(
    there: Assignment,
    inputs: Properties | undefined,
    exchange: ExchangeClient,
    context: Context,
): Promise<Properties> {
    const app = await appOf(there, inputs?.["app"], exchange, context);
    return { name: there.Name, role: there.Role, app, ...(await scopeOf(there, inputs, exchange, context)) };
}
