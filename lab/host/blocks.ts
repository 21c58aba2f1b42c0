// The blocks of docs/protocol.md, which define the module and carry out a request.

/** Where a block has the module from: its own text, or a file on the host that has to have this hash. */
export type Block = { request: string; module: string } | { request: string; copied: string; version: string; sha256: string };

const CALL = "if (Invoke-HybridIdentityRequest -Json @'\n";
const FILE_CALL = "if (Invoke-HybridIdentityRequest -Psm1 $text -Json @'\n";
const END = "\n'@) { exit 0 } else { exit 1 }\n}";

const FILE_LINES = [
    "& {",
    "$ErrorActionPreference = 'Stop'",
    "$text = ''",
    "$copied = [System.IO.Path]::Combine([System.Environment]::GetEnvironmentVariable('USERPROFILE'), '<COPIED>')",
    "$installed = [System.IO.Path]::Combine([System.Environment]::GetFolderPath('ProgramFiles'), 'WindowsPowerShell', 'Modules', 'HybridIdentity', '<VERSION>', 'HybridIdentity.psm1')",
    "foreach ($file in @($copied, $installed)) {",
    "    if (-not [System.IO.File]::Exists($file)) { continue }",
    "    $bytes = [System.IO.File]::ReadAllBytes($file)",
    "    $hash = [System.BitConverter]::ToString([System.Security.Cryptography.SHA256CryptoServiceProvider]::new().ComputeHash($bytes))",
    "    if ($hash -ceq '<SHA256>') { $text = [System.Text.Encoding]::ASCII.GetString($bytes); break }",
    "}",
    "if ($text.Length -eq 0) { throw ('HybridIdentity: install: the module did not arrive whole as ' + $copied + '. Run again.') }",
    ". ([scriptblock]::Create($text))",
    "",
].join("\n");
const FILE_BLOCK = new RegExp(
    `^${FILE_LINES.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&")
        .replace("<COPIED>", "(HybridIdentity-[0-9.]+-[0-9]{8}T[0-9]{9}Z\\.psm1)")
        .replace("<VERSION>", "([0-9.]+)")
        .replace("<SHA256>", "((?:[0-9A-F]{2}-){31}[0-9A-F]{2})")}$`,
);

/** Undefined for any other text, as one that was cut. */
export function parseBlock(stdin: string): Block | undefined {
    const block = stdin.endsWith("\n") ? stdin.slice(0, -1) : stdin;
    if (!block.endsWith(END)) {
        return undefined;
    }
    const file = block.indexOf(FILE_CALL);
    if (file >= 0) {
        const [, copied, version, hash] = FILE_BLOCK.exec(block.slice(0, file)) ?? [];
        const request = block.slice(file + FILE_CALL.length, -END.length);
        return copied && version && hash ? { request, copied, version, sha256: hash.replaceAll("-", "").toLowerCase() } : undefined;
    }
    const at = block.lastIndexOf(`\n${CALL}`) + 1;
    const start = "& {\n";
    return block.startsWith(start) && at > 0 ? { module: block.slice(start.length, at), request: block.slice(at + CALL.length, -END.length) } : undefined;
}
