// The blocks of docs/protocol.md, which define the module and carry out a request.

/** Where a block has the module from: its own text, or a file on the host that has to have this hash. `copied`: the one that came to be installed. */
export type Block = { request: string; module: string } | { request: string; version: string; sha256: string; copied?: string };

const CALL = "if (Invoke-HybridIdentityRequest -Json @'\n";
const END = "\n'@) { exit 0 } else { exit 1 }\n}";

/** The copy's line and the parameter stand in a block that installs. */
const FILE_BLOCK = template(
    [
        "& {",
        "$ErrorActionPreference = 'Stop'",
        "$text = ''",
        "$files = @(",
        "<COPY>[IO.Path]::Combine([Environment]::GetFolderPath('ProgramFiles'), 'WindowsPowerShell', 'Modules', 'HybridIdentity', '<VERSION>', 'HybridIdentity.psm1')",
        ")",
        "foreach ($file in $files) {",
        "if (-not [IO.File]::Exists($file)) { continue }",
        "$bytes = [IO.File]::ReadAllBytes($file)",
        "$hash = [BitConverter]::ToString([Security.Cryptography.SHA256CryptoServiceProvider]::new().ComputeHash($bytes))",
        "if ($hash -ceq '<SHA256>') { $text = [Text.Encoding]::ASCII.GetString($bytes); break }",
        "}",
        "if ($text.Length -eq 0) { <MISSING> }",
        ". ([scriptblock]::Create($text))",
        "if (Invoke-HybridIdentityRequest<PARAMETER> -Json @'",
        "",
    ].join("\n"),
    {
        COPY: String.raw`(?:\[IO\.Path\]::Combine\(\$env:USERPROFILE, '(?<copied>HybridIdentity-[0-9.]+-[0-9]{8}T[0-9]{9}Z\.psm1)'\)\n)?`,
        VERSION: "(?<version>[0-9.]+)",
        SHA256: "(?<hash>(?:[0-9A-F]{2}-){31}[0-9A-F]{2})",
        MISSING: String.raw`(?:throw "[^"\n]+"|\[Console\]::Out\.WriteLine\('HYBRID-IDENTITY-NO-MODULE'\); exit 3)`,
        PARAMETER: String.raw`(?: -Psm1 \$text)?`,
    },
);

function template(text: string, parts: Record<string, string>): RegExp {
    const quoted = text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
    return new RegExp(`^${quoted.replace(/<([A-Z0-9]+)>/g, (_, name: string) => parts[name]!)}`);
}

/** Undefined for any other text, as one that was cut. */
export function parseBlock(stdin: string): Block | undefined {
    const block = stdin.endsWith("\n") ? stdin.slice(0, -1) : stdin;
    if (!block.endsWith(END)) {
        return undefined;
    }
    const file = FILE_BLOCK.exec(block);
    if (file) {
        const { version = "", hash = "", copied } = file.groups!;
        return { request: block.slice(file[0].length, -END.length), version, sha256: hash.replaceAll("-", "").toLowerCase(), copied };
    }
    const at = block.lastIndexOf(`\n${CALL}`) + 1;
    const start = "& {\n";
    return block.startsWith(start) && at > 0 ? { module: block.slice(start.length, at), request: block.slice(at + CALL.length, -END.length) } : undefined;
}
