import { randomUUID } from "node:crypto";
import type { Fault } from "../behaviour";
import { ApiError, jsonBody, type Reply, type Request } from "../http";
import { rolesOf } from "../login";
import { GRAPH_APP_ID } from "../seed";
import type { World } from "../world";
import { applicationRoutes } from "./applications";
import { assignmentRoutes } from "./assignments";
import { batch } from "./batch";
import { EXPANDABLE, type GraphCall, type Route } from "./call";
import { credentialRoutes } from "./credentials";
import { directoryRoutes } from "./directory";
import { peopleRoutes } from "./people";
import { phoneRoutes } from "./phoneMethods";
import { servicePrincipalRoutes } from "./servicePrincipals";

/** azuread takes lists only as application/json (facts: azuread-observed.md section 5); this is how Graph spells it. */
const CONTENT_TYPE = "application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8";
/** Codes as Graph gives them with these. */
const CODES: Record<number, string> = { 404: "Request_ResourceNotFound", 429: "TooManyRequests", 500: "InternalServerError", 503: "ServiceUnavailable" };
/** Others would have to do something here that they do not. */
const QUERY_OPTIONS = ["$filter", "$select", "$expand", "$top", "$skiptoken"];
const ROUTES: Route[] = [...applicationRoutes, ...credentialRoutes, ...servicePrincipalRoutes, ...assignmentRoutes, ...directoryRoutes, ...peopleRoutes, ...phoneRoutes];

/** Answers Microsoft Graph v1.0 and beta. Undefined: not a call of this. */
export function graph(request: Request, world: World): Reply | undefined {
    const [, version = "", ...rest] = request.url.pathname.split("/");
    if (version !== "v1.0" && version !== "beta") {
        return undefined;
    }
    const ids = { "request-id": randomUUID(), "client-request-id": String(request.headers["client-request-id"] ?? randomUUID()) };
    try {
        const parts = rest.map(decodeURIComponent);
        const reply = parts[0] === "$batch" ? batched(request, version, world) : answer(request, version, parts, world);
        return { ...reply, headers: { "content-type": CONTENT_TYPE, ...ids, ...reply.headers } };
    } catch (error) {
        if (error instanceof ApiError) {
            return graphError(error, ids);
        }
        throw error;
    }
}

/** A refusal as Graph words it. */
export function graphError(error: ApiError, ids: Record<string, string>): Reply {
    const { status, code, message, more } = error;
    const innerError = { date: new Date().toISOString().slice(0, 19), ...ids };
    return {
        status,
        body: { error: { code, message, ...(more.details ? { details: more.details } : {}), innerError } },
        headers: { "content-type": "application/json", ...ids, ...more.headers },
        unknown: more.unknown,
    };
}

/** What a call is answered that meets a fault. */
export function broken({ status, code = CODES[status] ?? "UnknownError", message = "The tenant was told to answer so.", retryAfter }: Fault): Reply {
    const headers: Record<string, string> = retryAfter === undefined ? {} : { "retry-after": retryAfter };
    return graphError(new ApiError(status, code, message, { headers }), { "request-id": randomUUID(), "client-request-id": randomUUID() });
}

/** Each call of a batch is one of its own, which may meet a fault of its own. */
function batched(request: Request, version: string, world: World): Reply {
    authenticated(request, world);
    return batch(request, version, inner => {
        const fault = world.behaviour.take(inner.method, inner.url.pathname + inner.url.search);
        const reply = fault && !fault.executed ? undefined : graph(inner, world);
        return fault ? { ...broken(fault), unknown: reply?.unknown } : reply!;
    });
}

function answer(request: Request, version: string, parts: string[], world: World): Reply {
    const caller = authenticated(request, world);
    const path = byAppId(parts, world);
    const here = ROUTES.filter(route => matches(route, path));
    if (here.length === 0) {
        throw new ApiError(400, "BadRequest", `Resource not found for the segment '${parts.find(unserved) ?? parts.join("/")}'.`, { unknown: true });
    }
    const route = here.find(({ method }) => method === request.method);
    if (!route) {
        throw new ApiError(405, "Request_BadRequest", "Specified HTTP method is not allowed for the request target.", { unknown: true });
    }
    const { searchParams } = request.url;
    const expanded = searchParams.get("$expand")?.split(",") ?? [];
    const stranger = [...searchParams.keys()].find(option => !QUERY_OPTIONS.includes(option)) ?? expanded.find(each => !EXPANDABLE.includes(each));
    if (stranger !== undefined) {
        throw new ApiError(400, "BadRequest", `The query specified in the URI is not valid: '${stranger}' is not supported here.`, { unknown: true });
    }
    const params = path.filter((_, at) => route.path.split("/")[at] === "{}");
    const call: GraphCall = { world, method: request.method, url: request.url, version, params, body: jsonBody(request), caller };
    return route.answer(call);
}

function authenticated({ headers }: Request, world: World): GraphCall["caller"] {
    const [, token] = /^Bearer (.+)$/i.exec(headers.authorization ?? "") ?? [];
    if (token === undefined) {
        throw new ApiError(401, "InvalidAuthenticationToken", "Access token is empty.");
    }
    const claims = world.tokens.claims(token);
    if (!claims) {
        throw new ApiError(401, "InvalidAuthenticationToken", "Access token validation failure. Invalid signature.");
    }
    if (claims["aud"] !== world.base) {
        throw new ApiError(401, "InvalidAuthenticationToken", "Access token validation failure. Invalid audience.");
    }
    if (Number(claims["exp"]) * 1000 < Date.now()) {
        throw new ApiError(401, "InvalidAuthenticationToken", "Lifetime validation failed, the token is expired.");
    }
    const id = String(claims["oid"]);
    // Real Graph goes by the roles in the token; here a change of rights counts at once, so that no test waits for a new one.
    return { id, roles: rolesOf(id, GRAPH_APP_ID, world) };
}

/** `applications(appId='...')` names an object by its other key. */
function byAppId(parts: string[], { state }: World): string[] {
    const [, set, appId] = /^(applications|servicePrincipals)\(appId='([^']+)'\)$/.exec(parts[0] ?? "") ?? [];
    if (set !== "applications" && set !== "servicePrincipals") {
        return parts;
    }
    const found = [...state[set]].find(each => each.appId === appId);
    return [set, found?.id ?? String(appId), ...parts.slice(1)];
}

function matches({ path }: Route, parts: string[]): boolean {
    const pattern = path.split("/");
    return pattern.length === parts.length && pattern.every((part, at) => (part === "{}" ? parts[at] !== "" : part === parts[at]));
}

function unserved(part: string): boolean {
    return !ROUTES.some(({ path }) => path.split("/").includes(part));
}
