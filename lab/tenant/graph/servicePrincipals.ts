import { ApiError, type Json, type Reply } from "../http";
import { badRequest, param, servicePrincipalOf, single, type GraphCall, type Route } from "./call";
import { list } from "./list";
import { merged } from "./merge";
import { newServicePrincipal } from "./newServicePrincipal";
import { addOwner, boundOwners, listOwners, removeOwner } from "./owners";
import { forgetServicePrincipal } from "./removal";
import { mayCreate, mayRead, mayWrite, ownedOnly } from "./rights";

export const servicePrincipalRoutes: Route[] = [
    { method: "GET", path: "servicePrincipals", answer: all },
    { method: "POST", path: "servicePrincipals", answer: create },
    { method: "GET", path: "servicePrincipals/{}", answer: read },
    { method: "PATCH", path: "servicePrincipals/{}", answer: update },
    { method: "DELETE", path: "servicePrincipals/{}", answer: remove },
    { method: "GET", path: "servicePrincipals/{}/owners", answer: call => listOwners(call, servicePrincipalOf(call)) },
    { method: "POST", path: "servicePrincipals/{}/owners/$ref", answer: call => addOwner(call, servicePrincipalOf(call)) },
    { method: "DELETE", path: "servicePrincipals/{}/owners/{}/$ref", answer: call => removeOwner(call, servicePrincipalOf(call)) },
];

function all(call: GraphCall): Reply {
    mayRead(call);
    return list(call, "servicePrincipals", call.world.state.servicePrincipals);
}

function create(call: GraphCall): Reply {
    const { world, body, caller } = call;
    mayCreate(call);
    const appId = String(body["appId"] ?? "");
    const application = world.state.applications.find(each => each.appId === appId);
    if (!application || !world.replication.visible(application.id)) {
        // Both texts are what azuread tries again for (facts: wire.md section 2.5).
        throw ownedOnly(call)
            ? new ApiError(
                  403,
                  "Authorization_RequestDenied",
                  "When using this permission, the backing application of the service principal being created must in the local tenant",
              )
            : badRequest(`The appId '${appId}' of the service principal does not reference a valid application object.`);
    }
    mayWrite(call, application);
    if (world.state.servicePrincipals.some(each => each.appId === appId)) {
        const message = `The service principal cannot be created, updated, or restored because the service principal name ${appId} is already in use.`;
        throw new ApiError(409, "Request_MultipleObjectsWithSameKeyValue", message);
    }
    const made = newServicePrincipal(settable(body), application, { now: world.now(), tenantId: world.state.tenantId });
    made.owners = [...new Set([...boundOwners(call), ...(ownedOnly(call) ? [caller.id] : [])])];
    world.state.servicePrincipals.push(made);
    world.replication.created("servicePrincipals", made.id);
    return single(call, "servicePrincipals", made, 201);
}

function read(call: GraphCall): Reply {
    mayRead(call);
    return single(call, "servicePrincipals", servicePrincipalOf(call));
}

function update(call: GraphCall): Reply {
    const servicePrincipal = servicePrincipalOf(call);
    mayWrite(call, servicePrincipal);
    Object.assign(servicePrincipal, merged(servicePrincipal, settable(call.body)));
    return { status: 204 };
}

function remove(call: GraphCall): Reply {
    const servicePrincipal = servicePrincipalOf(call);
    mayWrite(call, servicePrincipal);
    if (!call.world.state.applications.some(({ appId }) => appId === servicePrincipal.appId)) {
        throw new ApiError(403, "Authorization_RequestDenied", `Specified App Principal ID is Restricted from deletion: ${param(call)}.`);
    }
    forgetServicePrincipal(call.world.state, servicePrincipal);
    return { status: 204 };
}

/** What a caller may set; the rest is the directory's, or has ways of its own. */
function settable(body: Json): Json {
    const own = ["id", "appId", "appRoles", "keyCredentials", "passwordCredentials", "owners", "appRoleAssignedTo"];
    return Object.fromEntries(Object.entries(body).filter(([property]) => !own.includes(property)));
}
