import { closeSync, existsSync, mkdirSync, openSync, readFileSync, readSync, rmSync, statSync, writeFileSync } from "node:fs";
import { basename, join, relative } from "node:path";
import { SetupFailure } from "./failure.mjs";
import { findOnPath } from "./find-on-path.mjs";
import { places } from "./places.mjs";
import { lastLines, run } from "./run.mjs";

const windows = process.platform === "win32";
const dayMs = 24 * 60 * 60_000;
/** How a program begins that was built for Linux, Windows or macOS; a stand-in is a script. */
const builtPrograms = ["7f454c46", "4d5a", "cffaedfe", "cafebabe"];

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
export function pluginProblem({ root, env }, plugin) {
    if (foundOriginal({ root, env }, plugin)) return undefined;
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

/** What is used, for the summary. */
export function pluginDescription({ root, env }, plugin) {
    const found = foundOriginal({ root, env }, plugin);
    if (found) return `${plugin.name} plugin, original ${found}`;
    const note = readNote(root, plugin);
    return `${plugin.name} plugin ${plugin.version}, ${note?.origin === "official" ? "official" : `stand-in (${plugin.standIn})`}`;
}

/**
 * What to tell where the lab's state was made by a stand-in and the original is used now, or the other way round. The lab's state keeps the note
 * of who made it, so that both go together.
 * @returns {string[]} a line for each such plugin
 */
export function originChanges({ root, env }, plugins) {
    const { state } = places(root);
    const file = join(state, "made-by.json");
    const now = Object.fromEntries(plugins.map((plugin) => [plugin.name, isOriginal({ root, env }, plugin) ? "original" : "stand-in"]));
    const before = existsSync(join(state, ".pulumi", "stacks")) ? (readJson(file) ?? now) : now;
    mkdirSync(state, { recursive: true });
    writeFileSync(file, JSON.stringify({ ...now, ...before }));
    return Object.entries(now)
        .filter(([name, origin]) => (before[name] ?? origin) !== origin)
        .map(
            ([name, origin]) =>
                `The ${name} plugin is the ${origin} now; the lab's stacks were made by the ${before[name]}, and neither reads the other's state. ` +
                `Delete ${relative(root, state)} and start anew.`,
        );
}

function isOriginal({ root, env }, plugin) {
    return foundOriginal({ root, env }, plugin) !== undefined || readNote(root, plugin)?.origin === "official";
}

/** Where an original is that nobody here installed: on PATH, which the engine prefers to any home, or put into the lab's home by hand. */
function foundOriginal({ root, env }, plugin) {
    const onPath = findOnPath(`pulumi-resource-${plugin.name}`, env.PATH);
    if (onPath) return `on PATH (${onPath})`;
    const byHand = readNote(root, plugin)?.origin !== "official" && !existsSync(`${folder(root, plugin)}.partial`) && isBuilt(installed(root, plugin));
    return byHand ? `in the lab's home (${relative(root, folder(root, plugin))})` : undefined;
}

function isBuilt(file) {
    if (!existsSync(file)) return false;
    const start = Buffer.alloc(4);
    const opened = openSync(file, "r");
    readSync(opened, start);
    closeSync(opened);
    return builtPrograms.some((beginning) => start.toString("hex").startsWith(beginning));
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
    return readJson(noteFile(root, plugin));
}

function readJson(file) {
    try {
        return JSON.parse(readFileSync(file, "utf8"));
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
