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
}

/** An `observe` request as JSON. The keys and names must be canonical, each value named once. */
export function observeRequest({ owner, values, limitSeconds, ...asked }: ObserveRequest): string {
    const request: Record<string, Json> = { protocol, operation: "observe", owner, values };
    for (const member of ["services", "products", "accounts", "names", "certificates", "events", "smtpLogs"] as const) {
        const questions = asked[member] ?? [];
        if (questions.length > 0) {
            request[member] = questions as Json;
        }
    }
    if (limitSeconds !== undefined) {
        request["limitSeconds"] = limitSeconds;
    }
    return toAsciiJson(request);
}

/** An `install` request as JSON, for a block that has the psm1 from a file. */
export function installRequest({ version, sha256, marker, readers }: InstallRequest): string {
    return toAsciiJson({ protocol, operation: "install", version, sha256, marker, readers });
}

/** A module's text and version, by which a host finds it among its files. */
interface ModuleOnHost {
    version: string;
    psm1: string;
}

/**
 * The text of one script block that installs the module from a file on the host. Where it is installed already, its own file serves: the copied one
 * went with the installation.
 * @param copied name of the file that was copied into the profile folder of the account
 * @throws TypeError as `block` does
 */
export function installBlock(module: ModuleOnHost, copied: string, requestJson: string): string {
    const copy = `[IO.Path]::Combine($env:USERPROFILE, '${copied}')`;
    const missing = 'throw "HybridIdentity: install: $($files[0]) did not arrive whole. Run again."';
    return fileBlock([copy, installedFile(module)], module, missing, " -Psm1 $text", requestJson);
}

/** What the block of `lookBlock` prints, and nothing else, where the host does not have the module. */
export const noModule = "HYBRID-IDENTITY-NO-MODULE";

/**
 * The text of one script block that carries out a request with the installed module, by its very text, whatever path and policy modules have there.
 * @throws TypeError as `block` does
 */
export function lookBlock(module: ModuleOnHost, requestJson: string): string {
    return fileBlock([installedFile(module)], module, `[Console]::Out.WriteLine('${noModule}'); exit 3`, "", requestJson);
}

function installedFile({ version }: ModuleOnHost): string {
    return `[IO.Path]::Combine([Environment]::GetFolderPath('ProgramFiles'), 'WindowsPowerShell', 'Modules', 'HybridIdentity', '${version}', 'HybridIdentity.psm1')`;
}

/** Nothing runs of a file that is not, byte for byte, the one announced. In few characters: an installation stands in state twice for each host. */
function fileBlock(files: string[], { psm1 }: ModuleOnHost, missing: string, parameter: string, requestJson: string): string {
    checkRequest(requestJson);
    const hash = createHash("sha256").update(psm1, "latin1").digest("hex").toUpperCase().replace(/..(?=.)/g, "$&-");
    return [
        "& {",
        "$ErrorActionPreference = 'Stop'",
        "$text = ''",
        "$files = @(",
        ...files,
        ")",
        "foreach ($file in $files) {",
        "if (-not [IO.File]::Exists($file)) { continue }",
        "$bytes = [IO.File]::ReadAllBytes($file)",
        "$hash = [BitConverter]::ToString([Security.Cryptography.SHA256CryptoServiceProvider]::new().ComputeHash($bytes))",
        `if ($hash -ceq '${hash}') { $text = [Text.Encoding]::ASCII.GetString($bytes); break }`,
        "}",
        `if ($text.Length -eq 0) { ${missing} }`,
        ". ([scriptblock]::Create($text))",
        `if (Invoke-HybridIdentityRequest${parameter} -Json @'\n${requestJson}\n'@) { exit 0 } else { exit 1 }\n}\n`,
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
