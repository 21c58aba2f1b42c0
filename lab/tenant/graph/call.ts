import { ApiError, type Json, type Reply } from "../http";
import { NAVIGATION, type Application, type ServicePrincipal } from "../state";
import type { World } from "../world";

/** A Graph call with its caller known. */
export interface GraphCall {
    world: World;
    method: string;
    url: URL;
    /** `v1.0` or `beta` */
    version: string;
    /** The parts of the path that the route leaves open. */
    params: string[];
    body: Json;
    caller: { id: string; roles: string[] };
}

export interface Route {
    method: string;
    /** `{}` stands for one part of the path. */
    path: string;
    answer(call: GraphCall): Reply;
}

/** What $expand brings in; owners would come as whole objects, which nobody asked for yet. */
export const EXPANDABLE = ["federatedIdentityCredentials", "appRoleAssignedTo"];

/** In v1.0 these are asked for in vain; azuread reads them from beta (facts: azuread-observed.md section 2). */
const BETA_ONLY = ["oauth2RequirePostResponse", "samlMetadataUrl"];

export function param({ params }: GraphCall, at = 0): string {
    return params[at] ?? "";
}

/** The application with this object id. Throws ApiError where it is not there, or not there yet. */
export function applicationOf(call: GraphCall): Application {
    return found(call, call.world.state.applications, param(call));
}

/** The service principal with this object id, likewise. */
export function servicePrincipalOf(call: GraphCall): ServicePrincipal {
    return found(call, call.world.state.servicePrincipals, param(call));
}

function found<Entity extends { id: string }>({ world }: GraphCall, entities: Entity[], id: string): Entity {
    const entity = entities.find(each => each.id === id);
    if (!entity || !world.replication.visible(id)) {
        throw absent(id);
    }
    return entity;
}

export function absent(id: string): ApiError {
    return new ApiError(404, "Request_ResourceNotFound", `Resource '${id}' does not exist or one of its queried reference-property objects are not present.`);
}

export function badRequest(message: string, details?: Json[]): ApiError {
    return new ApiError(400, "Request_BadRequest", message, details && { details });
}

/** An object as a reply shows it: without what has an address of its own, unless $expand asks for it, and only what $select names. */
export function shown({ world, version, url }: GraphCall, entity: Json): Json {
    const select = url.searchParams.get("$select")?.split(",");
    const expand = url.searchParams.get("$expand")?.split(",") ?? [];
    const properties = Object.entries(entity).filter(
        ([property]) =>
            expand.includes(property) ||
            (!NAVIGATION.includes(property) && (version === "beta" || !BETA_ONLY.includes(property)) && (select === undefined || select.includes(property) || property.startsWith("@"))),
    );
    const result: Json = Object.fromEntries(properties);
    if (Array.isArray(result["passwordCredentials"])) {
        // New secrets too take their time until every server lists them.
        result["passwordCredentials"] = (result["passwordCredentials"] as Json[]).filter(({ keyId }) => world.replication.visible(String(keyId)));
    }
    if (Array.isArray(result["keyCredentials"])) {
        // The keys themselves are told only when they are asked for by name.
        result["keyCredentials"] = (result["keyCredentials"] as Json[])
            .filter(({ keyId }) => world.replication.visible(String(keyId)))
            .map(each => (select ? each : { ...each, key: null }));
    }
    return result;
}

/** The reply that carries one object. */
export function single(call: GraphCall, set: string, entity: Json, status = 200): Reply {
    return { status, body: { "@odata.context": `${call.world.base}/${call.version}/$metadata#${set}/$entity`, ...shown(call, entity) } };
}
