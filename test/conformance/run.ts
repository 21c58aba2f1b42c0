import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { checkConnection } from "../../remote/checkConnection";
import { askerOn } from "./asker";
import { loadCases, type Case } from "./cases";
import { connect, type SshTarget } from "./ssh";
import { closingLines, runSuite } from "./suite";

const usage = `Usage: npm run conformance -- --host HOST [--port 22] --user USER (--key FILE | --password-env NAME)
         --host-key "ssh-ed25519 AAAA..." [--powershell pwsh.exe] [--jobs 4] [--case WORDS]
Runs the cases of test/conformance/cases on a Windows host over SSH and leaves it as it was. The account needs administrator rights.`;

/** Thrown for a wrong command line; the message ends with the usage. */
class UsageError extends Error {}

function readCommandLine(args: string[]): { target: SshTarget; powershell: string; jobs: number; cases: Case[] } {
    const text = { type: "string" } as const;
    const options = { host: text, port: text, user: text, key: text, "password-env": text, "host-key": text, powershell: text, jobs: text, case: { ...text, multiple: true } } as const;
    const { values } = parseArgs({ args, options });
    const { host, user, key, powershell = "powershell.exe" } = values;
    const hostKey = values["host-key"];
    const passwordEnv = values["password-env"];
    if (key !== undefined && passwordEnv !== undefined) {
        throw new UsageError("--key and --password-env: only one of them can be given.");
    }
    if (!host || !user || !hostKey || (key ?? passwordEnv) === undefined) {
        throw new UsageError("--host, --user, --host-key and one of --key and --password-env are needed.");
    }
    const port = Number(values.port ?? "22");
    if (!Number.isInteger(port) || port < 1 || port > 65535) {
        throw new UsageError(`--port: expected 1 to 65535; received "${values.port}".`);
    }
    const jobs = Number(values.jobs ?? "4");
    if (!Number.isInteger(jobs) || jobs < 1 || jobs > 32) {
        throw new UsageError(`--jobs: expected 1 to 32; received "${values.jobs}".`);
    }
    const password = passwordEnv === undefined ? undefined : process.env[passwordEnv];
    if (passwordEnv !== undefined && !password) {
        throw new UsageError(`--password-env: the environment has no variable ${passwordEnv}, or an empty one.`);
    }
    const privateKey = key === undefined ? undefined : readKey(key);
    const target = { host, port, user, privateKey, password, hostKey };
    for (const { property, message } of checkConnection(target)) {
        const option = optionOf[property] ?? `--${property}`;
        throw new UsageError(property === "privateKeyPassword" ? `${option} ${encrypted}` : `${option} ${message}.`);
    }
    return { target, powershell, jobs, cases: casesWith(values.case) };
}

/** What the library calls it, and what it is called here. */
const optionOf: Record<string, string | undefined> = { hostKey: "--host-key", privateKey: "--key", privateKeyPassword: "--key" };
const encrypted = 'is a key with a passphrase, and nobody is asked for one. Make a key without for the time of the run: ssh-keygen -t ed25519 -N "" -f FILE';

/** The cases whose names contain one of the words; all where none are given. */
function casesWith(words: string[] | undefined): Case[] {
    const all = loadCases();
    const wanted = words?.map(word => word.toLowerCase());
    for (const word of wanted ?? []) {
        if (word.trim() === "") {
            throw new UsageError("--case: words of a case's name are needed; received an empty text. Without --case all cases run.");
        }
        if (!all.some(({ name }) => name.toLowerCase().includes(word))) {
            throw new UsageError(`--case: no case has "${word}" in its name. Names begin with one of ${[...new Set(all.map(({ name }) => name.split(":")[0]))].join(", ")}.`);
        }
    }
    return all.filter(({ name }) => wanted?.some(word => name.toLowerCase().includes(word)) ?? true);
}

function readKey(file: string): string {
    try {
        return readFileSync(file, "utf8");
    } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        throw new UsageError(code === "ENOENT" ? `--key: there is no file ${file}.` : `--key: ${file} cannot be read (${code}).`);
    }
}

async function main(): Promise<number> {
    const { target, powershell, jobs, cases } = readCommandLine(process.argv.slice(2));
    const { exec, start, close } = await connect(target);
    try {
        const asker = await askerOn(start, powershell);
        const { stop, begun } = stoppedFromOutside();
        const count = await runSuite({ exec, asker, powershell, jobs, cases, stop, begun, print: line => console.log(line) });
        closingLines(count).forEach(line => console.log(line));
        return stop.aborted ? (stop.reason as Stopped).code : count.failed === 0 ? 0 : 1;
    } finally {
        close();
    }
}

/** What a program that was ended by a signal exits with. */
const exitCodes = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 };

/** Why a run was stopped; the message is for one that had changed nothing by then. */
class Stopped extends Error {
    constructor(readonly code: number) {
        super("Stopped before anything was changed.");
    }
}

/** npm passes Ctrl-C on to a program that the terminal has told already. */
const sameStop = 1_000;

/** Ctrl-C, and what ends a job or a terminal, let the cases end that run, and put the host back; the second one ends at once. */
function stoppedFromOutside(): { stop: AbortSignal; begun: (howBack: string) => void } {
    const controller = new AbortController();
    let since = 0;
    let back = "";
    const onSignal = (signal: keyof typeof exitCodes) => {
        if (!controller.signal.aborted) {
            since = Date.now();
            controller.abort(new Stopped(exitCodes[signal]));
            console.error("Stopping: the cases that run come to their end, then the host is put back. Ctrl-C again ends at once and leaves it as it is now.");
        } else if (Date.now() - since > sameStop) {
            console.error(back === "" ? "Stopped before the first case." : `Stopped, and what the run changed is still on the host. ${back}`);
            process.exit(exitCodes[signal]);
        }
    };
    Object.keys(exitCodes).forEach(signal => process.on(signal, onSignal));
    // Where nobody reads any more, as when the terminal is gone, the host is put back all the same.
    [process.stdout, process.stderr].forEach(stream => stream.on("error", () => undefined));
    return { stop: controller.signal, begun: howBack => (back = howBack) };
}

if (process.argv.includes("--help")) {
    console.log(usage);
    process.exit(0);
}

main().then(
    code => (process.exitCode = code),
    (error: Error & { code?: string | number }) => {
        const wrong = error instanceof UsageError || String(error.code).startsWith("ERR_PARSE_ARGS");
        console.error(wrong ? `${error.message}\n\n${usage}` : error.message);
        process.exitCode = error instanceof Stopped ? error.code : 2;
    },
);
