import { randomUUID } from "node:crypto";
import type { Reply } from "../http";

/** The names by which errors are told apart (facts: wire.md section 1.8). */
export const NOT_FOUND = "Microsoft.Exchange.Configuration.Tasks.ManagementObjectNotFoundException";
export const ALREADY_EXISTS = "Microsoft.Exchange.Data.Directory.ADObjectAlreadyExistsException";
/** What is wrong with a request rather than with a cmdlet. */
export const ODATA = "Microsoft.Exchange.Admin.OData.Core.ODataServiceException";
const UNKNOWN_PARAMETER = "Microsoft.Exchange.AdminApi.CommandInvocation.AmbiguousParameterSetException";
const WRONG_VALUE = "Microsoft.Exchange.AdminApi.CommandInvocation.ParameterTransformationException";
const DEHYDRATED = "Microsoft.Exchange.Configuration.Tasks.InvalidOperationInDehydratedContextException";
const INVALID = "Microsoft.Exchange.Configuration.Tasks.TaskInvalidOperationException";

const SERVER = "EURP000A01DC001.EURP000A001.PROD.OUTLOOK.COM";
const CODES: Record<number, string> = {
    400: "BadRequest",
    404: "NotFound",
    429: "TooManyRequests",
    500: "InternalServerError",
    503: "ServiceUnavailable",
};

/** What a cmdlet refuses. `id` stands before the type in the reply where the service has one. */
export class CmdletError extends Error {
    constructor(
        readonly status: number,
        readonly type: string,
        message: string,
        readonly id = "",
    ) {
        super(message);
    }
}

export function notFound(identity: unknown, status = 404): CmdletError {
    const text = `The operation couldn't be performed because object '${String(identity)}' couldn't be found on '${SERVER}'.`;
    return new CmdletError(status, NOT_FOUND, text, "Ex6F9304");
}

export function alreadyExists(name: string): CmdletError {
    const text = `Active Directory operation failed on ${SERVER}. The object '${name}' already exists.`;
    return new CmdletError(400, ALREADY_EXISTS, text, "Ex0D1F6A");
}

export function unknownParameters(names: string): CmdletError {
    const text = `Parameter set cannot be resolved using the specified named parameters. Invalid cmdlet parameters specified. ${names}`;
    return new CmdletError(400, UNKNOWN_PARAMETER, text);
}

export function wrongValue(parameter: string, why: string): CmdletError {
    return new CmdletError(400, WRONG_VALUE, `Cannot process argument transformation on parameter '${parameter}'. ${why}`);
}

export function dehydrated(cmdlet: string): CmdletError {
    const text =
        "The command you tried to run isn't currently allowed in your organization. To run this command, you first need to run the " +
        `command: Enable-OrganizationCustomization. (${cmdlet})`;
    return new CmdletError(400, DEHYDRATED, text, "Ex7A2B10");
}

/** Anything else that a cmdlet says no to. */
export function invalid(text: string, type = INVALID, id = "Ex9C4E21"): CmdletError {
    return new CmdletError(400, type, text, id);
}

/** The reply for an error. `old` backends answer for what is not there with 500 and without the inner exception. */
export function errorReply({ status, type, message, id }: CmdletError, headers: Record<string, string>, old = false): Reply {
    // Seen without details (facts: wire.md section 1.8).
    const bare = type === WRONG_VALUE;
    const shown = old && type === NOT_FOUND ? 500 : status;
    const said = type.includes(".AdminApi.") ? "Invalid Operation" : "Error executing cmdlet";
    const details = [{ code: "Client", target: "", message: `${id}|${type}|${message}` }];
    const internal = { message, type, stacktrace: "" };
    return {
        status: shown,
        body: {
            error: {
                code: CODES[shown] ?? "UnknownError",
                message: said,
                ...(bare ? {} : { details }),
                innererror: {
                    message: said,
                    type: ODATA,
                    stacktrace: "",
                    ...(old && type === NOT_FOUND ? {} : { internalexception: internal }),
                },
            },
            "adminapi.warnings@odata.type": "#Collection(String)",
            "@adminapi.warnings": [],
        },
        headers: { ...headers, "x-exceptiontype": type.split(".").at(-1) ?? type },
    };
}

/** Rights are missing, or the cmdlet is none: not JSON but NUL bytes (facts: wire.md section 1.3). */
export function forbidden(headers: Record<string, string>): Reply {
    return { status: 403, body: Buffer.alloc(4096), headers };
}

/** The token is none for here, or neither right is there. What the service says then is not known: nothing, here. */
export function unauthenticated(headers: Record<string, string>): Reply {
    return { status: 401, headers: { ...headers, "www-authenticate": 'Bearer client_id="00000002-0000-0ff1-ce00-000000000000"' } };
}

/** What every reply carries. */
export function ids(): Record<string, string> {
    return { "request-id": randomUUID(), "x-calculatedbetarget": SERVER.toLowerCase() };
}
