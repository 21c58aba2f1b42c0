import { randomUUID } from "node:crypto";
import type { Json } from "../http";
import { text, type Cmdlet, type CmdletCall } from "./cmdlet";
import { alreadyExists, notFound, wrongValue } from "./errors";
import { sameText, type Pointer } from "./state";

const GUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;

export const pointerCmdlets: Record<string, Cmdlet> = {
    "Get-ServicePrincipal": {
        parameters: { Identity: "text", Organization: "text" },
        warning: "The property ServiceId is deprecated. Use ObjectId instead.",
        run: call => {
            const identity = text(call.parameters, "Identity");
            return identity === undefined ? call.exchange.servicePrincipals.filter(({ Guid }) => call.world.replication.visible(Guid)) : [pointerOf(call, identity)];
        },
    },
    // ServiceId is what ObjectId was called before.
    "New-ServicePrincipal": { parameters: { AppId: "text", ObjectId: "text", ServiceId: "text", DisplayName: "text" }, needed: ["AppId"], run: create },
    "Set-ServicePrincipal": {
        parameters: { Identity: "text", DisplayName: "text" },
        needed: ["Identity"],
        run: call => {
            pointerOf(call, text(call.parameters, "Identity") ?? "").DisplayName = text(call.parameters, "DisplayName") ?? "";
            return [];
        },
    },
    "Remove-ServicePrincipal": {
        parameters: { Identity: "text" },
        needed: ["Identity"],
        asks: true,
        run: call => {
            const gone = pointerOf(call, text(call.parameters, "Identity") ?? "");
            call.exchange.servicePrincipals = call.exchange.servicePrincipals.filter(each => each !== gone);
            return [];
        },
    },
};

/** The pointer that an identity means. Throws CmdletError where there is none, or none that is seen yet. */
export function pointerOf({ exchange, world }: CmdletCall, identity: string): Pointer {
    const meant = (each: Pointer): boolean => [each.Guid, each.ObjectId, each.AppId, each.DisplayName].some(name => name !== "" && sameText(name, identity));
    const found = exchange.servicePrincipals.find(meant);
    if (!found || !world.replication.visible(found.Guid)) {
        throw notFound(identity);
    }
    return found;
}

/** Takes any two GUIDs: whether they are those of an enterprise application shows only in what it may do. */
function create({ exchange, world, parameters }: CmdletCall): Json[] {
    const AppId = text(parameters, "AppId") ?? "";
    const ObjectId = text(parameters, "ObjectId") ?? text(parameters, "ServiceId") ?? "";
    for (const [name, value] of Object.entries({ AppId, ObjectId })) {
        if (!GUID.test(value)) {
            throw wrongValue(name, `Cannot convert value "${value}" to type "System.Guid".`);
        }
    }
    if (exchange.servicePrincipals.some(each => sameText(each.AppId, AppId) || sameText(each.ObjectId, ObjectId))) {
        throw alreadyExists(ObjectId);
    }
    const DisplayName = text(parameters, "DisplayName") ?? "";
    const made: Pointer = { DisplayName, ObjectId, AppId, Identity: ObjectId, Name: ObjectId, Guid: randomUUID(), WhenCreatedUTC: world.now().toISOString() };
    exchange.servicePrincipals.push(made);
    world.replication.created("exchangeServicePrincipals", made.Guid);
    return [made];
}
