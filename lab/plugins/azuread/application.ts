// azuread:index/application:Application, call for call.
import { randomUUID } from "node:crypto";
import type { Clock } from "../shared/clock";
import type { Resource } from "../shared/resource";
import { InitFailed } from "../shared/rpc";
import type { Properties } from "../shared/values";
import { api, patchBody, postBody } from "./applicationBody";
import { fields } from "./applicationFields";
import { outputs, stateOf } from "./applicationState";
import { doing, found, type Graph, type GraphError } from "./graph";
import { binding, ownersOf, settleOwners, updateOwners } from "./owners";
import { object, objects, partOf, sameItem, scopesOf } from "./text";

/** Fresh objects answer 404 and 409 for a while. */
const settling = (error: GraphError) =>
    error.status === 404 || error.status === 409 || (error.status === 400 && error.text.includes("unless disabled first"));

export const application: Resource<Graph> = {
    fields,
    outputs,
    plan: refuseDuplicate,
    create(graph, inputs, clock) {
        return doing("Could not create application", create(graph, inputs, clock));
    },
    async read(graph, id, _state, clock) {
        const oid = partOf(id, "applications");
        if (oid === undefined) return undefined;
        return doing(`Retrieving Application with object ID "${oid}"`, read(graph, `/applications/${oid}`, clock));
    },
    async update(graph, id, { inputs, state, changed }, clock) {
        const path = pathOf(id);
        if (changed.has("displayName")) await refuseDuplicate(graph, inputs, clock);
        return graph.locked(path, () =>
            doing(`Could not update application with ID: "${path}"`, update(graph, path, inputs, state, changed, clock)),
        );
    },
    async delete(graph, id, _state, clock) {
        const path = pathOf(id);
        await doing(`Deleting application with ID: "${path}"`, graph.send("DELETE", path, { clock }));
        const gone = async () => (await found(graph.get(path, { clock }))) === undefined;
        await clock.until(5, `Waiting for deletion of application with ID: "${path}"`, gone);
    },
};

function pathOf(id: string): string {
    const oid = partOf(id, "applications");
    if (oid === undefined) throw new Error(`"${id}" is not an application's id; it has the form /applications/{object id}`);
    return `/applications/${oid}`;
}

async function refuseDuplicate(graph: Graph, inputs: Properties, clock: Clock): Promise<void> {
    const { preventDuplicateNames, displayName } = inputs;
    if (preventDuplicateNames !== true) return;
    const $filter = `displayName eq '${String(displayName).replaceAll("'", "''")}'`;
    const [existing] = await graph.list("/applications", { clock, query: { $filter } });
    if (!existing) return;
    throw new Error(
        `An existing "azuread_application" with name "${displayName}" (ID: "${existing["id"]}") was found and \`prevent_duplicate_names\` was specified. ` +
            "To be managed via Terraform, this resource needs to be imported into the State",
    );
}

async function create(graph: Graph, inputs: Properties, clock: Clock): Promise<{ id: string; state: Properties }> {
    await refuseDuplicate(graph, inputs, clock);
    const body = { ...postBody(inputs), "owners@odata.bind": binding(graph, inputs) };
    const made = await graph.send("POST", "/applications", { clock, body });
    const path = `/applications/${made["id"]}`;
    try {
        // Two changes of the name show that the application has spread.
        for (const displayName of [`TERRAFORM_UPDATE_${randomUUID()}`, inputs["displayName"]]) {
            await graph.send("PATCH", path, { clock, body: { displayName }, retry: settling });
        }
        if (inputs["oauth2PostResponseRequired"] === true) await requirePost(graph, path, true, clock);
        if (object(inputs["api"])["mappedClaimsEnabled"] === true) {
            await graph.send("PATCH", path, { clock, body: { api: { ...api(inputs, true), acceptMappedClaims: true } } });
        }
        await settleOwners(graph, path, inputs, clock);
        const state = await read(graph, path, clock);
        if (state) return { id: path, state };
    } catch (error) {
        throw new InitFailed(`Could not create application: ${(error as Error).message}`, path, known(inputs, made));
    }
    throw new Error("expected non-nil error with nil state during Create");
}

// What is known of an application whose creation was not finished.
function known(inputs: Properties, { id, appId }: Properties): Properties {
    return { ...inputs, objectId: id ?? "", clientId: appId ?? "" };
}

async function read(graph: Graph, path: string, clock: Clock): Promise<Properties | undefined> {
    const app = await found(graph.get(path, { clock }));
    if (app === undefined) return undefined;
    const beta = await graph.get(path, { clock, beta: true, query: { $select: "oauth2RequirePostResponse" } });
    return stateOf(app, beta, await ownersOf(graph, path, clock));
}

async function update(
    graph: Graph,
    path: string,
    inputs: Properties,
    state: Properties,
    changed: Set<string>,
    clock: Clock,
): Promise<Properties> {
    await disableOld(graph, path, inputs, state, clock);
    // Those that nobody configured go back as they were read.
    const tags = inputs["tags"] ?? state["tags"] ?? [];
    await graph.send("PATCH", path, { clock, body: patchBody({ ...inputs, tags }, state, changed), retry: settling });
    if (changed.has("oauth2PostResponseRequired")) await requirePost(graph, path, inputs["oauth2PostResponseRequired"] === true, clock);
    if (object(inputs["api"])["mappedClaimsEnabled"] === true) {
        await graph.send("PATCH", path, { clock, body: { api: { ...api(inputs, true), acceptMappedClaims: true } } });
    }
    if (changed.has("owners")) await updateOwners(graph, path, inputs, clock);
    const now = await read(graph, path, clock);
    if (now) return now;
    throw new Error("expected non-nil error with nil state during Update");
}

async function requirePost(graph: Graph, path: string, required: boolean, clock: Clock): Promise<void> {
    await graph.send("PATCH", path, { clock, beta: true, body: { oauth2RequirePostResponse: required } });
}

// Roles and permissions must be switched off before they can change or go.
async function disableOld(graph: Graph, path: string, inputs: Properties, state: Properties, clock: Clock): Promise<void> {
    const stale = (olds: Properties[], news: Properties[]) =>
        new Set(olds.filter(old => !news.some(one => sameItem(one, old))).map(({ id }) => id));
    const roles = stale(objects(state["appRoles"]), objects(inputs["appRoles"]));
    const scopes = stale(scopesOf(state), scopesOf(inputs));
    if (roles.size + scopes.size === 0) return;
    const app = await graph.get(path, { clock });
    const off = (items: Properties[], ids: Set<unknown>) => items.map(item => (ids.has(item["id"]) ? { ...item, isEnabled: false } : item));
    const body = {
        ...(roles.size > 0 ? { appRoles: off(objects(app["appRoles"]), roles) } : {}),
        ...(scopes.size > 0 ? { api: { oauth2PermissionScopes: off(objects(object(app["api"])["oauth2PermissionScopes"]), scopes) } } : {}),
    };
    await graph.send("PATCH", path, { clock, body, retry: settling });
    // Looks whether they are off now.
    await graph.get(path, { clock });
}
