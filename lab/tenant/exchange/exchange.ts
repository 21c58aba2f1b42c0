import { createHash } from "node:crypto";
import { ApiError, isObject, jsonBody, type Json, type Reply, type Request } from "../http";
import { rolesOf } from "../login";
import { EXCHANGE_AUDIENCE } from "../metadata";
import { EXCHANGE_APP_ID } from "../seed";
import type { World } from "../world";
import type { Cmdlet, CmdletCall } from "./cmdlet";
import { CmdletError, errorReply, forbidden, ids, invalid, unauthenticated } from "./errors";
import { assignmentCmdlets } from "./assignments";
import { authorizationCmdlets } from "./authorization";
import { groupCmdlets } from "./groups";
import { memberCmdlets } from "./members";
import { organizationCmdlets } from "./organization";
import { checkParameters } from "./parameters";
import { policyCmdlets } from "./policies";
import { recipientCmdlets } from "./recipients";
import { scopeCmdlets } from "./scopes";
import { pointerCmdlets } from "./servicePrincipals";

const CMDLETS: Record<string, Cmdlet> = {
    ...policyCmdlets,
    ...pointerCmdlets,
    ...scopeCmdlets,
    ...assignmentCmdlets,
    ...authorizationCmdlets,
    ...recipientCmdlets,
    ...groupCmdlets,
    ...memberCmdlets,
    ...organizationCmdlets,
};
/** How many objects come where nobody asks for all. */
const RESULTS = 1000;
const INVOKE = /^\/adminapi\/beta\/([^/]+)\/InvokeCommand$/;

/** Answers the admin endpoint of Exchange Online as the PowerShell module uses it (facts: wire.md section 1). Undefined: not a call of this. */
export function exchange(request: Request, world: World): Reply | undefined {
    if (!request.url.pathname.startsWith("/adminapi/")) {
        return undefined;
    }
    const headers = ids();
    const refused = unauthorized(request, world, headers);
    if (refused) {
        return refused;
    }
    const [, tenant] = INVOKE.exec(request.url.pathname) ?? [];
    if (request.method !== "POST" || ![world.state.tenantId, world.state.exchange.organization["Name"]].includes(tenant)) {
        // Says nothing about any object: it has no exception type.
        return { status: 404, body: { error: { code: "NotFound", message: "The requested resource was not found." } }, headers, unknown: true };
    }
    try {
        const { CmdletName: name = "", Parameters: parameters } = input(request);
        const cmdlet = CMDLETS[name];
        return cmdlet ? { headers, ...run({ name, cmdlet, parameters }, request, world) } : { ...forbidden(headers), unknown: true };
    } catch (error) {
        if (error instanceof CmdletError) {
            return errorReply(error, headers, world.behaviour.notFoundAs500);
        }
        throw error;
    }
}

/** The cmdlet that a request is for, and its parameters, as far as they can be read. */
export function cmdletOf(request: Request): { cmdlet?: string; parameters?: Json } {
    if (!request.url.pathname.startsWith("/adminapi/")) {
        return {};
    }
    try {
        const { CmdletName: cmdlet, Parameters: parameters } = input(request);
        return { cmdlet, parameters };
    } catch {
        return {};
    }
}

/** Neither right is 401, the application permission alone 403 (facts: wire.md section 1.3). A change of rights counts at once, as with Graph here. */
function unauthorized(request: Request, world: World, headers: Record<string, string>): Reply | undefined {
    const [, token = ""] = /^Bearer (.+)$/i.exec(request.headers.authorization ?? "") ?? [];
    const claims = world.tokens.claims(token);
    const id = String(claims?.["oid"]);
    const fresh = claims?.["aud"] === EXCHANGE_AUDIENCE && Number(claims["exp"]) * 1000 >= Date.now();
    if (!fresh || !rolesOf(id, EXCHANGE_APP_ID, world).includes("Exchange.ManageAsApp")) {
        return unauthenticated(headers);
    }
    return world.state.exchange.administrators.includes(id) ? undefined : forbidden(headers);
}

