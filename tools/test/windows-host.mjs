import { existsSync, mkdirSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { findOnPath } from "../setup/find-on-path.mjs";
import { lastLines, run } from "../setup/run.mjs";
import { kit } from "./powershell.mjs";

/** Names a Windows host to the tests; test/support/windowsHost.ts has its form. */
const variable = "HYBRID_IDENTITY_WINDOWS_HOST";
const help = `a host named in ${variable} would do, see docs/conformance.md`;

/**
 * Provides a Windows host: the one that the environment names, else one that the kit starts. A started one is new, so that tests find it
 * clean whatever became of an earlier run.
 * @param {{ root: string, env: NodeJS.ProcessEnv, folder: string, isRoot?: boolean, describe?: typeof ask }} context `folder`: where a
 * started one lies; `describe`: asks a host what it is
 * @returns {Promise<import("./powershell.mjs").Found & { stop: () => Promise<void> }>} `stop` ends what was started here and nothing else
 */
export async function provideWindowsHost({ root, env, folder, isRoot = process.getuid?.() === 0, describe = ask }) {
    const nothing = async () => {};
    if (env[variable]) {
        const { description, problem } = await describe(root, env);
        return { environment: env, description, missing: problem, stop: nothing };
    }
    const script = join(kit.in(root), "windows-host.sh");
    const obstacle = whyNotStarted(script, env, isRoot);
    if (obstacle) return { environment: env, missing: `${obstacle}; ${help}`, stop: nothing };

    // Its processes take all that there is, and nobody waits for one of them as the tests beside it wait for the engine.
    const control = (...args) => run(script, args, { env, timeoutMs: 180_000, background: true });
    // Also after a start that did not work: it may have come half way.
    const stop = async () => {
        const { ok, output, problem } = await control("stop", folder);
        if (!ok) console.error(`${kit.name}/windows-host.sh stop ${folder}: ${problem}, ${lastLines(output, 1)}`);
    };
    mkdirSync(folder, { recursive: true });
    const { ok, output, problem: notStarted } = await control("start", folder, String(await freePort()));
    if (ok) await startLightly(folder, env);
    const environment = { ...env, [variable]: JSON.stringify(readStarted(output)) };
    const { description, problem } = ok ? await describe(root, environment) : { problem: `${notStarted}, ${lastLines(output, 1)}` };
    if (description !== undefined) return { environment, description: `${description}, started from ${kit.name}`, stop };
    await stop();
    return { environment: env, missing: `the one of ${kit.name} did not start: ${problem}`, stop: nothing };
}

/**
 * Makes a command there cheap to start: each is a process of its own. .NET compiles without optimizing, by a variable that the host keeps as Windows
 * does, and the shell that the SSH server begins with does not read what the account of this system has its shells do first. Where it does not work,
 * tests only take longer.
 */
function startLightly(folder, env) {
    const key = "HKLM\\System\\CurrentControlSet\\Control\\Session Manager\\Environment";
    const onHost = { ...env, WINEPREFIX: join(folder, "prefix"), WINEARCH: "win64", WINEDEBUG: "-all" };
    const steps = [
        'echo "SetEnv SHLVL=2" >>"$1/sshd_config" && kill -HUP "$(cat "$1/sshd.pid")"',
        // Where Wine's services start just then, they keep the outputs of the program that started them.
        'exec wine reg add "$2" /v DOTNET_JITMinOpts /d 1 /f >/dev/null 2>&1',
    ];
    return run("/bin/sh", ["-c", steps.join("\n"), "sh", folder, key], { env: onHost, timeoutMs: 30_000 });
}

function whyNotStarted(script, env, isRoot) {
    if (!existsSync(script)) return `no ${kit.name}`;
    if (!isRoot) return `only root can start the one of ${kit.name}`;
    // An administrator's PATH often has no sbin.
    const path = `${env.PATH}:/usr/sbin`;
    const missing = Object.entries({ wine: "wine wine64", sshd: "openssh-server" }).filter(([program]) => !findOnPath(program, path));
    const packages = missing.map(([, names]) => names).join(" ");
    return packages && `no ${missing.map(([program]) => program).join(", no ")}: apt-get install --no-install-recommends ${packages}`;
}

/** What the kit prints, `name=value` a line, in the form of the variable. */
function readStarted(output) {
    const printed = Object.fromEntries([...output.matchAll(/^(\w+)="?(.*?)"?$/gm)].map(([, name, value]) => [name, value]));
    return { host: printed.host, port: Number(printed.port), user: printed.user, privateKeyFile: printed.key, hostKey: printed.hostKey };
}

function freePort() {
    return new Promise((resolve, reject) => {
        const server = createServer();
        server.on("error", reject).listen(0, "127.0.0.1", () => {
            const { port } = server.address();
            server.close(() => resolve(port));
        });
    });
}

/**
 * Asks up to three times: on a new prefix of Wine about every tenth first PowerShell never gets as far as its command.
 * @returns {Promise<{ description?: string, problem?: string }>} one line
 */
async function ask(root, env) {
    const program = ["--import", "tsx", "test/support/describeWindowsHost.ts"];
    for (let left = 2; ; left--) {
        const { ok, output, problem } = await run(process.execPath, program, { cwd: root, env, timeoutMs: 60_000 });
        if (ok) return { description: lastLines(output, 1) };
        if (output.trim() || left === 0) return { problem: output.trim() || problem };
    }
}
