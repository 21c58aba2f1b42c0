// The data sources.
import type { Clock } from "../shared/clock";
import type { Package } from "../shared/resource";
import type { Properties } from "../shared/values";
import { stateOf as applicationState } from "./applicationState";
import { found, type Graph } from "./graph";
import { ownersOf } from "./owners";
import { stateOf as principalState } from "./servicePrincipalState";
import { getUser } from "./user";

/** Applications of Microsoft by the plugin's names; the plugin knows some three hundred. */
const published = {
    AzureActiveDirectoryGraph: "00000002-0000-0000-c000-000000000000",
    AzureServiceManagement: "797f4846-ba00-4fd7-ba43-dac1f8f63013",
    AzureKeyVault: "cfa8b339-82a2-471a-a3c9-0fc0be7a4093",
    MicrosoftGraph: "00000003-0000-0000-c000-000000000000",
    Office365ExchangeOnline: "00000002-0000-0ff1-ce00-000000000000",
    Office365SharePointOnline: "00000003-0000-0ff1-ce00-000000000000",
};

export const functions: Package<Graph>["functions"] = {
    "azuread:index/getClientConfig:getClientConfig": async graph => ({ ...callerOf(graph), id: callerId(graph) }),
    "azuread:index/getApplicationPublishedAppIds:getApplicationPublishedAppIds": async graph => ({
        id: callerId(graph),
        result: published,
    }),
    "azuread:index/getServicePrincipal:getServicePrincipal": getServicePrincipal,
    "azuread:index/getApplication:getApplication": getApplication,
    "azuread:index/getUser:getUser": getUser,
};

function callerOf(graph: Graph): { clientId: string; objectId: string; tenantId: string } {
    const { clientId, tenantId } = graph.tokens.credentials;
    return { clientId, objectId: graph.caller, tenantId };
}

function callerId(graph: Graph): string {
    const { clientId, objectId, tenantId } = callerOf(graph);
    return `${tenantId}-${clientId}-${objectId}`;
}

async function getServicePrincipal(graph: Graph, args: Properties, clock: Clock): Promise<Properties> {
    const principal = await lookUp(graph, "/servicePrincipals", "service principal", args, clock);
    const path = `/servicePrincipals/${principal["id"]}`;
    const beta = await graph.get(path, { clock, beta: true, query: { $select: "samlMetadataUrl" } });
    const { samlSingleSignOn, ...state } = principalState(principal, beta);
    return { ...state, featureTags: [], features: [], id: path, samlSingleSignOns: [samlSingleSignOn ?? {}] };
}

async function getApplication(graph: Graph, args: Properties, clock: Clock): Promise<Properties> {
    const app = await lookUp(graph, "/applications", "application", args, clock);
    const path = `/applications/${app["id"]}`;
    const beta = await graph.get(path, { clock, beta: true, query: { $select: "oauth2RequirePostResponse" } });
    const state = applicationState(app, beta, await ownersOf(graph, path, clock));
    const { api, optionalClaims, publicClient, singlePageApplication, web, identifierUris, ...rest } = state;
    const { implicitGrant, ...page } = web as Properties;
    const told = { ...page, implicitGrants: [implicitGrant!] };
    const uris = identifierUris as string[];
    const blocks = { apis: [api!], publicClients: [publicClient!], singlePageApplications: [singlePageApplication!], webs: [told] };
    const identifierUri = args["identifierUri"] ?? uris[0] ?? "";
    return { ...rest, ...blocks, optionalClaims: [optionalClaims!], featureTags: [], id: path, identifierUri, identifierUris: uris };
}

// By object id with a GET, else with a filter; exactly one must be found.
async function lookUp(graph: Graph, path: string, what: string, args: Properties, clock: Clock): Promise<Properties> {
    const [[name, value] = []] = Object.entries(args);
    if (name === undefined) throw new Error(`no ${what} is named; give its clientId, objectId or displayName`);
    const missing = (filter?: string) => new Error(notFound(what, `${name}: "${value}"`, filter));
    if (name === "objectId") {
        const one = await found(graph.get(`${path}/${value}`, { clock }));
        if (one) return one;
        throw missing();
    }
    const text = String(value).replaceAll("'", "''");
    const filters: Record<string, string> = {
        clientId: `appId eq '${text}'`,
        displayName: `displayName eq '${text}'`,
        identifierUri: `identifierUris/any(uri:uri eq '${text}')`,
    };
    const $filter = filters[name] ?? "";
    const all = await graph.list(path, { clock, query: { $filter } });
    // Without a client id the plugin does not see a service principal at all.
    const matching = all.filter(one => typeof one["appId"] === "string");
    if (matching.length > 1) throw new Error(`More than one ${what} found for ${name}: "${value}"`);
    const [only] = matching;
    if (!only) throw missing($filter);
    return only;
}

// The plugin has different words for the two.
function notFound(what: string, named: string, filter: string | undefined): string {
    if (what !== "application") return `No ${what} found for ${named}`;
    return `Application not found: ${filter === undefined ? named : `no applications found matching filter: ${JSON.stringify(filter)}`}`;
}
