import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { SetupFailure } from "./failure.mjs";
import { places } from "./places.mjs";
import { lastLines, run } from "./run.mjs";

const windows = process.platform === "win32";
const dayMs = 24 * 60 * 60_000;

/**
 * The plugins that the lab needs. `standIn` holds an executable `pulumi-resource-<name>` that is used where the plugin cannot be downloaded.
 * @typedef {{ name: string, version: string, standIn: string }} Plugin
 * @type {Plugin[]}
 */
export const plugins = [{ name: "command", version: "1.2.1", standIn: "lab/plugins/command" }];

/**
 * Says why a plugin has to be installed (again) in the lab's own PULUMI_HOME.
 * @returns {string | undefined} undefined where it is ready
 */
export function pluginProblem({ root }, plugin) {
    const note = readNote(root, plugin);
    if (!note || !existsSync(installed(root, plugin))) return "not installed yet";
    if (existsSync(`${folder(root, plugin)}.partial`)) return "half installed";
    if (note.origin === "official") return statSync(installed(root, plugin)).size === note.size ? undefined : "changed since it was downloaded";
    if (readFileSync(installed(root, plugin), "utf8") !== launchers(plugin)[launcherName(plugin)]) return "the stand-in was changed";
    return fresh(note) ? undefined : "the stand-in is in use; the official one is asked for once a day";
}

/** What is installed, for the summary. */
export function pluginDescription(root, plugin) {
    const note = readNote(root, plugin);
    return `${plugin.name} plugin ${plugin.version}, ${note?.origin === "official" ? "official" : `stand-in (${plugin.standIn})`}`;
}

/**
 * Installs a plugin: the official download, else the stand-in.
 * @param {{ root: string, env: NodeJS.ProcessEnv, progress: ReturnType<import("./progress.mjs").createProgress> }} context with the lab's environment
 * @throws {SetupFailure}
 */
export async function installPlugin(context, cli, plugin) {
    const { root, progress } = context;
    const what = `${plugin.name} plugin ${plugin.version}`;
    let note = readNote(root, plugin);
    rmSync(noteFile(root, plugin), { force: true });
    const tried = [];
    if (note?.origin === "stand-in" && fresh(note)) {
        tried.push(`official download: refused at ${note.refusedAt}, tried again after a day`);
    } else {
        try {
            await install(context, cli, plugin, `${what}: official download`, []);
            return writeNote(root, plugin, { origin: "official", size: statSync(installed(root, plugin)).size });
        } catch (error) {
            tried.push(`official download: ${error.message}`);
            note = { origin: "stand-in", refusedAt: new Date().toISOString() };
        }
    }
    try {
        await installStandIn(context, cli, plugin, `${what}: stand-in of this repository, ${plugin.standIn}`);
        return writeNote(root, plugin, note);
    } catch (error) {
        tried.push(`stand-in: ${error.message}`);
    }
    throw new SetupFailure(`The ${what} could not be installed in the lab.`, tried, [
        "Give this machine access to https://get.pulumi.com or https://github.com, then start again.",
        `Bring back ${plugin.standIn} (git checkout -- ${plugin.standIn}).`,
    ]);
}

async function install({ root, env, progress }, cli, { name, version }, what, args) {
    mkdirSync(places(root).pulumiHome, { recursive: true });
    await progress.during(what, async () => {
        const result = await run(cli.program, ["plugin", "install", "resource", name, version, "--reinstall", ...args], { cwd: root, env, timeoutMs: 120_000 });
        if (!result.ok) throw new Error(`${result.problem}: ${lastLines(result.output, 1)}`);
    });
}

/**
 * What is installed is a launcher that starts the repository's own file, found relative to itself: a change there counts at once, and the
 * repository can be moved.
 */
async function installStandIn(context, cli, plugin, what) {
    const { root } = context;
    const program = join(root, plugin.standIn, launcherName(plugin));
    if (!existsSync(program)) throw new Error(`${plugin.standIn}/${launcherName(plugin)} does not exist`);
    const { temporary } = places(root);
    mkdirSync(temporary, { recursive: true });
    const work = mkdtempSync(join(temporary, "plugin-"));
    try {
        for (const [file, text] of Object.entries(launchers(plugin))) {
            writeFileSync(join(work, file), text);
            chmodSync(join(work, file), 0o755);
        }
        await install(context, cli, plugin, what, ["--file", work]);
    } finally {
        rmSync(work, { recursive: true, force: true });
    }
}

function launchers({ name, standIn }) {
    const program = `pulumi-resource-${name}`;
    return {
        [program]: `#!/bin/sh\nexec "$(dirname "$0")/../../../../${standIn}/${program}" "$@"\n`,
        [`${program}.cmd`]: `@"%~dp0..\\..\\..\\..\\${standIn.replaceAll("/", "\\")}\\${program}.cmd" %*\r\n`,
    };
}

function launcherName({ name }) {
    return `pulumi-resource-${name}${windows ? ".cmd" : ""}`;
}

function folder(root, { name, version }) {
    return join(places(root).pulumiHome, "plugins", `resource-${name}-v${version}`);
}

function installed(root, plugin) {
    const official = join(folder(root, plugin), `pulumi-resource-${plugin.name}${windows ? ".exe" : ""}`);
    return existsSync(official) ? official : join(folder(root, plugin), launcherName(plugin));
}

function noteFile(root, { name, version }) {
    return join(places(root).pulumiHome, `set-up-${name}-${version}.json`);
}

function readNote(root, plugin) {
    try {
        return JSON.parse(readFileSync(noteFile(root, plugin), "utf8"));
    } catch {
        return undefined;
    }
}

function writeNote(root, plugin, note) {
    writeFileSync(noteFile(root, plugin), JSON.stringify(note));
}

function fresh({ refusedAt }) {
    return Date.now() - Date.parse(refusedAt) < dayMs;
}
