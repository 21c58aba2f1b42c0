import { ApiError, isObject, jsonBody, type Json, type Reply, type Request } from "../http";
import { rolesOf } from "../login";
import { EXCHANGE_AUDIENCE } from "../metadata";
import { EXCHANGE_APP_ID } from "../seed";
import type { World } from "../world";
import type { Cmdlet } from "./cmdlet";
import { CmdletError, errorReply, forbidden, ids, invalid, ODATA, unauthenticated } from "./errors";
import { assignmentCmdlets } from "./assignments";
import { authorizationCmdlets } from "./authorization";
import { groupCmdlets } from "./groups";
import { memberCmdlets } from "./members";
import { organizationCmdlets } from "./organization";
import { checkParameters } from "./parameters";
import { policyCmdlets } from "./policies";
import { recipientCmdlets } from "./recipients";
import { envelope, page } from "./reply";
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
const INVOKE = /^\/adminapi\/beta\/([^/]+)\/InvokeCommand$/;

/** Answers Exchange Online's admin endpoint as the PowerShell module uses it (facts: wire.md section 1). Undefined: not a call of this. */
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
        const error = { code: "NotFound", message: "The requested resource was not found." };
        return { status: 404, body: { error }, headers, unknown: true };
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

/** Neither right is 401, the application permission alone 403 (facts: wire.md section 1.3). A change counts at once, as with Graph here. */
function unauthorized(request: Request, world: World, headers: Record<string, string>): Reply | undefined {
    const [, token = ""] = /^Bearer (.+)$/i.exec(request.headers.authorization ?? "") ?? [];
    const claims = world.tokens.claims(token);
    const id = String(claims?.["oid"]);
    const fresh = claims?.["aud"] === EXCHANGE_AUDIENCE && Number(claims["exp"]) * 1000 >= Date.now();
    if (!fresh || !rolesOf(id, EXCHANGE_APP_ID, world).includes("Exchange.ManageAsApp")) {
        return unauthenticated(headers);
    }
    if (world.state.exchange.administrators.includes(id)) {
        return undefined;
    }
    return world.behaviour.roleMissingAs401 ? unauthenticated(headers) : forbidden(headers);
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
    throw invalid("The request body isn't a valid CmdletInput.", ODATA, "");
}

function run({ name, cmdlet, parameters }: { name: string; cmdlet: Cmdlet; parameters: Json }, request: Request, world: World): Reply {
    checkParameters(cmdlet, name, parameters);
    const call = { world, exchange: world.state.exchange, name, parameters };
    const asks = typeof cmdlet.asks === "function" ? cmdlet.asks(parameters) : cmdlet.asks;
    if (parameters["WhatIf"] === true || (asks && parameters["Confirm"] !== false && parameters["Force"] !== true)) {
        const object = String(parameters["Identity"] ?? parameters["Name"] ?? "");
        const question = `Are you sure you want to perform this action? ${name} "${object}".`;
        return { status: 200, body: { ...envelope(world, []), "@adminapi.confirmationmessage": question } };
    }
    const found = cmdlet.run(call);
    return cmdlet.silent ? { status: 204 } : page(found, request, call, cmdlet.warning);
}
