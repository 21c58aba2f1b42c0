import type { Json, Reply } from "../http";
import { newAssignment } from "../seed";
import type { AppRoleAssignment } from "../state";
import { absent, badRequest, param, servicePrincipalOf, single, type GraphCall, type Route } from "./call";
import { list } from "./list";
import { mayConsent, mayRead } from "./rights";

const ASSIGNED_TO = "servicePrincipals/{}/appRoleAssignedTo";
const ASSIGNMENTS = "servicePrincipals/{}/appRoleAssignments";
/** The role that stands for access without any role. */
const NO_ROLE = "00000000-0000-0000-0000-000000000000";

/** The same assignments are reached from the resource (appRoleAssignedTo) and from who has them (appRoleAssignments). */
export const assignmentRoutes: Route[] = [
    { method: "GET", path: ASSIGNED_TO, answer: call => listed(call, servicePrincipalOf(call).appRoleAssignedTo) },
    { method: "POST", path: ASSIGNED_TO, answer: assign },
    { method: "GET", path: `${ASSIGNED_TO}/{}`, answer: read },
    { method: "DELETE", path: `${ASSIGNED_TO}/{}`, answer: remove },
    { method: "GET", path: ASSIGNMENTS, answer: call => listed(call, assignmentsOf(call, servicePrincipalOf(call).id)) },
    { method: "POST", path: ASSIGNMENTS, answer: assign },
    { method: "DELETE", path: `${ASSIGNMENTS}/{}`, answer: remove },
];

function listed(call: GraphCall, assignments: AppRoleAssignment[]): Reply {
    mayRead(call);
    return list(call, `servicePrincipals('${param(call)}')/appRoleAssignedTo`, assignments.map(plain));
}

function assign(call: GraphCall): Reply {
    const { world, body } = call;
    servicePrincipalOf(call);
    mayConsent(call);
    const [resource, principal] = [body["resourceId"], body["principalId"]].map(id =>
        world.state.servicePrincipals.find(each => each.id === id && world.replication.visible(each.id)),
    );
    const appRoleId = String(body["appRoleId"] ?? "");
    if (!resource || !principal || ![resource.id, principal.id].includes(param(call))) {
        // azuread tries again for these words (facts: azuread-observed.md section 4).
        throw badRequest("Not a valid reference update.");
    }
    if (appRoleId !== NO_ROLE && !resource.appRoles.some(({ id, isEnabled }) => id === appRoleId && isEnabled)) {
        throw badRequest("Permission being assigned was not found on application.");
    }
    if (resource.appRoleAssignedTo.some(each => each.principalId === principal.id && each.appRoleId === appRoleId)) {
        throw badRequest("Permission being assigned already exists on the object.");
    }
    const made = newAssignment(appRoleId, principal, resource, world.now());
    resource.appRoleAssignedTo.push(made);
    world.replication.created("appRoleAssignments", made.id);
    return single(call, "appRoleAssignments", plain(made), 201);
}

function read(call: GraphCall): Reply {
    mayRead(call);
    return single(call, "appRoleAssignments", plain(assignmentOf(call)));
}

function remove(call: GraphCall): Reply {
    mayConsent(call);
    const { id } = assignmentOf(call);
    for (const each of call.world.state.servicePrincipals) {
        each.appRoleAssignedTo = each.appRoleAssignedTo.filter(assignment => assignment.id !== id);
    }
    return { status: 204 };
}

/** From either end. */
function assignmentOf(call: GraphCall): AppRoleAssignment {
    const servicePrincipal = servicePrincipalOf(call);
    const found = [...servicePrincipal.appRoleAssignedTo, ...assignmentsOf(call, servicePrincipal.id)].find(({ id }) => id === param(call, 1));
    if (!found || !call.world.replication.visible(found.id)) {
        throw absent(param(call, 1));
    }
    return found;
}

function assignmentsOf({ world }: GraphCall, principalId: string): AppRoleAssignment[] {
    return world.state.servicePrincipals.flatMap(({ appRoleAssignedTo }) => appRoleAssignedTo.filter(each => each.principalId === principalId));
}

function plain(assignment: AppRoleAssignment): Json {
    return { deletedDateTime: null, ...assignment };
}
