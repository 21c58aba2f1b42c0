// A management scope: which mailboxes an assignment of an application role reaches. Editing it changes every assignment that uses it.
// https://learn.microsoft.com/powershell/module/exchangepowershell/new-managementscope
import type { ExchangeClient } from "../clients/exchange";
import type { Properties } from "../values";
import { call, findOrMake, remove } from "./cmdlets";
import { meant } from "./imported";
import { checked, flag, sameText, text } from "./inputs";
import { normalFilter, sameFilter } from "./recipientFilter";
import type { Context, Found, ResourceType } from "./resource";

interface Scope {
    Guid: string;
    Name: string;
    RecipientFilter?: string | null;
    RecipientRoot?: string | null;
    Exclusive?: boolean | null;
}

/** `hybrid-identity:exchange:ManagementScope`. */
export const managementScope: ResourceType = {
    replaceOn: ["exclusive"],
    deleteBeforeReplace: (old, inputs) => sameText(old["name"], inputs["name"]),
    defaults: inputs => ({ exclusive: false, ...inputs }),
    check: inputs =>
        checked(inputs, [
            { property: "name", expected: "a name of 1 to 64 characters, the most that Exchange Online takes", accepts: text(64) },
            {
                property: "recipientRestrictionFilter",
                expected: "a recipient filter whose quotes and parentheses pair, for example \"MemberOfGroup -eq '<distinguished name>'\"",
                accepts: value => text(Infinity)(value) && normalFilter(value as string) !== undefined,
            },
            { property: "recipientRoot", expected: "a container's distinguished or canonical name", optional: true, accepts: text() },
            { property: "exclusive", expected: "true or false", optional: true, accepts: flag },
        ]),
    same(property, old, now) {
        if (property === "recipientRestrictionFilter") return sameFilter(String(old), String(now));
        return property === "recipientRoot" && sameText(old, now);
    },
    called: ({ name }) => [name!],
    taken: async (inputs, context) => madeBefore(inputs, await context.exchange(context.signal), context),
    async create(inputs, context) {
        const exchange = await context.exchange(context.signal);
        const find = () => madeBefore(inputs, exchange, context);
        const make = () => {
            const force = inputs["exclusive"] === true ? { Exclusive: true, Force: true } : {};
            return exchange.run<Scope>("New-ManagementScope", { ...parameters(inputs), ...force }, call(context));
        };
        return found(await findOrMake(find, make, context));
    },
    importedBy: "the Guid or name of a management scope",
    async read(id, inputs, context) {
        const exchange = await context.exchange(context.signal);
        const all = await exchange.all<Scope>("Get-ManagementScope", {}, call(context));
        const there = meant(all, id, ({ Guid, Name }) => [Guid, ...(inputs ? [] : [Name])]);
        return there && found(there);
    },
    async update(id, _olds, inputs, context) {
        const exchange = await context.exchange(context.signal);
        const changed = { Identity: id, ...parameters(inputs), Confirm: false };
        await exchange.run("Set-ManagementScope", changed, { ...call(context), idempotent: true });
        const there = (await scopes(exchange, context)).find(({ Guid }) => sameText(Guid, id));
        if (!there) throw new Error(`the management scope ${id} was changed and is not listed afterwards; run again`);
        return found(there);
    },
    delete: (id, _state, context) => remove("Remove-ManagementScope", { Identity: id }, context),
};

async function madeBefore(inputs: Properties, exchange: ExchangeClient, context: Context): Promise<Scope | undefined> {
    const there = (await scopes(exchange, context)).find(({ Name }) => sameText(Name, inputs["name"]));
    if (there && !means(there, inputs)) throw new Error(taken(there));
    return there;
}

function scopes(exchange: ExchangeClient, context: Context): Promise<Scope[]> {
    return exchange.run<Scope>("Get-ManagementScope", {}, call(context));
}

function parameters({ name, recipientRestrictionFilter, recipientRoot }: Properties): Record<string, unknown> {
    return {
        Name: name,
        RecipientRestrictionFilter: recipientRestrictionFilter,
        ...(recipientRoot === undefined ? {} : { RecipientRoot: recipientRoot }),
    };
}

function means(scope: Scope, { recipientRestrictionFilter, recipientRoot, exclusive }: Properties): boolean {
    return (
        sameFilter(scope.RecipientFilter ?? "", String(recipientRestrictionFilter)) &&
        (recipientRoot === undefined || sameText(scope.RecipientRoot, recipientRoot)) &&
        (scope.Exclusive ?? false) === exclusive
    );
}

function taken({ Name, Guid, RecipientFilter, Exclusive }: Scope): string {
    const what = `${Exclusive ? "exclusive, " : ""}recipientRestrictionFilter ${JSON.stringify(RecipientFilter ?? "")}`;
    const there = `the tenant has a management scope "${Name}" already, and it is another one (${what})`;
    return `name: ${there}; import it (id ${Guid}), or choose another name`;
}

function found(scope: Scope): Found {
    const filter = scope.RecipientFilter ?? "";
    const now: Properties = {
        name: scope.Name,
        recipientRestrictionFilter: filter,
        ...(scope.RecipientRoot ? { recipientRoot: scope.RecipientRoot } : {}),
        exclusive: scope.Exclusive ?? false,
    };
    return { id: scope.Guid, inputs: now, state: { ...now, guid: scope.Guid, recipientFilter: filter } };
}
