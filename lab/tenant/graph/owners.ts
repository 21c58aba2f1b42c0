import type { Json, Reply } from "../http";
import { badRequest, absent, param, type GraphCall } from "./call";
import { list } from "./list";
import { mayRead, mayReadUsers, mayWrite } from "./rights";

interface Owned {
    owners: string[];
}

/** The owners that a POST names in `owners@odata.bind`. Throws ApiError for one that is not there. */
export function boundOwners(call: GraphCall): string[] {
    const bind = call.body["owners@odata.bind"];
    return [...new Set(Array.isArray(bind) ? bind.map(url => directoryObject(call, url)) : [])];
}

/** The four calls about owners, for whatever has owners. */
export function listOwners(call: GraphCall, { owners }: Owned): Reply {
    mayRead(call);
    return list(call, "directoryObjects", owners.map(id => typed(call, id)).filter(each => each !== undefined));
}

export function addOwner(call: GraphCall, owned: Owned): Reply {
    mayWrite(call, owned);
    const id = directoryObject(call, call.body["@odata.id"]);
    if (owned.owners.includes(id)) {
        throw badRequest("One or more added object references already exist for the following modified properties: 'owners'.");
    }
    owned.owners.push(id);
    return { status: 204 };
}

export function removeOwner(call: GraphCall, owned: Owned): Reply {
    mayWrite(call, owned);
    const id = param(call, 1);
    if (!owned.owners.includes(id)) {
        throw absent(id);
    }
    owned.owners = owned.owners.filter(each => each !== id);
    return { status: 204 };
}

/** An object of any kind with the type that azuread goes by (facts: wire.md section 2.3); undefined where there is none. */
export function typed({ world }: GraphCall, id: string): Json | undefined {
    const { users, servicePrincipals, applications } = world.state;
    const kinds: Array<[string, Json[]]> = [
        ["user", users],
        ["servicePrincipal", servicePrincipals],
        ["application", applications],
    ];
    for (const [kind, objects] of kinds) {
        const object = objects.find(each => each["id"] === id);
        if (object) {
            return { "@odata.type": `#microsoft.graph.${kind}`, ...object };
        }
    }
    return undefined;
}

function directoryObject(call: GraphCall, url: unknown): string {
    const [, id] = /\/(?:directoryObjects|users|servicePrincipals)\/([^/]+)$/.exec(String(url)) ?? [];
    if (id === undefined) {
        throw badRequest("Invalid URL format specified in @odata.id property.");
    }
    if (!typed(call, id)) {
        throw absent(id);
    }
    if (call.world.behaviour.peopleNeedUserRead && call.world.state.users.some(each => each.id === id)) {
        mayReadUsers(call);
    }
    return id;
}
