import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { require as requireSource } from "tsx/cjs/api";
import { packPlugin } from "./archives.mjs";
import { bundleCommandLine } from "./commandLine.mjs";
import { compileLibrary } from "./library.mjs";
import { bundleProvider, pluginFiles } from "./provider.mjs";

/**
 * Makes what the package holds: the library, the command line, the PowerShell module in one file, the schema and the provider.
 * @param {string} root the repository
 * @param {string} dist is emptied
 */
export async function buildPackage(root, dist) {
    rmSync(dist, { recursive: true, force: true });
    const [module, provider] = [join(dist, "powershell/HybridIdentity"), join(dist, "provider")];
    for (const folder of [module, provider]) mkdirSync(folder, { recursive: true });
    // esbuild works in a process of its own.
    const bundled = bundleProvider(root, provider);
    const scripts = Object.values(packageJson(root).exports).flatMap((one) => one.default ?? []);
    await compileLibrary(root, dist, scripts.map((file) => file.replace(/^\.\/dist\/(.*)\.js$/, "$1")));
    await Promise.all([bundled, bundleCommandLine(root, dist)]);
    const { moduleText } = source(root, "powershell/moduleText.ts");
    const { psd1, psm1 } = moduleText();
    writeFileSync(join(module, "HybridIdentity.psd1"), psd1, "latin1");
    writeFileSync(join(module, "HybridIdentity.psm1"), psm1, "latin1");
}

/**
 * Packs the built provider as a plugin, one archive for each platform.
 * @param {string} root the repository
 * @param {string} dist of `buildPackage`
 * @param {string} to a folder, which is made
 */
export async function buildPlugin(root, dist, to) {
    mkdirSync(to, { recursive: true });
    return packPlugin(await pluginFiles(root, dist), packageJson(root).version, to);
}

function packageJson(root) {
    return JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
}

function source(root, file) {
    return requireSource(join(root, file), import.meta.url);
}
