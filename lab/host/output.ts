import { frame, isObject } from "./json";
import type { Output } from "./reg";
import type { Reply } from "./reply";

/** What a command of the module prints. */
export function answered(reply: Reply): Output {
    return { stdout: frame(reply), stderr: reply.ok ? "" : `HybridIdentity: ${why(reply)}\r\n`, exitCode: reply.ok ? 0 : 1 };
}

export function said(text: string): Output {
    return { stdout: `${text}\r\n`, stderr: "", exitCode: 0 };
}

export function failed(text: string): Output {
    return { stdout: "", stderr: `${text}\r\n`, exitCode: 1 };
}

/** Code and message of a failure. */
export function why(reply: Reply): string {
    const error = isObject(reply["error"]) ? reply["error"] : {};
    return `${error["code"]}: ${error["message"]}`;
}
