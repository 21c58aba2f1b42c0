import { parseObservation } from "../drift/observation";
import { parseReply, ReplyError } from "../drift/reply";
import { block, lookBlock, noModule, observeRequest } from "../drift/request";
import type { Observation, ObserveRequest } from "../drift/types";
import { getCommand, languageModeCommand, probeCommand } from "./commands";
import { printable, RemoteError, remoteError, secretsOf } from "./errors";
import { moduleText, withParts } from "../powershell/moduleText";
import { SessionPool } from "./pool";
import type { Connection, ExecResult } from "./types";

export interface ReadOptions {
    /** Default `powershell.exe`; see `checkExecutable`. */
    exe?: string;
    /** True where administrators have deployed the module: it is called, and none is sent. Default false. */
    preinstalled?: boolean;
    /** True where the host most likely has the module: its text is sent only if it has not, in a second command. Default false. */
    installed?: boolean;
    /** For one look at the host, in milliseconds; one of which no byte came back is repeated once. Default 60,000. */
    timeoutMs?: number;
}

/** Looks at hosts; changes nothing on them. */
export class HostReader {
    /** `pool` bounds connections and remembers refused logons, so a program has one reader. */
    constructor(private readonly pool = new SessionPool()) {}

    /**
     * One command on one host, whatever the number of values.
     * @throws RemoteError when the host could not be asked, ReplyError when its answer is no valid reply or says why it failed.
     */
    async observe(connection: Connection, request: ObserveRequest, options: ReadOptions = {}): Promise<Observation> {
        const { exe, preinstalled = false, timeoutMs = 60_000 } = options;
        const limitSeconds = Math.min(Math.ceil(timeoutMs / 1000), 86_400);
        const json = observeRequest({ ...request, limitSeconds });
        const ask = (command: string, stdin: string) => this.ask(connection, command, stdin, timeoutMs);
        const small = options.installed === true && !preinstalled ? await ask(probeCommand(exe), lookBlock(moduleText(), json)) : undefined;
        const found = small !== undefined && small.stdout.trim() !== noModule ? small : undefined;
        const result = found ?? (await (preinstalled ? ask(getCommand(exe), json) : ask(probeCommand(exe), block(moduleText().psm1, json))));
        try {
            return parseObservation(parseReply(result.stdout, result.exitCode, secretsOf(connection)), request);
        } catch (error) {
            // A reply that was cut on its way shows that the command ran.
            const noReply = error instanceof ReplyError && !result.stdout.includes("HYBRID-IDENTITY-REPLY");
            throw noReply ? await this.explain(error, connection, result, { exe, preinstalled, timeoutMs }) : placed(error, preinstalled || found !== undefined);
        }
    }

    /** A look has no side effects. What was lost on its way into PowerShell the first time mostly gets there the second time. */
    private ask(connection: Connection, command: string, stdin: string, timeoutMs: number): Promise<ExecResult> {
        const once = (label: string) => this.pool.exec(connection, command, stdin, { timeoutMs, label });
        return once("observe").catch((error: unknown) => {
            if (RemoteError.isInstance(error) && error.kind === "silent") {
                return once("the second try to observe");
            }
            throw error;
        });
    }

    /** @throws RemoteError where no file can be sent to the host. */
    async checkSftp(connection: Connection, timeoutMs: number): Promise<void> {
        if (!(await this.pool.offers(connection, "sftp", { timeoutMs, label: "SFTP" }))) {
            const remedy = 'Give its sshd_config the line "Subsystem sftp sftp-server.exe" and restart sshd, or deploy the module and set module: "preinstalled"';
            throw remoteError(connection, "subsystem", `the server refuses SFTP, by which the module is sent. ${remedy}`);
        }
    }

    /** Why no reply came; asks the host once more, because constrained language mode leaves no trace in the answer. */
    private async explain(
        error: ReplyError,
        connection: Connection,
        result: ExecResult,
        options: { exe?: string; preinstalled: boolean; timeoutMs: number },
    ): Promise<Error> {
        if (breaksQuotes(result.serverIdent ?? "")) {
            return remoteError(
                connection,
                "banner",
                `the server is ${printable(result.serverIdent ?? "", connection)}, which breaks the quotes of a command when ` +
                    `PowerShell is sshd's default shell, and no reply came. ` +
                    "Make cmd.exe the default shell (remove DefaultShell in HKLM\\SOFTWARE\\OpenSSH), or install OpenSSH 7.9 or newer",
            );
        }
        const mode = await this.languageMode(connection, options);
        if (mode !== undefined && mode !== "FullLanguage") {
            const remedy = options.preinstalled
                ? "Sign HybridIdentity.psd1 and HybridIdentity.psm1 and allow the signer in the policy (App Control, AppLocker)"
                : "Deploy the signed module on the host, allow its signer in the policy (App Control, AppLocker), and set module: " +
                  '"preinstalled"';
            return new ReplyError(
                "failed",
                `PowerShell runs in ${mode} mode there (constrained language mode), in which no module text can be sent. ${remedy}.`,
                "language",
                "as it was",
            );
        }
        const stderr = printable(withParts(result.stderr, linesBefore(options.preinstalled)), connection);
        const remedy = options.preinstalled
            ? "Check that HybridIdentity 1.x is installed under Program Files\\WindowsPowerShell\\Modules on the host."
            : `Check that ${options.exe ?? "powershell.exe"} starts on the host.`;
        return new ReplyError(error.reason, `${error.message} ${stderr === "" ? "" : `Error output: ${stderr}. `}${remedy}`);
    }

    private async languageMode(
        connection: Connection,
        { exe, timeoutMs }: { exe?: string; timeoutMs: number },
    ): Promise<string | undefined> {
        try {
            const { stdout } = await this.pool.exec(connection, languageModeCommand(exe), "", { timeoutMs, label: "language mode" });
            return /\b(?:Full|Constrained|Restricted|No)Language\b/.exec(stdout)?.[0];
        } catch {
            // The first failure is the one to report.
            return undefined;
        }
    }
}

/** The error, with the places of the module that it names led back to its parts. */
function placed(error: unknown, fromFile: boolean): unknown {
    if (!(error instanceof ReplyError)) {
        return error;
    }
    return new ReplyError(error.reason, withParts(error.message, linesBefore(fromFile)), error.code, error.host);
}

/** A block that brings the module begins with a line of its own. */
function linesBefore(fromFile: boolean): number {
    return fromFile ? 0 : 1;
}

/** Windows OpenSSH before 7.9 does not escape quotes for a default shell other than cmd.exe. */
function breaksQuotes(ident: string): boolean {
    const [, major, minor] = /OpenSSH_for_Windows_(\d+)\.(\d+)/.exec(ident) ?? [];
    return major !== undefined && (Number(major) < 7 || (Number(major) === 7 && Number(minor) < 9));
}
