import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { require as requireSource } from "tsx/cjs/api";
import { packPlugin } from "./build/archives.mjs";
import { compileLibrary } from "./build/library.mjs";
import { bundleProvider } from "./build/provider.mjs";
import { main, repository } from "./setup.mjs";

/**
 * Makes what the package holds: the library, the PowerShell module in one file, the schema and the provider.
 * @param {string} dist is emptied
 */
export async function buildPackage(dist) {
    rmSync(dist, { recursive: true, force: true });
    const [module, provider] = [join(dist, "powershell/HybridIdentity"), join(dist, "provider")];
    for (const folder of [module, provider]) mkdirSync(folder, { recursive: true });
    // esbuild works in a process of its own.
    const bundled = bundleProvider(repository, provider);
    const scripts = Object.values(packageJson().exports).flatMap((one) => one.default ?? []);
    await compileLibrary(repository, dist, scripts.map((file) => file.replace(/^\.\/dist\/(.*)\.js$/, "$1")));
    await bundled;
    const { moduleText } = source("powershell/moduleText.ts");
    const { psd1, psm1 } = moduleText();
    writeFileSync(join(module, "HybridIdentity.psd1"), psd1, "latin1");
    writeFileSync(join(module, "HybridIdentity.psm1"), psm1, "latin1");
    const { schemaText } = source("provider/schema.ts");
    writeFileSync(join(dist, "schema.json"), `${schemaText}\n`);
}

/**
 * Packs the built provider as a plugin, one archive for each platform.
 * @param {string} dist of `buildPackage`
 * @param {string} to a folder, which is made
 */
export function buildPlugin(dist, to) {
    mkdirSync(to, { recursive: true });
    return packPlugin(join(dist, "provider"), packageJson().version, to);
}

function packageJson() {
    return JSON.parse(readFileSync(join(repository, "package.json"), "utf8"));
}

function source(file) {
    return requireSource(join(repository, file), import.meta.url);
}

const usage = `Usage: npm run build [-- --plugin] [--to FOLDER]
Makes dist/, from which npm pack makes the package. --plugin: the plugin's archives as well, in release/. --to: both in that folder.`;

if (process.argv[1] === fileURLToPath(import.meta.url)) {
    await main(async () => {
        const { values, problem } = options();
        if (problem) {
            console.error(`${problem}\n${usage}`);
            return 2;
        }
        const [dist, release] = ["dist", "release"].map((name) => resolve(values.to, name));
        await buildPackage(dist);
        console.log(`${show(dist)} is built; npm pack makes the package of it.`);
        if (values.plugin) buildPlugin(dist, release).forEach((archive) => console.log(show(archive)));
        return 0;
    });
}

function options() {
    try {
        return parseArgs({ options: { plugin: { type: "boolean" }, to: { type: "string", default: repository } } });
    } catch (error) {
        return { problem: error.message };
    }
}

function show(path) {
    return relative(process.cwd(), path);
}
