import { rmSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { labEnvironment } from "./setup/environment.mjs";
import { SetupFailure } from "./setup/failure.mjs";
import { withLock } from "./setup/lock.mjs";
import { installNodeModules, nodeModulesProblem } from "./setup/node-modules.mjs";
import { places } from "./setup/places.mjs";
import { installPlugin, originChanges, plugins as labPlugins, pluginDescription, pluginProblem } from "./setup/plugin.mjs";
import { createProgress } from "./setup/progress.mjs";
import { findCli, provideCli } from "./setup/pulumi-cli.mjs";

export { labEnvironment };

/** The repository. */
export const repository = dirname(dirname(fileURLToPath(import.meta.url)));

/**
 * Brings everything that this repository needs to run: npm packages, Pulumi CLI, plugins of the lab. Does only what is missing or broken.
 * Shows what it does on standard error and nothing where there is nothing to do.
 * @param {{ root?: string, env?: NodeJS.ProcessEnv, progress?: ReturnType<typeof createProgress>,
 * plugins?: import("./setup/plugin.mjs").Plugin[] }} [options] `plugins`: what the lab needs
 * @returns {Promise<{ environment: NodeJS.ProcessEnv, summary: string }>} `environment` is the one in which `pulumi` works on the lab
 * @throws {import("./setup/failure.mjs").SetupFailure} with what was tried and what the user can do
 */
export async function setUp({ root = repository, env = process.env, progress = createProgress(), plugins = labPlugins } = {}) {
    // The home and settings of the lab already hold while looking: even `pulumi version` must not write into the user's home.
    const context = { root, env: labEnvironment(root, { ownBin: false, base: env }), progress, plugins };
    let ready = await look(context);
    if (!ready.complete) {
        const endOnSignal = (signal) => process.exit(signal === "SIGINT" ? 130 : 143);
        process.on("SIGINT", endOnSignal).on("SIGTERM", endOnSignal);
        try {
            const { lock, temporary } = places(root);
            await withLock(
                lock,
                (owner) => progress.show(`Waiting for another set-up of this repository (process ${owner}).`),
                async () => {
                    rmSync(temporary, { recursive: true, force: true });
                    ready = await provide(context, await look(context));
                },
            );
        } finally {
            process.removeListener("SIGINT", endOnSignal).removeListener("SIGTERM", endOnSignal);
        }
    }
    for (const line of originChanges(context, plugins)) progress.show(line);
    const parts = [
        `Node ${process.versions.node}`,
        `Pulumi ${ready.cli.description}`,
        ...plugins.map((plugin) => pluginDescription(context, plugin)),
    ];
    return { environment: labEnvironment(root, { ownBin: ready.cli.ownBin, base: env }), summary: parts.join("; ") };
}

/** What is there and what is missing. Changes nothing, so that it needs no lock. */
async function look(context) {
    const packages = nodeModulesProblem(context.root);
    const { cli, tried } = await findCli(context);
    const missing = context.plugins
        .map((plugin) => ({ plugin, reason: pluginProblem(context, plugin) }))
        .filter(({ reason }) => reason !== undefined);
    return { packages, cli, tried, missing, complete: packages === undefined && cli !== undefined && missing.length === 0 };
}

async function provide(context, { packages, cli, tried, missing }) {
    if (packages !== undefined) await installNodeModules(context, packages);
    const provided = cli ?? (await provideCli(context, tried));
    for (const { plugin, reason } of missing) await installPlugin(context, provided, plugin, reason);
    return { cli: provided };
}

/**
 * Runs the body of a command of this repository: a failure that is written for people is printed without a stack, and the exit code is set.
 * @param {() => Promise<number>} body gives the exit code
 */
export async function main(body) {
    try {
        checkNode();
        process.exitCode = await body();
    } catch (error) {
        console.error(error.name === "SetupFailure" ? `\n${error.message}` : error);
        process.exitCode = 1;
    }
}

function checkNode() {
    const { node } = process.versions;
    if (Number.parseInt(node, 10) >= 20) return;
    throw new SetupFailure(
        "Node is too old: 20 or newer is needed.",
        [`${process.execPath} is ${node}`],
        ["Install Node 22 from https://nodejs.org."],
    );
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
    await main(async () => {
        const { summary } = await setUp();
        console.log(`Ready: ${summary}.`);
        console.log("The lab's own files are in .lab, the tools in .tools; both can be deleted at any time.");
        return 0;
    });
}
