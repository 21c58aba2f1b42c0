// What a program names and the tenant does not have. A preview says so, and not only the run after it.
import { getRecipient } from "../clients/recipient";
import { isUnknown, type Properties } from "../values";
import { sameText } from "./inputs";
import type { Context, Missing } from "./resource";

type Made = (name: string) => boolean;

/** Names of recipients, one or a list, that the tenant does not have and this run does not make. */
export async function missingRecipients(inputs: Properties, named: string[], context: Context, made: Made): Promise<Missing[]> {
    const sought = named.flatMap(property => unmade(inputs, property, made).map(name => ({ property, name, kind: "recipient" })));
    if (sought.length === 0) return [];
    const exchange = await context.exchange(context.signal);
    const there = await Promise.all(sought.map(({ name }) => getRecipient(exchange, name, context.signal)));
    return sought.filter((_, index) => there[index] === undefined);
}

/** The same for what is in a list of the service, by the properties that it may be called by. */
export async function missingOf(
    inputs: Properties,
    { property, kind }: Omit<Missing, "name">,
    list: () => Promise<{ [property: string]: unknown }[]>,
    ids: string[],
    made: Made,
): Promise<Missing[]> {
    const sought = unmade(inputs, property, made);
    const there = sought.length > 0 ? await list() : [];
    const isThere = (name: string) => there.some(one => ids.some(id => sameText(one[id], name)));
    return sought.filter(name => !isThere(name)).map(name => ({ property, name, kind }));
}

/** As a preview says it. `secret`: the name is not to be shown. */
export function missed({ property, name, kind }: Missing, secret: boolean): string {
    return (
        `${property}: the tenant has no ${kind} of this name; received ${secret ? "a secret" : JSON.stringify(name)}. Correct the name; where ` +
        "this program makes it, give an output of that resource that is known only after it is made"
    );
}

function unmade(inputs: Properties, property: string, made: Made): string[] {
    const names = [inputs[property] ?? []].flat().filter(name => !isUnknown(name));
    return names.map(String).filter(name => !made(name));
}
