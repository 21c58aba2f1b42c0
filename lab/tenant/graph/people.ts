import { ApiError, type Json, type Reply } from "../http";
import type { User } from "../state";
import { absent, badRequest, param, type GraphCall, type Route } from "./call";
import { list } from "./list";
import { mayReadMembers, mayReadRequirements, mayReadUsersAsWell, mayWriteRequirements } from "./rights";

export const peopleRoutes: Route[] = [
    { method: "GET", path: "groups/{}/members", answer: call => members(call, false) },
    { method: "GET", path: "groups/{}/transitiveMembers", answer: call => members(call, true) },
    { method: "GET", path: "users/{}/authentication/requirements", answer: requirements },
    { method: "PATCH", path: "users/{}/authentication/requirements", answer: require },
];

/** The user with this object id or user principal name. Throws ApiError where there is none. */
export function userOf(call: GraphCall): User {
    const key = param(call);
    const { users } = call.world.state;
    const lower = key.toLowerCase();
    // Most ask with the very text, which is found sooner.
    const exact = users.find(({ id, userPrincipalName }) => id === lower || userPrincipalName === key);
    const found = exact ?? users.find(({ userPrincipalName }) => userPrincipalName.toLowerCase() === lower);
    if (!found) {
        throw absent(key);
    }
    return found;
}

/** Who may not read a kind of object is told its id alone (learn.microsoft.com, "group: List transitive members"). */
function members(call: GraphCall, nested: boolean): Reply {
    mayReadMembers(call);
    const { groups, users } = call.world.state;
    const people = new Map(users.map(user => [user.id, user]));
    const seen = new Set<string>();
    const walk = (id: string): Json[] => {
        const group = groups.find(each => each.id === id);
        return (group?.members ?? []).flatMap(member => {
            if (seen.has(member)) {
                return [];
            }
            seen.add(member);
            const user = people.get(member);
            const inner = user ? [] : walk(member);
            const told = mayReadUsersAsWell(call) ? user : user && { id: user.id };
            const here = user ? { "@odata.type": "#microsoft.graph.user", ...told } : { "@odata.type": "#microsoft.graph.group", id: member };
            return [here, ...(nested ? inner : [])];
        });
    };
    if (!groups.some(({ id }) => id === param(call))) {
        throw absent(param(call));
    }
    return list(call, "directoryObjects", walk(param(call)));
}

/** In beta alone (facts: microsoft.md section 5). */
function betaOf(call: GraphCall): User {
    if (call.version !== "beta") {
        throw new ApiError(400, "BadRequest", "Resource not found for the segment 'requirements'.");
    }
    if (call.world.behaviour.requirementsMissing) {
        throw new ApiError(404, "ResourceNotFound", "Resource not found.");
    }
    return userOf(call);
}

function requirements(call: GraphCall): Reply {
    mayReadRequirements(call);
    const { perUserMfaState = "disabled" } = betaOf(call);
    return { status: 200, body: { "@odata.context": `${call.world.base}/beta/$metadata#users/authentication/requirements`, perUserMfaState } };
}

function require(call: GraphCall): Reply {
    mayWriteRequirements(call);
    const user = betaOf(call);
    const wanted = String(call.body["perUserMfaState"]);
    if (!["disabled", "enabled", "enforced"].includes(wanted)) {
        throw badRequest("Invalid value specified for property 'perUserMfaState'.");
    }
    user.perUserMfaState = wanted;
    return { status: 204 };
}
