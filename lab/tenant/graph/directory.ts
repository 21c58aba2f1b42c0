import { ApiError, type Reply } from "../http";
import { absent, param, single, type GraphCall, type Route } from "./call";
import { list } from "./list";
import { typed } from "./owners";
import { userOf } from "./people";
import { mayRead, mayReadPolicies, mayReadUsers } from "./rights";

export const directoryRoutes: Route[] = [
    { method: "GET", path: "directoryObjects/{}", answer: directoryObject },
    { method: "GET", path: "users", answer: users },
    { method: "GET", path: "users/{}", answer: user },
    { method: "GET", path: "users/{}/manager", answer: manager },
    { method: "GET", path: "organization", answer: organization },
    { method: "GET", path: "me", answer: me },
    { method: "GET", path: "policies/defaultAppManagementPolicy", answer: appManagementPolicy },
    { method: "GET", path: "applications/{}/appManagementPolicies", answer: policiesOfApplication },
];

function directoryObject(call: GraphCall): Reply {
    mayRead(call);
    const object = typed(call, param(call));
    if (!object) {
        throw absent(param(call));
    }
    return single(call, "directoryObjects", object);
}

function users(call: GraphCall): Reply {
    mayReadUsers(call);
    return list(call, "users", call.world.state.users);
}

function user(call: GraphCall): Reply {
    mayReadUsers(call);
    return single(call, "users", userOf(call));
}

/** Nobody here has one; azuread takes that (facts: wire.md section 2.5). */
function manager(call: GraphCall): Reply {
    mayReadUsers(call);
    throw absent("manager");
}

function organization(call: GraphCall): Reply {
    const { tenantId } = call.world.state;
    const domains = [{ name: "hybrididentity.example", isDefault: true, isInitial: true, type: "Managed", capabilities: "Email" }];
    return list(call, "organization", [{ id: tenantId, displayName: "Hybrid Identity Lab", verifiedDomains: domains }]);
}

function me(): Reply {
    throw new ApiError(400, "BadRequest", "/me request is only valid with delegated authentication flow.");
}

/** The tenant's rules about secrets; lifetimes are durations in ISO 8601. */
function appManagementPolicy(call: GraphCall): Reply {
    mayReadPolicies(call);
    const { longestSecretDays: days, secretsForbidden } = call.world.behaviour;
    const lifetime = { restrictionType: "passwordLifetime", state: "enabled", maxLifetime: `P${days}D` };
    const addition = { restrictionType: "passwordAddition", state: "enabled", maxLifetime: null };
    const passwordCredentials = [...(days === undefined ? [] : [lifetime]), ...(secretsForbidden ? [addition] : [])];
    const restrictions = { passwordCredentials, keyCredentials: [] };
    return single(call, "policies/defaultAppManagementPolicy", {
        id: "00000000-0000-0000-0000-000000000000",
        displayName: "Default app management tenant policy",
        isEnabled: passwordCredentials.length > 0,
        applicationRestrictions: restrictions,
        servicePrincipalRestrictions: restrictions,
    });
}

/** No application has a policy of its own here. */
function policiesOfApplication(call: GraphCall): Reply {
    mayReadPolicies(call);
    return list(call, "appManagementPolicies", []);
}
