import { randomUUID } from "node:crypto";
import type { Json } from "../http";
import { text, type Cmdlet, type CmdletCall } from "./cmdlet";
import { alreadyExists, wrongValue } from "./errors";
import { identified, oneOf } from "./find";
import { sameText, type Pointer } from "./state";

const GUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;
/** By which properties one is meant. */
const NAMES = ["Guid", "ObjectId", "AppId", "DisplayName"];

export const pointerCmdlets: Record<string, Cmdlet> = {
    "Get-ServicePrincipal": {
        parameters: { Identity: "text", Organization: "text" },
        warning: "The property ServiceId is deprecated. Use ObjectId instead.",
        run: call => identified(call, call.exchange.servicePrincipals, NAMES),
    },
    // ServiceId is what ObjectId was called before.
    "New-ServicePrincipal": {
        parameters: { AppId: "text", ObjectId: "text", ServiceId: "text", DisplayName: "text" },
        needed: ["AppId"],
        run: create,
    },
    "Set-ServicePrincipal": {
        parameters: { Identity: "text", DisplayName: "text" },
        needed: ["Identity"],
        run: call => {
            pointerOf(call, call.parameters["Identity"]).DisplayName = text(call.parameters, "DisplayName") ?? "";
            return [];
        },
    },
    "Remove-ServicePrincipal": {
        parameters: { Identity: "text" },
        needed: ["Identity"],
        asks: true,
        run: call => {
            const gone = pointerOf(call, call.parameters["Identity"]);
            call.exchange.servicePrincipals = call.exchange.servicePrincipals.filter(each => each !== gone);
            return [];
        },
    },
};

/** The pointer that an identity means. Throws CmdletError where there is none, or none that is seen yet. */
export function pointerOf(call: CmdletCall, identity: unknown): Pointer {
    return oneOf(call, call.exchange.servicePrincipals, identity, NAMES);
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
    const made: Pointer = {
        DisplayName: text(parameters, "DisplayName") ?? "",
        ObjectId,
        AppId,
        Identity: ObjectId,
        Name: ObjectId,
        Guid: randomUUID(),
        WhenCreatedUTC: world.now().toISOString(),
    };
    exchange.servicePrincipals.push(made);
    world.replication.created("exchangeServicePrincipals", made.Guid);
    return [made];
}
