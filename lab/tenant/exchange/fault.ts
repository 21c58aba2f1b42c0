import type { Fault } from "../behaviour";
import { isObject, type Reply } from "../http";
import { CmdletError, errorReply, forbidden, ids, ODATA, unauthenticated } from "./errors";

/** The reply that a fault makes of a cmdlet. `done` is what the cmdlet itself answered, where it was run. */
export function brokenCmdlet(fault: Fault, done?: Reply): Reply {
    const { status, plain, exception = ODATA, message = "The tenant was told to answer so.", retryAfter } = fault;
    const headers = { ...ids(), ...(retryAfter === undefined ? {} : { "retry-after": retryAfter }) };
    if (plain !== undefined) {
        return { status, body: Buffer.from(plain), headers };
    }
    if ((status === 401 || status === 403) && fault.exception === undefined) {
        return status === 403 ? forbidden(headers) : unauthenticated(headers);
    }
    if (status === 200) {
        const said = isObject(done?.body) ? done.body : { value: [] };
        return { status, body: { ...said, "adminapi.errors@odata.type": "#Collection(String)", "@adminapi.errors": [message] }, headers };
    }
    return errorReply(new CmdletError(status, exception, message), headers);
}
