import { importProblems } from "../drift/marker";
import { ReplyError } from "../drift/reply";
import { printable } from "../drift/show";
import type { Observation } from "../drift/types";
import { RemoteError } from "../remote/errors";
import { mismatchReason } from "../remote/failures";
import { fingerprint, parseHostKey } from "../remote/keys";
import type { HostReader } from "../remote/observer";
import { scanHostKey, ScanError, type Scan } from "../remote/scan";
import type { RemoteErrorKind } from "../remote/types";
import type { Target } from "./arguments";
import { questions } from "./server";

/** `known`: was read, and stands in nobody's way. `warning`: was read, and enforcing fails with it. `unknown`: not looked at, or could not be read. */
export type State = "known" | "warning" | "unknown" | "failed";

/** One thing on the way to a host. */
export interface Step {
    name: (typeof steps)[number];
    state: State;
    /** What was seen, or why nothing was; in one line, whatever the host said. */
    found: string;
    /** What to do; empty where nothing is. */
    advice: string;
}

/** What a look at one host gave. */
export interface Sight {
    target: Target;
    steps: Step[];
    /** What the server shows to anybody; undefined where nothing answered. */
    scan?: Scan;
    /** The host key that was logged on with. */
    hostKey?: string;
    /** Undefined where the look ended before. */
    observation?: Observation;
}

/** Why a host key that nobody gave is taken for the right one ("--pin"); undefined where nobody says so. */
export type Confirm = (target: Target, scan: Scan) => Promise<string | undefined>;

const steps = ["TCP", "host key", "logon", "default shell", "PowerShell", "language mode", "execution policy", "elevation"] as const;

/** Goes as far as it gets. No credential is sent before the host key is the one that was given or confirmed; nothing is changed on the host. */
export async function lookAt(target: Target, reader: HostReader, confirm: Confirm): Promise<Sight> {
    const sight: Sight = { target, steps: [] };
    const scan = await scanned(sight);
    const confirmed = scan && (await confirmedBy(target, scan, confirm));
    if (scan === undefined || confirmed === undefined) {
        return ended(sight, confirmed === undefined && scan !== undefined ? notConfirmed(target, scan) : undefined);
    }
    sight.steps.push(step("host key", "known", `${scan.fingerprint}, ${confirmed} (${printable(scan.ident, 80)})`));
    sight.hostKey = target.hostKey ?? scan.hostKey;
    try {
        const { powershell: exe, preinstalled, ...connection } = { ...target, hostKey: sight.hostKey };
        sight.observation = await reader.observe(connection, questions, { exe, preinstalled });
        sight.steps.push(step("logon", "known", `${target.user}, by ${target.password === undefined ? "private key" : "password"}`), ...observedSteps(sight.observation, target));
        return sight;
    } catch (error) {
        sight.steps.push(...failedSteps(error as Error, target));
        return ended(sight);
    }
}

async function scanned(sight: Sight): Promise<Scan | undefined> {
    const { host, port, hostKey } = sight.target;
    try {
        sight.scan = await scanHostKey(host, port, hostKey === undefined ? {} : { types: [parseHostKey(hostKey).type] });
        sight.steps.push(step("TCP", "known", "answers"));
    } catch (error) {
        const { step: at, message } = error as ScanError;
        sight.steps.push(...(at === "TCP" ? [] : [step("TCP", "known", "answers")]), step(at, "failed", message));
    }
    return sight.scan;
}

async function confirmedBy(target: Target, scan: Scan, confirm: Confirm): Promise<string | undefined> {
    if (target.hostKey === undefined) {
        return confirm(target, scan);
    }
    return parseHostKey(target.hostKey).blob.equals(parseHostKey(scan.hostKey).blob) ? "as given" : undefined;
}

function notConfirmed({ hostKey }: Target, scan: Scan): Step {
    if (hostKey !== undefined) {
        return step("host key", "failed", mismatchReason(fingerprint(parseHostKey(hostKey).blob), scan.fingerprint));
    }
    const advice =
        "Compare it on the host itself: ssh-keygen -l -f C:\\ProgramData\\ssh\\ssh_host_ed25519_key.pub. Then run again with --host-key and the line below, or with --pin";
    return step("host key", "failed", `${scan.fingerprint} is shown, and nobody has confirmed it, so no credential was sent`, advice);
}

function observedSteps(observation: Observation, { powershell = "powershell.exe" }: Target): Step[] {
    const { facts, values } = observation;
    const shell = values["HKLM\\SOFTWARE\\OpenSSH"]!["DefaultShell"]!;
    const policy = facts.executionPolicy ?? "unknown:the module that is deployed there is too old to answer it";
    const problems = importProblems(observation);
    const unread = (text: string): boolean => text.startsWith("unknown:");
    return [
        step("default shell", unread(shell) ? "unknown" : "known", shell === "absent" ? "cmd.exe (none is set)" : shell.replace(/^(string|expand):/, "")),
        step("PowerShell", "known", `${facts.powershell} (${powershell})`),
        step("language mode", facts.languageMode === "FullLanguage" ? "known" : "warning", facts.languageMode),
        step("execution policy", unread(policy) ? "unknown" : problems.length > 0 ? "warning" : "known", policy, problems.join(" ")),
        facts.elevated
            ? step("elevation", "known", `${facts.user} is elevated`)
            : step("elevation", "warning", `${facts.user} is not elevated`, "Looking works, enforcing does not: add the account to the host's Administrators. Some things below may be unreadable to it"),
    ];
}

/** At which step a look ended, by what kind of failure it was. */
const endedAt: Record<RemoteErrorKind, Step["name"]> = {
    unreachable: "logon",
    timeout: "logon",
    cancelled: "logon",
    authentication: "logon",
    hostKey: "host key",
    dropped: "PowerShell",
    silent: "PowerShell",
    banner: "default shell",
    subsystem: "logon",
};

function failedSteps(error: Error, { user }: Target): Step[] {
    const at = RemoteError.isInstance(error) ? endedAt[error.kind] : error instanceof ReplyError && error.code === "language" ? "language mode" : "PowerShell";
    const passed = steps.slice(steps.indexOf("logon"), steps.indexOf(at));
    const known = passed.map((name) => (name === "logon" ? step(name, "known", user) : step(name, "unknown", "not looked at")));
    return [...known, step(at, "failed", error.message)];
}

/** What comes behind the step that failed was not looked at. */
function ended(sight: Sight, failed?: Step): Sight {
    sight.steps.push(...(failed === undefined ? [] : [failed]));
    const reached = sight.steps.map(({ name }) => name);
    sight.steps.push(...steps.slice(steps.indexOf(reached.at(-1)!) + 1).map((name) => step(name, "unknown", "not looked at")));
    return sight;
}

function step(name: Step["name"], state: State, found: string, advice = ""): Step {
    return { name, state, found: printable(found.replace(/^unknown:/, "could not be read: "), 1500), advice: printable(advice, 1500) };
}
