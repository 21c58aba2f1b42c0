import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { basename, join, relative } from "node:path";
import { SetupFailure } from "./failure.mjs";
import { places } from "./places.mjs";
import { lastLines, run } from "./run.mjs";

const windows = process.platform === "win32";
const dayMs = 24 * 60 * 60_000;

/**
 * The plugins that the lab needs. `standIn` holds an executable `pulumi-resource-<name>` that is used where the plugin cannot be
 * downloaded.
 * @typedef {{ name: string, version: string, standIn: string }} Plugin
 * @type {Plugin[]}
 */
export const plugins = [
    { name: "command", version: "1.2.1", standIn: "lab/plugins/command" },
    { name: "azuread", version: "6.9.1", standIn: "lab/plugins/azuread" },
    { name: "azure-native", version: "3.28.0", standIn: "lab/plugins/azure-native" },
];

/**
 * Says why a plugin has to be installed (again) in the lab's own PULUMI_HOME.
 * @returns {string | undefined} undefined where it is ready
 */
export function pluginProblem({ root }, plugin) {
    const note = readNote(root, plugin);
    if (!note || !existsSync(installed(root, plugin))) return "not installed yet";
    if (existsSync(`${folder(root, plugin)}.partial`)) return "half installed";
    if (note.origin === "official")
        return statSync(installed(root, plugin)).size === note.size ? undefined : "changed since it was downloaded";
    if (!existsSync(standInProgram(root, plugin))) return "the stand-in does not exist";
    if (readFileSync(installed(root, plugin), "utf8") !== readFileSync(standInProgram(root, plugin), "utf8"))
        return "the stand-in was changed";
    return fresh(note) ? undefined : "the stand-in is in use; the official one is asked for once a day";
}

/** What is installed, for the summary. */
export function pluginDescription(root, plugin) {
    const note = readNote(root, plugin);
    return `${plugin.name} plugin ${plugin.version}, ${note?.origin === "official" ? "official" : `stand-in (${plugin.standIn})`}`;
}

/**
 * Installs a plugin: the official download, else the stand-in.
 * @param {{ root: string, env: NodeJS.ProcessEnv, progress: ReturnType<import("./progress.mjs").createProgress> }} context with the lab's
 * environment
 * @param {import("./pulumi-cli.mjs").Cli} cli
 * @param {Plugin} plugin
 * @param {string} reason from {@link pluginProblem}
 * @throws {SetupFailure}
 */
export async function installPlugin(context, cli, plugin, reason) {
    const { root } = context;
    const what = `${plugin.name} plugin ${plugin.version} (${reason})`;
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
        const program = standInProgram(root, plugin);
        if (!existsSync(program)) throw new Error(`${relative(root, program)} does not exist`);
        // What is copied only starts the code in the repository, which it finds above itself: a change there counts at once.
        await install(context, cli, plugin, `${what}: stand-in of this repository, ${plugin.standIn}`, [
            "--file",
            join(root, plugin.standIn),
        ]);
        return writeNote(root, plugin, note);
    } catch (error) {
        tried.push(`stand-in: ${error.message}`);
    }
    throw new SetupFailure(`The ${plugin.name} plugin ${plugin.version} could not be installed in the lab.`, tried, [
        "Give this machine access to https://get.pulumi.com or https://github.com, then start again.",
        `Bring back ${plugin.standIn} (git checkout -- ${plugin.standIn}).`,
    ]);
}

async function install({ root, env, progress }, cli, { name, version }, what, args) {
    mkdirSync(places(root).pulumiHome, { recursive: true });
    await progress.during(what, async () => {
        const result = await run(cli.program, ["plugin", "install", "resource", name, version, "--reinstall", ...args], {
            cwd: root,
            env,
            timeoutMs: 120_000,
        });
        if (!result.ok) throw new Error(`${result.problem}: ${lastLines(result.output, 1)}`);
    });
}

function standInProgram(root, { name, standIn }) {
    return join(root, standIn, `pulumi-resource-${name}${windows ? ".cmd" : ""}`);
}

function folder(root, { name, version }) {
    return join(places(root).pulumiHome, "plugins", `resource-${name}-v${version}`);
}

function installed(root, plugin) {
    const official = join(folder(root, plugin), `pulumi-resource-${plugin.name}${windows ? ".exe" : ""}`);
    return existsSync(official) ? official : join(folder(root, plugin), basename(standInProgram(root, plugin)));
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
