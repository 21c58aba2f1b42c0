import { commandLimit, type Output } from "./reply";

/** A command that is running: lines to it, lines from it. */
export interface Dialogue {
    /** Sends a line, without its line feed. */
    say(line: string): void;
    /** The next line that it prints; rejects where it ended. */
    hear(): Promise<string>;
    /** Ends it. */
    close(): void;
}

/** Waits for scripts, each a line of base64, and answers each with a line: `0` or `1`, a blank, and in base64 what it printed or why it failed. */
const loop = [
    "while ($null -ne ($line = [System.Console]::In.ReadLine())) {",
    "$code = 0;",
    "try {",
    "$script = [scriptblock]::Create([System.Text.Encoding]::UTF8.GetString([System.Convert]::FromBase64String($line)));",
    "$said = (& $script | ForEach-Object { [string]$_ }) -join [string][char]10",
    "} catch {",
    "$code = 1;",
    "$said = $_.Exception.Message",
    "}",
    "[System.Console]::Out.WriteLine([string]$code + ' ' + [System.Convert]::ToBase64String([System.Text.Encoding]::UTF8.GetBytes($said)))",
    "}",
].join(" ");

/** The options of a PowerShell that does what its first line says: no shell between sees more than this. */
const waiting = '-NoLogo -NoProfile -NonInteractive -Command "& ([scriptblock]::Create([Console]::In.ReadLine()))"';

/** Runs a program of Windows and prints its exit code and, in base64, what it wrote to its output and its errors. */
const programScript = (command: string): string =>
    [
        `$start = New-Object System.Diagnostics.ProcessStartInfo @'\n${command.replace(" ", "\n'@, @'\n")}\n'@`,
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

    /** `limit`: what an answer may take, in milliseconds. */
    constructor(
        private readonly start: () => Promise<Dialogue>,
        private readonly limit = commandLimit,
    ) {}

    /** What the script prints. Throws where it fails. */
    ask(script: string): Promise<string> {
        const answer = this.turn.then(() => this.put(script));
        this.turn = answer.catch(() => undefined);
        return answer;
    }

    /** Runs a command line that is no PowerShell's: a program such as reg.exe, a blank, and its arguments. No shell reads it. */
    async run(command: string): Promise<Output> {
        const [exitCode, ...parts] = (await this.ask(programScript(command))).split(",");
        const [stdout = "", stderr = ""] = parts.map(part => Buffer.from(part, "base64").toString("utf8"));
        return { stdout, stderr, exitCode: Number(exitCode) };
    }

    private async put(script: string): Promise<string> {
        const process = (this.process ??= this.begin());
        const answer = await this.within(process.then(each => (each.say(Buffer.from(script).toString("base64")), each.hear()))).catch((error: Error) => {
            // Whatever it says later would answer another question: the next one has a new process.
            this.process = undefined;
            process.then(each => each.close()).catch(() => undefined);
            throw error;
        });
        const [code, said = ""] = answer.split(" ");
        const text = Buffer.from(said, "base64").toString("utf8");
        if (code !== "0") {
            throw new Error(text);
        }
        return text;
    }

    private async begin(): Promise<Dialogue> {
        const dialogue = await this.start();
        dialogue.say(loop);
        return dialogue;
    }

    private within<T>(answer: Promise<T>): Promise<T> {
        return new Promise((resolve, reject) => {
            const timer = setTimeout(() => reject(new Error(`the PowerShell that waits for questions gave no answer within ${this.limit / 1000} s`)), this.limit);
            void answer.then(resolve, reject).finally(() => clearTimeout(timer));
        });
    }
}
