/**
 * The command lines of docs/protocol.md, "Commands": constant, short, readable, the same for cmd.exe, Windows PowerShell and pwsh as
 * sshd's default shell.
 */

const flags = "-NoLogo -NoProfile -NonInteractive -Command";
const bootstrap = "& ([scriptblock]::Create([Console]::In.ReadToEnd()))";

/** Runs the block that comes on stdin; used to observe. Throws TypeError on a bad executable, as do all functions here. */
export function probeCommand(exe?: string): string {
    return commandLine(exe, bootstrap);
}

/**
 * Runs the block that installs the module. `marker` names version, hash and time (drift/marker); it is a comment there, so that a new
 * module is a changed command.
 */
export function installCommand(marker: string, exe?: string): string {
    if (!markerForm.test(marker)) {
        throw new TypeError(
            `marker: expected "HybridIdentity <version> sha256:<64 hex> at <UTC time>", received ${JSON.stringify(marker)}; make it ` +
                `with installMarker`,
        );
    }
    return commandLine(exe, `${bootstrap} # ${marker}`);
}

/** Enforces the document that comes on stdin. */
export function setCommand(exe?: string): string {
    return moduleCommand("Set", exe);
}

/** Lets go of the document that comes on stdin, restoring what was there before. */
export function removeCommand(exe?: string): string {
    return moduleCommand("Remove", exe);
}

/** Observes through the installed module, in place of the probe where the administrator deploys it (`module: "preinstalled"`). */
export function getCommand(exe?: string): string {
    return moduleCommand("Get", exe);
}

/** Prints the session's language mode; works in constrained language too, where the probe cannot. */
export function languageModeCommand(exe?: string): string {
    return commandLine(exe, "(Get-Variable ExecutionContext -ValueOnly).SessionState.LanguageMode");
}

/**
 * Why `exe` cannot stand at the start of a command line, or undefined when it can.
 *
 * A path with a space would need quotes, and no quoting means the same in all three shells: PowerShell takes a quoted text at the start of
 * a line for a string unless `&` stands before it, and cmd.exe refuses a line that begins with `&`.
 */
export function checkExecutable(exe: string): string | undefined {
    if (executableForm.test(exe)) {
        return undefined;
    }
    const received = `received ${JSON.stringify(exe.slice(0, 260))}`;
    if (/\s/.test(exe)) {
        return (
            `must not hold a space, because no quoting works in cmd.exe and PowerShell alike; ${received}. ` +
            "Name it without a folder (pwsh.exe) and put the folder on the system PATH of the host, or give its short path " +
            "(C:\\PROGRA~1\\PowerShell\\7\\pwsh.exe)"
        );
    }
    return (
        "must be a plain name (powershell.exe, pwsh.exe) or a full path with a drive letter, of letters, digits and . _ - ~ only " +
        `(quotes, $, & and % mean something to a shell); ${received}`
    );
}

function moduleCommand(verb: "Set" | "Remove" | "Get", exe?: string): string {
    // Without -ErrorAction Stop and the qualified name a missing module would not stop the command.
    return commandLine(
        exe,
        `Import-Module HybridIdentity -MinimumVersion 1.0 -MaximumVersion 1.999 -ErrorAction Stop; ` +
            `HybridIdentity\\${verb}-HybridIdentityState`,
    );
}

function commandLine(exe = "powershell.exe", script: string): string {
    const problem = checkExecutable(exe);
    if (problem !== undefined) {
        throw new TypeError(`powershell: ${problem}`);
    }
    return `${exe} ${flags} "${script}"`;
}

const markerForm = /^HybridIdentity \d+\.\d+\.\d+ sha256:[0-9a-f]{64} at \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,7})?Z$/;
const executableForm = /^(?:[A-Za-z]:\\(?:\w[\w.~-]*\\)*)?[A-Za-z][\w.~-]*$/;
