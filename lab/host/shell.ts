import { createHash } from "node:crypto";
import { asked } from "./asked";
import { parseBlock } from "./blocks";
import { deleteHomeFile, homeFile, homeFiles } from "./files";
import type { PretendHost } from "./host";
import { isObject } from "./json";
import { install, observe, remove, set, uninstall } from "./module";
import { newestModule } from "./observe";
import { answered, failed, why } from "./output";
import { reg, type Output } from "./reg";

export type Operation = "probe" | "install" | "set" | "remove" | "get" | "uninstall" | "languageMode" | "reg";

/** A command line that the pretend host accepts. */
export interface Command {
    operation: Operation;
    text: string;
    /** `powershell.exe` or `pwsh.exe`; empty for reg.exe. */
    exe: string;
    /** Of an install, without the `#`. */
    marker: string;
}

/** What the protocol promises of every line on stdin. */
const LINE = 4_000;

const POWERSHELL = /^(powershell\.exe|pwsh\.exe) -NoLogo -NoProfile -NonInteractive -Command "(.*)"$/;
const BOOTSTRAP = "& ([scriptblock]::Create([Console]::In.ReadToEnd()))";
const MARKER = /^HybridIdentity \d+\.\d+\.\d+ sha256:[0-9a-f]{64} at \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const COPY = /^HybridIdentity-[0-9.]+-[0-9]{8}T[0-9]{9}Z\.psm1$/;
const IMPORT = "Import-Module HybridIdentity -MinimumVersion 1.0 -MaximumVersion 1.999 -ErrorAction Stop; HybridIdentity\\";
const MODULE_CALLS: Record<string, Operation> = {
    "Set-HybridIdentityState": "set",
    "Remove-HybridIdentityState": "remove",
    "Get-HybridIdentityState": "get",
    "Uninstall-HybridIdentity": "uninstall",
    "Uninstall-HybridIdentity -Force": "uninstall",
};

/** A command of docs/protocol.md (or one that the conformance suite and people need beside them); undefined for any other text. */
export function parseCommand(text: string): Command | undefined {
    if (text.startsWith("reg.exe ")) {
        return { operation: "reg", text, exe: "", marker: "" };
    }
    const [, exe = "", script = ""] = POWERSHELL.exec(text) ?? [];
    const command = (operation: Operation, marker = ""): Command => ({ operation, text, exe, marker });
    if (script === BOOTSTRAP) {
        return command("probe");
    }
    if (script.startsWith(`${BOOTSTRAP} # `)) {
        const marker = script.slice(BOOTSTRAP.length + 3);
        return MARKER.test(marker) ? command("install", marker) : undefined;
    }
    if (script === "(Get-Variable ExecutionContext -ValueOnly).SessionState.LanguageMode") {
        return command("languageMode");
    }
    const operation = script.startsWith(IMPORT) ? MODULE_CALLS[script.slice(IMPORT.length)] : undefined;
    return operation && command(operation);
}

/** What a shell says to a command that is none of those. */
export function refuse(text: string): Output {
    const word = text.split(/\s/, 1)[0] ?? "";
    const known = /^(powershell|pwsh|reg)\.exe$/.test(word);
    return failed(
        known
            ? "pretend host: only the command lines of docs/protocol.md are accepted, to the letter."
            : `'${word}' is not recognized as an internal or external command,\r\noperable program or batch file.`,
    );
}

/** Runs a command. `moduleText` gives the module's psm1, which a block must carry verbatim. Passes Killed through. */
export function run(host: PretendHost, command: Command, stdin: string, moduleText: () => string): Output {
    const { operation } = command;
    if (operation === "reg") {
        return reg(host, command.text);
    }
    if (operation === "languageMode") {
        return { stdout: `${host.facts.languageMode}\r\n`, stderr: "", exitCode: 0 };
    }
    const bad = badInput(stdin);
    if (bad !== undefined) {
        return failed(`pretend host: ${bad}`);
    }
    if (operation === "probe" && stdin.startsWith("# conformance: ")) {
        return asked(host, stdin);
    }
    const session = command.exe === "pwsh.exe" ? { ...host, facts: { ...host.facts, powershell: "7.4.6" } } : host;
    return operation === "probe" || operation === "install" ? runBlock(session, command, stdin, moduleText()) : runModule(session, command, stdin);
}