function input(request: Request): { CmdletName?: string; Parameters: Json } {
    try {
        const { CmdletInput: given } = jsonBody(request);
        if (isObject(given) && typeof given["CmdletName"] === "string" && isObject(given["Parameters"])) {
            return { CmdletName: given["CmdletName"], Parameters: given["Parameters"] };
        }
    } catch (error) {
        if (!(error instanceof ApiError)) {
            throw error;
        }
    }
    throw invalid("The request body isn't a valid CmdletInput.", "Microsoft.Exchange.Admin.OData.Core.ODataServiceException", "");
}

function run({ name, cmdlet, parameters }: { name: string; cmdlet: Cmdlet; parameters: Json }, request: Request, world: World): Reply {
    checkParameters(cmdlet, name, parameters);
    const call = { world, exchange: world.state.exchange, name, parameters };
    const asks = typeof cmdlet.asks === "function" ? cmdlet.asks(parameters) : cmdlet.asks;
    if (parameters["WhatIf"] === true || (asks && parameters["Confirm"] !== false && parameters["Force"] !== true)) {
        const question = `Are you sure you want to perform this action? ${name} "${String(parameters["Identity"] ?? parameters["Name"] ?? "")}".`;
        return { status: 200, body: { ...envelope(world, []), "@adminapi.confirmationmessage": question } };
    }
    const found = cmdlet.run(call);
    return cmdlet.silent ? { status: 204 } : page(found, request, { ...call, warnings: cmdlet.warning === undefined ? [] : [cmdlet.warning] });
}

/** All of a list where it is asked for, else its beginning. The rest of a long one comes to who posts the same body again. */
function page(found: Json[], request: Request, { world, parameters, warnings }: CmdletCall & { warnings: string[] }): Reply {
    const body = createHash("sha256").update(request.text).digest("hex").slice(0, 16);
    const [from = 0, of = body] = request.url.searchParams.get("$skiptoken")?.split("-") ?? [];
    if (of !== body) {
        throw invalid("Expired or Invalid pagination request. Default Expiry time is 00:30:00", "Microsoft.Exchange.Admin.OData.Core.ODataServiceException");
    }
    const size = parameters["ResultSize"] === "Unlimited" ? world.behaviour.pageSize : Number(parameters["ResultSize"] ?? RESULTS);
    const until = Number(from) + size;
    const next = new URL(request.url);
    next.searchParams.set("$skiptoken", `${until}-${body}`);
    const select = request.url.searchParams.get("$select")?.split(",");
    const more = parameters["ResultSize"] === "Unlimited" && until < found.length ? { "@odata.nextLink": next.href } : {};
    const value = found.slice(Number(from), until).map(each => annotated(each, select, world.behaviour.bareSingles));
    return { status: 200, body: { ...envelope(world, value), "@adminapi.warnings": warnings, ...more } };
}

function envelope(world: World, value: Json[]): Json {
    return {
        "@odata.context": `${world.base}/adminapi/beta/${world.state.tenantId}/$metadata#Collection(Exchange.GenericHashTable)`,
        "adminapi.warnings@odata.type": "#Collection(String)",
        "@adminapi.warnings": [],
        value,
    };
}

/** An object with a note of its type before each property that JSON does not tell the type of (facts: wire.md section 1.6). */
function annotated(object: Json, select: string[] | undefined, bareSingles: boolean): Json {
    const shown = Object.entries(object).filter(([property]) => /^[A-Z]/.test(property) && (select?.includes(property) ?? true));
    const bare = (value: unknown): unknown => (bareSingles && Array.isArray(value) && value.length === 1 ? value[0] : value);
    return Object.fromEntries(shown.flatMap(([property, value]) => [...annotation(property, bare(value)), [property, bare(value)]]));
}

function annotation(property: string, value: unknown): Array<[string, string]> {
    if (Array.isArray(value)) {
        return [[`${property}@odata.type`, "#Collection(String)"]];
    }
    const type = property === "Guid" ? "System.Guid" : property.startsWith("When") ? "System.DateTime" : typeof value === "number" ? "System.Int32" : undefined;
    return type === undefined ? [] : [[`${property}@data.type`, type]];
}
