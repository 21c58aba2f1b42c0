// azuread:index/appRoleAssignment:AppRoleAssignment, call for call: no waiting, and every change replaces.
import type { Clock } from "../shared/clock";
import type { Resource } from "../shared/resource";
import type { Field } from "../shared/schema";
import type { Properties } from "../shared/values";
import { doing, found, type Graph, type GraphError } from "./graph";
import { orEmpty, partOf, valid } from "./text";

const objectId: Field = { kind: "string", required: true, replaces: true, invalid: valid.uuid };

/** A fresh principal is not known everywhere yet. */
const settling = ({ status, text }: GraphError) => status === 404 || (status === 400 && text.includes("Not a valid reference update"));

export const appRoleAssignment: Resource<Graph> = {
    fields: { appRoleId: objectId, principalObjectId: objectId, resourceObjectId: objectId },
    outputs: ["principalDisplayName", "principalType", "resourceDisplayName"],
    create(graph, inputs, clock) {
        return doing("Could not create app role assignment", create(graph, inputs, clock));
    },
    async read(graph, id, _state, clock) {
        if (partOf(id, "appRoleAssignedTo") === undefined) return undefined;
        return doing(`retrieving app role assignment with ID "${id}"`, read(graph, id, clock));
    },
    async delete(graph, id, _state, clock) {
        await doing(`Deleting app role assignment with ID "${id}"`, graph.send("DELETE", id, { clock }));
    },
};

async function create(graph: Graph, inputs: Properties, clock: Clock): Promise<{ id: string; state: Properties }> {
    const { appRoleId, principalObjectId: principalId, resourceObjectId: resourceId } = inputs;
    const resource = `/servicePrincipals/${resourceId}`;
    await graph.get(resource, { clock });
    const body = { appRoleId, principalId, resourceId };
    const made = await graph.send("POST", `${resource}/appRoleAssignedTo`, { clock, body, retry: settling });
    if (typeof made["resourceId"] !== "string") throw new Error("Resource ID returned for app role assignment is nil");
    const id = `/servicePrincipals/${made["resourceId"]}/appRoleAssignedTo/${made["id"]}`;
    const state = await read(graph, id, clock);
    if (!state) throw new Error("expected non-nil error with nil state during Create");
    return { id, state };
}

async function read(graph: Graph, path: string, clock: Clock): Promise<Properties | undefined> {
    const assignment = await found(graph.get(path, { clock }));
    if (assignment === undefined) return undefined;
    return {
        appRoleId: orEmpty(assignment["appRoleId"]),
        principalDisplayName: orEmpty(assignment["principalDisplayName"]),
        principalObjectId: orEmpty(assignment["principalId"]),
        principalType: orEmpty(assignment["principalType"]),
        resourceDisplayName: orEmpty(assignment["resourceDisplayName"]),
        resourceObjectId: orEmpty(assignment["resourceId"]),
    };
}
