import { toAsciiJson, type Json } from "./json";
import { protocol } from "./render";
import type { ObserveRequest } from "./types";

/** What an install request carries. */
export interface InstallRequest {
    /** ModuleVersion of the manifest. */
    version: string;
    /** SHA-256 over psm1 followed by psd1, lower-case hex. */
    sha256: string;
    /** See `installMarker`. */
    marker: string;
    /** Groups that may read the records beside administrators, `DOMAIN\group`. */
    readers: readonly string[];
    psd1: string;
    psm1: string;
}

/** An `observe` request as JSON. The keys and names must be canonical, each value named once. */
export function observeRequest({ owner, values, limitSeconds, ...asked }: ObserveRequest): string {
    const request: Record<string, Json> = { protocol, operation: "observe", owner, values };
    for (const member of ["services", "products", "accounts", "names", "events"] as const) {
        const questions = asked[member] ?? [];
        if (questions.length > 0) {
            request[member] = questions;
        }
    }
    if (limitSeconds !== undefined) {
        request["limitSeconds"] = limitSeconds;
    }
    return toAsciiJson(request);
}

/** An `install` request as JSON. */
export function installRequest({ version, sha256, marker, readers, psd1, psm1 }: InstallRequest): string {
    return toAsciiJson({ protocol, operation: "install", version, sha256, marker, readers, psd1: lines(psd1), psm1: lines(psm1) });
}

/**
 * The text of one script block that defines the module's functions and carries out a request; a cut text does not parse.
 * @throws TypeError where the parts would not stay apart: a module that is not ASCII or does not end with a line feed, JSON that closes its
 * quotes.
 */
export function block(psm1: string, requestJson: string): string {
    if (!psm1.endsWith("\n") || /[^\x00-\x7f]/.test(psm1)) {
        throw new TypeError("The module's text must be ASCII and end with a line feed.");
    }
    if (/^'@/m.test(requestJson) || /[^\x00-\x7f]/.test(requestJson)) {
        throw new TypeError("The request must be ASCII, without a line that begins with '@.");
    }
    return `& {\n${psm1}if (Invoke-HybridIdentityRequest -Json @'\n${requestJson}\n'@) { exit 0 } else { exit 1 }\n}\n`;
}

/** Lines with their line feeds. One that is too long for the wire is cut; all of them are joined on the host. */
function lines(text: string): string[] {
    return text.match(/[^\n]{1,600}\n?|\n/g) ?? [];
}
