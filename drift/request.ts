import { createHash } from "node:crypto";
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

/** An `install` request as JSON, for a block that has the psm1 from a file. */
export function installRequest({ version, sha256, marker, readers, psd1 }: InstallRequest): string {
    return toAsciiJson({ protocol, operation: "install", version, sha256, marker, readers, psd1: lines(psd1) });
}

/** Where a host may have the module's text. */
export interface ModuleOnHost {
    /** Name of the file that was copied there, into the profile folder of the account. */
    copied: string;
    /** The installed module has the text, too. */
    version: string;
    psm1: string;
}

/**
 * The text of one script block that takes the module from a file on the host and installs it. Nothing runs of a file that is not, byte for byte, the one
 * announced. Where the module is installed already, its own file serves: the copied one went with the installation.
 * @throws TypeError as `block` does
 */
export function installBlock({ copied, version, psm1 }: ModuleOnHost, requestJson: string): string {
    checkRequest(requestJson);
    const hash = createHash("sha256").update(psm1, "latin1").digest("hex").toUpperCase().replace(/..(?=.)/g, "$&-");
    return [
        "& {",
        "$ErrorActionPreference = 'Stop'",
        "$text = ''",
        `$copied = [System.IO.Path]::Combine([System.Environment]::GetEnvironmentVariable('USERPROFILE'), '${copied}')`,
        `$installed = [System.IO.Path]::Combine([System.Environment]::GetFolderPath('ProgramFiles'), 'WindowsPowerShell', 'Modules', 'HybridIdentity', '${version}', 'HybridIdentity.psm1')`,
        "foreach ($file in @($copied, $installed)) {",
        "    if (-not [System.IO.File]::Exists($file)) { continue }",
        "    $bytes = [System.IO.File]::ReadAllBytes($file)",
        "    $hash = [System.BitConverter]::ToString([System.Security.Cryptography.SHA256CryptoServiceProvider]::new().ComputeHash($bytes))",
        `    if ($hash -ceq '${hash}') { $text = [System.Text.Encoding]::ASCII.GetString($bytes); break }`,
        "}",
        "if ($text.Length -eq 0) { throw ('HybridIdentity: install: the module did not arrive whole as ' + $copied + '. Run again.') }",
        ". ([scriptblock]::Create($text))",
        `if (Invoke-HybridIdentityRequest -Psm1 $text -Json @'\n${requestJson}\n'@) { exit 0 } else { exit 1 }\n}\n`,
    ].join("\n");
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
    checkRequest(requestJson);
    return `& {\n${psm1}if (Invoke-HybridIdentityRequest -Json @'\n${requestJson}\n'@) { exit 0 } else { exit 1 }\n}\n`;
}

function checkRequest(json: string): void {
    if (/^'@/m.test(json) || /[^\x00-\x7f]/.test(json)) {
        throw new TypeError("The request must be ASCII, without a line that begins with '@.");
    }
}

/** Lines with their line feeds. One that is too long for the wire is cut; all of them are joined on the host. */
function lines(text: string): string[] {
    return text.match(/[^\n]{1,600}\n?|\n/g) ?? [];
}
