import type { Output } from "./reply";

/** A command that is running: lines to it, lines from it. */
export interface Dialogue {
    /** Sends a line, without its line feed. */
    say(line: string): void;
    /** The next line that it prints; rejects where it ended. */
    hear(): Promise<string>;
}

/** Waits for scripts, each a line of base64, and answers each with a line: `0` or `1`, a blank, and in base64 what it printed or why it failed. */
const loop = [
    "$scripts = [System.Console]::In",
    "$utf8 = [System.Text.Encoding]::UTF8",
    "while ($null -ne ($line = $scripts.ReadLine())) {",
    "    $code = 0",
    "    try {",
    "        $script = [scriptblock]::Create($utf8.GetString([System.Convert]::FromBase64String($line)))",
    "        $said = (& $script | ForEach-Object { [string]$_ }) -join \"`n\"",
    "    }",
    "    catch {",
    "        $code = 1",
    "        $said = $_.Exception.Message",
    "    }",
    "    [System.Console]::Out.WriteLine([string]$code + ' ' + [System.Convert]::ToBase64String($utf8.GetBytes($said)))",
    "}",
].join("\n");

/** The options of a PowerShell that does so. */
const waiting = `-NoLogo -NoProfile -NonInteractive -EncodedCommand ${Buffer.from(loop, "utf16le").toString("base64")}`;

/** Runs a command line as an SSH server of Windows does, and prints its exit code and, in base64, what it wrote to its output and its errors. */
const inShell = (command: string): string =>
    [
        `$start = New-Object System.Diagnostics.ProcessStartInfo 'cmd.exe', @'\n/c "${command}"\n'@`,
        "$start.UseShellExecute = $false",
        "$start.RedirectStandardOutput = $true",
        "$start.RedirectStandardError = $true",
        "$process = [System.Diagnostics.Process]::Start($start)",
        "$parts = foreach ($stream in $process.StandardOutput, $process.StandardError) {",
        "    $bytes = New-Object System.IO.MemoryStream",
        "    $stream.BaseStream.CopyTo($bytes)",
        "    [System.Convert]::ToBase64String($bytes.ToArray())",
        "}",
        "$process.WaitForExit()",
        "[string]$process.ExitCode + ',' + ($parts -join ',')",
    ].join("\n");

/** One that a host's PowerShell answers; undefined where it cannot wait for lines, as a pretend host cannot. */
export async function askerOn(start: (command: string) => Promise<Dialogue>, powershell: string): Promise<Asker | undefined> {
    const asker = new Asker(() => start(`${powershell} ${waiting}`));
    return asker.ask("'here'").then(
        () => asker,
        () => undefined,
    );
}

/** Puts scripts to one process that waits for them, one after another: to start a PowerShell for each would take longer than all they do. */
export class Asker {
    private turn: Promise<unknown> = Promise.resolve();
    private process?: Promise<Dialogue>;

    constructor(private readonly start: () => Promise<Dialogue>) {}

    /** What the script prints. Throws where it fails. */
    ask(script: string): Promise<string> {
        const answer = this.turn.then(() => this.put(script));
        this.turn = answer.catch(() => undefined);
        return answer;
    }

    /** Runs a command line that is no PowerShell's, such as one of reg.exe. */
    async run(command: string): Promise<Output> {
        const [exitCode, ...parts] = (await this.ask(inShell(command))).split(",");
        const [stdout = "", stderr = ""] = parts.map(part => Buffer.from(part, "base64").toString("utf8"));
        return { stdout, stderr, exitCode: Number(exitCode) };
    }

    private async put(script: string): Promise<string> {
        const { say, hear } = await (this.process ??= this.start());
        say(Buffer.from(script).toString("base64"));
        const [code, said = ""] = (await hear()).split(" ");
        const text = Buffer.from(said, "base64").toString("utf8");
        if (code !== "0") {
            throw new Error(text);
        }
        return text;
    }
}
