import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { callErrors, leaks, listFunctions, memberErrors, parseErrors, typeErrors, variableErrors } from "./checks";
import { moduleFolder, moduleParts, moduleText } from "../../powershell/moduleText";
import { members, statics } from "./known";
import { loadParser, ofType, type Syntax } from "./syntax";

const cmdlets = ["Export-ModuleMember", "Get-ExecutionPolicy", "Get-Service", "New-Object", "Select-Object", "Set-Service", "Set-StrictMode", "Write-Verbose"];

const types = Object.keys(statics);
const netMembers = [...members, ...Object.entries(statics).flatMap(([type, names]) => names.map(name => `[${type}]::${name}`))];

/** Methods without a result. `Add` of a set has one; those calls are cast to void. */
const silentMethods = [
    ...["Add", "AddAccessRule", "CancelAfter", "Close", "Continue", "Copy", "Delete", "DeleteSubKeyTree", "DeleteValue", "Dispose", "Exit", "Flush", "Import", "Move", "Open", "Pause"],
    ...["ReleaseMutex", "Remove", "RemoveAt", "Reset", "Reverse", "SetAccessControl", "SetAccessRuleProtection", "SetOwner", "SetValue", "Sleep", "Sort", "Start", "Stop", "WaitForExit", "Write", "WriteAllText"],
];

const exported = [
    "Get-HybridIdentityState",
    "Initialize-HybridIdentity",
    "Remove-HybridIdentityState",
    "Set-HybridIdentityState",
    "Uninstall-HybridIdentity",
];

/** Of learn.microsoft.com, "Approved Verbs for PowerShell Commands"; those that this module could have a use for. */
const approvedVerbs = [
    ...["Add", "Clear", "Close", "Copy", "Enter", "Exit", "Find", "Format", "Get", "Hide", "Join", "Lock", "Move", "New", "Open"],
    ...["Optimize", "Pop", "Push", "Redo", "Remove", "Rename", "Reset", "Resize", "Search", "Select", "Set", "Show", "Skip", "Split"],
    ...["Step", "Switch", "Undo", "Unlock", "Watch", "Backup", "Checkpoint", "Compare", "Compress", "Convert", "ConvertFrom"],
    ...["ConvertTo", "Dismount", "Edit", "Expand", "Export", "Group", "Import", "Initialize", "Limit", "Merge", "Mount", "Out"],
    ...["Publish", "Restore", "Save", "Sync", "Unpublish", "Update", "Approve", "Assert", "Build", "Complete", "Confirm", "Deny"],
    ...["Deploy", "Disable", "Enable", "Install", "Invoke", "Register", "Request", "Restart", "Resume", "Start", "Stop", "Submit"],
    ...["Suspend", "Uninstall", "Unregister", "Wait", "Debug", "Measure", "Ping", "Repair", "Resolve", "Test", "Trace", "Connect"],
    ...["Disconnect", "Read", "Receive", "Send", "Write", "Block", "Grant", "Protect", "Revoke", "Unblock", "Unprotect", "Use"],
];

/** Inner functions with a verb that tells of a changed system, and change it: documents, module files, the records key, services and certificates. */
const changing = ["Remove-Certificate", "Remove-CopiedModule", "Remove-Document", "Remove-OldModule", "Remove-OtherValue", "Remove-RegistryKey", "Restart-HostService", "Set-ClientSecret", "Set-Document", "Set-KeyReader", "Set-ServiceState", "Set-StartType", "Set-TransportCertificate"];
const changingVerb = /^(New|Set|Remove|Stop|Start|Restart|Reset|Update)-/;

