import { mkdirSync } from "node:fs";
import { join } from "node:path";

const standIns = ["command", "azuread", "azure-native"];

/**
 * Makes one file of the provider and of each stand-in. Tests start them some thousand times, and from the sources each start takes twice as long and more.
 * @param {string} root the repository
 * @param {string} folder an empty one
 * @returns {Promise<NodeJS.ProcessEnv>} what tells tests and launchers of it
 */
export async function bundlePlugins(root, folder) {
    // They come with the npm packages, which set-up may have to install first.
    const { build } = await import("esbuild");
    const { bundleProvider } = await import("../build/provider.mjs");
    const provider = join(folder, "provider");
    mkdirSync(provider, { recursive: true });
    const options = { absWorkingDir: root, bundle: true, platform: "node", target: "node20", external: ["*.node"], logLevel: "warning" };
    const made = standIns.map((name) => build({ ...options, entryPoints: [`lab/plugins/${name}/main.ts`], outfile: join(folder, `${name}.cjs`) }));
    await Promise.all([bundleProvider(root, provider), ...made]);
    return { PULUMI_LAB_BUNDLES: folder };
}
