import type { Json } from "../http";
import { text, type CmdletCall } from "./cmdlet";
import { notFound } from "./errors";
import { sameText } from "./state";

type Entity = Json & { Guid: string };

/** What is not so new that it cannot be seen yet. */
export function seen<One extends Entity>({ world }: CmdletCall, entities: One[]): One[] {
    return entities.filter(({ Guid }) => world.replication.visible(Guid));
}

/** The object that an identity means by one of these properties. Throws CmdletError where there is none, or none that is seen yet. */
export function oneOf<One extends Entity>(call: CmdletCall, entities: One[], identity: unknown, properties: string[]): One {
    const found = entities.find(each => identity !== "" && properties.some(property => sameText(each[property], identity)));
    if (!found || seen(call, [found]).length === 0) {
        throw notFound(identity);
    }
    return found;
}

/** What a Get- cmdlet finds: the object that `Identity` means, or all. */
export function identified<One extends Entity>(call: CmdletCall, entities: One[], properties: string[]): One[] {
    const identity = text(call.parameters, "Identity");
    return identity === undefined ? seen(call, entities) : [oneOf(call, entities, identity, properties)];
}