describe("PowerShell module, by its text alone", () => {
    const texts = { psm1: moduleText().psm1, psd1: moduleText().psd1 };
    let parse: (text: string) => Syntax;
    let module: Syntax;
    before(async () => {
        parse = await loadParser();
        module = parse(texts.psm1);
    });

    it("parses", () => {
        assert.deepEqual(parseErrors(module), []);
        assert.deepEqual(parseErrors(parse(texts.psd1)), []);
    });

    it("would not parse when it is broken", () => {
        assert.notDeepEqual(parseErrors(parse(texts.psm1.replace("return $exception\n}", "return $exception\n"))), []);
        assert.notDeepEqual(parseErrors(parse("$a = (1\n")), []);
    });

    it("is ASCII with line feeds, and ends with one", () => {
        for (const text of Object.values(texts)) {
            assert.match(text, /^[\n\x20-\x7e]*\n$/);
            assert.doesNotMatch(text, /[ \t]\n/);
        }
        assert.doesNotMatch(texts.psm1, /^'@/m, "a line that would end the here-string of a block");
    });

    it("calls only what it defines and a few cmdlets, in their own spelling and with all arguments", () => {
        assert.deepEqual(callErrors(module, cmdlets), []);
        const wrong = parse("function A { param($B) }\nA 1 2\nwrite-host 1\n% { 1 }\n");
        assert.equal(callErrors(wrong, cmdlets).length, 3);
    });

    it("reads only variables that it assigns, and reads all that it assigns", () => {
        assert.deepEqual(variableErrors(module), []);
        const wrong = parse("$top = 1\nfunction A {\n    param($B)\n    $seen = $sen\n    foreach ($x in $B) { $x }\n}\n");
        const expected = ["never read: line 1: $top", "A reads $sen, which is never assigned", "A assigns $seen, which is never read"];
        assert.deepEqual(variableErrors(wrong), expected);
    });

    it("lets nothing into the output of a function", () => {
        assert.deepEqual(leaks(module, silentMethods), []);
        const wrong = parse("function A { return 1 }\nfunction B {\nA\n$x.Append('a')\n[void]$x.Append('a')\n$y = A\n$y\n}\n");
        const expected = ["A gives something: line 3: A", "value not used: line 4: $x.Append('a')", "value not used: line 7: $y"];
        assert.deepEqual(leaks(wrong, silentMethods), expected);
    });

    it("uses only members that it makes or that .NET has", () => {
        assert.deepEqual(memberErrors(module, netMembers), []);
        assert.deepEqual(memberErrors(parse("$a = @{ name = 1 }\n$a.nmae\n$a.name\n"), []), ["nmae: line 2: $a.nmae"]);
    });

    it("names only types that 5.1 and 7 have without loading anything", () => {
        assert.deepEqual(typeErrors(module, types), []);
        assert.deepEqual(typeErrors(parse("[Sytem.Guid]::NewGuid()"), types), ["Sytem.Guid"]);
    });

    it("keeps out of what breaks over SSH, in 5.1, or in front of a malware scanner", () => {
        const code = texts.psm1.replace(/^ *#.*$/gm, "");
        const forbidden = [
            ...[/\$input\b/i, /Invoke-Expression/i, /\biex\b/i, /Add-Type/i, /FromBase64String/i, /Write-(Host|Output)/i],
            ...[/New-Item/i, /Get-ItemProperty/i, /HKLM:/i, /Registry::/i, /Convert(From|To)-Json\b/i, /\bGet-Date\b/i, /\$(script|global):/i],
        ];
        assert.deepEqual(forbidden.flatMap(found => found.exec(code)?.[0] ?? []), []);
        assert.deepEqual(ofType(module, "class_statement"), []);
        assert.deepEqual(ofType(module, "enum_statement"), []);
        assert.deepEqual(ofType(module, "command_invokation_operator").map(node => node.text), []);
    });

    it("never reaches a dictionary's own members by a dot, where a registry value of that name would be found first", () => {
        assert.equal(/\.(Keys|Values|Item)\b/.exec(texts.psm1)?.[0], undefined);
    });

    it("compares texts from outside ordinally", () => {
        const searches = [...texts.psm1.matchAll(/\.(?:StartsWith|EndsWith|IndexOf)\([^()]*\)/g)].map(([found]) => found);
        assert.ok(searches.length > 0);
        assert.deepEqual(searches.filter(found => !found.includes("Ordinal")), []);
        assert.doesNotMatch(texts.psm1.replace(/^ *#.*$/gm, ""), / -(match|notmatch|eq '|ne '|like|replace|split|in|contains) /);
    });

    it("exports in manifest and module what exists", () => {
        const names = (text: string) => [...text.matchAll(/'([A-Z][a-z]+-[A-Za-z]+)'/g)].map(([, name]) => name);
        const manifest = /FunctionsToExport\s*=\s*@\(([^)]*)\)/.exec(texts.psd1)?.[1] ?? "";
        const guarded = /^if \(\$ExecutionContext\.SessionState\.Module\) \{\n +Export-ModuleMember -Function @\(([^)]*)\)\n\}\n$/m;
        const ending = guarded.exec(texts.psm1)?.[1] ?? "";
        assert.deepEqual(names(manifest), exported);
        assert.deepEqual(names(ending), exported);
        const defined = listFunctions(module).map(({ name }) => name);
        assert.deepEqual(defined.filter(name => exported.includes(name)).sort(), exported);
        assert.deepEqual(defined.filter((name, index) => defined.indexOf(name) !== index), []);
        assert.ok(defined.includes("Invoke-HybridIdentityRequest"));
    });

    it("names functions by PowerShell's conventions: an approved verb, a noun in the singular, New or Set only where the host changes", () => {
        const functions = listFunctions(module);
        const names = functions.map(({ name }) => name);
        assert.deepEqual(names.filter(name => !approvedVerbs.includes(name.split("-")[0]!)), []);
        assert.deepEqual(names.filter(name => !/^[A-Z][a-z]+([A-Z][a-z]+)?-([A-Z][a-z0-9]*)*([^s]|ss|State)$/.test(name)), []);
        assert.deepEqual(names.filter(name => changingVerb.test(name) && !exported.includes(name)).sort(), changing);
        const asking = functions.filter(({ node }) => /\[CmdletBinding\(SupportsShouldProcess\)\]/.test(node.text)).map(({ name }) => name);
        assert.deepEqual(asking.sort(), exported.filter(name => !name.startsWith("Get-")));
    });

    it("says at the top of each part which question it answers", () => {
        const first = moduleParts.map(part => readFileSync(join(moduleFolder, "parts", `${part}.ps1`), "utf8").split("\n", 1)[0]!);
        assert.deepEqual(moduleParts.filter((_, index) => !/^# [A-Z].{15,}[.?:]/.test(first[index]!)), []);
    });

    it("has a version of three numbers that the commands accept", () => {
        assert.match(texts.psd1, /^ {4}ModuleVersion +\= '1\.\d{1,3}\.\d{1,3}'$/m);
        assert.match(texts.psd1, /^ {4}PowerShellVersion +\= '5\.1'$/m);
    });
});