function runModule(host: PretendHost, { operation, text }: Command, stdin: string): Output {
    if (newestModule(host) === undefined || host.facts.moduleFound === false) {
        return failed(
            "Import-Module : The specified module 'HybridIdentity' with version '1.0' was not loaded because no valid module file was found in any module directory.",
        );
    }
    if (/^(AllSigned|Restricted)$/.test(host.facts.executionPolicy ?? "")) {
        return failed("Import-Module : File HybridIdentity.psm1 cannot be loaded because running scripts is disabled on this system.");
    }
    if (host.facts.languageMode !== "FullLanguage") {
        return failed(`HybridIdentity: language: this session is in ${host.facts.languageMode} mode.`);
    }
    switch (operation) {
        case "set":
            return answered(set(host, stdin));
        case "remove":
            return answered(remove(host, stdin));
        case "get":
            return answered(observe(host, stdin));
        default: {
            const reply = uninstall(host, text.endsWith('-Force"'));
            return reply.ok ? { stdout: "", stderr: "", exitCode: 0 } : failed(why(reply));
        }
    }
}

function runBlock(host: PretendHost, { operation, marker }: Command, stdin: string, moduleText: string): Output {
    const block = parseBlock(stdin);
    if (!block) {
        return failed("Exception calling \"Create\" with \"1\" argument(s): \"At line:1 char:3\r\n+ & {\r\n+   ~\r\nMissing closing '}' in statement block or type definition.\"");
    }
    if (host.facts.languageMode !== "FullLanguage") {
        return failed("Cannot invoke method. Method invocation is supported only on core types in this language mode.");
    }
    const text = "module" in block ? block.module : textOnHost(host, block);
    if (text === undefined) {
        return operation === "probe" ? { stdout: "HYBRID-IDENTITY-NO-MODULE\r\n", stderr: "", exitCode: 3 } : failed("HybridIdentity: install: it did not arrive whole. Run again.");
    }
    if (text !== moduleText) {
        return failed("pretend host: the module's text is not that of powershell/HybridIdentity, byte for byte.");
    }
    const { request } = block;
    const asked = requestMembers(request);
    if (operation === "probe") {
        return asked["operation"] === "install" ? failed("pretend host: a probe never installs.") : answered(observe(host, request));
    }
    if (asked["operation"] !== "install" || (MARKER.test(String(asked["marker"])) && asked["marker"] !== marker)) {
        return failed("pretend host: the install command needs an install request with the command's own marker.");
    }
    if ("module" in block) {
        return answered(install(host, request));
    }
    const reply = install(host, request, text);
    if (reply.ok) {
        homeFiles(host).filter(name => COPY.test(name)).forEach(name => deleteHomeFile(host, name));
    }
    return answered(reply);
}

/** The copied file, or that of the installed module. */
function textOnHost(host: PretendHost, { copied, version, sha256 }: { copied?: string; version: string; sha256: string }): string | undefined {
    const files = [copied === undefined ? undefined : homeFile(host, copied), host.modules[version]?.psm1];
    return files.find(text => text !== undefined && createHash("sha256").update(text, "latin1").digest("hex") === sha256);
}

function requestMembers(request: string): Record<string, unknown> {
    try {
        const json: unknown = JSON.parse(request);
        return isObject(json) ? json : {};
    } catch {
        return {};
    }
}

function badInput(stdin: string): string | undefined {
    if (/[^\x00-\x7f]/.test(stdin)) {
        return "stdin is not ASCII; a host's console code page is unknown.";
    }
    const long = stdin.split("\n").findIndex(line => line.length > LINE);
    return long < 0 ? undefined : `line ${long + 1} of stdin has more than ${LINE} characters; older OpenSSH would cut it.`;
}
